//! Hundreds of kills of `anjian record`.

use std::time::Duration;

use anyhow::{Context, Result};

use crate::long_test::LongTest;

pub(crate) const TEST: LongTest = LongTest {
    name: "kills",
    unit: "kills",
    default_amount: 200,
    proves: "a killed recorder loses at most a second of each camera, and every segment plays after a repair",
    run,
};

/// On an idle machine.
const LOSS_MAX: Duration = Duration::from_secs(1);
const REPORT_EVERY: usize = 20;

fn run(kills: u32) -> Result<()> {
    let mut on_kill = |number: usize| {
        if number.is_multiple_of(REPORT_EVERY) {
            println!("kill {number}");
        }
    };
    let mut report = anjian_tests::kill_recording(kills.try_into()?, LOSS_MAX, &mut on_kill)?;
    report.losses.sort_unstable();
    let longest = report.losses.last().context("nothing was killed")?;
    let median = report.losses[report.losses.len() / 2];
    println!(
        "lost by a kill: median {} ms, most {} ms; {} segments play",
        median.as_millis(),
        longest.as_millis(),
        report.segments
    );
    Ok(())
}
