//! The analysis of one camera: frame by frame, detections become violations.

use std::collections::BTreeMap;

use anjian_domain::{
    Answer, BehaviourList, CameraId, CloseReason, Detection, Detections, Look, MediaTime, Moment,
    PersonCount, RuleDefinition, RuleId, Seen, Violation, ViolationUpdate, Zone,
};

use crate::head_count;
use crate::people;
use crate::rules::{Given, Origin, Rule, View};
use crate::tracker::Tracker;
use crate::{CameraPlan, PlanError, Track, TrackerSettings};

/// Turns the detections of one camera into violations.
///
/// Each frame is [followed](CameraAnalysis::follow), which says what a second look would help with, and then
/// [judged](CameraAnalysis::judge) with whatever was answered. [`CameraAnalysis::observe`] does both without answers.
///
/// Frames come in order of MediaTime. A frame whose MediaTime is not later than that of the frame before is
/// ignored and counted, see [`CameraAnalysis::ignored_frames`]; so is a frame of another camera, uncounted.
pub struct CameraAnalysis {
    camera: CameraId,
    settings: TrackerSettings,
    tracker: Tracker,
    rules: Vec<Rule>,
    behaviours: BehaviourList,
    /// The frame that was followed and is not judged yet.
    followed: Option<Followed>,
    last: Option<MediaTime>,
    ignored_frames: u64,
}

/// What people should know of how well a rule can judge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Which rule.
    pub rule: RuleId,
    /// What is the matter, and what to do.
    pub text: String,
}

/// A frame between following and judging.
struct Followed {
    at: Moment,
    /// The surest first.
    detections: Vec<Detection>,
    /// What closed before it.
    updates: Vec<ViolationUpdate>,
}

impl CameraAnalysis {
    /// # Errors
    /// When zones or rules of the plan contradict each other.
    pub fn new(plan: CameraPlan) -> Result<Self, PlanError> {
        Self::with_tracker(plan, TrackerSettings::default())
    }

    /// [`CameraAnalysis::new`] with other settings of the tracker.
    ///
    /// # Errors
    /// When zones or rules of the plan contradict each other.
    pub fn with_tracker(plan: CameraPlan, settings: TrackerSettings) -> Result<Self, PlanError> {
        let rules = plan_rules(&plan, settings)?;
        let specs: BTreeMap<_, _> =
            plan.rules.iter().map(|rule| (rule.behaviour.clone(), *rule.spec())).collect();
        Ok(Self {
            camera: plan.camera,
            settings,
            tracker: Tracker::new(settings),
            rules,
            behaviours: specs.into_values().collect(),
            followed: None,
            last: None,
            ignored_frames: 0,
        })
    }

    /// What opened and closed with this frame, in the order of the rules, as far as it can be told without second
    /// looks. Frames without detections belong here too: they say that somebody left.
    pub fn observe(&mut self, detections: &Detections) -> Vec<ViolationUpdate> {
        self.follow(detections);
        self.judge(&[])
    }

    /// Takes in a frame and answers what should be looked at more closely in the same picture before it is judged,
    /// each thing once. Frames without detections belong here too.
    ///
    /// After more than [`TrackerSettings::gap_s`] without a frame everything that was open has closed at its last
    /// breach and everybody is new: nothing is claimed about a time that nobody saw.
    pub fn follow(&mut self, detections: &Detections) -> Vec<Look> {
        if detections.camera != self.camera {
            return Vec::new();
        }
        let at = detections.at;
        if self.last.is_some_and(|last| at.media <= last) {
            self.ignored_frames += 1;
            return Vec::new();
        }
        // A frame that nobody asked to judge is judged without second looks.
        let mut updates = self.judge(&[]);
        if self.last.is_some_and(|last| at.media.since(last).as_secs_f64() > self.settings.gap_s) {
            updates.extend(self.stop(CloseReason::SourceEnded));
        }
        self.last = Some(at.media);
        self.tracker.advance(at.media, &people::join(&detections.items));
        let detections = people::surest(&detections.items, |_| true);
        let looks = self.ask(at, &detections);
        self.followed = Some(Followed { at, detections, updates });
        looks
    }

    fn ask(&mut self, at: Moment, detections: &[Detection]) -> Vec<Look> {
        let view = View { at, detections, tracks: self.tracker.tracks(), seen: &[] };
        let mut looks: Vec<Look> = Vec::new();
        for look in self.rules.iter_mut().flat_map(|rule| rule.follow(&view)) {
            if !looks.contains(&look) {
                looks.push(look);
            }
        }
        looks
    }

    /// What opened and closed with the frame that was followed last, in the order of the rules. `seen` holds the
    /// looks that were answered, in any order. Nothing when there is no such frame, or it was judged before.
    pub fn judge(&mut self, seen: &[Seen]) -> Vec<ViolationUpdate> {
        let Some(followed) = self.followed.take() else { return Vec::new() };
        for seen in seen {
            if let (Answer::Headwear(odds), Some(track)) = (&seen.answer, seen.look.track) {
                self.tracker.answer_head_look(track, *odds);
            }
        }
        let Followed { at, detections, mut updates } = followed;
        let view = View { at, detections: &detections, tracks: self.tracker.tracks(), seen };
        updates.extend(self.rules.iter_mut().flat_map(|rule| rule.evaluate(&view)));
        updates
    }

    /// Closes what is open, each at its last breach. For the end of the source, or of the product.
    pub fn finish(&mut self, reason: CloseReason) -> Vec<ViolationUpdate> {
        let mut updates = self.judge(&[]);
        updates.extend(self.stop(reason));
        updates
    }

    fn stop(&mut self, reason: CloseReason) -> Vec<ViolationUpdate> {
        self.tracker.restart();
        self.rules.iter_mut().flat_map(|rule| rule.stop(reason)).collect()
    }

    /// The rules as they judge, for [`anjian_domain::Run::rules`].
    #[must_use]
    pub fn rule_definitions(&self) -> Vec<RuleDefinition> {
        self.rules.iter().map(|rule| rule.definition().clone()).collect()
    }

    /// What its rules watch for, each once.
    #[must_use]
    pub fn behaviours(&self) -> BehaviourList {
        self.behaviours.clone()
    }

    /// The tracks after the last frame, by id: for pictures.
    #[must_use]
    pub fn tracks(&self) -> &[Track] {
        self.tracker.tracks()
    }

    /// How many persons the last frame shows, and how many of them in each of these zones.
    #[must_use]
    pub fn count_persons(&self, zones: &[Zone]) -> PersonCount {
        head_count::count(self.tracker.tracks(), zones)
    }

    /// The violations that are open after the last frame, in the order of the rules.
    pub fn open_violations(&self) -> impl Iterator<Item = &Violation> {
        self.rules.iter().flat_map(Rule::open_violations)
    }

    /// Whether frames may be left out until something moves: nobody is followed, nothing is open, and no rule finds
    /// fault with an empty picture or needs an even pace.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.tracker.tracks().is_empty()
            && self.open_violations().next().is_none()
            && self.rules.iter().all(Rule::may_rest)
    }

    /// What people should know of how well the rules can judge on this camera, since this was asked last. Each thing is
    /// told once.
    pub fn take_remarks(&mut self) -> Vec<Remark> {
        let remark = |rule: &mut Rule| {
            let text = rule.remark()?;
            Some(Remark { rule: rule.definition().rule.clone(), text })
        };
        self.rules.iter_mut().filter_map(remark).collect()
    }

    /// How many frames were ignored because MediaTime did not advance; above 0 something is wrong with the source.
    #[must_use]
    pub const fn ignored_frames(&self) -> u64 {
        self.ignored_frames
    }
}

fn plan_rules(plan: &CameraPlan, tracker: TrackerSettings) -> Result<Vec<Rule>, PlanError> {
    let zones = plan.all_zones()?;
    let permits = plan.placed_permits(&zones)?;
    let given = Given { permits: &permits, galleries: &plan.galleries };
    let origin = Origin {
        run: plan.run,
        site: plan.site.clone(),
        camera: plan.camera.clone(),
        model: plan.model.clone(),
        time_zone: plan.time_zone.clone(),
        tracker,
    };
    let mut rules: Vec<Rule> = Vec::new();
    for settings in &plan.rules {
        let (id, zone) = plan.place(settings, &zones)?;
        if rules.iter().any(|other| other.definition().rule == id) {
            return Err(PlanError::DuplicateRule { camera: plan.camera.clone(), rule: id });
        }
        rules.push(Rule::new(origin.clone(), id, zone, settings, &given)?);
    }
    Ok(rules)
}

#[cfg(test)]
mod tests {
    use anjian_domain::{Class, Detection, RunId, Score, WallTime};
    use serde_json::{Value, json};

    use super::*;

    fn analysis(rule: &Value) -> CameraAnalysis {
        let plan = CameraPlan {
            run: RunId(uuid::Uuid::nil()),
            site: "works".parse().unwrap(),
            camera: "dock".parse().unwrap(),
            model: "model@1".to_owned(),
            time_zone: jiff::tz::TimeZone::UTC,
            zones: vec![],
            rules: vec![serde_json::from_value(rule.clone()).unwrap()],
            permits: vec![],
            galleries: vec![],
        };
        CameraAnalysis::new(plan).unwrap()
    }

    #[test]
    fn who_may_rest_while_nothing_moves() {
        for (rule, expected) in [
            (json!({ "behaviour": "no_hard_hat" }), true),
            (json!({ "behaviour": "overcrowding", "max_persons": 3 }), true),
            (json!({ "behaviour": "overcrowding", "min_persons": 1 }), false),
            (json!({ "behaviour": "hot_work" }), false),
        ] {
            let mut analysis = analysis(&rule);
            assert_eq!(analysis.is_idle(), expected, "{rule}");
            let person = Detection {
                class: Class::Person,
                score: Score::new(0.9).unwrap(),
                bounds: [0.4, 0.3, 0.5, 0.8].try_into().unwrap(),
            };
            let at = Moment { media: MediaTime::ZERO, wall: WallTime::EPOCH };
            analysis.observe(&Detections { camera: "dock".parse().unwrap(), at, items: vec![person] });
            assert!(!analysis.is_idle(), "somebody is there: {rule}");
        }
    }
}
