//! A locked database, and a data folder that is moved away.

use std::time::Duration;

use anjian_domain::{Clock, SystemClock};
use anjian_tests::{CAMERAS, Plant, pass};
use anyhow::{Result, ensure};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};

/// How long the database stays locked: longer than SQLite waits, and than the recorder's queue holds packets.
const LOCKED: Duration = Duration::from_secs(30);

#[test]
fn faults_of_the_data_folder_cost_no_evidence_and_are_over_when_they_are_over() -> Result<()> {
    let plant = Plant::start(&[], |_| Plant::RULE.to_owned())?;
    plant.expect("a violation", |plant| !plant.violations(None).is_empty())?;
    a_locked_database(&plant)?;
    a_data_folder_that_is_moved_away(&plant)?;
    plant.expect_nothing_lost()?;
    plant.server.stop()
}

/// Recording goes on, evidence waits, health says so, and nothing is missing afterwards.
fn a_locked_database(plant: &Plant) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let options = SqliteConnectOptions::new().filename(plant.data().join("anjian.db"));
    let mut other = runtime.block_on(SqliteConnection::connect_with(&options))?;
    let lock = sqlx::raw_sql("PRAGMA busy_timeout = 30000; BEGIN IMMEDIATE");
    runtime.block_on(lock.execute(&mut other))?;
    let begun = SystemClock.now();
    let before = plant.violations(None).len();
    pass(LOCKED);
    ensure!(!plant.is_healthy(), "nobody can write, and health says that all is well");
    runtime.block_on(sqlx::raw_sql("ROLLBACK").execute(&mut other))?;
    runtime.block_on(other.close())?;
    let ended = SystemClock.now();
    plant.expect("health after the lock", Plant::is_healthy)?;
    plant.expect("evidence that waited", |plant| plant.violations(None).len() > before)?;
    plant.expect("every second of the lock", |plant| {
        CAMERAS.iter().all(|id| plant.gaps(id, begun, ended).is_ok_and(|gaps| gaps.is_empty()))
    })
}

/// It is noticed within seconds, nothing is made in its place, and all goes on when it is back.
fn a_data_folder_that_is_moved_away(plant: &Plant) -> Result<()> {
    let (here, elsewhere) = (plant.data(), plant.data().with_extension("moved"));
    std::fs::rename(&here, &elsewhere)?;
    plant.expect("health to notice", |plant| !plant.is_healthy())?;
    plant.expect("the log to say so", |plant| plant.server.log().contains("moved, replaced or deleted"))?;
    pass(Duration::from_secs(8));
    ensure!(!here.exists(), "something was made in its place");
    std::fs::rename(&elsewhere, &here)?;
    let before = plant.violations(None).len();
    plant.expect("both recorders again", Plant::is_recording)?;
    plant.expect("health again", Plant::is_healthy)?;
    plant.expect("another violation", |plant| plant.violations(None).len() > before)
}
