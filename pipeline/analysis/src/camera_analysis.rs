//! The analysis of one camera.

use anjian_domain::{CloseReason, Detections, RuleDefinition, Violation, ViolationUpdate};

use crate::{CameraPlan, PlanError, Track, TrackerSettings};

/// Turns the detections of one camera, frame by frame, into violations.
pub struct CameraAnalysis {
    plan: CameraPlan,
    tracks: Vec<Track>,
    definitions: Vec<RuleDefinition>,
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
    pub fn with_tracker(plan: CameraPlan, _settings: TrackerSettings) -> Result<Self, PlanError> {
        let zones = plan.all_zones()?;
        for rule in &plan.rules {
            plan.place(rule, &zones)?;
        }
        Ok(Self { plan, tracks: Vec::new(), definitions: Vec::new() })
    }

    /// What opened and closed with this frame. Frames of another camera, and frames whose MediaTime is not later than
    /// that of the frame before, are ignored.
    pub fn observe(&mut self, detections: &Detections) -> Vec<ViolationUpdate> {
        let _ = (&self.plan.camera, detections);
        Vec::new()
    }

    /// Closes what is open, each at its last breach. For the end of the source.
    pub fn finish(&mut self, _reason: CloseReason) -> Vec<ViolationUpdate> {
        Vec::new()
    }

    /// The rules as they judge, for [`anjian_domain::Run::rules`].
    #[must_use]
    pub fn rule_definitions(&self) -> Vec<RuleDefinition> {
        self.definitions.clone()
    }

    /// The tracks after the last frame, by id: for pictures.
    #[must_use]
    pub fn tracks(&self) -> &[Track] {
        &self.tracks
    }

    /// The violations that are open after the last frame, in the order of the rules.
    pub fn open_violations(&self) -> impl Iterator<Item = &Violation> {
        std::iter::empty()
    }

    /// How many frames were ignored because their MediaTime did not advance; above 0 something is wrong with the source.
    #[must_use]
    pub const fn ignored_frames(&self) -> u64 {
        0
    }
}
