//! Tells the index of segments, and again where it could not take the news.

use std::collections::VecDeque;
use std::sync::Arc;

use anjian_domain::{CameraId, ErrorKind, Segment, SegmentSink, Shortage, SinkError};

/// News that waits for the index. Older news is dropped then; a check finds such files by what stands in them.
const WAITING_MAX: usize = 1000;

enum Row {
    Begun(Segment),
    Ended(Segment),
}

/// What the index is told, in order.
pub(super) struct Rows {
    camera: CameraId,
    sink: Arc<dyn SegmentSink>,
    waiting: VecDeque<Row>,
}

impl Rows {
    pub(super) fn new(camera: CameraId, sink: Arc<dyn SegmentSink>) -> Self {
        Self { camera, sink, waiting: VecDeque::new() }
    }

    /// A file was begun.
    ///
    /// # Errors
    /// When it must not be recorded: the index refuses it, or keeps what is left of its disk for evidence. The row of
    /// an index that only cannot answer now is stored later.
    pub(super) fn begin(&mut self, segment: &Segment) -> Result<(), SinkError> {
        self.tell_waiting();
        if self.waiting.is_empty() {
            match self.sink.begin_segment(segment) {
                Ok(()) => return Ok(()),
                Err(error) if !may_wait(error.kind) => return Err(error),
                Err(error) => self.complain(&error),
            }
        }
        self.wait(Row::Begun(segment.clone()));
        Ok(())
    }

    /// A file is complete.
    pub(super) fn end(&mut self, segment: Segment) {
        self.wait(Row::Ended(segment));
        self.tell_waiting();
    }

    /// Tells what could not be told before, as far as it goes.
    pub(super) fn tell_waiting(&mut self) {
        while let Some(row) = self.waiting.front() {
            let told = match row {
                Row::Begun(segment) => self.sink.begin_segment(segment),
                Row::Ended(segment) => self.sink.end_segment(segment),
            };
            if let Err(error) = told {
                self.complain(&error);
                if error.kind.is_unavailable() {
                    return;
                }
            }
            self.waiting.pop_front();
        }
    }

    fn wait(&mut self, row: Row) {
        if self.waiting.len() >= WAITING_MAX {
            self.waiting.pop_front();
            tracing::error!(camera.id = %self.camera, "the index misses a segment: run anjian check --repair");
        }
        self.waiting.push_back(row);
    }

    fn complain(&self, error: &SinkError) {
        tracing::warn!(camera.id = %self.camera, %error, "the index was not told of a segment");
    }
}

/// Whether the file may be recorded before its row is stored.
const fn may_wait(kind: ErrorKind) -> bool {
    match kind {
        ErrorKind::Unavailable(Shortage::Room | Shortage::Disk) => false,
        kind => kind.is_unavailable(),
    }
}
