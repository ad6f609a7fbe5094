//! What it costs to record a camera, beside ffmpeg that copies the same stream into files.
//!
//! `ANJIAN_OTHER` may name another executable of anjian, which is measured as well.

use std::ffi::OsString;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anjian_tests::{Camera, Shows, clip, executable, pass};
use anyhow::{Context, Result, ensure};
use procfs::process::Process;

use crate::long_test::LongTest;

pub(crate) const TEST: LongTest = LongTest {
    name: "receive",
    unit: "cameras",
    default_amount: 8,
    proves: "what recording a camera costs, beside ffmpeg that copies the same streams",
    run,
};

/// Connections stand, and first files are open.
const WARM_UP: Duration = Duration::from_secs(10);
const MEASURED: Duration = Duration::from_secs(30);
/// The programs take turns, so that what else the machine does falls on each.
const TURNS: usize = 3;
/// 1280x720 at 10 pictures a second, as H.264.
const CLIP: &str = "yard-all-well";

/// A program that records all cameras.
struct Recorder {
    name: String,
    commands: Vec<Command>,
}

fn run(cameras: u32) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let cameras: Vec<Camera> =
        (0..cameras).map(|_| Camera::start(Shows::Clip(&clip(CLIP)), 0)).collect::<Result<_>>()?;
    let mut executables = vec![executable("anjian")?];
    executables.extend(std::env::var_os("ANJIAN_OTHER").map(PathBuf::from));
    let mut costs: Vec<(String, Vec<Duration>)> = vec![];
    for turn in 0..TURNS {
        let folder = folder.path().join(turn.to_string());
        let mut recorders = vec![copied(&folder.join("ffmpeg"), &cameras)?];
        for (number, executable) in executables.iter().enumerate() {
            recorders.push(recorded(executable, &folder.join(number.to_string()), &cameras)?);
        }
        for (place, recorder) in recorders.into_iter().enumerate() {
            let name = recorder.name.clone();
            let cost = measure(recorder).with_context(|| name.clone())?;
            if costs.len() <= place {
                costs.push((name, vec![]));
            }
            costs[place].1.push(cost);
        }
    }
    report(costs, cameras.len());
    Ok(())
}

/// `anjian record`.
fn recorded(executable: &Path, folder: &Path, cameras: &[Camera]) -> Result<Recorder> {
    std::fs::create_dir_all(folder)?;
    let mut config = String::from("data_dir = \"data\"\n[recording]\nreserve_mb = 0\n");
    for (number, camera) in cameras.iter().enumerate() {
        write!(config, "[[camera]]\nid = \"camera-{number}\"\nmain = \"{}\"\n", camera.url)?;
    }
    std::fs::write(folder.join("anjian.toml"), config)?;
    let mut command = Command::new(executable);
    command.args(["record", "--config", "anjian.toml"]).env("ANJIAN_LOG", "error").current_dir(folder);
    Ok(Recorder { name: executable.display().to_string(), commands: vec![command] })
}

/// An ffmpeg for each camera.
fn copied(folder: &Path, cameras: &[Camera]) -> Result<Recorder> {
    std::fs::create_dir_all(folder)?;
    let command = |(number, camera): (usize, &Camera)| {
        let mut command = Command::new("ffmpeg");
        command.args(["-v", "error", "-rtsp_transport", "tcp", "-i"]).arg(&camera.url);
        command.args(["-c", "copy", "-f", "segment", "-segment_time", "60"]);
        let mut file = OsString::from(folder.join(number.to_string()));
        file.push("-%d.mp4");
        command.arg(file);
        command
    };
    Ok(Recorder {
        name: "ffmpeg -c copy".into(),
        commands: cameras.iter().enumerate().map(command).collect(),
    })
}

/// CPU time that it takes for all cameras.
fn measure(recorder: Recorder) -> Result<Duration> {
    let mut running = Running(vec![]);
    for mut command in recorder.commands {
        running.0.push(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?);
    }
    pass(WARM_UP);
    let before = running.cpu_time()?;
    pass(MEASURED);
    Ok(running.cpu_time()?.saturating_sub(before))
}

fn report(costs: Vec<(String, Vec<Duration>)>, cameras: usize) {
    let mut of_ffmpeg = None;
    for (name, mut cost) in costs {
        cost.sort_unstable();
        let shares =
            cost.iter().map(|cost| cost.as_secs_f64() / MEASURED.as_secs_f64() / cameras as f64 * 1e3);
        let shares: Vec<f64> = shares.collect();
        let median = shares[shares.len() / 2];
        let base = *of_ffmpeg.get_or_insert(median);
        let (least, most) = (shares[0], shares[shares.len() - 1]);
        println!(
            "{name}: {median:.1} ms of a core a second and camera ({least:.1} to {most:.1}), {:.2} of ffmpeg",
            median / base
        );
    }
}

/// Processes that are killed at the end.
struct Running(Vec<Child>);

impl Running {
    fn cpu_time(&mut self) -> Result<Duration> {
        let mut ticks = 0;
        for child in &mut self.0 {
            ensure!(child.try_wait()?.is_none(), "it has ended by itself");
            let stat = Process::new(i32::try_from(child.id())?)?.stat()?;
            ticks += stat.utime + stat.stime;
        }
        Ok(Duration::from_secs_f64(ticks as f64 / procfs::ticks_per_second() as f64))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        for child in &mut self.0 {
            // Both fail when it has ended already.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
