//! The proof that a recording exists without gaps, or which gaps it has.

use std::time::Duration;

use anjian_domain::{CameraId, Viewer, WallTime};
use serde::{Deserialize, Serialize};

use crate::recordings::gap::Gap;
use crate::recordings::timeline::check_range;
use crate::{Index, IndexError};

/// Days that are looked at together, so that a year needs no more memory than a month.
const PIECE: Duration = Duration::from_secs(31 * 24 * 3_600);

/// How complete the recording of a camera is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Completeness {
    /// Whose.
    pub camera: CameraId,
    /// Beginning of the range.
    pub from: WallTime,
    /// Its end, or now if that is earlier.
    pub to: WallTime,
    /// How much of it is recorded.
    pub recorded: Duration,
    /// How much of it is missing.
    pub missing: Duration,
    /// `recorded` in the whole, 0..=1. It is 1 only if there is no gap at all.
    pub share: f64,
    /// Segments that touch the range.
    pub segments: u64,
    /// The gaps, in order, at most [`Completeness::MAX_GAPS`].
    pub gaps: Vec<Gap>,
    /// How many more gaps there are.
    pub unlisted_gaps: u64,
    /// Whether a segment's start is another time than its clock showed: the clock was set back while it ran.
    pub is_clock_shifted: bool,
}

impl Completeness {
    /// Most gaps that a report lists.
    pub const MAX_GAPS: usize = 10_000;

    fn add_gap(&mut self, gap: Gap) {
        self.missing += gap.length();
        let is_same =
            |last: &Gap| last.to == gap.from && (last.cause, &last.reason) == (gap.cause, &gap.reason);
        let is_full = self.gaps.len() >= Self::MAX_GAPS;
        match self.gaps.last_mut() {
            // The same gap, cut where two pieces meet.
            Some(last) if is_same(last) => last.to = gap.to,
            _ if is_full => self.unlisted_gaps += 1,
            _ => self.gaps.push(gap),
        }
    }
}

impl Index {
    /// Longest range of a [`Completeness`] report.
    pub const MAX_REPORT: Duration = Duration::from_secs(400 * 24 * 3_600);

    /// How complete the recording of the camera is in `from..to`. A range that has not begun yet is complete and
    /// has no length.
    ///
    /// # Errors
    /// When the rows could not be read; [`IndexError::Query`] when the range is longer than [`Index::MAX_REPORT`].
    pub async fn completeness(
        &self,
        viewer: &Viewer,
        camera: &CameraId,
        from: WallTime,
        to: WallTime,
    ) -> Result<Completeness, IndexError> {
        check_range(from, to, Self::MAX_REPORT)?;
        let mut report = Completeness {
            camera: camera.clone(),
            from,
            to: from,
            recorded: Duration::ZERO,
            missing: Duration::ZERO,
            share: 1.0,
            segments: 0,
            gaps: Vec::new(),
            unlisted_gaps: 0,
            is_clock_shifted: false,
        };
        while report.to < to {
            let (begin, end) = (report.to, report.to.plus(PIECE).min(to));
            let piece = self.seen_timeline(viewer, camera, begin, end).await?;
            piece.gaps(begin).into_iter().for_each(|gap| report.add_gap(gap));
            // One that reaches into the next piece too is counted there.
            let counted = piece.segments.iter().filter(|segment| end == to || segment.end() <= end);
            report.segments += counted.count() as u64;
            report.is_clock_shifted |= piece.segments.iter().any(|segment| segment.clock_offset_us != 0);
            report.to = piece.to;
            if piece.to < end {
                break;
            }
        }
        let whole = report.to.since(from);
        report.recorded = whole - report.missing;
        if !report.missing.is_zero() {
            report.share = report.recorded.as_secs_f64() / whole.as_secs_f64();
        }
        Ok(report)
    }
}
