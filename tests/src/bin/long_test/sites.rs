//! Odd cameras on real servers: recorded, played, exported, with their violations.

use anjian_tests::camera_cases::{Case, Tier, cases};
use anjian_tests::odd_site::{is_site_case, run_site};
use anyhow::{Result, ensure};

use crate::long_test::LongTest;

pub(crate) const TEST: LongTest = LongTest {
    name: "sites",
    unit: "cameras a server",
    default_amount: 8,
    proves: "what is recorded of each odd camera is whole, plays in Chromium, can be exported, and holds its violations",
    run,
};

fn run(at_once: u32) -> Result<()> {
    let cases: Vec<Case> =
        cases().into_iter().filter(|case| case.tier == Tier::Core && is_site_case(case)).collect();
    let cases: Vec<&Case> = cases.iter().collect();
    let mut faults = Vec::new();
    let mut done = 0;
    for site in cases.chunks(at_once.try_into()?) {
        faults.extend(run_site(site)?);
        done += site.len();
        println!("{done} of {} cameras", cases.len());
    }
    ensure!(faults.is_empty(), "of {} cameras:\n{}", cases.len(), faults.join("\n"));
    Ok(())
}
