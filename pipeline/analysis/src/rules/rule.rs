//! What every rule does, whatever its behaviour: it sleeps outside its schedule, looks at its zone only, and turns
//! breaches into violations with an identity that can be found again.

use anjian_domain::{
    CameraId, CloseReason, FramePolicy, Look, RuleDefinition, RuleId, RunId, SiteId, TrackId, Violation,
    ViolationId, ViolationUpdate, WallTime, Zone,
};
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::finding::{BreachKey, Finding};
use super::logic::{Given, RuleLogic};
use super::outline::outline;
use super::scene::{Scene, View};
use super::zone_membership::ZoneMembership;
use crate::tracker::{self, TrackerSettings};
use crate::{PlanError, RuleSettings, Schedule, Track};

/// Where violations come from: the same for all rules of a camera.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    pub(crate) run: RunId,
    pub(crate) site: SiteId,
    pub(crate) camera: CameraId,
    pub(crate) model: String,
    pub(crate) time_zone: TimeZone,
    pub(crate) tracker: TrackerSettings,
}

/// One rule at work on one camera.
pub(crate) struct Rule {
    origin: Origin,
    definition: RuleDefinition,
    schedule: Option<Schedule>,
    membership: ZoneMembership,
    /// Who was inside in the frame that was followed last.
    inside: Vec<TrackId>,
    frames: FramePolicy,
    logic: Box<dyn RuleLogic>,
    open: Vec<Violation>,
}

impl Rule {
    /// # Errors
    /// When the rule lacks something to judge by.
    pub(crate) fn new(
        origin: Origin,
        id: RuleId,
        zone: Zone,
        settings: &RuleSettings,
        given: &Given<'_>,
    ) -> Result<Self, PlanError> {
        let logic = settings.logic.logic(given).map_err(|reason| PlanError::CannotJudge {
            camera: origin.camera.clone(),
            rule: id.clone(),
            reason,
        })?;
        let grounds = settings.logic.grounds(given);
        Ok(Self {
            definition: define(id, &zone, settings, &origin.time_zone, origin.tracker, grounds),
            schedule: settings.schedule.clone(),
            membership: ZoneMembership::new(zone),
            inside: Vec::new(),
            frames: settings.spec().frames,
            logic,
            open: Vec::new(),
            origin,
        })
    }

    pub(crate) const fn definition(&self) -> &RuleDefinition {
        &self.definition
    }

    /// The violations that are open, oldest first.
    pub(crate) fn open_violations(&self) -> &[Violation] {
        &self.open
    }

    /// Finds out who is inside, and what must be looked at more closely before this frame is judged.
    pub(crate) fn follow(&mut self, view: &View<'_>) -> Vec<Look> {
        if !self.is_awake(view.at.wall) {
            return Vec::new();
        }
        let inside = self.membership.inside(view.at.media, view.tracks);
        self.inside = inside.iter().map(|track| track.id()).collect();
        self.logic.looks(&scene(view, &self.inside, self.membership.zone()))
    }

    /// What opened and closed with the frame that was followed last.
    pub(crate) fn evaluate(&mut self, view: &View<'_>) -> Vec<ViolationUpdate> {
        if !self.is_awake(view.at.wall) {
            return self.stop(CloseReason::Ended);
        }
        let findings = self.logic.evaluate(&scene(view, &self.inside, self.membership.zone()));
        self.report(findings)
    }

    fn is_awake(&self, wall: WallTime) -> bool {
        let holds = |schedule: &Schedule| schedule.holds(wall, &self.origin.time_zone);
        self.schedule.as_ref().is_none_or(holds)
    }

    /// What people should know of how well it can judge; each thing once.
    pub(crate) fn remark(&mut self) -> Option<String> {
        self.logic.remark()
    }

    /// Whether it needs no frames while nothing moves in an empty picture.
    pub(crate) fn may_rest(&self) -> bool {
        self.frames == FramePolicy::RestWhenStill && self.logic.may_rest()
    }

    /// Closes what is open, each at its last breach, and forgets what was seen.
    pub(crate) fn stop(&mut self, reason: CloseReason) -> Vec<ViolationUpdate> {
        self.membership.restart();
        let findings = self.logic.stop(reason);
        self.report(findings)
    }

    fn report(&mut self, findings: Vec<Finding>) -> Vec<ViolationUpdate> {
        findings.into_iter().filter_map(|finding| self.update(finding)).collect()
    }

    fn update(&mut self, finding: Finding) -> Option<ViolationUpdate> {
        match finding {
            Finding::Began { track, opened, score, subjects, path } => {
                let key = BreachKey { track, opened: opened.media };
                let violation = Violation {
                    id: self.violation_id(key),
                    run: self.origin.run,
                    site: self.origin.site.clone(),
                    camera: self.origin.camera.clone(),
                    zone: self.definition.zone.clone(),
                    behaviour: self.definition.behaviour.clone(),
                    rule: self.definition.rule.clone(),
                    rule_version: self.definition.version.clone(),
                    model: self.origin.model.clone(),
                    score,
                    opened,
                    closed: None,
                    track,
                };
                self.open.push(violation.clone());
                Some(ViolationUpdate::Opened { violation, subjects, path })
            }
            Finding::Ended { key, last, reason, path } => {
                let id = self.violation_id(key);
                let position = self.open.iter().position(|violation| violation.id == id)?;
                let mut violation = self.open.remove(position);
                violation.closed = Some((violation.dated(last), reason));
                Some(ViolationUpdate::Closed { violation, path })
            }
        }
    }

    /// The same breach always gets the same name, so that keeping it twice keeps it once.
    fn violation_id(&self, key: BreachKey) -> ViolationId {
        let track = key.track.map_or_else(|| "-".to_owned(), |track| track.to_string());
        let nanos = key.opened.as_nanos();
        let name = format!("{}/{}/{track}/{nanos}", self.origin.camera, self.definition.rule);
        ViolationId(Uuid::new_v5(&self.origin.run.0, name.as_bytes()))
    }
}

/// The frame with those who are inside.
fn scene<'a>(view: &View<'a>, inside: &[TrackId], zone: &'a Zone) -> Scene<'a> {
    let View { at, detections, tracks, seen } = *view;
    let of = |id: &TrackId| tracks.binary_search_by_key(id, Track::id).ok().map(|position| &tracks[position]);
    Scene { at, detections, tracks, seen, zone, inside: inside.iter().filter_map(of).collect() }
}

/// Everything that decides what the rule finds, and a version that changes with any of it. The names of rule and
/// zone do not: calling a dock "Dock 2" judges nobody differently.
fn define(
    id: RuleId,
    zone: &Zone,
    settings: &RuleSettings,
    time_zone: &TimeZone,
    tracker: TrackerSettings,
    grounds: Map<String, Value>,
) -> RuleDefinition {
    let schedule = settings.schedule.as_ref().map(|schedule| {
        let mut written = json!(schedule);
        written["time_zone"] =
            json!(time_zone.iana_name().map_or_else(|| format!("{time_zone:?}"), str::to_owned));
        written
    });
    let mut definition = json!({
        "behaviour": settings.behaviour,
        "logic_revision": settings.logic.revision(),
        "thresholds": settings.thresholds,
        "zone": outline(zone),
        "schedule": schedule,
        "tracker": tracker,
        "tracker_revision": tracker::REVISION,
    });
    for (key, value) in grounds {
        definition[key] = value;
    }
    let version = format!("{}@{}", settings.behaviour, digest(&definition));
    RuleDefinition {
        rule: id,
        version,
        behaviour: settings.behaviour.clone(),
        zone: zone.id.clone(),
        definition,
    }
}

/// The first 12 hexadecimal digits of the SHA-256 of the definition as JSON without spaces and with sorted keys,
/// whatever order serde_json was built to keep.
fn digest(definition: &Value) -> String {
    let mut sorted = definition.clone();
    sorted.sort_all_objects();
    hex::encode(&Sha256::digest(sorted.to_string().as_bytes())[..6])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(table: &Value) -> RuleSettings {
        serde_json::from_value(table.clone()).unwrap()
    }

    fn zone(name: &str, right: f32) -> Zone {
        let points = json!([[0.1, 0.1], [right, 0.1], [right, 0.9]]);
        serde_json::from_value(json!({ "id": "dock", "name": name, "points": points })).unwrap()
    }

    fn version(table: &Value, zone: &Zone, time_zone: &str) -> String {
        let time_zone = TimeZone::get(time_zone).unwrap();
        let tracker = TrackerSettings::default();
        define("a-rule".parse().unwrap(), zone, &settings(table), &time_zone, tracker, Map::new()).version
    }

    #[test]
    fn the_version_changes_with_whatever_decides() {
        let plain = json!({ "behaviour": "no_hard_hat" });
        let night = json!({ "behaviour": "no_hard_hat", "schedule": { "from": "22:00", "to": "06:00" } });
        let first = version(&plain, &zone("", 0.9), "UTC");
        assert!(first.starts_with("no_hard_hat@") && first.len() == "no_hard_hat@".len() + 12, "{first}");
        let spelled_out = json!({ "behaviour": "no_hard_hat", "window_s": 2.5, "id": "x", "zone": "dock" });
        assert_eq!(version(&spelled_out, &zone("Dock 2", 0.9), "Asia/Shanghai"), first);
        let mut others = vec![
            version(&json!({ "behaviour": "no_hard_hat", "window_s": 3 }), &zone("", 0.9), "UTC"),
            version(&plain, &zone("", 0.8), "UTC"),
            version(&night, &zone("", 0.9), "UTC"),
            version(&night, &zone("", 0.9), "Asia/Shanghai"),
            version(&json!({ "behaviour": "overcrowding", "max_persons": 3 }), &zone("", 0.9), "UTC"),
            first,
        ];
        let all = others.len();
        others.sort_unstable();
        others.dedup();
        assert_eq!(others.len(), all);
    }

    #[test]
    fn the_digest_is_that_of_compact_sorted_json() {
        let unsorted = json!({ "b": [1, 0.5, null, {"z": 1, "y": 2.0}], "a": { "d": "x\"", "c": true } });
        let text = r#"{"a":{"c":true,"d":"x\""},"b":[1,0.5,null,{"y":2.0,"z":1}]}"#;
        let hash = Sha256::digest(text.as_bytes());
        let hex: String = hash.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(digest(&unsorted), hex);
    }
}
