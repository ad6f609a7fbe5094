//! What ffmpeg keeps of the same cameras.

use std::process::{Command, Stdio};

use anjian_ingest::Transport;
use anyhow::{Context, Result};

use super::case::{Case, Expected};
use super::each::each;
use crate::odd_camera::OddCamera;

/// Seconds that ffmpeg is given.
const PATIENCE_S: &str = "15";

/// Cameras of which nothing is expected to be recorded, and of which ffmpeg keeps pictures: name and pictures. Of all
/// others every picture that was sent is expected, and nobody keeps more.
///
/// # Errors
/// When a camera cannot be started, or ffmpeg is missing.
pub fn kept_by_ffmpeg_alone(cases: &[Case], at_once: usize) -> Result<Vec<(String, u64)>> {
    // With a shorter wait configured, Anjian is right to give up.
    let is_refused = |case: &&Case| {
        matches!(case.expected, Expected::Reason(_) | Expected::Status(_)) && case.answer_max.is_none()
    };
    let refused: Vec<Case> = cases.iter().filter(is_refused).cloned().collect();
    let copied = each(&refused, at_once, &copied).into_iter().collect::<Result<Vec<u64>>>()?;
    let names = refused.into_iter().map(|case| case.name);
    Ok(names.zip(copied).filter(|(_, pictures)| *pictures > 0).collect())
}

/// Pictures in the file that `ffmpeg -c copy` makes of a camera.
fn copied(case: &Case) -> Result<u64> {
    let camera = OddCamera::start(case.script.clone())?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("copied.mkv");
    let transport = if case.transport == Transport::Udp { "udp" } else { "tcp" };
    let mut command = Command::new("timeout");
    command.args([PATIENCE_S, "ffmpeg", "-nostdin", "-v", "quiet", "-rtsp_transport", transport, "-i"]);
    command.arg(camera.url()).args(["-map", "0:v", "-c", "copy"]).arg(&file);
    // It fails where the camera refuses, and is stopped where the camera falls silent.
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().context("no `timeout`")?;
    let mut command = Command::new("ffprobe");
    command.args([
        "-v",
        "quiet",
        "-count_packets",
        "-show_entries",
        "stream=nb_read_packets",
        "-of",
        "csv=p=0",
    ]);
    let told = command.arg(&file).output().context("ffprobe is missing: run scripts/setup --tests")?;
    Ok(String::from_utf8_lossy(&told.stdout).trim().trim_end_matches(',').parse().unwrap_or(0))
}
