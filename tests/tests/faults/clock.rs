//! A server whose clock is set while it runs, and set right again: an hour ahead, ten years ahead, an hour behind. What
//! comes after carries the time of the clock, what the wrong clock dated is marked, and no camera stands still.
//!
//! The monotonic clock stays as it is.

use std::path::Path;
use std::time::Duration;

use anjian_domain::{Clock, SystemClock, WallTime};
use anjian_tests::{CAMERAS, Fault, FaultySystem, Plant};
use anyhow::Result;
use serde_json::Value;

const HOUR_S: i64 = 3_600;
const TEN_YEARS_S: i64 = 10 * 365 * 24 * HOUR_S;
/// How far a time may be off that is right: the server believes a step only after some seconds.
const NEAR: Duration = Duration::from_secs(25);
/// The test takes less; what is off is off by more.
const LONGEST_S: f64 = 900.0;

/// A plant whose server has a clock of its own.
struct Skewed {
    plant: Plant,
    system: FaultySystem,
}

impl Skewed {
    fn start(folder: &Path) -> Result<Self> {
        let system = FaultySystem::prepare(folder)?;
        // One is recorded, the other is only judged.
        let keys = |id: &str| format!("record = {}\n{}", id == CAMERAS[0], Plant::RULE);
        Ok(Self { plant: Plant::start(&system.wrapper(), keys)?, system })
    }

    /// Both cameras find a violation that the clock dates now, with so many seconds added, and are live with a frame of
    /// then.
    fn expect_violations(&self, offset_s: i64) -> Result<()> {
        let set_at = SystemClock.now();
        for id in CAMERAS {
            self.plant.expect(&format!("a violation at {offset_s:+} s of {id}"), |plant| {
                let is_new = |violation: &Value| {
                    let opened = time(&violation["opened_at"])?.shifted(-offset_s * 1_000_000);
                    Some(opened >= set_at && apart(opened, SystemClock.now()) < NEAR)
                };
                plant.violations(Some(id)).iter().any(|violation| is_new(violation) == Some(true))
            })?;
            self.plant.expect(&format!("a frame at {offset_s:+} s of {id}"), |plant| {
                let camera = plant.server.camera(id).unwrap_or_default();
                let last = time(&camera["last_frame"]).map(|last| last.shifted(-offset_s * 1_000_000));
                camera["state"] == "live" && last.is_some_and(|last| apart(last, SystemClock.now()) < NEAR)
            })?;
        }
        Ok(())
    }

    /// New segments lie at the time of the clock.
    fn expect_recording(&self, offset_s: i64) -> Result<()> {
        self.plant.expect(&format!("a segment at {offset_s:+} s"), |plant| {
            let now = SystemClock.now().shifted(offset_s * 1_000_000);
            let (from, to) = (now.minus(NEAR), now.plus(NEAR));
            let path = format!("/api/v1/cameras/{}/recordings?from={from}&to={to}", CAMERAS[0]);
            let found = plant.server.get(&path).unwrap_or_default();
            let segments = found["segments"].as_array().cloned().unwrap_or_default();
            segments.last().is_some_and(|segment| {
                let is_near = time(&segment["start"]).is_some_and(|start| apart(start, now) < NEAR);
                is_near && segment["clock_offset_s"].as_f64().is_some_and(|offset_s| offset_s.abs() < 1.0)
            })
        })
    }

    /// Every violation whose time is wrong is marked with the right difference, and no other.
    fn expect_marks(&self, after_s: i64) -> Result<()> {
        for id in CAMERAS {
            self.plant.expect(&format!("marks after {after_s:+} s of {id}"), |plant| {
                let now = SystemClock.now();
                let is_right = |violation: &Value| {
                    let marked_s = violation["clock"]["ahead_s"].as_f64();
                    let opened = time(&violation["opened_at"])?;
                    let ahead_s = (opened.as_micros() - now.as_micros()) as f64 / 1e6;
                    Some(match marked_s {
                        None => ahead_s.abs() < LONGEST_S,
                        Some(marked_s) => {
                            marked_s.abs() > LONGEST_S && (ahead_s - marked_s).abs() < LONGEST_S
                        }
                    })
                };
                plant.violations(Some(id)).iter().all(|violation| is_right(violation) == Some(true))
            })?;
        }
        Ok(())
    }
}

fn time(value: &Value) -> Option<WallTime> {
    value.as_str()?.parse().ok()
}

fn apart(a: WallTime, b: WallTime) -> Duration {
    a.since(b).max(b.since(a))
}

#[test]
fn a_clock_that_is_set_harms_nothing_and_is_right_when_it_is_right() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let skewed = Skewed::start(folder.path())?;
    skewed.expect_violations(0)?;
    skewed.expect_recording(0)?;
    for offset_s in [HOUR_S, TEN_YEARS_S, -HOUR_S] {
        skewed.system.set(Fault::Clock, offset_s)?;
        skewed.expect_violations(offset_s)?;
        skewed.expect_recording(offset_s)?;
        skewed.system.set(Fault::Clock, 0)?;
        skewed.expect_violations(0)?;
        skewed.expect_recording(0)?;
        skewed.expect_marks(offset_s)?;
    }
    skewed.plant.expect_nothing_lost()?;
    skewed.plant.server.stop()
}
