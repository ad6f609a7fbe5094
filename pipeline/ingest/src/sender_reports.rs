//! RTCP sender reports: what a camera says of its own clock.
//!
//! Believes nothing: see `stream_clock`.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anjian_domain::{Clock, MediaTime, WallTime};

/// Seconds from 1900, where NTP's first era begins, to 1970.
const NTP_TO_UNIX_S: i64 = 2_208_988_800;

/// What `SR` is called in RTCP.
const SENDER_REPORT: u8 = 200;

/// The camera took something at a time of its stream and a time of its clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Report {
    /// Time in the stream, as buffers have it.
    pub(crate) media: MediaTime,
    /// The camera's clock.
    pub(crate) told: WallTime,
    /// When the report came, on the monotonic clock.
    pub(crate) arrived: Duration,
}

/// The newest report that nobody has taken yet.
#[derive(Debug)]
pub(crate) struct SenderReports {
    clock: Arc<dyn Clock>,
    newest: Mutex<Option<Report>>,
}

impl SenderReports {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, newest: Mutex::default() }
    }

    /// The newest, once.
    pub(crate) fn take(&self) -> Option<Report> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// A report of the stream with pictures; `media`: the stream's time that it speaks of.
    pub(crate) fn report(&self, media: MediaTime, rtcp: &[u8]) {
        if let Some(told) = ntp_time(rtcp) {
            let report = Report { media, told, arrived: self.clock.monotonic() };
            *self.newest.lock().unwrap_or_else(PoisonError::into_inner) = Some(report);
        }
    }
}

/// The NTP time of the sender report that an RTCP packet begins with.
fn ntp_time(rtcp: &[u8]) -> Option<WallTime> {
    if *rtcp.get(1)? != SENDER_REPORT {
        return None;
    }
    let seconds = u32::from_be_bytes(*rtcp.get(8..)?.first_chunk()?);
    let fraction = u32::from_be_bytes(*rtcp.get(12..)?.first_chunk()?);
    // The second era begins in 2036; before 1968 there were no cameras.
    let era = if seconds < 0x8000_0000 { 1_i64 << 32 } else { 0 };
    let unix_s = i64::from(seconds) + era - NTP_TO_UNIX_S;
    let micros = (u64::from(fraction) * 1_000_000) >> 32;
    WallTime::from_micros(unix_s * 1_000_000 + i64::try_from(micros).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rtcp(kind: u8, seconds: u32, fraction: u32) -> Vec<u8> {
        let head = [0x80, kind, 0, 6, 0, 0, 0, 1];
        [&head[..], &seconds.to_be_bytes(), &fraction.to_be_bytes(), &[0; 12]].concat()
    }

    #[test]
    fn reports_are_read_in_both_eras_and_nothing_else_is() {
        let told = |bytes: &[u8]| ntp_time(bytes).map(|told| told.to_string());
        assert_eq!(
            told(&rtcp(SENDER_REPORT, 3_908_988_800, 1 << 31)).as_deref(),
            Some("2023-11-14T22:13:20.5Z")
        );
        assert_eq!(told(&rtcp(SENDER_REPORT, 0, 0)).as_deref(), Some("2036-02-07T06:28:16Z"));
        assert_eq!(told(&rtcp(201, 3_908_988_800, 0)), None);
        assert_eq!(told(&rtcp(SENDER_REPORT, 3_908_988_800, 0)[..14]), None);
    }
}
