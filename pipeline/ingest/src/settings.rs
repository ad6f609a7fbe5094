//! What is asked of a source, as it stands in the configuration. Checked here, read from TOML elsewhere.

use std::fmt;
use std::time::Duration;

use anjian_domain::CameraId;
use serde::{Deserialize, Serialize};

/// How many frames a second are analysed, 0.1..=60.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct AnalysisRate(f64);

/// A rate outside 0.1..=60.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("{0} frames a second cannot be analysed: give 0.1 to 60")]
pub struct AnalysisRateError(f64);

impl AnalysisRate {
    /// # Errors
    /// Outside 0.1..=60, or not a number.
    pub fn new(per_second: f64) -> Result<Self, AnalysisRateError> {
        if (0.1..=60.0).contains(&per_second) {
            Ok(Self(per_second))
        } else {
            Err(AnalysisRateError(per_second))
        }
    }

    /// Frames a second.
    #[must_use]
    pub const fn per_second(self) -> f64 {
        self.0
    }

    /// The time from one analysed frame to the next.
    #[must_use]
    pub fn interval(self) -> Duration {
        Duration::from_secs_f64(1.0 / self.0)
    }
}

impl Default for AnalysisRate {
    /// Five a second: a person who walks moves less than half a body width from frame to frame.
    fn default() -> Self {
        Self(5.0)
    }
}

impl TryFrom<f64> for AnalysisRate {
    type Error = AnalysisRateError;
    fn try_from(per_second: f64) -> Result<Self, AnalysisRateError> {
        Self::new(per_second)
    }
}

impl From<AnalysisRate> for f64 {
    fn from(rate: AnalysisRate) -> Self {
        rate.0
    }
}

impl fmt::Display for AnalysisRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} frames a second", self.0)
    }
}

/// Which frames are decoded at all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecodeMode {
    /// Every frame; those that are not analysed are dropped after decoding.
    #[default]
    All,
    /// Keyframes only: five to ten times cheaper, one frame every one to ten seconds, as the camera is set.
    Keyframes,
}

/// How packets travel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// In the RTSP connection: nothing is lost, every firewall lets it through.
    #[default]
    Tcp,
    /// Packets of their own: no wait after a loss. Not with `rtsps`, which always goes over TCP.
    Udp,
}

/// Whether a camera's sound is recorded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sound {
    /// Beside its pictures, if it is AAC, A-law or µ-law.
    #[default]
    Record,
    /// It is not asked for.
    LeaveOut,
}

/// What is asked of the certificate of an `rtsps` server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CertificateCheck {
    /// Signed by an authority that this machine trusts, for this host, in date.
    #[default]
    Verify,
    /// Nothing: encrypts, but anybody in between can read. For cameras that sign their own certificate.
    AcceptAny,
}

/// Which frames are wanted of a source.
#[derive(Debug, Clone, PartialEq)]
pub struct FrameSettings {
    /// Whose frames they are.
    pub camera: CameraId,
    /// How many a second.
    pub rate: AnalysisRate,
    /// Which are decoded.
    pub decode: DecodeMode,
}

impl FrameSettings {
    /// Five frames a second, every frame decoded.
    #[must_use]
    pub fn new(camera: CameraId) -> Self {
        Self { camera, rate: AnalysisRate::default(), decode: DecodeMode::default() }
    }
}

#[cfg(test)]
mod tests {
    use serde::de::IntoDeserializer;
    use serde::de::value::Error;

    use super::*;

    #[test]
    fn rates_are_checked_wherever_they_come_from() {
        for good in [0.1, 5.0, 12.5, 60.0] {
            assert_eq!(AnalysisRate::new(good).unwrap().per_second(), good);
        }
        for bad in [0.0, 0.09, -5.0, 60.1, f64::NAN, f64::INFINITY] {
            let read: Result<AnalysisRate, Error> = AnalysisRate::deserialize(bad.into_deserializer());
            assert!(read.unwrap_err().to_string().contains("give 0.1 to 60"), "{bad}");
        }
        let whole: Result<AnalysisRate, Error> = AnalysisRate::deserialize(5_i64.into_deserializer());
        assert_eq!(whole.unwrap(), AnalysisRate::default());
    }

    #[test]
    fn policies_are_written_in_snake_case() {
        let read = |text: &'static str| {
            let deserializer: serde::de::value::StrDeserializer<'static, Error> = text.into_deserializer();
            CertificateCheck::deserialize(deserializer)
        };
        assert_eq!(read("accept_any").unwrap(), CertificateCheck::AcceptAny);
        assert!(read("none").is_err());
    }
}
