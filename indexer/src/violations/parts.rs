//! A range of time parted at full hours of UTC: what the tallies of days know, and the edges that only rows know.

use std::ops::Range;

/// Microseconds of an hour.
pub(crate) const HOUR_US: i64 = 3_600_000_000;
/// Beyond every moment of the calendar, a full hour, and far enough from the ends of `i64` to round in.
const FAR_US: i64 = 2_000_000_000 * HOUR_US;

/// A range in parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parts {
    /// Full hours, counted from 1970; may be empty.
    pub(crate) hours: Range<i64>,
    /// What is left before and after them, microseconds; none of them is empty.
    pub(crate) edges: Vec<Range<i64>>,
}

/// Parts `from_us` to before `to_us`.
pub(crate) fn parts(from_us: i64, to_us: i64) -> Parts {
    let (from_us, to_us) = (from_us.clamp(-FAR_US, FAR_US), to_us.clamp(-FAR_US, FAR_US));
    let (first, end) = (from_us.div_euclid(HOUR_US), to_us.div_euclid(HOUR_US));
    let first = if first * HOUR_US < from_us { first + 1 } else { first };
    if first >= end {
        return only_edge(from_us, to_us);
    }
    let edges = [from_us..first * HOUR_US, end * HOUR_US..to_us];
    Parts { hours: first..end, edges: edges.into_iter().filter(|edge| !edge.is_empty()).collect() }
}

/// A range of which no tally knows anything.
pub(crate) fn only_edge(from_us: i64, to_us: i64) -> Parts {
    let edges = std::iter::once(from_us..to_us).filter(|edge| !edge.is_empty()).collect();
    Parts { hours: 0..0, edges }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check((from, to): (i64, i64), hours: Range<i64>, edges: &[(i64, i64)]) {
        let edges = edges.iter().map(|(from, to)| *from..*to).collect();
        assert_eq!(parts(from, to), Parts { hours, edges }, "{from}..{to}");
    }

    #[test]
    fn full_hours_and_what_is_beside_them() {
        let at = |hours: i64, more: i64| hours * HOUR_US + more;
        check((at(0, 0), at(24, 0)), 0..24, &[]);
        check((at(-3, 0), at(2, 0)), -3..2, &[]);
        check((at(0, 1), at(3, -1)), 1..2, &[(at(0, 1), at(1, 0)), (at(2, 0), at(3, -1))]);
        check((at(-2, 7), at(0, 0)), -1..0, &[(at(-2, 7), at(-1, 0))]);
        check((at(5, 1), at(5, 9)), 0..0, &[(at(5, 1), at(5, 9))]);
        check((at(5, 1), at(6, 1)), 0..0, &[(at(5, 1), at(6, 1))]);
        check((at(9, 0), at(2, 0)), 0..0, &[]);
    }

    proptest! {
        #[test]
        fn parts_cover_the_range_once(from in -9 * HOUR_US..9 * HOUR_US, length in 0..9 * HOUR_US) {
            let Parts { hours, edges } = parts(from, from + length);
            let whole = hours.start * HOUR_US..hours.end * HOUR_US;
            let mut ranges: Vec<_> = edges.into_iter().chain([whole]).filter(|part| !part.is_empty()).collect();
            ranges.sort_by_key(|range| range.start);
            prop_assert!(ranges.windows(2).all(|pair| pair[0].end == pair[1].start));
            prop_assert_eq!(ranges.iter().map(|range| range.end - range.start).sum::<i64>(), length);
            prop_assert_eq!(ranges.first().map_or(from, |first| first.start), from);
        }

        #[test]
        fn no_moment_is_too_far(from in any::<i64>(), to in any::<i64>()) {
            prop_assert!(parts(from, to).edges.len() <= 2);
        }
    }
}
