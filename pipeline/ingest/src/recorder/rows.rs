//! Stores rows of segments and the recorder's states in the index. What the index cannot take now waits, in order, in a
//! bounded queue: recording goes on without it. States that wait also stand in a journal beside the media, where a process
//! that is killed leaves them.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use anjian_domain::{CameraId, Clock, ErrorKind, RecordingChange, Segment, SegmentSink, Shortage, SinkError};
use anjian_footage::StateJournal;

/// Rows that wait for the index. The oldest is dropped then; a check finds such a segment by what stands in its file.
const WAITING_MAX: usize = 1000;
/// After the index could not take a row.
const RETRY_AFTER: Duration = Duration::from_secs(1);
/// At the end of a recorder its rows are tried so often.
const LAST_TRIES: u32 = 5;

enum Row {
    Begun(Segment),
    Ended(Segment),
    Changed(RecordingChange),
}

/// The index takes no rows for now.
struct Outage {
    /// On the monotonic clock.
    retry_at: Duration,
    kind: ErrorKind,
    message: String,
}

/// What the index is told, in order.
pub(super) struct Rows {
    camera: CameraId,
    sink: Arc<dyn SegmentSink>,
    clock: Arc<dyn Clock>,
    waiting: VecDeque<Row>,
    outage: Option<Outage>,
    journal: StateJournal,
    is_journal_used: bool,
}

impl Rows {
    pub(super) fn new(
        camera: CameraId,
        sink: Arc<dyn SegmentSink>,
        clock: Arc<dyn Clock>,
        journal: StateJournal,
    ) -> Self {
        Self { camera, sink, clock, waiting: VecDeque::new(), outage: None, journal, is_journal_used: false }
    }

    /// A file was begun.
    ///
    /// # Errors
    /// When it must not be recorded: the index refuses it, or keeps what is left of its disk for evidence. The row of
    /// an index that only cannot answer now is stored later.
    pub(super) fn begin(&mut self, segment: &Segment) -> Result<(), SinkError> {
        self.store_waiting();
        if self.waiting.is_empty() {
            match self.sink.begin_segment(segment) {
                Ok(()) => return Ok(()),
                Err(error) if !may_wait(error.kind) => return Err(error),
                Err(error) => self.postpone(&error),
            }
        }
        // Rows that wait for room on the disk: a new file would take it.
        if let Some(Outage { kind, message, .. }) =
            self.outage.as_ref().filter(|outage| !may_wait(outage.kind))
        {
            return Err(SinkError { message: message.clone(), kind: *kind, source: None });
        }
        self.wait(Row::Begun(segment.clone()));
        Ok(())
    }

    /// A file is complete.
    pub(super) fn end(&mut self, segment: Segment) {
        self.wait(Row::Ended(segment));
        self.store_waiting();
    }

    /// The recorder went into another state.
    pub(super) fn change(&mut self, change: &RecordingChange) {
        self.wait(Row::Changed(change.clone()));
        self.store_waiting();
        if !self.waiting.is_empty() {
            self.is_journal_used = true;
            if let Err(error) = self.journal.append(change) {
                tracing::warn!(camera.id = %self.camera, %error, "a state waits in memory only");
            }
        }
    }

    /// Stores the rows that failed earlier, in order. Stops at the first that the index cannot take now, and leaves the
    /// index alone for a second then.
    pub(super) fn store_waiting(&mut self) {
        if self.outage.as_ref().is_some_and(|outage| self.clock.monotonic() < outage.retry_at) {
            return;
        }
        while let Some(row) = self.waiting.front() {
            let stored = match row {
                Row::Begun(segment) => self.sink.begin_segment(segment),
                Row::Ended(segment) => self.sink.end_segment(segment),
                Row::Changed(change) => self.sink.recording_changed(change),
            };
            match stored {
                Err(error) if error.kind.is_unavailable() => return self.postpone(&error),
                Err(error) => {
                    tracing::error!(camera.id = %self.camera, row = row.name(), %error, "the index refuses a row");
                }
                Ok(()) => {}
            }
            self.waiting.pop_front();
        }
        if self.outage.take().is_some() {
            tracing::info!(camera.id = %self.camera, "the index takes rows again");
        }
        if std::mem::take(&mut self.is_journal_used)
            && let Err(error) = self.journal.remove()
        {
            // Read again at the next start, which changes nothing.
            tracing::debug!(camera.id = %self.camera, %error, "a journal of states stays");
        }
    }

    /// Before the recorder ends. Segments that are not stored now are found at the next start.
    pub(super) fn store_last(&mut self) {
        for _ in 0..LAST_TRIES {
            self.store_waiting();
            if self.waiting.is_empty() {
                return;
            }
            self.clock.sleep(RETRY_AFTER);
        }
        tracing::error!(camera.id = %self.camera, rows = self.waiting.len(), "rows were not stored before the stop");
    }

    fn wait(&mut self, row: Row) {
        if self.waiting.len() >= WAITING_MAX {
            self.waiting.pop_front();
            tracing::error!(camera.id = %self.camera, "the index misses a segment: run anjian check --repair");
        }
        self.waiting.push_back(row);
    }

    fn postpone(&mut self, error: &SinkError) {
        if self.outage.is_none() {
            tracing::warn!(camera.id = %self.camera, %error, "rows wait for the index; recording goes on");
        }
        let retry_at = self.clock.monotonic().saturating_add(RETRY_AFTER);
        self.outage = Some(Outage { retry_at, kind: error.kind, message: error.message.clone() });
    }
}

impl Row {
    const fn name(&self) -> &'static str {
        match self {
            Self::Begun(_) => "segment begun",
            Self::Ended(_) => "segment ended",
            Self::Changed(_) => "recorder's state",
        }
    }
}

/// Whether the file may be recorded before its row is stored.
const fn may_wait(kind: ErrorKind) -> bool {
    match kind {
        ErrorKind::Unavailable(Shortage::Room | Shortage::Disk) => false,
        kind => kind.is_unavailable(),
    }
}
