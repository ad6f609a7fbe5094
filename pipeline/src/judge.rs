//! One camera under one Run: from what the model saw in a frame to what must be kept.
//!
//! Live and archive Runs both go through here, so they cannot judge differently.

use std::sync::Arc;

use anjian_analysis::{CameraAnalysis, Remark};
use anjian_domain::{
    BehaviourList, BehaviourSpec, Camera, CloseReason, Detection, Detections, Frame, Moment, NormBox,
    PersonCount, Polygon, Run, Site, TrackPoint, Violation, ViolationUpdate, WallTime, Zone,
};
use anjian_models::ModelError;
use jiff::tz::TimeZone;

use crate::eyes::{Aim, Eyes, Glance};
use crate::gate::Gate;
use crate::snapshot::{Overlay, OverlayZone};

/// What a Run needs to know of its camera.
pub struct JudgeSetup {
    /// The Run.
    pub run: Run,
    /// The camera.
    pub camera: Camera,
    /// Its site.
    pub site: Site,
    /// The site's time zone.
    pub time_zone: TimeZone,
    /// The camera's zones.
    pub zones: Vec<Zone>,
    /// Tracker and rules.
    pub analysis: CameraAnalysis,
    /// Whether frames are left out in which nothing has moved since an empty one.
    pub is_gated: bool,
    /// How its pictures are looked at.
    pub aim: Aim,
}

/// One camera under one Run.
pub struct Judge {
    run: Run,
    scene: Arc<Scene>,
    analysis: CameraAnalysis,
    gate: Arc<Gate>,
    aim: Aim,
    last: Option<Moment>,
}

/// What the caption of a snapshot needs; does not change during a Run.
pub(crate) struct Scene {
    place: String,
    time_zone: TimeZone,
    behaviours: BehaviourList,
    zones: Vec<Zone>,
    whole_picture: Polygon,
}

/// A judged frame.
pub(crate) struct Judgement {
    pub(crate) jobs: Vec<EvidenceJob>,
    /// Whom the frame shows.
    pub(crate) persons: PersonCount,
    /// Why some second looks were not answered; the frame was judged without them.
    pub(crate) failure: Option<ModelError>,
}

/// Something that must be kept.
pub(crate) enum EvidenceJob {
    /// A violation opened on this frame.
    Open(Box<OpenJob>),
    /// A violation closed.
    Close { violation: Box<Violation>, path: Vec<TrackPoint> },
}

/// A violation with all that its evidence is made of.
pub(crate) struct OpenJob {
    pub(crate) violation: Violation,
    pub(crate) frame: Frame,
    pub(crate) detections: Detections,
    pub(crate) subjects: Vec<NormBox>,
    pub(crate) path: Vec<TrackPoint>,
    pub(crate) scene: Arc<Scene>,
}

impl Judge {
    /// Nothing is seen yet.
    #[must_use]
    pub fn new(setup: JudgeSetup) -> Self {
        let JudgeSetup { run, camera, site, time_zone, zones, analysis, is_gated, aim } = setup;
        let place = format!("{} · {}", site.name, camera.name);
        let (behaviours, whole_picture) = (analysis.behaviours(), Polygon::whole_picture());
        let scene = Scene { place, time_zone, behaviours, zones, whole_picture };
        let gate = Arc::new(Gate::new(is_gated));
        Self { run, scene: Arc::new(scene), analysis, gate, aim, last: None }
    }

    /// The Run.
    #[must_use]
    pub const fn run(&self) -> &Run {
        &self.run
    }

    /// Asked before a frame is judged; told by [`Judge::judge`].
    pub(crate) fn gate(&self) -> Arc<Gate> {
        Arc::clone(&self.gate)
    }

    /// How its pictures are looked at.
    pub(crate) const fn aim(&self) -> &Aim {
        &self.aim
    }

    /// The last judged moment.
    #[must_use]
    pub const fn last(&self) -> Option<Moment> {
        self.last
    }

    /// Judges one frame, with the second looks that analysis asks for.
    pub(crate) fn judge(&mut self, frame: &Frame, items: Vec<Detection>, eyes: &mut Eyes) -> Judgement {
        let detections = Detections { camera: frame.camera.clone(), at: frame.at, items };
        self.last = Some(frame.at);
        let looks = self.analysis.follow(&detections);
        let Glance { seen, failure } = eyes.look(&frame.picture, &looks);
        let updates = self.analysis.judge(&seen);
        for Remark { rule, text } in self.analysis.take_remarks() {
            tracing::warn!(camera.id = %frame.camera, rule.id = %rule, "{text}");
        }
        self.gate.judged(frame, self.analysis.is_idle());
        let persons = self.analysis.count_persons(&self.scene.zones);
        let jobs = updates.into_iter().filter_map(|update| self.job(update, Some((frame, &detections))));
        Judgement { jobs: jobs.collect(), persons, failure }
    }

    /// Closes what is open: the source has ended, or the product stops.
    pub(crate) fn finish(&mut self, reason: CloseReason) -> Vec<EvidenceJob> {
        let updates = self.analysis.finish(reason);
        updates.into_iter().filter_map(|update| self.job(update, None)).collect()
    }

    /// An opening needs the frame it happened on; without one there is nothing to show, and analysis opens nothing.
    fn job(&self, update: ViolationUpdate, seen: Option<(&Frame, &Detections)>) -> Option<EvidenceJob> {
        match update {
            ViolationUpdate::Opened { violation, subjects, path } => {
                let (frame, detections) = seen?;
                let (frame, detections) = (frame.clone(), detections.clone());
                let scene = Arc::clone(&self.scene);
                Some(EvidenceJob::Open(Box::new(OpenJob {
                    violation,
                    frame,
                    detections,
                    subjects,
                    path,
                    scene,
                })))
            }
            ViolationUpdate::Closed { violation, path } => {
                Some(EvidenceJob::Close { violation: Box::new(violation), path })
            }
        }
    }
}

impl OpenJob {
    /// What the annotated snapshot shows.
    pub(crate) fn overlay(&self) -> Overlay<'_> {
        let violation = &self.violation;
        Overlay {
            behaviour: self.scene.behaviour(violation),
            zone: self.scene.zone(violation),
            subjects: &self.subjects,
            detections: &self.detections.items,
            place: self.scene.place.clone(),
            time: self.scene.local_time(self.frame.at.wall),
            basis: format!(
                "{:.0} % · {} · {}",
                violation.score.value() * 100.0,
                violation.rule_version,
                violation.model
            ),
        }
    }
}

impl Scene {
    fn behaviour(&self, violation: &Violation) -> &BehaviourSpec {
        self.behaviours
            .get(violation.behaviour.as_str())
            .expect("a rule of this analysis found the violation")
    }

    fn zone(&self, violation: &Violation) -> OverlayZone<'_> {
        let zone = self.zones.iter().find(|zone| zone.id == violation.zone);
        match zone {
            Some(zone) => OverlayZone { label: zone.label(), polygon: &zone.points },
            None => OverlayZone { label: "", polygon: &self.whole_picture },
        }
    }

    /// As people at the site write it, with the offset, so that it cannot be misread.
    fn local_time(&self, wall: WallTime) -> String {
        let zoned = wall.timestamp().to_zoned(self.time_zone.clone());
        zoned.strftime("%Y-%m-%d %H:%M:%S%.3f %:z").to_string()
    }
}
