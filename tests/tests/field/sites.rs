//! A few odd cameras on a real server, one of each mechanism; `scripts/test-long sites` runs all.

use anjian_tests::camera_cases::{Case, cases};
use anjian_tests::odd_site::run_site;
use anyhow::{Context, Result};

/// Times by arrival, a stream that changes, another size, packets in other wrappings.
const NAMES: [&str; 4] = [
    "always zero",
    "another SSRC, numbers and time stamps once",
    "the encoder restarts with another size",
    "jump by 5 s each second",
];

#[test]
fn what_is_recorded_of_odd_cameras_plays_and_holds_their_violations() -> Result<()> {
    let all = cases();
    let find =
        |name: &&str| all.iter().find(|case| case.name == **name).with_context(|| format!("no case {name}"));
    let chosen: Vec<&Case> = NAMES.iter().map(find).collect::<Result<_>>()?;
    assert_eq!(run_site(&chosen)?, Vec::<String>::new());
    Ok(())
}
