//! Keeps a camera connected: notices that nothing comes, tries again, and tells what goes on.
//!
//! Knows neither GStreamer nor the network: connections and clock are handed in, so that tests script them.

use std::time::Duration;

use anjian_domain::{CameraId, CameraState, CameraStatus, Clock, Frame};

use crate::backoff::Backoff;
use crate::progress::Progress;
use crate::run_timeline::RunTimeline;
use crate::watchdog::Watchdog;
use crate::{CameraFault, DecodeMode, FrameSource, IngestError, Next, StopSignal};

/// How long the camera's thread listens to one source before it looks around.
const PATIENCE: Duration = Duration::from_millis(200);

/// Makes connections.
pub(crate) trait Connect {
    /// Begins a connection; whether it comes about is told by what it gives.
    fn connect(&self) -> Result<Box<dyn Connection + '_>, CameraFault>;

    /// How a connection ended.
    fn ended(&self, _fault: &CameraFault) {}

    /// A fault in the words of the stream that it happened to.
    fn reason(&self, fault: &CameraFault) -> String {
        fault.to_string()
    }
}

/// One connection to a camera. Its frames' MediaTime begins at zero.
pub(crate) trait Connection: FrameSource {
    /// What came so far.
    fn progress(&self) -> Progress;

    /// Whether it gives frames at all; one that is only recorded counts as live once pictures arrive.
    fn gives_frames(&self) -> bool {
        true
    }

    /// What a person should know of it, although pictures arrive.
    fn note(&self) -> Option<String> {
        None
    }
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
            self.connect.ended(&fault);
            self.reporter.report_fault(state_after(&fault), self.connect.reason(&fault));
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
                    self.reporter.report(CameraState::Live, connection.note());
                    (self.on_frame)(frame);
                }
                Ok(Next::Waiting) if is_new && !connection.gives_frames() => {
                    if connection.progress().pictures > 0 {
                        is_new = false;
                        backoff.reset();
                        self.reporter.report(CameraState::Live, connection.note());
                    }
                }
                Ok(Next::Waiting) if !is_new => self.reporter.report(CameraState::Live, connection.note()),
                Ok(Next::Waiting) => {}
                Ok(Next::Ended) => return Some(CameraFault::Ended),
                Err(error) => return Some(fault_of(error)),
            }
            if let Some(fault) = watchdog.fault(connection.progress(), self.clock.monotonic()) {
                // Told before the connection is torn down, which can take a moment.
                self.reporter.report_fault(state_after(&fault), self.connect.reason(&fault));
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

/// Tells a camera's state, once for each change.
pub(crate) struct Reporter<'a> {
    clock: &'a dyn Clock,
    on_status: &'a mut dyn FnMut(CameraStatus),
    camera: CameraId,
    told: Option<CameraStatus>,
    last_frame: Option<anjian_domain::WallTime>,
    /// The newest fault, told or not.
    newest_fault: Option<(CameraState, String)>,
}

impl<'a> Reporter<'a> {
    pub(crate) fn new(
        camera: CameraId,
        clock: &'a dyn Clock,
        on_status: &'a mut dyn FnMut(CameraStatus),
    ) -> Self {
        Self { clock, on_status, camera, told: None, last_frame: None, newest_fault: None }
    }

    /// A lasting fault can show itself in two ways by turns. The first is told until another one came twice.
    fn report_fault(&mut self, state: CameraState, reason: String) {
        let fault = Some((state, reason.clone()));
        let is_again = self.newest_fault == fault;
        self.newest_fault = fault;
        let is_first =
            self.told.as_ref().is_none_or(|told| told.state == CameraState::Live || told.reason.is_none());
        if is_first || is_again {
            self.report(state, Some(reason));
        }
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
