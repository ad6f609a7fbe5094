//! Where a person was during a violation, in bounded memory however long it lasts.

use std::time::Duration;

use anjian_domain::{MediaTime, TrackPoint};

/// An hour at one point a second.
const MOST_POINTS: usize = 3600;
const FINEST: Duration = Duration::from_secs(1);

/// At most one point a second; once full, every other point goes and the distance between points doubles, so that
/// the path always reaches from beginning to end.
#[derive(Debug, Clone)]
pub(super) struct Path {
    points: Vec<TrackPoint>,
    least_distance: Duration,
}

impl Path {
    pub(super) const fn new() -> Self {
        Self { points: Vec::new(), least_distance: FINEST }
    }

    /// Keeps the point if it is late enough after the one before.
    pub(super) fn push(&mut self, point: TrackPoint) {
        let is_due = |last: &TrackPoint| point.at.media.since(last.at.media) >= self.least_distance;
        if !self.points.last().is_none_or(is_due) {
            return;
        }
        if self.points.len() == MOST_POINTS {
            let mut is_kept = false;
            self.points.retain(|_| {
                is_kept = !is_kept;
                is_kept
            });
            self.least_distance *= 2;
        }
        self.points.push(point);
    }

    /// The points up to and including `end`.
    pub(super) fn until(mut self, end: MediaTime) -> Vec<TrackPoint> {
        self.points.retain(|point| point.at.media <= end);
        self.points
    }
}

#[cfg(test)]
mod tests {
    use anjian_domain::{Moment, NormBox, WallTime};

    use super::*;

    fn point(millis: u64) -> TrackPoint {
        let at = Moment {
            media: MediaTime::from_millis(millis),
            wall: WallTime::from_micros(millis as i64 * 1000).unwrap(),
        };
        TrackPoint { at, bounds: NormBox::new(0.1, 0.1, 0.2, 0.2).unwrap() }
    }

    #[test]
    fn thins_to_a_second_and_stays_bounded_from_beginning_to_end() {
        for (seconds, most) in [(0, 1), (10, 11), (3_599, 3_600), (30_000, 3_600)] {
            let mut path = Path::new();
            for millis in (0..=seconds * 1000).step_by(200) {
                path.push(point(millis));
            }
            let points = path.until(MediaTime::from_millis(seconds * 1000));
            assert!(points.len() <= most && points.len() * 2 > most, "{seconds} s: {}", points.len());
            assert_eq!(points[0], point(0));
            let missing =
                (seconds * 1000).saturating_sub(points[points.len() - 1].at.media.as_nanos() / 1_000_000);
            assert!(missing <= 16_000, "{seconds} s: {missing} ms are missing at the end");
            let gaps = points.windows(2).map(|pair| pair[1].at.media.since(pair[0].at.media));
            assert!(gaps.into_iter().all(|gap| gap >= FINEST), "{seconds} s");
        }
    }

    #[test]
    fn ends_where_the_breach_ended() {
        let mut path = Path::new();
        for second in 0..10 {
            path.push(point(second * 1000));
        }
        assert_eq!(path.until(MediaTime::from_millis(4_500)).len(), 5);
    }
}
