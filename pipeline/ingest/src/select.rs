//! Chooses the frames that are analysed: one for each interval of MediaTime. Pure; the same for live and archive.

use anjian_domain::MediaTime;

use crate::AnalysisRate;

/// A grid over MediaTime that lets one frame through for each interval.
///
/// The grid begins half an interval before the first frame: a source that is as fast as the analysis has each
/// of its frames in the middle of an interval, where jitter of up to half an interval moves none into another.
#[derive(Debug, Clone)]
pub struct FrameSelection {
    interval_ns: u64,
    /// Where the grid lies, and the last interval that has its frame.
    grid: Option<Grid>,
}

#[derive(Debug, Clone, Copy)]
struct Grid {
    first_ns: u64,
    last_interval: u64,
}

impl FrameSelection {
    /// A selection that lets the next frame through, whatever its time.
    #[must_use]
    pub fn new(rate: AnalysisRate) -> Self {
        let interval_ns = u64::try_from(rate.interval().as_nanos()).unwrap_or(u64::MAX).max(1);
        Self { interval_ns, grid: None }
    }

    /// Whether the frame at `at` is the first in its interval. A source whose time jumps back by more than an
    /// interval begins a new grid.
    pub fn keeps(&mut self, at: MediaTime) -> bool {
        let at_ns = at.as_nanos();
        let interval = self.grid.and_then(|grid| self.interval_of(grid, at_ns));
        match (self.grid.as_mut(), interval) {
            (Some(grid), Some(interval)) => {
                let is_new = interval > grid.last_interval;
                grid.last_interval = grid.last_interval.max(interval);
                is_new
            }
            _ => {
                self.grid = Some(Grid { first_ns: at_ns, last_interval: 0 });
                true
            }
        }
    }

    /// `None` when the time lies so far back that the grid holds no longer.
    fn interval_of(&self, grid: Grid, at_ns: u64) -> Option<u64> {
        let since_begin_ns = (at_ns.saturating_add(self.interval_ns / 2)).checked_sub(grid.first_ns)?;
        let interval = since_begin_ns / self.interval_ns;
        (interval + 1 >= grid.last_interval).then_some(interval)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept_ms(rate: f64, times_ms: impl IntoIterator<Item = u64>) -> Vec<u64> {
        let mut selection = FrameSelection::new(AnalysisRate::new(rate).unwrap());
        times_ms.into_iter().filter(|ms| selection.keeps(MediaTime::from_millis(*ms))).collect()
    }

    #[test]
    fn slower_than_the_source_gives_the_rate_on_average_and_never_two_in_an_interval() {
        for source_interval_ms in [16, 33, 40, 80, 100, 199] {
            let kept = kept_ms(5.0, (0..600_000 / source_interval_ms).map(|n| n * source_interval_ms));
            assert!((2995..=3001).contains(&kept.len()), "{source_interval_ms} ms: {}", kept.len());
            let mut intervals: Vec<u64> = kept.iter().map(|ms| (ms + 100) / 200).collect();
            intervals.dedup();
            assert_eq!(intervals.len(), kept.len(), "{source_interval_ms} ms");
        }
    }

    #[test]
    fn as_fast_as_the_source_loses_none_to_jitter() {
        let jittered = (0_u64..1000).map(|n| 1_000_000 + n * 200 + [0, 60, 7, 0, 90, 33][n as usize % 6]);
        assert_eq!(kept_ms(5.0, jittered).len(), 1000);
    }

    #[test]
    fn faster_than_the_source_keeps_all() {
        assert_eq!(kept_ms(60.0, (0..100).map(|n| n * 40)).len(), 100);
    }

    #[test]
    fn gaps_and_jumps_back_go_on_at_once() {
        assert_eq!(
            kept_ms(1.0, [0, 400, 600, 5000, 5300, 5600, 100, 500, 1100]),
            [0, 600, 5000, 5600, 100, 1100]
        );
    }
}
