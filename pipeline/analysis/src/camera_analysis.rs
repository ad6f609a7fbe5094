//! The analysis of one camera: frame by frame, detections become violations.

use anjian_domain::{
    CameraId, CloseReason, Detections, MediaTime, RuleDefinition, Violation, ViolationUpdate,
};

use crate::people;
use crate::rules::{Origin, Rule};
use crate::tracker::Tracker;
use crate::{CameraPlan, PlanError, Track, TrackerSettings};

/// Turns the detections of one camera into violations.
///
/// Frames come in order of MediaTime. A frame whose MediaTime is not later than that of the frame before is
/// ignored and counted, see [`CameraAnalysis::ignored_frames`]; so is a frame of another camera, uncounted.
pub struct CameraAnalysis {
    camera: CameraId,
    settings: TrackerSettings,
    tracker: Tracker,
    rules: Vec<Rule>,
    last: Option<MediaTime>,
    ignored_frames: u64,
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
        Ok(Self {
            camera: plan.camera,
            settings,
            tracker: Tracker::new(settings),
            rules,
            last: None,
            ignored_frames: 0,
        })
    }

    /// What opened and closed with this frame, in the order of the rules. Frames without detections belong here
    /// too: they say that somebody left.
    ///
    /// After more than [`TrackerSettings::gap_s`] without a frame everything that was open has closed at its last
    /// breach and everybody is new: nothing is claimed about a time that nobody saw.
    pub fn observe(&mut self, detections: &Detections) -> Vec<ViolationUpdate> {
        if detections.camera != self.camera {
            return Vec::new();
        }
        let at = detections.at;
        if self.last.is_some_and(|last| at.media <= last) {
            self.ignored_frames += 1;
            return Vec::new();
        }
        let is_gap = self.last.is_some_and(|last| at.media.since(last).as_secs_f64() > self.settings.gap_s);
        let mut updates = if is_gap { self.stop(CloseReason::SourceEnded) } else { Vec::new() };
        self.last = Some(at.media);
        let people = people::join(&detections.items, self.settings.high_score);
        self.tracker.advance(at.media, &people);
        for rule in &mut self.rules {
            updates.extend(rule.evaluate(at, self.tracker.tracks()));
        }
        updates
    }

    /// Closes what is open, each at its last breach. For the end of the source, or of the product.
    pub fn finish(&mut self, reason: CloseReason) -> Vec<ViolationUpdate> {
        self.stop(reason)
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

    /// The tracks after the last frame, by id: for pictures.
    #[must_use]
    pub fn tracks(&self) -> &[Track] {
        self.tracker.tracks()
    }

    /// The violations that are open after the last frame, in the order of the rules.
    pub fn open_violations(&self) -> impl Iterator<Item = &Violation> {
        self.rules.iter().flat_map(Rule::open_violations)
    }

    /// How many frames were ignored because MediaTime did not advance; above 0 something is wrong with the source.
    #[must_use]
    pub const fn ignored_frames(&self) -> u64 {
        self.ignored_frames
    }
}

fn plan_rules(plan: &CameraPlan, tracker: TrackerSettings) -> Result<Vec<Rule>, PlanError> {
    let zones = plan.all_zones()?;
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
        rules.push(Rule::new(origin.clone(), id, zone, settings));
    }
    Ok(rules)
}
