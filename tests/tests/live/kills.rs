//! What is recorded survives fifty kills. `scripts/test-long kills` does the same with more.

use std::time::Duration;

use anyhow::{Result, ensure};

const KILLS: usize = 50;
/// On an idle machine it is one second, which the long tier demands. Here other tests run at the same time.
const LOSS_MAX: Duration = Duration::from_secs(2);

#[test]
fn fifty_kills_cost_at_most_the_last_moment_each() -> Result<()> {
    let report = anjian_tests::kill_recording(KILLS, LOSS_MAX, &mut |_| ())?;
    ensure!(report.losses.len() == 2 * KILLS, "{report:?}");
    Ok(())
}
