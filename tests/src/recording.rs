//! `anjian record` as a process that can be killed, the files it leaves, and whether they play.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anjian_domain::{Clock, SystemClock, WallTime};
use anjian_footage::scan;
use anyhow::{Context, Result, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::executable;

/// `anjian record` in a folder that holds an `anjian.toml`; killed when dropped.
pub struct Recording(Child);

impl Recording {
    /// Starts it.
    ///
    /// # Errors
    /// When there is no executable.
    pub fn start(folder: &Path) -> Result<Self> {
        let mut command = Command::new(executable("anjian")?);
        command.args(["record", "--config", "anjian.toml"]).env("ANJIAN_LOG", "error").current_dir(folder);
        Ok(Self(command.stderr(Stdio::null()).spawn()?))
    }

    /// Asks it to end and waits until it has.
    ///
    /// # Errors
    /// When it ends with an error.
    pub fn stop(mut self) -> Result<()> {
        kill(Pid::from_raw(i32::try_from(self.0.id())?), Signal::SIGTERM)?;
        let status = self.0.wait()?;
        ensure!(status.success(), "anjian record ended with {status}");
        Ok(())
    }

    /// Kills it as a power cut would; answers when.
    ///
    /// # Errors
    /// When it had ended by itself.
    pub fn kill(mut self) -> Result<WallTime> {
        ensure!(self.0.try_wait()?.is_none(), "anjian record ended by itself");
        let now = SystemClock.now();
        self.0.kill()?;
        self.0.wait()?;
        Ok(now)
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        // Both fail when it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Every segment in a recordings folder, or in the folder of one camera in it; those of a camera oldest first.
#[must_use]
pub fn segments(recordings: &Path) -> Vec<PathBuf> {
    let (mut found, mut folders) = (vec![], vec![recordings.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

/// UTC until which a camera is recorded, by its files alone; `None` when nothing is.
///
/// # Errors
/// When a file cannot be read.
pub fn recorded_until(recordings: &Path, camera: &str) -> Result<Option<WallTime>> {
    let Some(newest) = segments(&recordings.join(camera)).pop() else { return Ok(None) };
    let file = scan(&newest).with_context(|| newest.display().to_string())?;
    Ok(Some(file.header.start.plus(file.duration())))
}

/// Decodes a whole file, or part of it, with ffmpeg; answers the pictures that came.
///
/// # Errors
/// When ffmpeg has anything to complain about.
pub fn play(file: &Path) -> Result<u64> {
    let mut command = Command::new("ffprobe");
    command.args(["-v", "error", "-select_streams", "v:0", "-count_frames"]);
    command.args(["-show_entries", "stream=nb_read_frames", "-of", "csv=p=0"]).arg(file);
    let output = command.output().context("ffprobe is missing: run scripts/setup --tests")?;
    let (told, complaint) = (String::from_utf8(output.stdout)?, String::from_utf8(output.stderr)?);
    ensure!(output.status.success() && complaint.is_empty(), "{}: {complaint}", file.display());
    told.trim().trim_end_matches(',').parse().with_context(|| format!("{}: {told:?}", file.display()))
}

/// Makes a clip of moving test patterns, a keyframe a second: small, so that recording it costs next to nothing.
///
/// # Errors
/// When ffmpeg cannot.
pub fn test_clip(folder: &Path, encoder: &str, size: &str) -> Result<PathBuf> {
    let clip = folder.join(format!("{encoder}-{size}.mp4"));
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-f", "lavfi", "-i", &format!("testsrc2=size={size}:rate=15")]);
    command.args(["-t", "6", "-c:v", encoder, "-preset", "ultrafast", "-g", "15", "-bf", "0"]);
    if encoder == "libx265" {
        command.args(["-x265-params", "log-level=none:keyint=15:bframes=0", "-tag:v", "hvc1"]);
    }
    let output = command.args(["-pix_fmt", "yuv420p"]).arg(&clip).output()?;
    ensure!(output.status.success(), "ffmpeg: {}", String::from_utf8_lossy(&output.stderr));
    Ok(clip)
}
