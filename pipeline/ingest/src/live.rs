//! A live camera that is kept connected.

use std::time::{Duration, Instant};

use anjian_domain::{CameraStatus, Clock, Frame, SourceUrl};

use crate::rtsp::RtspSource;
use crate::supervise::{Connect, Connection, Reporter, Supervisor, Timer};
use crate::{CameraFault, CertificateCheck, FrameSettings, StopSignal, Transport};

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
    /// thread of the camera's own. `on_frame` and `on_status` are called on that thread and should return soon:
    /// while they run, newer frames replace older ones. `on_status` is told the first state, each change, and the
    /// last one, [`anjian_domain::CameraState::Stopped`].
    pub fn run(
        &self,
        clock: &dyn Clock,
        stop: &StopSignal,
        on_frame: &mut dyn FnMut(Frame),
        on_status: &mut dyn FnMut(CameraStatus),
    ) {
        let camera = self.frames.camera.clone();
        let supervisor = Supervisor {
            camera: camera.clone(),
            decode: self.frames.decode,
            connect: &RtspConnect { camera: self, clock },
            timer: &SteadyTimer { began: Instant::now() },
            stop,
            on_frame,
            reporter: Reporter::new(camera, clock, on_status),
        };
        supervisor.run();
    }

    /// The stream that is analysed.
    #[must_use]
    pub fn analysed(&self) -> &SourceUrl {
        self.sub.as_ref().unwrap_or(&self.main)
    }
}

struct RtspConnect<'a> {
    camera: &'a LiveCamera,
    clock: &'a dyn Clock,
}

impl Connect for RtspConnect<'_> {
    fn connect(&self) -> Result<Box<dyn Connection + '_>, CameraFault> {
        Ok(Box::new(RtspSource::connect(self.camera, self.clock)?))
    }
}

/// The machine's steady clock.
struct SteadyTimer {
    began: Instant,
}

impl Timer for SteadyTimer {
    fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    fn wait(&self, duration: Duration, stop: &StopSignal) -> bool {
        stop.wait(duration)
    }
}
