//! The newest status of every camera, on its way to the sink.
//!
//! Camera threads put theirs down and go on; one thread carries them away. A status that nobody fetched is replaced
//! by a newer one: a slow database makes the board coarser and never holds a camera up.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use anjian_domain::{CameraId, CameraSink, CameraState, CameraStatus};
use metrics::gauge;

use crate::metric;

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
    pub(crate) fn start(sink: Arc<dyn CameraSink>) -> std::io::Result<Self> {
        let shared = Shared { state: Mutex::new(State::default()), changed: Condvar::new() };
        let board = StatusBoard { shared: Arc::new(shared) };
        let source = board.clone();
        let thread = std::thread::Builder::new().name("status".to_owned()).spawn(move || {
            while let Some(status) = source.take() {
                if let Err(error) = sink.camera_status(&status) {
                    tracing::warn!(camera.id = %status.camera, %error, "camera status not stored");
                }
            }
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
