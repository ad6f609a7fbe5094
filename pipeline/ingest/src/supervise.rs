//! Keeps a camera connected: notices that nothing comes, tries again, and tells what goes on.
//!
//! Knows neither GStreamer nor the network: connections and clock are handed in, so that tests script them.

use std::time::Duration;

use anjian_domain::{CameraId, CameraState, CameraStatus, Clock, Frame};

use crate::backoff::Backoff;
use crate::run_timeline::RunTimeline;
use crate::{CameraFault, DecodeMode, FrameSource, IngestError, Next, StopSignal};

/// Without packets for so long, the camera is gone.
const STALLED_AFTER: Duration = Duration::from_secs(5);

/// With packets but without a picture for so long, what arrives is no video.
const UNDECODABLE_AFTER: Duration = Duration::from_secs(10);

/// The same where only keyframes are decoded: cameras that save bandwidth send one only every 20 s or so.
const UNDECODABLE_KEYFRAMES_AFTER: Duration = Duration::from_secs(40);

/// How long the camera's thread listens to one source before it looks around.
const PATIENCE: Duration = Duration::from_millis(200);

/// Makes connections.
pub(crate) trait Connect {
    /// Begins a connection; whether it comes about is told by what it gives.
    fn connect(&self) -> Result<Box<dyn Connection + '_>, CameraFault>;
}

/// One connection to a camera. Its frames' MediaTime begins at zero.
pub(crate) trait Connection: FrameSource {
    /// What came so far.
    fn progress(&self) -> Progress;

    /// Whether it gives frames at all; one that is only recorded counts as live once pictures arrive.
    fn gives_frames(&self) -> bool {
        true
    }
}

/// Counters that only grow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Packets of the video stream.
    pub(crate) packets: u64,
    /// Decoded pictures, whether they were delivered or not; where nothing is decoded, whole ones that arrived.
    pub(crate) pictures: u64,
}

/// What the supervisor is told and whom it tells.
pub(crate) struct Supervisor<'a> {
    pub(crate) camera: CameraId,
    pub(crate) decode: DecodeMode,
    pub(crate) connect: &'a dyn Connect,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) stop: &'a StopSignal,
    pub(crate) on_frame: &'a mut dyn FnMut(Frame),
    pub(crate) reporter: Reporter<'a>,
}

impl Supervisor<'_> {
    /// Until the stop signal.
    pub(crate) fn run(mut self) {
        let (mut timeline, began) = (RunTimeline::default(), self.clock.monotonic());
        let mut backoff = Backoff::new();
        self.reporter.report(CameraState::Connecting, None);
        while !self.stop.is_stopped() {
            let Some(fault) = self.listen(&mut timeline, began, &mut backoff) else { break };
            let wait = backoff.after(fault.retry());
            tracing::debug!(camera.id = %self.camera, %fault, ?wait, "camera lost");
            self.reporter.report(state_after(&fault), Some(fault.to_string()));
            if self.stop.wait(self.clock, wait) {
                break;
            }
        }
        self.reporter.report(CameraState::Stopped, None);
    }

    /// One connection, from its beginning to its end; `None` when it was stopped. `began`: when the Run did.
    fn listen(
        &mut self,
        timeline: &mut RunTimeline,
        began: Duration,
        backoff: &mut Backoff,
    ) -> Option<CameraFault> {
        let mut connection = match self.connect.connect() {
            Ok(connection) => connection,
            Err(fault) => return Some(fault),
        };
        let mut watchdog = Watchdog::new(self.decode, self.clock.monotonic());
        let mut is_new = true;
        while !self.stop.is_stopped() {
            match connection.next_frame(PATIENCE) {
                Ok(Next::Frame(mut frame)) => {
                    if std::mem::take(&mut is_new) {
                        timeline.begin_connection(self.clock.monotonic().saturating_sub(began));
                        backoff.reset();
                    }
                    frame.at = timeline.place(frame.at);
                    self.reporter.last_frame = Some(frame.at.wall);
                    self.reporter.report(CameraState::Live, None);
                    (self.on_frame)(frame);
                }
                Ok(Next::Waiting) if is_new && !connection.gives_frames() => {
                    if connection.progress().pictures > 0 {
                        is_new = false;
                        backoff.reset();
                        self.reporter.report(CameraState::Live, None);
                    }
                }
                Ok(Next::Waiting) => {}
                Ok(Next::Ended) => return Some(CameraFault::Ended),
                Err(error) => return Some(fault_of(error)),
            }
            if let Some(fault) = watchdog.fault(connection.progress(), self.clock.monotonic()) {
                // Told before the connection is torn down, which can take a moment.
                self.reporter.report(state_after(&fault), Some(fault.to_string()));
                return Some(fault);
            }
        }
        None
    }
}

fn fault_of(error: IngestError) -> CameraFault {
    match error {
        IngestError::Camera { fault, .. } => fault,
        other => CameraFault::Interrupted(other.to_string()),
    }
}

fn state_after(fault: &CameraFault) -> CameraState {
    match fault {
        CameraFault::Stalled(_) => CameraState::Stalled,
        fault if fault.kind().is_unavailable() => CameraState::Connecting,
        _ => CameraState::Failed,
    }
}

/// Notices that nothing comes, or nothing of use.
#[derive(Debug)]
struct Watchdog {
    undecodable_after: Duration,
    progress: Progress,
    packets_at: Duration,
    pictures_at: Duration,
}

impl Watchdog {
    const fn new(decode: DecodeMode, now: Duration) -> Self {
        let undecodable_after = match decode {
            DecodeMode::All => UNDECODABLE_AFTER,
            DecodeMode::Keyframes => UNDECODABLE_KEYFRAMES_AFTER,
        };
        let progress = Progress { packets: 0, pictures: 0 };
        Self { undecodable_after, progress, packets_at: now, pictures_at: now }
    }

    fn fault(&mut self, progress: Progress, now: Duration) -> Option<CameraFault> {
        if progress.packets != self.progress.packets {
            self.packets_at = now;
        }
        if progress.pictures != self.progress.pictures {
            self.pictures_at = now;
        }
        self.progress = progress;
        if now.saturating_sub(self.packets_at) >= STALLED_AFTER {
            Some(CameraFault::Stalled(STALLED_AFTER))
        } else if now.saturating_sub(self.pictures_at) >= self.undecodable_after {
            Some(CameraFault::Undecodable(self.undecodable_after))
        } else {
            None
        }
    }
}

/// Tells a camera's state, once for each change.
pub(crate) struct Reporter<'a> {
    clock: &'a dyn Clock,
    on_status: &'a mut dyn FnMut(CameraStatus),
    camera: CameraId,
    told: Option<CameraStatus>,
    last_frame: Option<anjian_domain::WallTime>,
}

impl<'a> Reporter<'a> {
    pub(crate) fn new(
        camera: CameraId,
        clock: &'a dyn Clock,
        on_status: &'a mut dyn FnMut(CameraStatus),
    ) -> Self {
        Self { clock, on_status, camera, told: None, last_frame: None }
    }

    fn report(&mut self, state: CameraState, reason: Option<String>) {
        let before = self.told.as_ref();
        if before.is_some_and(|told| told.state == state && told.reason == reason) {
            return;
        }
        let unchanged = before.filter(|told| told.state == state);
        let status = CameraStatus {
            camera: self.camera.clone(),
            state,
            since: unchanged.map_or_else(|| self.clock.now(), |told| told.since),
            reason,
            last_frame: self.last_frame,
        };
        self.told = Some(status.clone());
        (self.on_status)(status);
    }
}

#[cfg(test)]
mod tests;
