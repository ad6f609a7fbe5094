//! A large index moves to PostgreSQL and back.

use anjian_tests::House;
use anyhow::Result;

use crate::long_test::LongTest;

pub(crate) const TEST: LongTest = LongTest {
    name: "house",
    unit: "violations",
    default_amount: 100_000,
    proves: "an index moves from SQLite to PostgreSQL and back, and every digest is the same",
    run,
};

fn run(violations: u32) -> Result<()> {
    let house = House::with(violations)?;
    let moves = house.move_there_and_back(0)?;
    println!(
        "to PostgreSQL in {:.1} s, to SQLite in {:.1} s",
        moves.there.as_secs_f64(),
        moves.back.as_secs_f64()
    );
    Ok(())
}
