//! Scripted stamps and arrivals.

use super::*;

const MS: i64 = 1_000_000;

/// Pictures every 40 ms; `stamp` gives milliseconds times 90 for right ones.
fn units(count: i64, stamp: impl Fn(i64) -> i64) -> Vec<Unit> {
    let unit = |number: i64| Unit { stamp: stamp(number) as u32, arrived_ns: 5_000 * MS + number * 40 * MS };
    (0..count).map(unit).collect()
}

/// As a connection does it: the first second is looked at before anything is placed.
fn placed_ms(units: &[Unit]) -> (Vec<i64>, Trust) {
    let mut stamps = Stamps::new(90_000, BEGIN_NS);
    let learnt = units.iter().take_while(|unit| unit.arrived_ns - units[0].arrived_ns <= 1000 * MS).count();
    stamps.learn(&units[..learnt]);
    let placed = units.iter().map(|unit| (stamps.place(*unit) - BEGIN_NS) / MS).collect();
    (placed, stamps.trust())
}

#[track_caller]
fn check_even(units: &[Unit], trust: Trust) {
    let (placed, trusted) = placed_ms(units);
    assert_eq!(trusted, trust);
    for (number, at_ms) in placed.iter().enumerate() {
        let right_ms = number as i64 * 40;
        assert!((at_ms - right_ms).abs() <= 60, "picture {number} at {at_ms} ms: {placed:?}");
    }
    assert!(placed.is_sorted_by(|a, b| a < b), "{placed:?}");
}

#[test]
fn right_stamps_are_followed_exactly_and_wrap() {
    for first in [0, i64::from(u32::MAX) - 7000] {
        let (placed, _) = placed_ms(&units(200, |number| first + number * 3600));
        assert_eq!(placed, (0..200).map(|number| number * 40).collect::<Vec<_>>());
    }
}

#[test]
fn stamps_without_time_are_replaced_by_arrivals() {
    let scripts: [fn(i64) -> i64; 7] = [
        |_| 0,
        |number| 1_000_000 - number * 3600,
        |number| number * 40,
        |number| number * 320,
        |number| number * 40_000,
        |number| number * 7200,
        |number| i64::from((number as u32).wrapping_mul(2_654_435_761)),
    ];
    for script in scripts {
        check_even(&units(200, script), Trust::Arrivals);
    }
}

#[test]
fn stamps_that_stand_between_slow_pictures_never_hold_time_up() {
    let slow: Vec<Unit> =
        (0..40).map(|number| Unit { stamp: 7, arrived_ns: i64::from(number) * 500 * MS }).collect();
    let (placed, trust) = placed_ms(&slow);
    assert_eq!(trust, Trust::Arrivals);
    assert!((placed[39] - 39 * 500).abs() < 500, "{placed:?}");
}

#[test]
fn clocks_that_are_set_leave_no_hole() {
    for by in [-3_600_000, -10_000, -2_000, -500, 3_000, 3_600_000] {
        check_even(
            &units(200, |number| 90 * (number * 40 + if number < 60 { 0 } else { by })),
            Trust::Stamps,
        );
    }
    check_even(&units(200, |number| 90 * (number * 40 + number / 25 * 5_000)), Trust::Stamps);
}

#[test]
fn stamps_that_lose_their_time_are_given_up_and_believed_again() {
    let stopped = units(700, |number| if (200..400).contains(&number) { 720_000 } else { number * 3600 });
    let mut stamps = Stamps::new(90_000, BEGIN_NS);
    let mut trusts = Vec::new();
    for unit in &stopped {
        stamps.place(*unit);
        trusts.push(stamps.trust());
    }
    trusts.dedup();
    assert_eq!(trusts, [Trust::Stamps, Trust::Arrivals, Trust::Stamps]);
}

#[test]
fn bunched_arrivals_pauses_and_reordering_change_nothing() {
    let order = [0, 3, 1, 2];
    let reordered = |number: i64| 3600 * (number / 4 * 4 + order[(number % 4) as usize]);
    let (placed, trust) = placed_ms(&units(200, reordered));
    let right: Vec<i64> = (0..200).map(|number| reordered(number) / 90).collect();
    assert_eq!((placed, trust), (right, Trust::Stamps));

    let mut bunched = units(400, |number| number * 3600);
    for unit in &mut bunched {
        let at_ms = unit.arrived_ns / MS;
        unit.arrived_ns = (at_ms + 299) / 300 * 300 * MS;
    }
    let (placed, trust) = placed_ms(&bunched);
    assert_eq!((placed[399], trust), (399 * 40, Trust::Stamps));
}

#[test]
fn slow_pictures_and_a_burst_at_the_beginning_keep_their_times() {
    let slow: Vec<Unit> = (0..5)
        .map(|number| Unit { stamp: number * 1_800_000, arrived_ns: i64::from(number) * 20_000 * MS })
        .collect();
    assert_eq!(placed_ms(&slow).0, [0, 20_000, 40_000, 60_000, 80_000]);
    let mut burst = units(200, |number| number * 3600);
    for (number, unit) in burst.iter_mut().enumerate() {
        unit.arrived_ns = 5_000 * MS + (number as i64 - 50).max(0) * 40 * MS;
    }
    assert_eq!(placed_ms(&burst).0[199], 199 * 40);
}
