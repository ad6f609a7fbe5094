//! What the connections of one camera share of its time: where something is recorded already, and by how much new
//! pictures lie ahead of the clock. Pure.
//!
//! Recordings never overlap. Where a picture lies is the time of the clock wherever that is free. After a clock was set
//! back over time that is recorded, new pictures lie behind what is recorded: that is the *lead*.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anjian_domain::{RecordedSpan, WallTime};

/// So much room is left before a span that is recorded: a file ends at a keyframe, and must end before the span begins.
pub(crate) const APART: Duration = Duration::from_mins(2);

/// Spans that are remembered. The earliest is forgotten then; the index refuses an overlap all the same.
const SPANS_MAX: usize = 1_000;

/// What the connections of one camera share.
#[derive(Debug, Default)]
pub(crate) struct CameraTime {
    lead_us: AtomicI64,
    places: Mutex<Places>,
    /// The camera's clock minus ours, as its last report that was believed had it.
    camera_ahead_us: Mutex<Option<i64>>,
}

impl CameraTime {
    /// Something is recorded there: new pictures lie elsewhere.
    pub(crate) fn occupy(&self, span: RecordedSpan) {
        self.with(|places| places.occupy((span.from.as_micros(), span.to.as_micros())));
    }

    /// By how much new pictures lie ahead of the clock, microseconds.
    pub(crate) fn lead_us(&self) -> i64 {
        self.lead_us.load(Ordering::Relaxed)
    }

    pub(crate) fn set_lead_us(&self, lead_us: i64) {
        self.lead_us.store(lead_us, Ordering::Relaxed);
    }

    /// The lead with which a connection begins whose clock says `wall_us`: none where that is free. A lead that lasts
    /// stays as long as it was, so that a lost connection leaves a gap of its own length.
    pub(crate) fn begin(&self, wall_us: i64) -> i64 {
        let lead_us = self.lead_us();
        self.with(|places| {
            places.end();
            let missing_us = places.free_from(wall_us) - wall_us;
            let place_us = match missing_us {
                0 => wall_us,
                _ => places.free_from(wall_us + missing_us.max(lead_us)),
            };
            places.open = Some((place_us, place_us));
            place_us - wall_us
        })
    }

    /// A picture is to lie at `place_us`, behind the one before. Answers another place when that is not free.
    pub(crate) fn go_on(&self, place_us: i64) -> Option<i64> {
        self.with(|places| {
            let free_us = places.free_from(place_us);
            if free_us == place_us {
                let from_us = places.open.map_or(place_us, |(from_us, _)| from_us);
                let to_us = places.open.map_or(place_us, |(_, to_us)| to_us.max(place_us));
                places.open = Some((from_us, to_us));
                return None;
            }
            places.end();
            places.open = Some((free_us, free_us));
            Some(free_us)
        })
    }

    /// Pictures lie from `place_us` on from now on, if that is free.
    pub(crate) fn jump(&self, place_us: i64) -> bool {
        self.with(|places| {
            places.end();
            let is_free = places.free_from(place_us) == place_us;
            if is_free {
                places.open = Some((place_us, place_us));
            }
            is_free
        })
    }

    pub(crate) fn camera_ahead_us(&self) -> Option<i64> {
        *self.camera_ahead_us.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn remember(&self, camera_ahead_us: Option<i64>) {
        *self.camera_ahead_us.lock().unwrap_or_else(PoisonError::into_inner) = camera_ahead_us;
    }

    /// The present, as the recording has it.
    pub(crate) fn present(&self, now: WallTime) -> WallTime {
        now.shifted(self.lead_us())
    }

    fn with<T>(&self, work: impl FnOnce(&mut Places) -> T) -> T {
        work(&mut self.places.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Beginning and end, microseconds of UTC.
type Span = (i64, i64);

/// Where pictures of the camera lie.
#[derive(Debug, Default)]
struct Places {
    /// In order, further apart than [`APART`].
    spans: Vec<Span>,
    /// The one that grows.
    open: Option<Span>,
}

impl Places {
    fn occupy(&mut self, (mut from_us, mut to_us): Span) {
        self.spans.retain(|span| {
            let is_apart = span.1 + apart_us() < from_us || to_us + apart_us() < span.0;
            if !is_apart {
                (from_us, to_us) = (from_us.min(span.0), to_us.max(span.1));
            }
            is_apart
        });
        let place = self.spans.partition_point(|span| span.0 < from_us);
        self.spans.insert(place, (from_us, to_us));
        if self.spans.len() > SPANS_MAX {
            self.spans.remove(0);
        }
    }

    fn end(&mut self) {
        if let Some(span) = self.open.take() {
            self.occupy(span);
        }
    }

    /// The first place from `at_us` on that nothing lies at, nor shortly after.
    fn free_from(&self, at_us: i64) -> i64 {
        let step = |at_us: i64, span: &Span| {
            let is_free = span.1 <= at_us || at_us + apart_us() <= span.0;
            if is_free { at_us } else { span.1 }
        };
        self.spans.iter().fold(at_us, step)
    }
}

fn apart_us() -> i64 {
    i64::try_from(APART.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const S: i64 = 1_000_000;

    fn occupied(spans_s: &[(i64, i64)]) -> CameraTime {
        let time = CameraTime::default();
        for (from_s, to_s) in spans_s {
            let at = |seconds: i64| WallTime::from_micros(seconds * S).unwrap();
            time.occupy(RecordedSpan { from: at(*from_s), to: at(*to_s) });
        }
        time
    }

    #[test]
    fn a_connection_begins_where_the_clock_is_if_that_is_free() {
        let cases = [
            ("free", vec![(0, 1_000)], 5_000, 0),
            ("inside", vec![(0, 1_000)], 400, 600),
            ("at the end", vec![(0, 1_000)], 1_000, 0),
            ("shortly before another", vec![(0, 1_000), (5_000, 6_000)], 4_950, 1_050),
            ("between", vec![(0, 1_000), (5_000, 6_000)], 2_000, 0),
            ("inside the first of two that touch", vec![(0, 1_000), (1_060, 2_000)], 500, 1_500),
        ];
        for (name, spans, wall_s, lead_s) in cases {
            assert_eq!(occupied(&spans).begin(wall_s * S), lead_s * S, "{name}");
        }
    }

    #[test]
    fn a_lead_stays_over_connections_and_goes_where_the_clock_is_free() {
        let time = occupied(&[(0, 1_000)]);
        time.set_lead_us(time.begin(400 * S));
        assert_eq!(time.go_on(1_100 * S), None);
        assert_eq!(time.begin(510 * S), 600 * S, "the lead was longer than what is missing");
        assert_eq!(time.begin(5_000 * S), 0);
    }

    #[test]
    fn pictures_leap_over_what_is_recorded() {
        let time = occupied(&[(1_000, 2_000)]);
        assert_eq!(time.begin(700 * S), 0);
        assert_eq!(time.go_on(880 * S), None);
        assert_eq!(time.go_on(881 * S), Some(2_000 * S));
        assert!(!time.jump(800 * S), "recorded meanwhile");
        assert!(time.jump(4_000 * S));
    }

    proptest! {
        /// Whatever is recorded: nothing is placed inside of a span, and no place moves back.
        #[test]
        fn places_are_free(
            spans in prop::collection::vec((0_i64..50_000, 1_i64..2_000), 0..30),
            wall_s in 0_i64..60_000,
        ) {
            let spans: Vec<_> = spans.into_iter().map(|(from_s, long_s)| (from_s, from_s + long_s)).collect();
            let place_s = wall_s + occupied(&spans).begin(wall_s * S) / S;
            prop_assert!(place_s >= wall_s);
            prop_assert!(spans.iter().all(|(from_s, to_s)| *to_s <= place_s || place_s + 120 <= *from_s));
        }
    }
}
