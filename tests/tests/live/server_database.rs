//! The main job with the index on a PostgreSQL server.

use std::time::Duration;

use anjian_tests::{Camera, PrivatePostgres, Server, Shows, clip, run, wait_for};
use anyhow::{Result, ensure};

const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn a_server_database_holds_what_is_seen_and_recorded() -> Result<()> {
    let postgres = PrivatePostgres::start();
    let database = postgres.create("plant");
    let camera = Camera::start(Shows::Clip(&clip("loading-bay-hat-off")), 0)?;
    let server = Server::start(&format!(
        "[store]\ndatabase = \"{database}\"\n[recording]\nsegment_s = 5\nreserve_mb = 0\nmin_free_gb = 0\n\
         clip_after_s = 2\nclip_before_s = 2\nclip_max_s = 6\n\
         [[camera]]\nid = \"dock\"\nmain = \"{}\"\n[[camera.rule]]\nbehaviour = \"no_hard_hat\"\n",
        camera.url
    ))?;
    let clip = wait_for("a violation with its clip", PATIENCE, || {
        let found = server.violations().ok()?;
        let id = found.last()?["id"].as_str()?.to_owned();
        let violation = server.get(&format!("/api/v1/violations/{id}")).ok()?;
        (violation["clip_state"]["state"] == "recorded").then(|| format!("/api/v1/violations/{id}/clip.mp4"))
    })?;
    ensure!(server.get_bytes(&clip)?.len() > 10_000, "the clip is there");
    ensure!(postgres.run("plant", "SELECT count(*) > 0 FROM violation") == "t", "the rows are on the server");
    // Connections that an administrator cuts are made again.
    let cut =
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'anjian'";
    postgres.run("plant", cut);
    wait_for("health", PATIENCE, || server.get("/healthz").ok())?;
    let folder = server.end()?;
    ensure!(!folder.path().join("data/anjian.db").exists(), "nothing is stored beside");
    let report = run(folder.path(), &["check", "--config", "anjian.toml"])?;
    ensure!(report.code == 0, "{}{}", report.stdout, report.stderr);
    Ok(())
}
