//! Cuts that were prepared lately: a player asks for one file in many ranges.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anjian_domain::{Segment, WallTime};
use anjian_footage::{Cut, FootageError};

use crate::http::span::Span;

/// Cuts kept for the next range of the same download.
const CUTS_KEPT: usize = 3;
/// How long a cut over a segment that is still being written is kept.
const GROWING_KEPT: Duration = Duration::from_secs(60);

/// The newest cuts.
#[derive(Clone, Default)]
pub(crate) struct PreparedCuts(Arc<Mutex<VecDeque<PreparedCut>>>);

struct PreparedCut {
    span: Span,
    /// Start and digest of each segment.
    of: Vec<(WallTime, Option<String>)>,
    made: Instant,
    cut: Cut,
}

impl PreparedCuts {
    pub(super) fn prepare(
        &self,
        span: Span,
        segments: &[Segment],
        make: impl FnOnce(&[Segment]) -> Result<Cut, FootageError>,
    ) -> Result<Cut, FootageError> {
        let of: Vec<_> = segments.iter().map(|segment| (segment.start, segment.sha256.clone())).collect();
        let is_growing = of.iter().any(|(_, sha256)| sha256.is_none());
        let is_good = |cut: &PreparedCut| {
            cut.span == span && cut.of == of && !(is_growing && cut.made.elapsed() > GROWING_KEPT)
        };
        if let Some(known) = self.lock().iter().find(|cut| is_good(cut)) {
            return Ok(known.cut.clone());
        }
        let cut = make(segments)?;
        let mut cuts = self.lock();
        cuts.push_back(PreparedCut { span, of, made: Instant::now(), cut: cut.clone() });
        while cuts.len() > CUTS_KEPT {
            cuts.pop_front();
        }
        Ok(cut)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<PreparedCut>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
