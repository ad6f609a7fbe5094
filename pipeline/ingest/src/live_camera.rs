//! A camera and how to reach it.

use std::time::Duration;

use anjian_domain::SourceUrl;

use crate::{CertificateCheck, FrameSettings, Sound, Transport};

/// A camera and how to reach it.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveCamera {
    /// The stream in full size: `rtsp://` or `rtsps://`.
    pub main: SourceUrl,
    /// A smaller stream of the same picture; analysed instead of the main stream where it is given.
    pub sub: Option<SourceUrl>,
    /// How packets travel.
    pub transport: Transport,
    /// What is asked of the certificate; without meaning for `rtsp://`.
    pub certificate: CertificateCheck,
    /// Whether its sound is recorded.
    pub sound: Sound,
    /// How long each answer of the camera may take.
    pub answer_max: Duration,
    /// Which frames are wanted.
    pub frames: FrameSettings,
}

impl LiveCamera {
    /// Slow cameras take eight seconds for a description.
    pub const ANSWER_MAX: Duration = Duration::from_secs(15);

    /// A stream as it is by default: over TCP, its sound recorded.
    #[must_use]
    pub fn new(main: SourceUrl, frames: FrameSettings) -> Self {
        Self {
            main,
            sub: None,
            transport: Transport::default(),
            certificate: CertificateCheck::default(),
            sound: Sound::default(),
            answer_max: Self::ANSWER_MAX,
            frames,
        }
    }

    /// The stream that is analysed.
    #[must_use]
    pub fn analysed(&self) -> &SourceUrl {
        self.sub.as_ref().unwrap_or(&self.main)
    }
}
