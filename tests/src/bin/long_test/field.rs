//! Every file and configuration of the field; with `ANJIAN_WRITE_DOCS=1`, writes their rows of `docs/field.md`.

use anjian_tests::field::{Tier, compare_or_write, run_configurations, run_files};
use anyhow::Result;

use crate::long_test::LongTest;

pub(crate) const TEST: LongTest = LongTest {
    name: "field",
    unit: "rounds",
    default_amount: 1,
    proves: "files and configurations as the field has them are judged, refused and explained as docs/field.md says",
    run,
};

fn run(rounds: u32) -> Result<()> {
    for _ in 0..rounds {
        let configurations = compare_or_write("configurations", &run_configurations()?, Tier::All);
        compare_or_write("files", &run_files(Tier::All)?, Tier::All).and(configurations)?;
    }
    Ok(())
}
