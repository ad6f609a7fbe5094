//! 区域逗留: somebody stays in the zone for longer than allowed. All of a behaviour, in one file.

use std::collections::BTreeMap;

use anjian_analysis::rules::{
    BreachKey, Finding, Given, LogicSettings, Registration, RuleLogic, Scene, lasted_s,
};
use anjian_domain::WhenAbsent::Refuse;
use anjian_domain::{BehaviourSpec, Class, CloseReason, FramePolicy, KeySpec, Moment, TrackId, Words, unit};
use serde::{Deserialize, Serialize};

pub(crate) const REGISTRATION: Registration = Registration::of::<Settings>(BehaviourSpec {
    name: "loitering",
    title: Words::new("区域逗留", "Loitering"),
    help: Words::new("有人在区域内逗留过久。", "A person stays in the zone for longer than allowed."),
    icon: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 8v4l3 2",
    colour: "steelblue",
    keys: &[KeySpec::number("stay_s", 1.0..=3600.0, Refuse)
        .unit(unit::SECONDS)
        .help("允许停留的最长时间。", "A person may stay for so long.")],
    classes: &[Class::Person],
    looks: &[],
    frames: FramePolicy::RestWhenStill,
});

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Settings {
    stay_s: f64,
}

impl LogicSettings for Settings {
    fn revision(&self) -> u32 {
        1
    }

    fn logic(&self, _: &Given<'_>) -> Result<Box<dyn RuleLogic>, String> {
        Ok(Box::new(Logic { settings: self.clone(), stays: BTreeMap::new() }))
    }
}

struct Logic {
    settings: Settings,
    stays: BTreeMap<TrackId, Stay>,
}

struct Stay {
    since: Moment,
    last: Moment,
    is_open: bool,
}

impl RuleLogic for Logic {
    fn evaluate(&mut self, scene: &Scene<'_>) -> Vec<Finding> {
        let mut findings = Vec::new();
        for track in scene.seen_inside() {
            let begun = Stay { since: scene.at, last: scene.at, is_open: false };
            let stay = self.stays.entry(track.id()).or_insert(begun);
            stay.last = scene.at;
            if !stay.is_open && lasted_s(stay.since.media, scene.at.media) >= self.settings.stay_s {
                stay.is_open = true;
                findings.push(Finding::Began {
                    track: Some(track.id()),
                    opened: stay.since,
                    score: track.score(),
                    subjects: vec![track.bounds()],
                    path: Vec::new(),
                });
            }
        }
        let (here, gone) =
            std::mem::take(&mut self.stays).into_iter().partition(|(_, stay)| stay.last == scene.at);
        self.stays = here;
        findings.extend(end(gone, CloseReason::Left));
        findings
    }

    fn stop(&mut self, reason: CloseReason) -> Vec<Finding> {
        end(std::mem::take(&mut self.stays), reason).collect()
    }
}

fn end(stays: BTreeMap<TrackId, Stay>, reason: CloseReason) -> impl Iterator<Item = Finding> {
    stays.into_iter().filter(|(_, stay)| stay.is_open).map(move |(id, stay)| {
        let key = BreachKey { track: Some(id), opened: stay.since.media };
        Finding::Ended { key, last: stay.last, reason, path: Vec::new() }
    })
}
