//! The id of a Run. A live Run happens once. An archive Run is named by its camera, its start, the digest of its footage
//! and everything that decides what it finds: the same analysis made again is the same Run, wherever the file lies now.

use anjian_domain::{Footage, Run, RunId, RunKind, WallTime};
use anjian_models::Catalogue;
use anjian_pipeline::Aim;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::config::CameraConfig;

/// Where a Run's pictures come from.
pub struct RunOrigin {
    /// Live or archive.
    pub kind: RunKind,
    /// Masked address or path.
    pub source: String,
    /// When the first frame was taken or is expected.
    pub started_at: WallTime,
    /// What is analysed; `None` for a live Run.
    pub footage: Option<Footage>,
}

impl RunOrigin {
    /// A camera from now on.
    pub const fn live(source: String, started_at: WallTime) -> Self {
        Self { kind: RunKind::Live, source, started_at, footage: None }
    }

    /// A file.
    pub const fn archive(source: String, started_at: WallTime, footage: Footage) -> Self {
        Self { kind: RunKind::Archive, source, started_at, footage: Some(footage) }
    }
}

/// What decides besides model and rules, for [`Run::settings`].
pub fn settings(camera: &CameraConfig, aim: &Aim, catalogue: &Catalogue) -> Value {
    json!({
        "analysis_fps": camera.analysis_fps.per_second(),
        "decode": camera.decode,
        "motion_gate": camera.motion_gate,
        "tiles": aim.tiles.id(),
        // Raised when the same footage gives other pictures: since 2 they are turned and stretched as players show them.
        "pictures": 2,
        // Thresholds and input sizes of the models; their weights have digests of their own.
        "catalogue": catalogue.digest(),
    })
}

/// The id that the other fields of a Run give it.
pub fn run_id(run: &Run) -> RunId {
    let Some(footage) = &run.footage else { return RunId(Uuid::now_v7()) };
    let mut rules: Vec<_> = run.rules.iter().collect();
    // The order in which the configuration has them decides nothing.
    rules.sort_by(|a, b| a.rule.cmp(&b.rule));
    let rules: Vec<_> =
        rules.iter().map(|rule| json!([rule.rule, rule.zone, rule.version, rule.definition])).collect();
    let mut name = json!({
        "camera": run.camera,
        "start": run.started_at.to_string(),
        "footage": footage.sha256,
        "model": run.model,
        "rules": rules,
        "settings": run.settings,
    });
    name.sort_all_objects();
    RunId(Uuid::new_v5(&Uuid::NAMESPACE_URL, name.to_string().as_bytes()))
}

#[cfg(test)]
mod tests {
    use anjian_domain::{RuleDefinition, StartSource};

    use super::*;

    fn rule(id: &str, hold_s: u32) -> RuleDefinition {
        RuleDefinition {
            rule: id.parse().unwrap(),
            version: "overcrowding@1f0c9ad2b7e4".to_owned(),
            behaviour: "overcrowding".parse().unwrap(),
            zone: "dock".parse().unwrap(),
            definition: json!({ "thresholds": { "hold_s": hold_s }, "schedule": null, "permits": [] }),
        }
    }

    fn run() -> Run {
        let started_at: WallTime = "2026-03-01T08:00:00Z".parse().unwrap();
        let footage = Footage {
            sha256: "ab".repeat(32),
            start_source: StartSource::Given,
            file_start: "2026-03-05T00:00:00Z".parse().unwrap(),
        };
        Run {
            id: RunId(Uuid::nil()),
            kind: RunKind::Archive,
            site: "plant".parse().unwrap(),
            camera: "gate".parse().unwrap(),
            source: "/footage/a.mp4".to_owned(),
            model: "site_nano@0f3c21aa90d1".to_owned(),
            rules: vec![rule("crowd", 3), rule("empty", 3)],
            settings: json!({ "analysis_fps": 5.0, "decode": "all", "motion_gate": true, "tiles": null }),
            started_at,
            footage: Some(footage),
        }
    }

    fn footage(run: &mut Run) -> &mut Footage {
        run.footage.as_mut().unwrap()
    }

    /// Whether the change makes another Run of it.
    #[track_caller]
    fn check(name: &str, expected: bool, change: impl Fn(&mut Run)) {
        let mut changed = run();
        change(&mut changed);
        assert_eq!(run_id(&changed) != run_id(&run()), expected, "{name}");
    }

    #[test]
    fn where_the_file_lies_makes_no_other_run() {
        check("nothing", false, |_| ());
        check("moved", false, |run| run.source = "/elsewhere/b.mp4".to_owned());
        check("copied", false, |run| footage(run).file_start = WallTime::EPOCH);
        check("start known better", false, |run| footage(run).start_source = StartSource::Container);
        check("order of rules", false, |run| run.rules.reverse());
        check("order of settings", false, |run| {
            run.settings =
                json!({ "tiles": null, "motion_gate": true, "decode": "all", "analysis_fps": 5.0 });
        });
    }

    #[test]
    fn whatever_decides_makes_another_run() {
        check("camera", true, |run| run.camera = "yard".parse().unwrap());
        check("start", true, |run| run.started_at = WallTime::EPOCH);
        check("footage", true, |run| footage(run).sha256 = "cd".repeat(32));
        check("model, looks", true, |run| run.model.push_str("+headwear_lite@1"));
        check("a rule more", true, |run| run.rules.push(rule("third", 3)));
        check("a threshold", true, |run| run.rules[1] = rule("empty", 4));
        check("a zone", true, |run| run.rules[0].zone = "ramp".parse().unwrap());
        check("a schedule", true, |run| run.rules[0].definition["schedule"] = json!({ "from": "22:00" }));
        check("a permit", true, |run| run.rules[0].definition["permits"] = json!([{ "id": "17" }]));
        for (key, value) in [
            ("analysis_fps", json!(4.0)),
            ("decode", json!("keyframes")),
            ("motion_gate", json!(false)),
            ("tiles", json!("tiles@14e26419ed9e")),
            ("catalogue", json!("14e26419ed9e")),
        ] {
            check(key, true, |run| run.settings[key] = value.clone());
        }
    }

    #[test]
    fn a_live_run_happens_once() {
        let live = Run { kind: RunKind::Live, footage: None, ..run() };
        assert_ne!(run_id(&live), run_id(&live));
    }
}
