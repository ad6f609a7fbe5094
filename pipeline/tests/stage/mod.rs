//! A stage for Runs: scripted sources, a detector that reads the script from the picture, a sink that remembers.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anjian_analysis::{CameraAnalysis, CameraPlan, RuleSettings};
use anjian_domain::*;
use anjian_ingest::{FrameSource, IngestError, Next, StopSignal};
use anjian_models::{Detector, ModelError, SecondLook, Tiles};
use anjian_pipeline::{Aim, Eyes, Judge, JudgeSetup, LiveSource, MainPictures};
use jiff::tz::TimeZone;
use uuid::Uuid;

/// What stands in a frame of the script.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Scene {
    Empty = 0,
    Bare = 1,
    Helmet = 2,
    /// The detector takes black hair for a helmet.
    BlackHair = 3,
}

pub(crate) fn camera_id() -> CameraId {
    "dock".parse().unwrap()
}

/// Five frames a second; the scene is written into the first pixel, and shows as a grey patch.
pub(crate) fn script(parts: &[(Scene, usize)]) -> Vec<Frame> {
    let scenes = parts.iter().flat_map(|(scene, count)| std::iter::repeat_n(*scene, *count));
    scenes.enumerate().map(|(index, scene)| frame(index as u64 * 200, scene)).collect()
}

fn frame(millis: u64, scene: Scene) -> Frame {
    let mut bytes = vec![90; 320 * 180 * 3];
    for row in bytes.chunks_exact_mut(320 * 3).skip(20).take(16) {
        row[60..120].fill(90 + 20 * scene as u8);
    }
    bytes[0] = scene as u8;
    let picture = Picture::new(320, 180, PixelFormat::Bgr, ColourMatrix::Bt601, bytes).unwrap();
    let start: WallTime = "2026-03-02T08:00:00Z".parse().unwrap();
    let wall = start.plus(Duration::from_millis(millis));
    let at = Moment { media: MediaTime::from_millis(millis), wall };
    Frame { camera: camera_id(), at, clock: ClockReading::FOOTAGE, picture }
}

pub(crate) fn judge(kind: RunKind) -> Judge {
    judge_with(kind, false)
}

pub(crate) fn judge_with(kind: RunKind, is_gated: bool) -> Judge {
    let site: Site =
        serde_json::from_value(serde_json::json!({ "id": "works", "name": "北方化工厂" })).unwrap();
    let (site_id, name) = (site.id.clone(), "装卸区".to_owned());
    let camera = Camera { id: camera_id(), site: site_id, name, zone_names: BTreeMap::new() };
    let rule: RuleSettings =
        serde_json::from_value(serde_json::json!({ "behaviour": "no_hard_hat" })).unwrap();
    let plan = CameraPlan {
        run: RunId(Uuid::nil()),
        site: site.id.clone(),
        camera: camera.id.clone(),
        model: "fake@0".to_owned(),
        time_zone: TimeZone::UTC,
        zones: vec![],
        rules: vec![rule],
        permits: Vec::new(),
        galleries: Vec::new(),
    };
    let analysis = CameraAnalysis::new(plan).unwrap();
    let run = Run {
        id: RunId(Uuid::nil()),
        kind,
        site: site.id.clone(),
        camera: camera.id.clone(),
        source: "script".to_owned(),
        model: "fake@0".to_owned(),
        rules: analysis.rule_definitions(),
        settings: serde_json::Value::Null,
        started_at: "2026-03-02T08:00:00Z".parse().unwrap(),
        footage: None,
    };
    // Everybody stands before the wall.
    let zones = serde_json::json!([
        { "id": "wall", "points": [[0.0, 0.0], [0.5, 0.0], [0.5, 1.0], [0.0, 1.0]] },
        { "id": "door", "points": [[0.5, 0.0], [1.0, 0.0], [1.0, 1.0], [0.5, 1.0]] },
    ]);
    Judge::new(JudgeSetup {
        run,
        camera,
        site,
        time_zone: TimeZone::UTC,
        zones: serde_json::from_value(zones).unwrap(),
        analysis,
        is_gated,
        aim: Aim::default(),
    })
}

/// Sees what the first pixel says, and reports each frame that it has seen.
pub(crate) struct ScriptDetector {
    pub(crate) seen: SyncSender<()>,
}

impl ScriptDetector {
    pub(crate) fn reporting() -> (Box<dyn Detector>, Receiver<()>) {
        let (seen, receiver) = sync_channel(10_000);
        (Box::new(Self { seen }), receiver)
    }
}

impl Detector for ScriptDetector {
    fn detect(&mut self, picture: &Picture, _tiles: &Tiles) -> Result<Vec<Detection>, ModelError> {
        let found = people(picture.bytes()[0]);
        let _ = self.seen.try_send(());
        Ok(found)
    }

    fn model(&self) -> &str {
        "fake@0"
    }
}

fn people(scene: u8) -> Vec<Detection> {
    let detection = |class, [left, top, right, bottom]: [f32; 4]| Detection {
        class,
        score: Score::new(0.9).unwrap(),
        bounds: NormBox::new(left, top, right, bottom).unwrap(),
    };
    let person = detection(Class::Person, [0.4, 0.2, 0.55, 0.9]);
    let head = |class| detection(class, [0.44, 0.2, 0.51, 0.31]);
    match scene {
        1 => vec![person, head(Class::Head)],
        2 | 3 => vec![person, head(Class::Helmet)],
        _ => vec![],
    }
}

/// Knows black hair from a helmet; answers as the first pixel says. After `patience` answers it fails.
pub(crate) struct ScriptHats {
    pub(crate) patience: u32,
}

impl ScriptHats {
    pub(crate) fn with(detector: Box<dyn Detector>) -> Eyes {
        Eyes { detectors: vec![detector], looks: vec![Box::new(Self { patience: u32::MAX })] }
    }
}

impl SecondLook for ScriptHats {
    fn kind(&self) -> LookKind {
        LookKind::Headwear
    }

    fn look(&mut self, picture: &Picture, looks: &[Look]) -> Result<Vec<Option<Answer>>, ModelError> {
        if self.patience == 0 {
            return Err(ModelError::Evaluation("no patience left".to_owned()));
        }
        self.patience -= 1;
        let is_helmet = picture.bytes()[0] == Scene::Helmet as u8;
        let odds = HeadwearOdds::new(if is_helmet { [1.0, 0.0, 0.0, 0.0] } else { [0.0, 1.0, 0.0, 0.0] });
        Ok(vec![odds.map(Answer::Headwear); looks.len()])
    }

    fn model(&self) -> &str {
        "hats@0"
    }
}

/// Plays a script as a file does, then ends or fails.
pub(crate) struct ScriptFile {
    pub(crate) frames: VecDeque<Frame>,
    pub(crate) end: Option<IngestError>,
}

impl FrameSource for ScriptFile {
    fn next_frame(&mut self, _patience: Duration) -> Result<Next, IngestError> {
        match (self.frames.pop_front(), &self.end) {
            (Some(frame), _) => Ok(Next::Frame(frame)),
            (None, Some(error)) => Err(error.clone()),
            (None, None) => Ok(Next::Ended),
        }
    }
}

/// Plays a script as a camera does: each frame after the one before it was seen, then waits for the stop.
pub(crate) struct ScriptCamera {
    pub(crate) id: CameraId,
    pub(crate) frames: Vec<Frame>,
    pub(crate) seen: Mutex<Receiver<()>>,
    pub(crate) played: SyncSender<()>,
}

impl LiveSource for ScriptCamera {
    fn camera(&self) -> &CameraId {
        &self.id
    }

    fn run(
        &self,
        clock: &Arc<dyn Clock>,
        stop: &StopSignal,
        on_frame: &mut dyn FnMut(Frame),
        on_status: &mut dyn FnMut(CameraStatus),
    ) {
        let status = |state, at: &Frame| CameraStatus {
            camera: self.id.clone(),
            state,
            since: at.at.wall,
            reason: None,
            last_frame: Some(at.at.wall),
        };
        on_status(status(CameraState::Live, &self.frames[0]));
        for frame in &self.frames {
            on_frame(frame.clone());
            self.seen.lock().unwrap().recv().unwrap();
        }
        self.played.send(()).unwrap();
        while !stop.wait(&**clock, Duration::from_secs(60)) {}
        on_status(status(CameraState::Stopped, &self.frames[0]));
    }
}

/// A camera whose thread dies so often before it plays.
pub(crate) struct MortalCamera {
    pub(crate) inner: ScriptCamera,
    pub(crate) lives: AtomicU32,
}

impl LiveSource for MortalCamera {
    fn camera(&self) -> &CameraId {
        self.inner.camera()
    }

    fn run(
        &self,
        clock: &Arc<dyn Clock>,
        stop: &StopSignal,
        on_frame: &mut dyn FnMut(Frame),
        on_status: &mut dyn FnMut(CameraStatus),
    ) {
        assert!(!takes_a_life(&self.lives), "the test says so");
        self.inner.run(clock, stop, on_frame, on_status);
    }
}

/// A detector whose thread dies on one frame.
pub(crate) struct MortalDetector {
    pub(crate) inner: Box<dyn Detector>,
    pub(crate) frames: u32,
    pub(crate) frame_of_death: Option<u32>,
}

impl Detector for MortalDetector {
    fn detect(&mut self, picture: &Picture, tiles: &Tiles) -> Result<Vec<Detection>, ModelError> {
        let found = self.inner.detect(picture, tiles);
        self.frames += 1;
        assert_ne!(Some(self.frames), self.frame_of_death, "the test says so");
        found
    }

    fn model(&self) -> &str {
        self.inner.model()
    }
}

/// Whether there was one left to take.
fn takes_a_life(lives: &AtomicU32) -> bool {
    lives.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
}

/// Remembers everything; refuses the first openings.
#[derive(Default)]
pub(crate) struct MemorySink {
    /// So many openings make it panic.
    pub(crate) panics: AtomicU32,
    /// So many openings are refused, and why.
    pub(crate) refusals: Mutex<Option<(u32, ErrorKind)>>,
    pub(crate) opened: Mutex<Vec<(Violation, OpeningEvidence)>>,
    pub(crate) closed: Mutex<Vec<Violation>>,
    pub(crate) statuses: Mutex<Vec<CameraStatus>>,
    pub(crate) minutes: Mutex<Vec<CameraMinute>>,
    pub(crate) ended: Mutex<Vec<(Option<Moment>, RunOutcome)>>,
}

impl MemorySink {
    pub(crate) fn shared() -> Arc<Self> {
        Arc::new(Self::default())
    }
}

impl EvidenceSink for MemorySink {
    fn begin_run(&self, _run: &Run) -> Result<(), SinkError> {
        Ok(())
    }

    fn open_violation(&self, violation: &Violation, evidence: &OpeningEvidence) -> Result<(), SinkError> {
        assert!(!takes_a_life(&self.panics), "the test says so");
        if let Some((left @ 1.., kind)) = self.refusals.lock().unwrap().as_mut() {
            *left -= 1;
            return Err(SinkError { message: "refused by the test".to_owned(), kind: *kind, source: None });
        }
        self.opened.lock().unwrap().push((violation.clone(), evidence.clone()));
        Ok(())
    }

    fn close_violation(&self, violation: &Violation, _path: &[TrackPoint]) -> Result<(), SinkError> {
        self.closed.lock().unwrap().push(violation.clone());
        Ok(())
    }

    fn note_flaws(&self, _: RunId, _: &[Flaw]) -> Result<(), SinkError> {
        Ok(())
    }

    fn end_run(&self, _run: RunId, last: Option<Moment>, outcome: RunOutcome) -> Result<(), SinkError> {
        self.ended.lock().unwrap().push((last, outcome));
        Ok(())
    }
}

impl CameraSink for MemorySink {
    fn camera_status(&self, status: &CameraStatus) -> Result<(), SinkError> {
        self.statuses.lock().unwrap().push(status.clone());
        Ok(())
    }
}

impl CoverageSink for MemorySink {
    fn add_minute(&self, minute: &CameraMinute) -> Result<(), SinkError> {
        self.minutes.lock().unwrap().push(minute.clone());
        Ok(())
    }
}

/// The main stream of every camera: larger, and there at once. Waiting for it is tested beside the code.
pub(crate) struct LargePictures;

impl MainPictures for LargePictures {
    fn picture(&self, _camera: &CameraId, _at: WallTime) -> Result<Option<Picture>, String> {
        let bytes = vec![90; 640 * 360 * 3];
        Ok(Some(Picture::new(640, 360, PixelFormat::Bgr, ColourMatrix::Bt601, bytes).unwrap()))
    }
}
