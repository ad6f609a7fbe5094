//! Two servers on one PostgreSQL and one bucket.

use std::io::{BufRead, BufReader};
use std::time::Duration;

use anjian_tests::{Camera, PrivateBucket, PrivatePostgres, Server, Shows, check, clip, wait_for};
use anyhow::{Context, Result, ensure};
use serde_json::Value;

const PATIENCE: Duration = Duration::from_secs(60);
/// The endpoint asks nobody for a key, but every request is signed.
const CREDENTIALS: [&str; 3] = ["env", "AWS_ACCESS_KEY_ID=anjian", "AWS_SECRET_ACCESS_KEY=of-a-test"];

struct Shared {
    postgres: PrivatePostgres,
    database: String,
    bucket: PrivateBucket,
}

impl Shared {
    fn start() -> Self {
        let (postgres, bucket) = (PrivatePostgres::start(), PrivateBucket::start());
        bucket.create("evidence");
        Self { database: postgres.create("city"), postgres, bucket }
    }

    fn node(&self, id: &str, camera: &Camera) -> Result<Server> {
        let config = format!(
            "[store]\ndatabase = \"{}\"\nbucket = \"s3://evidence\"\nbucket_endpoint = \"{}\"\n\
             [recording]\nsegment_s = 5\nreserve_mb = 0\nmin_free_gb = 0\n\
             [[camera]]\nid = \"{id}\"\nmain = \"{}\"\n[[camera.rule]]\nbehaviour = \"no_hard_hat\"\n",
            self.database,
            self.bucket.endpoint(),
            camera.url
        );
        Server::start_in_under(&CREDENTIALS, Server::prepare(&config)?)
    }

    fn count(&self, of: &str) -> String {
        self.postgres.run("city", &format!("SELECT count(*) FROM violation WHERE {of}"))
    }
}

/// A violation of a camera as a server lists it.
fn violation(server: &Server, camera: &str, is_wanted: impl Fn(&Value) -> bool) -> Result<Value> {
    wait_for(&format!("a violation of {camera}"), PATIENCE, || {
        let found = server.violations().ok()?;
        found.into_iter().find(|item| item["camera"] == camera && is_wanted(item))
    })
}

#[test]
fn two_servers_share_a_database_and_a_bucket() -> Result<()> {
    let shared = Shared::start();
    let camera = Camera::start(Shows::Clip(&clip("loading-bay-hat-off")), 0)?;
    let south = shared.node("south", &camera)?;
    let live = BufReader::new(south.open("/api/v1/live")?);
    let north = shared.node("north", &camera)?;

    // One list, and live events of the other's.
    let seen = violation(&south, "north", |_| true)?;
    violation(&north, "south", |_| true)?;
    let mut lines = live.lines();
    let told = lines.by_ref().map_while(Result::ok).find(|line| line.contains("\"camera\":\"north\""));
    ensure!(told.is_some(), "the page of south was told nothing of north");

    // Evidence of the other lies in the bucket.
    let path = format!("/api/v1/violations/{}/snapshot.jpg", seen["id"].as_str().context("no id")?);
    let picture = wait_for("the snapshot", PATIENCE, || south.get_bytes(&path).ok())?;
    ensure!(picture.starts_with(b"\xFF\xD8") && picture == north.get_bytes(&path)?, "the same picture");

    // A kill of one is its own matter.
    violation(&north, "north", |item| item["status"] == "open")?;
    let folder = north.kill()?;
    ensure!(shared.count("camera = 'north' AND status = 'open'") != "0", "it left one open");
    let north = Server::start_in_under(&CREDENTIALS, folder)?;
    ensure!(
        shared.count("camera = 'north' AND close_reason = 'interrupted'") != "0",
        "closed by its own node"
    );
    ensure!(shared.count("camera = 'south' AND close_reason = 'interrupted'") == "0", "left alone");
    for server in [north, south] {
        check(&CREDENTIALS, server.end()?.path())?;
    }
    Ok(())
}
