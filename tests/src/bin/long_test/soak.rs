//! `anjian serve` with eight cameras for hours: memory, threads and descriptors must not grow.
//!
//! A round restarts one camera, asks for everything that a page asks for, and takes a sample once all cameras are live
//! again. Old recordings expire meanwhile. Samples of the warm-up do not count: caches fill and allocators settle. Nobody
//! reads `/metrics` in the first half of the run: what is measured must not pile up either way.

use std::time::Duration;

use anjian_domain::{Clock, SystemClock};
use anjian_tests::{Camera, Server, Shows, Trend, Usage, Verdict, clip, run as run_anjian, wait_for};
use anyhow::{Context, Result, ensure};

use crate::long_test::LongTest;

pub(crate) const TEST: LongTest = LongTest {
    name: "soak",
    unit: "minutes",
    default_amount: 120,
    proves: "memory, threads and descriptors of anjian serve do not grow while a camera comes and goes",
    run,
};

const PATIENCE: Duration = Duration::from_secs(60);
/// A restart of the camera, the questions and the sample take less.
const ROUND: Duration = Duration::from_secs(15);
/// A quarter of the run is warm-up, at most this much.
const LONGEST_WARM_UP: Duration = Duration::from_mins(20);
/// A shorter run is measured and not judged: its caches still fill.
const JUDGED_FROM: Duration = Duration::from_mins(60);
/// Rounds between two lines of progress.
const REPORT_EVERY: usize = 10;

const MIB: f64 = 1_048_576.0;

/// What is sampled, and how much of it an hour may add.
struct Quantity {
    name: &'static str,
    limit_per_hour: f64,
    read: fn(&Usage) -> f64,
}

/// A leak with each restart of the camera would be about 200 an hour.
const QUANTITIES: [Quantity; 3] = [
    Quantity { name: "memory, MiB", limit_per_hour: 8.0, read: |usage| usage.resident_bytes as f64 / MIB },
    Quantity { name: "threads", limit_per_hour: 1.0, read: |usage| usage.threads as f64 },
    Quantity { name: "descriptors", limit_per_hour: 1.0, read: |usage| usage.descriptors as f64 },
];

/// The camera that is restarted in each round.
const RESTLESS: &str = "restless";

const NO_HARD_HAT: &str = "[[camera.rule]]\nbehaviour = \"no_hard_hat\"\n";
const HOT_WORK: &str = "[[camera.rule]]\nbehaviour = \"hot_work\"\n";
const OVERCROWDING: &str = "[[camera.rule]]\nbehaviour = \"overcrowding\"\nmax_persons = 3\n";

/// Id, clip and rules.
const CAMERAS: [(&str, &str, &str); 8] = [
    ("bay", "loading-bay-hat-off", NO_HARD_HAT),
    ("bare", "loading-bay-two-bare", NO_HARD_HAT),
    ("crowd", "workshop-crowd", OVERCROWDING),
    ("fog", "gate-crowd-fog", OVERCROWDING),
    ("weld", "workshop-weld", HOT_WORK),
    ("grind", "yard-grind", HOT_WORK),
    ("fire", "drum-fire", HOT_WORK),
    (RESTLESS, "yard-all-well", NO_HARD_HAT),
];

/// Recordings of a quarter of an hour, so that old ones expire during the run.
const SETTINGS: &str = "[recording]\nsegment_s = 10\nmax_age_days = 0.01\nmin_free_gb = 0\nreserve_mb = 8\n";

fn run(minutes: u32) -> Result<()> {
    let length = Duration::from_mins(minutes.into());
    let mut site = Site::start()?;
    let begun = SystemClock.monotonic();
    let passed = || SystemClock.monotonic().saturating_sub(begun);
    let mut samples = vec![];
    while passed() < length {
        let next_round = passed() + ROUND;
        site.restart_camera()?;
        site.ask()?;
        if passed() >= length / 2 {
            site.server.get_bytes("/metrics")?;
        }
        site.wait_until_live()?;
        let sample = (passed(), Usage::of(site.server.pid()?)?);
        samples.push(sample);
        if samples.len() % REPORT_EVERY == 1 {
            println!("{} s: {}", sample.0.as_secs(), text(&sample.1));
        }
        SystemClock.sleep(next_round.saturating_sub(passed()));
    }
    site.end()?;
    judge(&samples, length)
}

fn text(usage: &Usage) -> String {
    QUANTITIES.map(|quantity| format!("{} {:.0}", quantity.name, (quantity.read)(usage))).join("; ")
}

/// Prints the trend of each quantity, and fails unless each is proven to be steady.
fn judge(samples: &[(Duration, Usage)], length: Duration) -> Result<()> {
    let warm_up = (length / 4).min(LONGEST_WARM_UP);
    let warm: Vec<_> = samples.iter().filter(|(at, _)| *at >= warm_up).collect();
    println!("{} rounds; {} samples after {} s of warm-up", samples.len(), warm.len(), warm_up.as_secs());
    let mut unproven = vec![];
    for Quantity { name, limit_per_hour, read } in QUANTITIES {
        let values: Vec<_> = warm.iter().map(|(at, usage)| (*at, read(usage))).collect();
        let trend = Trend::fit(&values).context("too few samples: give more minutes")?;
        let verdict = (length >= JUDGED_FROM).then(|| trend.verdict(limit_per_hour));
        let shown = verdict.map_or("not judged".to_owned(), |verdict| verdict.to_string());
        println!("{name}: {trend}: {shown} (limit {limit_per_hour} an hour)");
        let (quiet, read): (Vec<_>, Vec<_>) = values.into_iter().partition(|(at, _)| *at < length / 2);
        for (part, values) in [("/metrics not read", quiet), ("/metrics read", read)] {
            if let Some(trend) = Trend::fit(&values) {
                println!("    {part}: {trend}");
            }
        }
        if verdict.is_some_and(|verdict| verdict != Verdict::Steady) {
            unproven.push(name);
        }
    }
    if length < JUDGED_FROM {
        println!("not judged: give {} minutes or more", JUDGED_FROM.as_secs() / 60);
    }
    ensure!(unproven.is_empty(), "not proven to be steady: {}", unproven.join("; "));
    Ok(())
}

struct Site {
    server: Server,
    cameras: Vec<(&'static str, Camera)>,
}

impl Site {
    fn start() -> Result<Self> {
        let (mut cameras, mut config) = (vec![], SETTINGS.to_owned());
        for (id, shown, rules) in CAMERAS {
            let camera = Camera::start(Shows::Clip(&clip(shown)), 0)?;
            config.push_str(&format!(
                "[[camera]]\nid = \"{id}\"\nmain = \"{}\"\nanalysis_fps = 2\n",
                camera.url
            ));
            config.push_str(rules);
            cameras.push((id, camera));
        }
        let site = Self { server: Server::start(&config)?, cameras };
        site.wait_until_live()?;
        Ok(site)
    }

    fn wait_until_live(&self) -> Result<()> {
        for (id, _) in &self.cameras {
            wait_for(&format!("camera {id}"), PATIENCE, || {
                self.server.camera(id).ok().filter(|camera| camera["state"] == "live")
            })
            .with_context(|| self.server.log())?;
        }
        Ok(())
    }

    /// Ends the process of the restless camera, waits until that is noticed, and starts another at the same address.
    fn restart_camera(&mut self) -> Result<()> {
        let place = self.cameras.iter().position(|(id, _)| *id == RESTLESS).context("no restless camera")?;
        let (id, camera) = self.cameras.remove(place);
        let port = camera.port()?;
        drop(camera);
        wait_for("the camera's end to be noticed", PATIENCE, || {
            self.server.camera(id).ok().filter(|camera| camera["state"] != "live")
        })?;
        let shown = CAMERAS.iter().find(|camera| camera.0 == id).context("no clip")?.1;
        self.cameras.push((id, Camera::start(Shows::Clip(&clip(shown)), port)?));
        Ok(())
    }

    /// What a page asks for, and a live stream that is left in the middle.
    fn ask(&self) -> Result<()> {
        let _live = self.server.open("/api/v1/live")?;
        for path in [
            "/api/v1/violations?limit=200",
            "/api/v1/violations/counts",
            "/api/v1/cameras",
            "/api/v1/storage",
        ] {
            self.server.get(path)?;
        }
        let now = SystemClock.now();
        let ago = |seconds| now.minus(Duration::from_secs(seconds));
        self.server.get(&format!("/api/v1/cameras/bay/recordings?from={}&to={now}", ago(600)))?;
        self.server.get(&format!("/api/v1/cameras/bay/coverage?from={}&to={now}", ago(600)))?;
        // At the beginning nothing is recorded yet.
        let _ = self.server.get_bytes(&format!("/api/v1/cameras/bay/still.jpg?at={}", ago(3)));
        Ok(())
    }

    /// Stops the server in order; index and files must agree.
    fn end(mut self) -> Result<()> {
        let violations = self.server.violations()?.len();
        // The server takes its folder away with it.
        let kept = std::mem::replace(&mut self.server.folder, tempfile::tempdir()?);
        self.server.stop()?;
        let checked = run_anjian(kept.path(), &["check", "--config", "anjian.toml"])?;
        ensure!(checked.code == 0, "{checked:?}");
        println!("stopped in order; index and files agree; the newest page has {violations} violations");
        Ok(())
    }
}
