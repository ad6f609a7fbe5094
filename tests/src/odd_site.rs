//! Odd cameras on a real server: what is recorded of them is whole, plays, can be exported, and holds their violations.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anjian_domain::{Clock, SystemClock, WallTime};
use anjian_ingest::Transport;
use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::camera_cases::{Case, Expected};
use crate::odd_camera::{OddCamera, Scene, Script};
use crate::{Server, checkout, play, run, wait_for};

const SETTINGS: &str = "[recording]\nsegment_s = 5\nreserve_mb = 0\nmin_free_gb = 0\nclip_before_s = 3\nclip_after_s = 2\nclip_max_s = 8\n";
/// Longer than a test: no camera begins again.
const PICTURES: u32 = 6_000;
const RATE: Duration = Duration::from_millis(40);
const PATIENCE: Duration = Duration::from_secs(120);
/// What is exported and played, from the second second of the recording on.
const RANGE: Duration = Duration::from_secs(6);
/// Where pictures are placed by their arrival, some more or fewer lie in a range.
const PICTURES_BESIDE: u64 = 8;

/// Whether a case can be part of a site: a camera that is recorded whole, at 25 pictures a second.
#[must_use]
pub fn is_site_case(case: &Case) -> bool {
    let is_whole = matches!(case.expected, Expected::All | Expected::AllWithNote(_) | Expected::AllWithSound);
    is_whole && case.script.interval == RATE
}

/// Runs a server with these cameras; answers what is wrong of which.
///
/// # Errors
/// When the server fails as a whole, `anjian check` finds something, or a camera has no violation with its clip.
pub fn run_site(cases: &[&Case]) -> Result<Vec<String>> {
    let cameras = cases.iter().map(|case| {
        let script = Script { scene: Scene::HatComesOff, pictures: PICTURES, ..case.script.clone() };
        OddCamera::start(script)
    });
    let cameras: Vec<OddCamera> = cameras.collect::<Result<_>>()?;
    let site = Site { server: Server::start(&config(cases, &cameras)?)?, cases };
    let mut faults = Vec::new();
    let mut moments = Vec::new();
    for (number, case) in cases.iter().enumerate() {
        match site.look(number) {
            Ok(moment) => moments.push(format!("{}={moment}", id(number))),
            Err(error) => faults.push(format!("{}: {error:#}", case.name)),
        }
    }
    faults.extend(site.play_in_browser(&moments)?);
    site.check()?;
    Ok(faults)
}

fn id(number: usize) -> String {
    format!("odd-{number}")
}

fn config(cases: &[&Case], cameras: &[OddCamera]) -> Result<String> {
    let mut config = SETTINGS.to_owned();
    for (number, (case, camera)) in cases.iter().zip(cameras).enumerate() {
        let transport = if case.transport == Transport::Udp { "udp" } else { "tcp" };
        let (id, url) = (id(number), camera.url());
        write!(config, "[[camera]]\nid = \"{id}\"\nmain = \"{url}\"\ntransport = \"{transport}\"\n")?;
        if let Some(answer_max) = case.answer_max {
            writeln!(config, "answer_timeout_s = {}", answer_max.as_secs())?;
        }
        config += "analysis_fps = 2\n[[camera.rule]]\nbehaviour = \"no_hard_hat\"\n";
    }
    Ok(config)
}

struct Site<'a> {
    server: Server,
    cases: &'a [&'a Case],
}

impl Site<'_> {
    /// Answers a moment from which on six seconds are recorded.
    fn look(&self, number: usize) -> Result<WallTime> {
        let violation = self.violation(number)?;
        self.check_clip(&violation)?;
        let begin = self.begin(number)?.plus(Duration::from_secs(2));
        self.check_export(number, begin)?;
        self.check_sight(number)?;
        Ok(begin)
    }

    /// The first violation of a camera that has its clip.
    fn violation(&self, number: usize) -> Result<Value> {
        let path = format!("/api/v1/violations?limit=50&camera={}", id(number));
        wait_for("a violation with its clip", PATIENCE, || {
            let page = self.server.get(&path).ok()?;
            let oldest = page["items"].as_array()?.last()?["id"].as_str()?.to_owned();
            let violation = self.server.get(&format!("/api/v1/violations/{oldest}")).ok()?;
            (violation["clip_state"]["state"] == "recorded").then_some(violation)
        })
    }

    fn check_clip(&self, violation: &Value) -> Result<()> {
        let reason = &violation["clip_state"]["reason"];
        ensure!(reason.is_null(), "its clip is not whole: {reason}");
        let clip = violation["id"].as_str().context("no id")?;
        let pictures = self.pictures_of(&format!("/api/v1/violations/{clip}/clip.mp4"))?;
        ensure!(pictures > 100, "its clip has {pictures} pictures");
        Ok(())
    }

    /// When the recording of a camera begins.
    fn begin(&self, number: usize) -> Result<WallTime> {
        let now = SystemClock.now();
        let (from, id) = (now.minus(Duration::from_hours(1)), id(number));
        let found = self.server.get(&format!("/api/v1/cameras/{id}/recordings?from={from}&to={now}"))?;
        found["segments"][0]["start"].as_str().context("nothing is recorded")?.parse().context("no time")
    }

    fn check_export(&self, number: usize, begin: WallTime) -> Result<()> {
        let end = begin.plus(RANGE);
        let pictures =
            self.pictures_of(&format!("/api/v1/cameras/{}/export.mp4?from={begin}&to={end}", id(number)))?;
        let expected = RANGE.as_millis() as u64 / RATE.as_millis() as u64;
        let is_right = pictures.abs_diff(expected) <= PICTURES_BESIDE;
        ensure!(is_right, "the export of {RANGE:?} has {pictures} pictures instead of {expected}");
        Ok(())
    }

    /// Nothing that the connection does looks like a frozen or covered camera.
    fn check_sight(&self, number: usize) -> Result<()> {
        let now = SystemClock.now();
        let (from, id) = (now.minus(Duration::from_hours(1)), id(number));
        let coverage = self.server.get(&format!("/api/v1/cameras/{id}/coverage?from={from}&to={now}"))?;
        let blind_s = coverage["totals"]["blind_s"].as_f64().context("no totals")?;
        ensure!(blind_s == 0.0, "blind for {blind_s} s: {}", coverage["spans"]);
        Ok(())
    }

    /// Pictures that ffmpeg decodes without a complaint.
    fn pictures_of(&self, path: &str) -> Result<u64> {
        let file = tempfile::Builder::new().suffix(".mp4").tempfile()?;
        std::fs::write(file.path(), self.server.get_bytes(path).with_context(|| path.to_owned())?)?;
        play(file.path()).with_context(|| path.to_owned())
    }

    /// Plays every camera in Chromium; answers what is wrong.
    fn play_in_browser(&self, moments: &[String]) -> Result<Vec<String>> {
        if moments.is_empty() {
            return Ok(Vec::new());
        }
        let node = Command::new(checkout().join("scripts/fetch-node")).output()?;
        ensure!(node.status.success(), "no Node.js: {}", String::from_utf8_lossy(&node.stderr));
        let node = Path::new(String::from_utf8(node.stdout)?.trim()).join("node");
        let script = checkout().join("api/web/test/odd.mjs");
        let played = Command::new(node).arg(script).arg(self.server.address()).args(moments).output()?;
        let told = String::from_utf8_lossy(&played.stdout);
        let failed = told.lines().filter_map(|line| line.strip_prefix("FAILED "));
        let failed: Vec<String> = failed.map(|line| self.named(line)).collect();
        let is_explained = played.status.success() || !failed.is_empty();
        ensure!(is_explained, "odd.mjs: {told}{}", String::from_utf8_lossy(&played.stderr));
        Ok(failed)
    }

    /// With the name of the case behind the camera's id.
    fn named(&self, line: &str) -> String {
        let number = line.strip_prefix("odd-").and_then(|rest| rest.split(' ').next()?.parse::<usize>().ok());
        let name = number.and_then(|number| self.cases.get(number)).map_or("", |case| case.name.as_str());
        format!("{name}: {line}")
    }

    /// Index and files agree once it has stopped.
    fn check(self) -> Result<()> {
        let folder = self.server.end()?;
        let report = run(folder.path(), &["check", "--config", "anjian.toml"])?;
        ensure!(report.code == 0, "{}{}", report.stdout, report.stderr);
        Ok(())
    }
}
