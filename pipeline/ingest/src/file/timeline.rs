//! From the time stamps of a file to [`MediaTime`], which never goes back. Pure.

use anjian_domain::MediaTime;

const SECOND_NS: i128 = 1_000_000_000;

/// A step back of more than this begins a new count; less is a picture that was stamped carelessly.
const BACK_NS: i128 = SECOND_NS / 2;

/// A step ahead of more than this is another clock, no gap: no file of a recorder holds a longer one.
const AHEAD_NS: i128 = 24 * 3600 * SECOND_NS;

/// The time stamps of one track.
#[derive(Debug, Clone)]
pub(super) struct Timeline {
    /// Seconds of one tick.
    tick: (i32, i32),
    /// What lies at [`MediaTime::ZERO`], nanoseconds.
    origin_ns: Option<i128>,
    /// Without time stamps, pictures follow each other by this.
    step_ns: u64,
    last: Option<MediaTime>,
    /// How often the time stamps began anew.
    pub(super) restarts: u32,
}

impl Timeline {
    /// `step_ns`: from picture to picture, where the file says no time.
    pub(super) const fn new(tick: (i32, i32), origin_ns: Option<i128>, step_ns: u64) -> Self {
        Self { tick, origin_ns, step_ns, last: None, restarts: 0 }
    }

    /// When a picture is shown; later than the one before.
    pub(super) fn place(&mut self, stamp: Option<i64>) -> MediaTime {
        let following = self.last.map_or(0, |last| last.as_nanos().saturating_add(self.step_ns));
        let at_ns = stamp.map_or(i128::from(following), |stamp| self.told(stamp, i128::from(following)));
        let earliest = self.last.map_or(0, |last| i128::from(last.as_nanos()) + 1);
        let at = MediaTime::from_nanos(u64::try_from(at_ns.max(earliest)).unwrap_or(u64::MAX));
        self.last = Some(at);
        at
    }

    /// The last time that was given.
    pub(super) fn last(&self) -> MediaTime {
        self.last.unwrap_or(MediaTime::ZERO)
    }

    fn told(&mut self, stamp: i64, following_ns: i128) -> i128 {
        let (numerator, denominator) = (i128::from(self.tick.0), i128::from(self.tick.1.max(1)));
        let stamp_ns = i128::from(stamp) * numerator * SECOND_NS / denominator;
        let at_ns = stamp_ns - *self.origin_ns.get_or_insert(stamp_ns);
        let Some(last) = self.last else {
            if !(0..=AHEAD_NS).contains(&at_ns) {
                self.origin_ns = Some(stamp_ns);
                return 0;
            }
            return at_ns;
        };
        let last_ns = i128::from(last.as_nanos());
        if at_ns < last_ns - BACK_NS || at_ns > last_ns + AHEAD_NS {
            self.origin_ns = Some(stamp_ns - following_ns);
            self.restarts += 1;
            return following_ns;
        }
        at_ns
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(stamps_ms: &[Option<i64>], expected_ms: &[u64], restarts: u32) {
        let mut timeline = Timeline::new((1, 1000), None, 40_000_000);
        let placed: Vec<u64> =
            stamps_ms.iter().map(|stamp| timeline.place(*stamp).as_nanos() / 1_000_000).collect();
        assert_eq!(placed, expected_ms);
        assert_eq!(timeline.restarts, restarts);
    }

    #[test]
    fn time_begins_at_zero_keeps_gaps_and_never_goes_back() {
        check(&[Some(1400), Some(1440), Some(9000)], &[0, 40, 7600], 0);
        check(&[Some(0), Some(40), Some(30), Some(80)], &[0, 40, 40, 80], 0);
        check(&[Some(50_000), Some(50_040), Some(0), Some(40)], &[0, 40, 80, 120], 1);
        check(&[Some(0), Some(40), Some(90_000_000_000), Some(90_000_000_040)], &[0, 40, 80, 120], 1);
        check(&[None, None, None], &[0, 40, 80], 0);
        check(&[Some(0), None, Some(80)], &[0, 40, 80], 0);
    }

    #[test]
    fn an_origin_that_lies_before_the_first_picture_is_kept() {
        let mut timeline = Timeline::new((1, 90_000), Some(SECOND_NS), 40_000_000);
        assert_eq!(timeline.place(Some(180_000)).as_nanos(), 1_000_000_000);
        let mut absurd = Timeline::new((1, 1), Some(0), 40_000_000);
        assert_eq!(absurd.place(Some(1_700_000_000)), MediaTime::ZERO);
    }
}
