//! A database server that goes away and comes back or whose disk is full, connections that are cut, and a bucket that does not
//! answer.

use std::time::Duration;

use anjian_domain::{Clock, SystemClock, WallTime};
use anjian_tests::{CAMERAS, Plant, PrivateBucket, PrivatePostgres, check, pass};
use anyhow::{Result, ensure};

const AWAY: Duration = Duration::from_secs(30);
const CREDENTIALS: [&str; 3] = ["env", "AWS_ACCESS_KEY_ID=anjian", "AWS_SECRET_ACCESS_KEY=of-a-test"];

#[test]
fn faults_of_database_and_bucket_cost_nothing_and_are_over_when_they_are_over() -> Result<()> {
    let small = PrivatePostgres::start_on_small_disk();
    let is_small = small.is_some();
    let (mut postgres, bucket) = (small.unwrap_or_else(PrivatePostgres::start), PrivateBucket::start());
    bucket.create("evidence");
    let tables = format!(
        "[store]\ndatabase = \"{}\"\nbucket = \"s3://evidence\"\nbucket_endpoint = \"{}\"\nbucket_timeout_s = 2\n",
        postgres.create("plant"),
        bucket.endpoint()
    );
    let plant = Plant::start_on(&CREDENTIALS, &tables, |_| Plant::RULE.to_owned())?;
    plant.expect("a violation", |plant| !plant.violations(None).is_empty())?;
    a_server_that_is_away(&plant, &mut postgres)?;
    connections_that_are_cut(&plant, &postgres)?;
    if is_small {
        a_disk_of_the_server_that_is_full(&plant, &mut postgres)?;
    } else {
        // Said where whoever reads the test's output sees it.
        let skipped = b"skipped: the full disk of the database, because this machine allows no mounts\n";
        let _ = std::io::Write::write_all(&mut std::io::stderr(), skipped);
    }
    a_bucket_that_does_not_answer(&plant, &postgres, &bucket)?;
    ensure!(!plant.server.log().contains("evidence lost"), "{}", plant.server.log());
    ensure!(
        postgres
            .run("plant", "SELECT count(*) = count(DISTINCT (run, rule, track, opened_us)) FROM violation")
            == "t",
        "a violation was written twice"
    );
    check(&CREDENTIALS, plant.server.end()?.path())
}

/// Recording goes on, evidence waits, health says so, and nothing is missing afterwards.
fn a_server_that_is_away(plant: &Plant, postgres: &mut PrivatePostgres) -> Result<()> {
    let (begun, before) = (SystemClock.now(), plant.violations(None).len());
    postgres.cut();
    pass(AWAY);
    ensure!(!plant.is_healthy(), "the database is away, and health says that all is well");
    postgres.restore();
    is_over(plant, begun, before)
}

fn connections_that_are_cut(plant: &Plant, postgres: &PrivatePostgres) -> Result<()> {
    let (begun, before) = (SystemClock.now(), plant.violations(None).len());
    for _ in 0..20 {
        let cut =
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'anjian'";
        postgres.run("plant", cut);
        pass(Duration::from_millis(300));
    }
    is_over(plant, begun, before)
}

fn a_disk_of_the_server_that_is_full(plant: &Plant, postgres: &mut PrivatePostgres) -> Result<()> {
    let (begun, before) = (SystemClock.now(), plant.violations(None).len());
    postgres.fill();
    plant.expect("health to notice the full disk", |plant| !plant.is_healthy())?;
    let recorders = plant.recorders();
    ensure!(recorders.iter().all(|state| state == "recording"), "{recorders:?}");
    pass(AWAY / 3);
    postgres.empty();
    is_over(plant, begun, before)
}

fn is_over(plant: &Plant, begun: WallTime, before: usize) -> Result<()> {
    plant.expect("health again", Plant::is_healthy)?;
    plant.expect("evidence that waited", |plant| plant.violations(None).len() > before)?;
    let ended = SystemClock.now();
    plant.expect("every second of it", |plant| {
        CAMERAS.iter().all(|id| plant.gaps(id, begun, ended).is_ok_and(|gaps| gaps.is_empty()))
    })
}

fn health(plant: &Plant) -> String {
    plant.server.body("/healthz").unwrap_or_default()
}

/// Evidence waits on the local disk, is served from there, and moves when the bucket answers again.
fn a_bucket_that_does_not_answer(
    plant: &Plant,
    postgres: &PrivatePostgres,
    bucket: &PrivateBucket,
) -> Result<()> {
    let waits = || postgres.run("plant", "SELECT count(*) FROM evidence WHERE place <> 0 AND is_gone = 0");
    let before = plant.violations(None).len();
    bucket.freeze();
    plant.expect("health to name the job", |plant| health(plant).contains("degraded"))?;
    plant.expect("another violation", |plant| plant.violations(None).len() > before)?;
    ensure!(plant.is_recording(), "{:?}", plant.recorders());
    let newest = plant.violations(None)[0]["snapshot"].as_str().unwrap_or_default().to_owned();
    ensure!(
        plant.server.get_bytes(&newest)?.starts_with(b"\xFF\xD8"),
        "it is served from the disk: {newest}"
    );
    ensure!(waits() != "0", "nothing waits");
    bucket.thaw();
    plant.expect("health again", |plant| health(plant).contains("\"status\":\"ok\""))?;
    plant.expect("everything in the bucket", |_| waits() == "0")
}
