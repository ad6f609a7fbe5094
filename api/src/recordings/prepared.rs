//! Cuts that were prepared lately: a player asks for one file in many ranges. Of recordings and of violations' clips.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anjian_domain::{Clock, Segment, WallTime};
use anjian_footage::{Cut, FootageError};

use crate::http::span::Span;

/// Cuts kept for the next range of the same download.
const CUTS_KEPT: usize = 8;
/// How long a cut over a segment that is still being written is kept.
const GROWING_KEPT: Duration = Duration::from_secs(60);

/// The newest cuts.
#[derive(Clone)]
pub(crate) struct PreparedCuts {
    clock: Arc<dyn Clock>,
    cuts: Arc<Mutex<VecDeque<PreparedCut>>>,
}

struct PreparedCut {
    span: Span,
    /// Start and digest of each segment.
    of: Vec<(WallTime, Option<String>)>,
    /// On the monotonic clock.
    made: Duration,
    cut: Cut,
}

impl PreparedCuts {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, cuts: Arc::default() }
    }

    pub(crate) fn prepare(
        &self,
        span: Span,
        segments: &[Segment],
        make: impl FnOnce(&[Segment]) -> Result<Cut, FootageError>,
    ) -> Result<Cut, FootageError> {
        let of: Vec<_> = segments.iter().map(|segment| (segment.start, segment.sha256.clone())).collect();
        let is_growing = of.iter().any(|(_, sha256)| sha256.is_none());
        let now = self.clock.monotonic();
        let is_good = |cut: &PreparedCut| {
            let is_old = is_growing && now.saturating_sub(cut.made) > GROWING_KEPT;
            cut.span == span && cut.of == of && !is_old
        };
        if let Some(known) = self.lock().iter().find(|cut| is_good(cut)) {
            return Ok(known.cut.clone());
        }
        let cut = make(segments)?;
        let mut cuts = self.lock();
        cuts.push_back(PreparedCut { span, of, made: self.clock.monotonic(), cut: cut.clone() });
        while cuts.len() > CUTS_KEPT {
            cuts.pop_front();
        }
        Ok(cut)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<PreparedCut>> {
        self.cuts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
