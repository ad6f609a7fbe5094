//! Cameras that are recorded: beside their analysis, or without it.

use std::sync::Arc;
use std::thread::{Builder, JoinHandle};

use anjian_domain::{CameraId, CameraSink, CameraStatus, Clock, Frame};
use anjian_ingest::{LiveCamera, Recording, StopSignal, Vitals};

use crate::live_runs::{LiveError, LiveSource, join_all};
use crate::status_board::StatusCarrier;

/// A camera that is analysed and recorded.
pub struct RecordedCamera {
    /// How to reach it.
    pub camera: LiveCamera,
    /// How it is recorded.
    pub recording: Recording,
}

impl LiveSource for RecordedCamera {
    fn camera(&self) -> &CameraId {
        &self.camera.frames.camera
    }

    fn run(
        &self,
        clock: &Arc<dyn Clock>,
        stop: &StopSignal,
        on_frame: &mut dyn FnMut(Frame),
        on_status: &mut dyn FnMut(CameraStatus),
    ) {
        self.camera.run_and_record(&self.recording, clock, stop, on_frame, on_status);
    }
}

/// A camera that is recorded only: nothing of it is decoded, so it gives no frames.
pub struct RecordedOnly(pub RecordedCamera);

impl LiveSource for RecordedOnly {
    fn camera(&self) -> &CameraId {
        self.0.camera()
    }

    fn run(
        &self,
        clock: &Arc<dyn Clock>,
        stop: &StopSignal,
        _on_frame: &mut dyn FnMut(Frame),
        on_status: &mut dyn FnMut(CameraStatus),
    ) {
        self.0.camera.record(&self.0.recording, clock, stop, on_status);
    }
}

/// Every camera of `anjian record`: a thread each, and one that carries their states. Stop it with
/// [`RecordRuns::stop`].
pub struct RecordRuns {
    stop: StopSignal,
    cameras: Vec<JoinHandle<()>>,
    carrier: StatusCarrier,
}

impl RecordRuns {
    /// Starts every thread.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn start(
        sources: Vec<Box<dyn LiveSource>>,
        cameras: Arc<dyn CameraSink>,
        clock: &Arc<dyn Clock>,
        vitals: &Vitals,
    ) -> Result<Self, LiveError> {
        let stop = StopSignal::new();
        let carrier = StatusCarrier::start(cameras, Arc::clone(clock), vitals.clone())?;
        let mut runs = Self { stop, cameras: vec![], carrier };
        for source in sources {
            runs.start_camera(source, Arc::clone(clock), vitals.clone())?;
        }
        Ok(runs)
    }

    fn start_camera(
        &mut self,
        source: Box<dyn LiveSource>,
        clock: Arc<dyn Clock>,
        vitals: Vitals,
    ) -> std::io::Result<()> {
        let (stop, board) = (self.stop.clone(), self.carrier.board());
        let name = format!("camera-{}", source.camera());
        self.cameras.push(Builder::new().name(name.clone()).spawn(move || {
            let mut record = || source.run(&clock, &stop, &mut |_frame| (), &mut |status| board.put(status));
            vitals.keep_alive(&name, &stop, &mut record);
        })?);
        Ok(())
    }

    /// Ends every camera; open segments are finished. Blocks until that is done.
    pub fn stop(self) {
        self.stop.stop();
        join_all(self.cameras);
        self.carrier.finish();
    }
}
