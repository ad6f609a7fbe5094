//! An index in a temporary folder, filled through its sink, as the pipeline would.
#![allow(dead_code, reason = "each test takes what it needs")]
#![allow(clippy::unwrap_used, reason = "only tests and examples include this file")]

pub(crate) mod footage;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anjian_analysis::rules::Behaviours;
use anjian_domain::{
    Behaviour, BehaviourList, Camera, CameraSink, CameraState, CameraStatus, Class, ClockReading,
    CloseReason, Detection, Detections, EvidenceSink, MediaTime, Moment, NormBox, OpeningEvidence,
    RuleDefinition, Run, RunId, RunKind, Score, Site, SystemClock, TrackId, TrackPoint, Violation,
    ViolationId, WallTime, ZoneId,
};
use anjian_indexer::{Index, IndexSink};
use uuid::Uuid;

/// 640 by 360, JPEG.
pub(crate) const PICTURE: &[u8] = include_bytes!("picture.jpg");
pub(crate) const CAMERAS: [(&str, &str); 3] =
    [("gate-1", "一号门 Gate 1"), ("dock-2", "卸货区 Loading dock"), ("shop-3", "冲压车间 Press shop")];

/// An index with one site and [`CAMERAS`], and a live Run of each.
#[derive(Clone)]
pub(crate) struct Seed {
    pub(crate) index: Index,
    pub(crate) sink: IndexSink,
    pub(crate) began: WallTime,
    pictures: Arc<Vec<(Vec<u8>, Vec<u8>)>>,
}

/// What to record.
#[derive(Clone, Copy)]
pub(crate) struct Breach {
    pub(crate) camera: usize,
    pub(crate) behaviour: &'static str,
    pub(crate) opened: WallTime,
    /// Still open when `None`.
    pub(crate) lasted: Option<Duration>,
    pub(crate) score: f32,
}

/// Those that the executable knows.
pub(crate) fn behaviours() -> BehaviourList {
    Behaviours::built_in().list()
}

fn named(behaviour: &str) -> Behaviour {
    behaviour.parse().unwrap()
}

/// The last camera's rules hold in the whole picture, the others' in a zone with a name.
fn zone_of(camera: usize) -> ZoneId {
    let id = if camera + 1 == CAMERAS.len() { "picture" } else { "floor" };
    id.parse().unwrap()
}

fn site_in(time_zone: &str) -> Site {
    Site {
        id: "plant-7".parse().unwrap(),
        name: "东港机械厂 East Port Works".to_owned(),
        credit_code: "91310000MA1K00000X".to_owned(),
        time_zone: time_zone.to_owned(),
        risk_level: "较大".to_owned(),
        region: "330106".to_owned(),
    }
}

impl Seed {
    /// `began` is when the Runs began: no breach may open before.
    pub(crate) async fn new(data_dir: &Path, began: WallTime) -> Self {
        let index = Index::open(data_dir, Arc::new(SystemClock)).await.unwrap();
        let site = site_in("Asia/Shanghai");
        index.put_site(&site).await.unwrap();
        let sink = IndexSink::new(index.clone(), tokio::runtime::Handle::current());
        let pictures = Arc::new(vec![(PICTURE.to_vec(), PICTURE.to_vec())]);
        let seed = Self { index, sink, began, pictures };
        for (camera, (id, name)) in CAMERAS.iter().enumerate() {
            let row = Camera {
                id: id.parse().unwrap(),
                site: site.id.clone(),
                name: (*name).to_owned(),
                zone_names: BTreeMap::from([(zone_of(0), "作业区 Work floor".to_owned())]),
            };
            seed.index.put_camera(&row).await.unwrap();
            let run = seed.run(camera);
            seed.record(move |sink| sink.begin_run(&run).unwrap()).await;
        }
        seed
    }

    /// Clean and annotated pictures to show in turn, instead of [`PICTURE`].
    pub(crate) fn with_pictures(mut self, pictures: Vec<(Vec<u8>, Vec<u8>)>) -> Self {
        self.pictures = Arc::new(pictures);
        self
    }

    /// Moves the site to another zone.
    pub(crate) async fn move_to(&self, time_zone: &str) {
        self.index.put_site(&site_in(time_zone)).await.unwrap();
    }

    /// The sink blocks, so it is called from a thread that may.
    pub(crate) async fn record(&self, call: impl FnOnce(&IndexSink) + Send + 'static) {
        let sink = self.sink.clone();
        tokio::task::spawn_blocking(move || call(&sink)).await.unwrap();
    }

    pub(crate) async fn camera_state(
        &self,
        camera: usize,
        state: CameraState,
        since: WallTime,
        reason: Option<&str>,
    ) {
        let status = CameraStatus {
            camera: CAMERAS[camera].0.parse().unwrap(),
            state,
            since,
            reason: reason.map(str::to_owned),
            last_frame: (state != CameraState::Connecting).then_some(since),
        };
        self.record(move |sink| sink.camera_status(&status).unwrap()).await;
    }

    /// Records the opening, and the end when there is one. Answers the violation's id.
    pub(crate) async fn breach(&self, breach: Breach) -> ViolationId {
        let opened = self.violation(&breach, None);
        let id = opened.id;
        let path = self.path(&breach);
        let (clean, annotated) = self.pictures[id.0.as_bytes()[0] as usize % self.pictures.len()].clone();
        let evidence = OpeningEvidence {
            snapshot_at: self.moment(breach.opened.plus(Duration::from_secs(2))),
            clock: ClockReading::FOOTAGE,
            clean_jpeg: clean,
            annotated_jpeg: annotated,
            detections: self.detections(&breach),
            path: path.clone(),
        };
        self.record(move |sink| sink.open_violation(&opened, &evidence).unwrap()).await;
        if breach.lasted.is_some() {
            self.close(breach).await;
        }
        id
    }

    /// Records the end of a breach that was recorded open.
    pub(crate) async fn close(&self, breach: Breach) {
        let (closed, path) = (self.violation(&breach, breach.lasted), self.path(&breach));
        self.record(move |sink| sink.close_violation(&closed, &path).unwrap()).await;
    }

    fn run(&self, camera: usize) -> Run {
        let rule = |behaviour: &str, definition| RuleDefinition {
            rule: behaviour.replace('_', "-").parse().unwrap(),
            version: format!("{behaviour}@1f0c9ad2b7e4"),
            behaviour: named(behaviour),
            zone: zone_of(camera),
            definition,
        };
        let points = serde_json::json!([[0.05, 0.4], [0.95, 0.4], [0.95, 0.98], [0.05, 0.98]]);
        let zone = serde_json::json!({"id": zone_of(camera), "points": points, "anchor": "bottom_centre"});
        let hat = serde_json::json!({"open_after_s": 2.0, "close_after_s": 3.0, "min_score": 0.5, "bare_share": 0.6, "zone": zone});
        let crowd =
            serde_json::json!({"max_persons": 6, "open_after_s": 5.0, "close_after_s": 5.0, "zone": zone});
        Run {
            id: self.run_id(camera),
            kind: RunKind::Live,
            site: "plant-7".parse().unwrap(),
            camera: CAMERAS[camera].0.parse().unwrap(),
            source: format!("rtsp://viewer:***@10.20.0.{}:554/main", 11 + camera),
            model: "head-helmet-person-nano@0f3c21aa90d1".to_owned(),
            rules: vec![rule("no_hard_hat", hat), rule("overcrowding", crowd)],
            settings: serde_json::json!({ "analysis_fps": 5.0 }),
            started_at: self.began,
            footage: None,
        }
    }

    fn run_id(&self, camera: usize) -> RunId {
        RunId(Uuid::new_v5(&Uuid::NAMESPACE_OID, CAMERAS[camera].0.as_bytes()))
    }

    fn moment(&self, wall: WallTime) -> Moment {
        let media = u64::try_from(wall.since(self.began).as_nanos()).unwrap();
        Moment { media: MediaTime::from_nanos(media), wall }
    }

    fn violation(&self, breach: &Breach, lasted: Option<Duration>) -> Violation {
        let Breach { camera, behaviour, opened, score, .. } = *breach;
        let name = format!("{camera} {behaviour} {opened}");
        let is_personal = behaviour == "no_hard_hat";
        Violation {
            id: ViolationId(Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes())),
            run: self.run_id(camera),
            site: "plant-7".parse().unwrap(),
            camera: CAMERAS[camera].0.parse().unwrap(),
            zone: zone_of(camera),
            behaviour: named(behaviour),
            rule: behaviour.replace('_', "-").parse().unwrap(),
            rule_version: format!("{behaviour}@1f0c9ad2b7e4"),
            model: "head-helmet-person-nano@0f3c21aa90d1".to_owned(),
            score: Score::new(score).unwrap(),
            opened: self.moment(opened),
            closed: lasted.map(|lasted| (self.moment(opened.plus(lasted)), CloseReason::Left)),
            track: is_personal.then_some(TrackId(17)),
        }
    }

    fn detections(&self, breach: &Breach) -> Detections {
        let item = |class, score, [left, top, right, bottom]: [f32; 4]| Detection {
            class,
            score: Score::new(score).unwrap(),
            bounds: NormBox::new(left, top, right, bottom).unwrap(),
        };
        Detections {
            camera: CAMERAS[breach.camera].0.parse().unwrap(),
            at: self.moment(breach.opened.plus(Duration::from_secs(2))),
            items: vec![
                item(Class::Person, 0.91, [0.42, 0.35, 0.55, 0.9]),
                item(Class::Head, breach.score, [0.455, 0.36, 0.51, 0.46]),
                item(Class::Person, 0.83, [0.7, 0.4, 0.8, 0.88]),
                item(Class::Helmet, 0.88, [0.73, 0.4, 0.77, 0.47]),
            ],
        }
    }

    fn path(&self, breach: &Breach) -> Vec<TrackPoint> {
        if breach.behaviour != "no_hard_hat" {
            return Vec::new();
        }
        let point = |step: u8| TrackPoint {
            at: self.moment(breach.opened.plus(Duration::from_secs(step.into()))),
            bounds: NormBox::new(0.4 + f32::from(step) * 0.01, 0.35, 0.53 + f32::from(step) * 0.01, 0.9)
                .unwrap(),
        };
        (0..3).map(point).collect()
    }
}
