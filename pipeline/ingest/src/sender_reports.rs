//! RTCP sender reports: what a camera says of its own clock.
//!
//! Taken where GStreamer's jitter buffer announces them (`handle-sync`), because only there stand the report's RTP time
//! and the stream time that our buffers carry side by side. Believes nothing: see `stream_clock`.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anjian_domain::{Clock, MediaTime, WallTime};
use gstreamer as gst;
use gstreamer::prelude::*;

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

/// The newest report that nobody has taken yet, and which of the camera's streams counts.
#[derive(Debug)]
pub(crate) struct SenderReports {
    clock: Arc<dyn Clock>,
    newest: Mutex<Option<Report>>,
    video_session: Mutex<Option<u32>>,
}

impl SenderReports {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, newest: Mutex::default(), video_session: Mutex::default() }
    }

    /// The newest, once.
    pub(crate) fn take(&self) -> Option<Report> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The stream with pictures has this number.
    pub(crate) fn choose(&self, session: u32) {
        self.video_session.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(session);
    }

    fn is_chosen(&self, session: u32) -> bool {
        *self.video_session.lock().unwrap_or_else(PoisonError::into_inner) == Some(session)
    }

    /// Listens to what an `rtspsrc` receives.
    pub(crate) fn listen(self: &Arc<Self>, source: &gst::Element) {
        let reports = Arc::clone(self);
        source.connect("new-manager", false, move |arguments| {
            let manager: gst::Element = arguments.get(1)?.get().ok()?;
            let reports = Arc::clone(&reports);
            manager.connect("new-jitterbuffer", false, move |arguments| {
                let buffer: gst::Element = arguments.get(1)?.get().ok()?;
                let session: u32 = arguments.get(2)?.get().ok()?;
                if reports.is_chosen(session) {
                    reports.listen_to_buffer(&buffer);
                }
                None
            });
            None
        });
    }

    fn listen_to_buffer(self: &Arc<Self>, buffer: &gst::Element) {
        let reports = Arc::clone(self);
        buffer.connect("handle-sync", false, move |arguments| {
            let buffer: gst::Element = arguments.first()?.get().ok()?;
            let sync: gst::Structure = arguments.get(1)?.get().ok()?;
            let shift_ns = buffer.property::<i64>("ts-offset");
            let (media, told) = read(&sync, shift_ns)?;
            let report = Report { media, told, arrived: reports.clock.monotonic() };
            *reports.newest.lock().unwrap_or_else(PoisonError::into_inner) = Some(report);
            None
        });
    }
}

/// Stream time and camera time of one report; `None` when the two cannot be brought together.
fn read(sync: &gst::StructureRef, shift_ns: i64) -> Option<(MediaTime, WallTime)> {
    let number = |name: &str| sync.get::<u64>(name).ok().filter(|number| *number != u64::MAX);
    let (base_rtp, base_ns, rtp) = (number("base-rtptime")?, number("base-time")?, number("sr-ext-rtptime")?);
    let rate = i128::from(sync.get::<u32>("clock-rate").ok().filter(|rate| *rate > 0)?);
    let since_base_ns = (i128::from(rtp) - i128::from(base_rtp)) * 1_000_000_000 / rate;
    // Skew can carry the base to before the beginning, which wraps.
    let media_ns = i128::from(base_ns.cast_signed()) + since_base_ns + i128::from(shift_ns);
    let rtcp = sync.get::<gst::Buffer>("sr-buffer").ok()?;
    let told = ntp_time(&rtcp.map_readable().ok()?)?;
    Some((MediaTime::from_nanos(u64::try_from(media_ns).ok()?), told))
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

    #[test]
    fn rtp_time_becomes_stream_time() {
        crate::init().unwrap();
        let sync = |rtp: u64, base_ns: i64| {
            let packet = gst::Buffer::from_slice(rtcp(SENDER_REPORT, 3_908_988_800, 0));
            let sync = gst::Structure::builder("application/x-rtp-sync");
            let sync = sync.field("base-rtptime", 90_000_u64).field("base-time", base_ns.cast_unsigned());
            sync.field("clock-rate", 90_000_u32)
                .field("sr-ext-rtptime", rtp)
                .field("sr-buffer", packet)
                .build()
        };
        let media =
            |rtp, shift_ns| read(&sync(rtp, 1_000_000_000), shift_ns).map(|(media, _)| media.as_nanos());
        assert_eq!(media(270_000, 5), Some(3_000_000_005));
        assert_eq!(media(45_000, 0), Some(500_000_000));
        assert_eq!(media(u64::MAX, 0), None, "a report that the jitter buffer found to be bogus");
        assert_eq!(media(0, -100), None, "before the stream began");
        let before = read(&sync(270_000, -50_000_000), 0).map(|(media, _)| media.as_nanos());
        assert_eq!(before, Some(1_950_000_000));
    }
}
