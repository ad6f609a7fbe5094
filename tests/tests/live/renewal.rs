//! SIGHUP begins the process anew in place, and only with a configuration that is right.

use std::time::Duration;

use anjian_tests::{Camera, Server, Shows, clip, segments, wait_for};
use anyhow::{Result, ensure};
use nix::sys::signal::{Signal, kill};

const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn sighup_begins_anew_with_the_configuration_as_it_is_then() -> Result<()> {
    let camera = Camera::start(Shows::Clip(&clip("loading-bay-hat-off")), 0)?;
    let of = |id: &str| {
        format!("[recording]\nreserve_mb = 0\n[[camera]]\nid = \"{id}\"\nmain = \"{}\"\n", camera.url)
    };
    let server = Server::start(&of("dock"))?;
    let file = server.folder.path().join("anjian.toml");
    let recorded = |id: &str| segments(&server.folder.path().join("data/recordings").join(id)).len();
    wait_for("the first recording", PATIENCE, || (recorded("dock") > 0).then_some(()))?;

    let right = std::fs::read_to_string(&file)?;
    std::fs::write(&file, format!("{right}[[camera.rule]]\nbehaviour = \"no_such\"\n"))?;
    kill(server.pid()?, Signal::SIGHUP)?;
    wait_for("the refusal", PATIENCE, || server.log().contains("the old one stays").then_some(()))?;
    ensure!(server.camera("dock").is_ok(), "it goes on as it was");

    std::fs::write(&file, right.replace("\"dock\"", "\"gate\""))?;
    kill(server.pid()?, Signal::SIGHUP)?;
    let begun = || server.log().matches("Anjian is watching").count();
    wait_for("the new beginning", PATIENCE, || (begun() == 2).then_some(()))?;
    let kept = recorded("dock");
    wait_for("the other camera's recording", PATIENCE, || (recorded("gate") > 0).then_some(()))?;
    ensure!(recorded("dock") == kept, "the old camera is not recorded any more");
    server.stop()
}
