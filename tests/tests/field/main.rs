//! What the field sends: a core set of odd cameras, files and configurations, compared with `docs/field.md`. `scripts/test-long
//! cameras` and `scripts/test-long field` run all of them.

mod cameras;
mod sites;

use anjian_tests::field::{Tier, compare_or_write, run_configurations, run_files};
use anyhow::Result;

#[test]
fn files_of_the_field_are_judged_or_refused_as_the_page_says() -> Result<()> {
    compare_or_write("files", &run_files(Tier::Core)?, Tier::Core)
}

#[test]
fn configurations_of_the_field_are_taken_or_refused_as_the_page_says() -> Result<()> {
    // All of them take seconds.
    compare_or_write("configurations", &run_configurations()?, Tier::All)
}
