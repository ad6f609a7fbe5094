//! Every odd camera, beyond the core set of the short tier.

use anjian_tests::camera_cases::{cases, compare_or_write, kept_by_ffmpeg_alone, run_all, table};
use anyhow::{Result, ensure};

use crate::long_test::LongTest;

pub(crate) const TEST: LongTest = LongTest {
    name: "cameras",
    unit: "cases at a time",
    default_amount: 24,
    proves: "each odd camera is recorded to the last picture, or its reason says what to do and ffmpeg keeps nothing either",
    run,
};

fn run(at_once: u32) -> Result<()> {
    let (cases, at_once) = (cases(), at_once.try_into()?);
    let by_ffmpeg = kept_by_ffmpeg_alone(&cases, at_once)?;
    let outcomes = run_all(&cases, at_once);
    let mut seen = Vec::new();
    for (case, outcome) in cases.into_iter().zip(outcomes) {
        seen.push((case, outcome?));
    }
    let table = table(&seen);
    println!("{table}");
    let failed = seen.iter().filter(|(_, outcome)| !outcome.faults.is_empty()).count();
    ensure!(failed == 0, "{failed} of {} cases", seen.len());
    ensure!(by_ffmpeg.is_empty(), "refused, and ffmpeg keeps pictures: {by_ffmpeg:?}");
    compare_or_write(&table)
}
