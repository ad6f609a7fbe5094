//! Idle connections, far more than the process may have descriptors, beside two cameras that are recorded and judged.

use std::net::TcpStream;
use std::time::Duration;

use anjian_tests::{Camera, Server, Shows, clip, pass, segments, wait_for};
use anyhow::{Context, Result, ensure};

const PATIENCE: Duration = Duration::from_secs(60);
/// More than the limit below.
const CROWD: usize = 1_100;
/// The usual limit of a login shell, here also the highest that the process may ask for.
const LIMIT: &str = "ulimit -n 1024; exec \"$0\" \"$@\"";
/// How long the crowd stays: longer than the process survived it once.
const STAY: Duration = Duration::from_secs(40);

#[test]
fn idle_connections_cost_no_camera_and_no_evidence() -> Result<()> {
    // A hat comes off once in every 14 s of this clip.
    let video = clip("loading-bay-hat-off");
    let (dock, gate) = (Camera::start(Shows::Clip(&video), 0)?, Camera::start(Shows::Clip(&video), 0)?);
    let camera = |id: &str, url: &str| {
        format!("[[camera]]\nid = \"{id}\"\nmain = \"{url}\"\n[[camera.rule]]\nbehaviour = \"no_hard_hat\"\n")
    };
    let config = format!("{}{}", camera("dock", &dock.url), camera("gate", &gate.url));
    let server = Server::start_under(&["sh", "-c", LIMIT], &config, "empty")?;
    let live = |id: &str| server.camera(id).is_ok_and(|camera| camera["state"] == "live");
    wait_for("both cameras", PATIENCE, || (live("dock") && live("gate")).then_some(()))?;
    let since = [server.camera("dock")?["since"].clone(), server.camera("gate")?["since"].clone()];

    let crowd = gather(server.socket()?)?;
    let before = server.violations()?.len();
    pass(STAY);
    // The server answers beside the crowd: idle connections make room.
    let after = [server.camera("dock")?, server.camera("gate")?];
    for (camera, since) in after.iter().zip(&since) {
        ensure!(camera["state"] == "live" && camera["since"] == *since, "{camera}\n{}", server.log());
    }
    wait_for("another violation", PATIENCE, || (server.violations().ok()?.len() > before).then_some(()))?;
    drop(crowd);
    for id in ["dock", "gate"] {
        let recorded = segments(&server.folder.path().join("data/recordings").join(id));
        ensure!(!recorded.is_empty(), "nothing of {id} was recorded");
    }
    ensure!(!server.log().contains("lost"), "{}", server.log());
    server.stop()
}

/// Connects as often as the system lets it, and says nothing.
fn gather(server: std::net::SocketAddr) -> Result<Vec<TcpStream>> {
    let mut crowd = Vec::new();
    for _ in 0..CROWD {
        crowd.push(TcpStream::connect_timeout(&server, Duration::from_secs(10)).context("refused")?);
    }
    Ok(crowd)
}
