//! One server, two cameras that are recorded and judged, and faults that are caused for real one after the other: a
//! locked database, a data folder that is moved away, a recordings folder that is not there.

use std::path::PathBuf;
use std::time::Duration;

use anjian_domain::{Clock, SystemClock, WallTime};
use anjian_tests::{Camera, Server, Shows, clip, pass, wait_for};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};

const PATIENCE: Duration = Duration::from_secs(60);
/// How long the database stays locked: longer than SQLite waits, and than the recorder's queue holds packets.
const LOCKED: Duration = Duration::from_secs(30);
const IDS: [&str; 2] = ["dock", "gate"];

struct Plant {
    server: Server,
    _cameras: [Camera; 2],
}

impl Plant {
    fn start() -> Result<Self> {
        // A hat comes off once in every 14 s of this clip.
        let video = clip("loading-bay-hat-off");
        let cameras = [Camera::start(Shows::Clip(&video), 0)?, Camera::start(Shows::Clip(&video), 0)?];
        let mut config = "[recording]\nsegment_s = 5\nreserve_mb = 0\nmin_free_gb = 0\n".to_owned();
        for (id, camera) in IDS.iter().zip(&cameras) {
            config += &format!(
                "[[camera]]\nid = \"{id}\"\nmain = \"{}\"\n[[camera.rule]]\nbehaviour = \"no_hard_hat\"\n",
                camera.url
            );
        }
        let plant = Self { server: Server::start(&config)?, _cameras: cameras };
        plant.wait_for("both recorders", |plant| plant.recorders() == ["recording"; 2])?;
        Ok(plant)
    }

    fn wait_for(&self, what: &str, is_so: impl Fn(&Self) -> bool) -> Result<()> {
        let reached = wait_for(what, PATIENCE, || is_so(self).then_some(()));
        reached.map_err(|error| error.context(format!("{:?}\n{}", self.recorders(), self.server.log())))
    }

    fn recorders(&self) -> Vec<String> {
        let storage = self.server.get("/api/v1/storage").unwrap_or_default();
        let cameras = storage["cameras"].as_array().cloned().unwrap_or_default();
        let state = |camera: &Value| camera["recorder"]["state"].as_str().unwrap_or_default().to_owned();
        cameras.iter().map(state).collect()
    }

    fn is_healthy(&self) -> bool {
        self.server.get("/healthz").is_ok()
    }

    fn violations(&self) -> usize {
        self.server.violations().map_or(0, |found| found.len())
    }

    /// What is missing of a camera's recording in a time, as causes and seconds.
    fn gaps(&self, id: &str, from: WallTime, to: WallTime) -> Result<Vec<(String, f64)>> {
        let found = self.server.get(&format!("/api/v1/cameras/{id}/recordings?from={from}&to={to}"))?;
        let gaps = found["gaps"].as_array().context("no gaps")?;
        gaps.iter()
            .map(|gap| {
                let at =
                    |key: &str| -> Result<WallTime> { Ok(gap[key].as_str().context("no time")?.parse()?) };
                Ok((
                    gap["cause"].as_str().unwrap_or_default().to_owned(),
                    at("to")?.since(at("from")?).as_secs_f64(),
                ))
            })
            .collect()
    }

    fn data(&self) -> PathBuf {
        self.server.folder.path().join("data")
    }
}

#[test]
fn faults_of_the_data_folder_cost_no_evidence_and_are_over_when_they_are_over() -> Result<()> {
    let plant = Plant::start()?;
    plant.wait_for("a violation", |plant| plant.violations() > 0)?;
    a_locked_database(&plant)?;
    a_data_folder_that_is_moved_away(&plant)?;
    let report = anjian_tests::run(plant.server.folder.path(), &["check", "--config", "anjian.toml"])?;
    ensure!(report.code == 0, "{}{}", report.stdout, report.stderr);
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
    let before = plant.violations();
    pass(LOCKED);
    ensure!(!plant.is_healthy(), "nobody can write, and health says that all is well");
    runtime.block_on(sqlx::raw_sql("ROLLBACK").execute(&mut other))?;
    runtime.block_on(other.close())?;
    let ended = SystemClock.now();
    plant.wait_for("health after the lock", Plant::is_healthy)?;
    plant.wait_for("evidence that waited", |plant| plant.violations() > before)?;
    let is_recorded = |plant: &Plant| {
        let now = SystemClock.now();
        IDS.iter().all(|id| plant.gaps(id, begun, ended).is_ok_and(|gaps| gaps.is_empty()) && now > ended)
    };
    plant.wait_for("every second of the lock", is_recorded)?;
    ensure!(!plant.server.log().contains("evidence lost"), "{}", plant.server.log());
    Ok(())
}

/// It is noticed within seconds, nothing is made in its place, and all goes on when it is back.
fn a_data_folder_that_is_moved_away(plant: &Plant) -> Result<()> {
    let (here, elsewhere) = (plant.data(), plant.data().with_extension("moved"));
    std::fs::rename(&here, &elsewhere)?;
    plant.wait_for("health to notice", |plant| !plant.is_healthy())?;
    plant.wait_for("the log to say so", |plant| plant.server.log().contains("moved, replaced or deleted"))?;
    pass(Duration::from_secs(8));
    ensure!(!here.exists(), "something was made in its place");
    std::fs::rename(&elsewhere, &here)?;
    let before = plant.violations();
    plant.wait_for("both recorders again", |plant| plant.recorders() == ["recording"; 2])?;
    plant.wait_for("health again", Plant::is_healthy)?;
    plant.wait_for("another violation", |plant| plant.violations() > before)
}
