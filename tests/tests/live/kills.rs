//! What is recorded survives fifty kills. `scripts/test-long kills` does the same with more.

use anyhow::{Result, ensure};

const KILLS: usize = 50;

#[test]
fn fifty_kills_cost_at_most_the_last_second_each() -> Result<()> {
    let report = anjian_tests::kill_recording(KILLS, &mut |_| ())?;
    ensure!(report.losses.len() == 2 * KILLS, "{report:?}");
    Ok(())
}
