//! The newest status of every camera, on its way to the sink.
//!
//! Camera threads put theirs down and go on; one thread carries them away. A status that nobody fetched is replaced
//! by a newer one: a slow database makes the board coarser and never holds a camera up.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use anjian_domain::{CameraId, CameraSink, CameraState, CameraStatus, Clock};
use anjian_ingest::{StopSignal, Vitals};
use metrics::gauge;

use crate::metric;

const THREAD: &str = "status";
/// After the sink could not take a status.
const RETRY_AFTER: Duration = Duration::from_secs(1);
/// What is left at the end is tried so often.
const LAST_TRIES: u32 = 5;

/// Where camera threads put their status.
#[derive(Clone)]
pub(crate) struct StatusBoard {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    newest: BTreeMap<CameraId, CameraStatus>,
    is_closed: bool,
}

/// The thread that carries statuses to the sink.
pub(crate) struct StatusCarrier {
    board: StatusBoard,
    thread: JoinHandle<()>,
}

impl StatusBoard {
    /// Never waits for the sink.
    pub(crate) fn put(&self, status: CameraStatus) {
        let is_live = status.state == CameraState::Live;
        gauge!(metric::CAMERA_LIVE, "camera" => status.camera.to_string()).set(f64::from(u8::from(is_live)));
        self.shared.lock().newest.insert(status.camera.clone(), status);
        self.shared.changed.notify_one();
    }

    /// The sink could not take it now. A newer one takes its place.
    fn put_back(&self, status: CameraStatus) {
        self.shared.lock().newest.entry(status.camera.clone()).or_insert(status);
    }

    fn take(&self) -> Option<CameraStatus> {
        let mut state = self.shared.lock();
        loop {
            if let Some((_, status)) = state.newest.pop_first() {
                return Some(status);
            }
            if state.is_closed {
                return None;
            }
            state = self.shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Shared {
    /// The state is valid between any two statements, so a thread that died while it held the lock spoils nothing.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StatusCarrier {
    pub(crate) fn start(
        sink: Arc<dyn CameraSink>,
        clock: Arc<dyn Clock>,
        vitals: Vitals,
    ) -> std::io::Result<Self> {
        let shared = Shared { state: Mutex::new(State::default()), changed: Condvar::new() };
        let board = StatusBoard { shared: Arc::new(shared) };
        let (source, stop) = (board.clone(), StopSignal::new());
        let thread = std::thread::Builder::new().name(THREAD.to_owned()).spawn(move || {
            vitals.keep_alive(THREAD, &stop, || carry(&source, sink.as_ref(), &*clock));
        })?;
        Ok(Self { board, thread })
    }

    pub(crate) fn board(&self) -> StatusBoard {
        self.board.clone()
    }

    /// Carries what is left, then ends.
    pub(crate) fn finish(self) {
        self.board.shared.lock().is_closed = true;
        self.board.shared.changed.notify_all();
        if self.thread.join().is_err() {
            tracing::error!("the status thread died; see the log above");
        }
    }
}

/// Until the board is closed and empty. A status that the sink cannot take now is tried again, or the newer one that
/// came meanwhile.
fn carry(board: &StatusBoard, sink: &dyn CameraSink, clock: &dyn Clock) {
    let (mut is_failing, mut last_tries) = (false, 0);
    while let Some(status) = board.take() {
        let Err(error) = sink.camera_status(&status) else {
            is_failing = false;
            continue;
        };
        if !std::mem::replace(&mut is_failing, true) {
            tracing::warn!(camera.id = %status.camera, %error, "camera states are not stored");
        }
        last_tries += u32::from(board.shared.lock().is_closed);
        if error.kind.is_unavailable() && last_tries <= LAST_TRIES {
            board.put_back(status);
            clock.sleep(RETRY_AFTER);
        }
    }
}

#[cfg(test)]
mod tests {
    use anjian_domain::{ErrorKind, ManualClock, Shortage, SinkError, WallTime};

    use super::*;

    /// Takes nothing at first.
    struct Late {
        refusals: Mutex<u32>,
        stored: Mutex<Vec<String>>,
    }

    impl CameraSink for Late {
        fn camera_status(&self, status: &CameraStatus) -> Result<(), SinkError> {
            let mut refusals = self.refusals.lock().unwrap();
            if *refusals > 0 {
                *refusals -= 1;
                let kind = ErrorKind::Unavailable(Shortage::Busy);
                return Err(SinkError { message: "the test says so".to_owned(), kind, source: None });
            }
            self.stored.lock().unwrap().push(format!("{} {}", status.camera, status.state.as_str()));
            Ok(())
        }
    }

    #[test]
    fn a_status_that_could_not_be_stored_is_stored_later() {
        let sink = Arc::new(Late { refusals: Mutex::new(3), stored: Mutex::default() });
        let clock = Arc::new(ManualClock::new(WallTime::EPOCH));
        let carrier = StatusCarrier::start(sink.clone(), clock, Vitals::default()).unwrap();
        for (camera, state) in [("gate", CameraState::Live), ("yard", CameraState::Failed)] {
            carrier.board().put(CameraStatus {
                camera: camera.parse().unwrap(),
                state,
                since: WallTime::EPOCH,
                reason: None,
                last_frame: None,
            });
        }
        carrier.finish();
        let mut stored = std::mem::take(&mut *sink.stored.lock().unwrap());
        stored.sort();
        assert_eq!(stored, ["gate live", "yard failed"]);
    }
}
