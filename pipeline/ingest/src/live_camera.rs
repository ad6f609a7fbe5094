//! A camera and how to reach it.

use anjian_domain::SourceUrl;

use crate::{CertificateCheck, FrameSettings, Transport};

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
    /// Which frames are wanted.
    pub frames: FrameSettings,
}

impl LiveCamera {
    /// The stream that is analysed.
    #[must_use]
    pub fn analysed(&self) -> &SourceUrl {
        self.sub.as_ref().unwrap_or(&self.main)
    }
}
