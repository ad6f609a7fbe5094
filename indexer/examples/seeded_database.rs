//! Makes a small index with rows in every table, the same each time, for `tests/data`:
//!
//!     cargo run -p anjian-indexer --example seeded_database -- FOLDER
//!     sqlite3 FOLDER/anjian.db .dump > indexer/tests/data/VERSION.sql
//!
//! VERSION is the newest file in `migrations`. Do so before the next migration is written: the test `upgrades` opens
//! each of these databases and finds every row. A file once made is never changed.
#![allow(clippy::unwrap_used, reason = "a tool for the person at the keyboard")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anjian_domain::{
    Behaviour, BlindCause, Camera, CameraMinute, CameraSink, CameraState, CameraStatus, ClockReading,
    CloseReason, CoverageSink, Detections, EvidenceSink, ManualClock, MediaTime, Moment, NormBox,
    OpeningEvidence, Place, RecordingChange, RecordingState, RuleDefinition, Run, RunId, RunKind, RunOutcome,
    Score, Segment, SegmentSink, SiteId, TimeSource, TrackId, TrackPoint, VideoCodec, Viewer, Violation,
    ViolationId, WallTime,
};
use anjian_indexer::{Index, IndexSink, NewHold};
use serde_json::json;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};
use tokio::runtime::Runtime;
use uuid::Uuid;

const BEHAVIOURS: [&str; 4] = ["no_hard_hat", "hot_work", "overcrowding", "no_anti_static"];

/// What nothing but SQL can make yet: verdicts, a clip that was cut, a segment that is being given up.
const BY_HAND: &str = "
    UPDATE violation SET verdict = 'confirmed' WHERE seq IN (2, 5);
    UPDATE violation SET verdict = 'dismissed' WHERE seq IN (3, 6);
    UPDATE clip SET state = 'cut', from_us = 1772323205000000, to_us = 1772323220000000 WHERE violation = 2;
    UPDATE clip SET state = 'none', from_us = 1772323305000000, to_us = 1772323320000000,
        reason = 'nothing was recorded then' WHERE violation = 3;
    INSERT INTO evidence (violation, kind, camera, path, size_bytes, sha256) VALUES (2, 'clip', 'gate', 'gate/clip.mp4', 9,
        'abababababababababababababababababababababababababababababababab');
    UPDATE segment SET is_expiring = 1 WHERE camera = 'yard'";

/// 2026-03-01T00:00:00Z.
fn began() -> WallTime {
    WallTime::from_micros(1_772_323_200_000_000).unwrap()
}

fn main() {
    let folder = std::env::args().nth(1).expect("the folder for the index");
    seed(Path::new(&folder));
}

/// Fills an empty data folder.
pub(crate) fn seed(folder: &Path) {
    let runtime = Runtime::new().unwrap();
    let index = runtime.block_on(Index::open(folder, Arc::new(ManualClock::new(began())))).unwrap();
    let sink = IndexSink::new(index.clone(), runtime.handle().clone());
    runtime.block_on(places(&index));
    violations(&sink);
    recordings(&sink);
    runtime.block_on(holds(&index));
    runtime.block_on(async {
        let options = SqliteConnectOptions::new().filename(folder.join("anjian.db"));
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::raw_sql(BY_HAND).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    });
}

fn at(seconds: u64) -> Moment {
    Moment {
        wall: began().plus(Duration::from_secs(seconds)),
        media: MediaTime::from_millis(seconds * 1_000),
    }
}

/// Of two sites and three cameras, one of each has left the configuration.
async fn places(index: &Index) {
    let sites: [SiteId; 2] = ["plant", "mill"].map(|id| id.parse().unwrap());
    for (id, name) in sites.iter().zip(["东港机械厂", "轧钢厂"]) {
        let site =
            json!({ "id": id, "name": name, "credit_code": "91310000MA1K00000X", "risk_level": "较大" });
        index.put_site(&serde_json::from_value(site).unwrap()).await.unwrap();
    }
    for (id, site) in [("gate", &sites[0]), ("yard", &sites[0]), ("press", &sites[1])] {
        let zone_names = BTreeMap::from([("dock".parse().unwrap(), "装卸作业区".to_owned())]);
        let (id, site) = (id.parse().unwrap(), site.clone());
        index.put_camera(&Camera { name: format!("{id} 摄像机"), id, site, zone_names }).await.unwrap();
    }
    let cameras = ["gate", "yard"].map(|id| id.parse().unwrap());
    index.retain_configured(&sites[..1], &cameras).await.unwrap();
}

/// Two Runs; of each one violation that is open and three that are closed.
fn violations(sink: &IndexSink) {
    for (number, (kind, camera, site)) in
        [(RunKind::Live, "gate", "plant"), (RunKind::Archive, "press", "mill")].into_iter().enumerate()
    {
        let run = run(number as u128 + 1, kind, camera, site);
        sink.begin_run(&run).unwrap();
        for (place, behaviour) in BEHAVIOURS.map(|name| name.parse().unwrap()).into_iter().enumerate() {
            let seconds = 10 + 100 * place as u64;
            let opened = violation(&run, seconds, behaviour);
            sink.open_violation(&opened, &evidence(&opened)).unwrap();
            if place > 0 {
                let closed = Some((at(seconds + 5), CloseReason::Left));
                sink.close_violation(&Violation { closed, ..opened }, &[]).unwrap();
            }
        }
        if kind == RunKind::Archive {
            sink.end_run(run.id, Some(at(600)), RunOutcome::Complete).unwrap();
        }
    }
    let (camera, state) = ("gate".parse().unwrap(), CameraState::Failed);
    let reason = Some("wrong password".to_owned());
    let last_frame = Some(at(60).wall);
    sink.camera_status(&CameraStatus { camera, state, since: at(61).wall, reason, last_frame }).unwrap();
}

fn run(number: u128, kind: RunKind, camera: &str, site: &str) -> Run {
    Run {
        id: RunId(Uuid::from_u128(number)),
        kind,
        site: site.parse().unwrap(),
        camera: camera.parse().unwrap(),
        source: "rtsp://admin:***@10.0.0.5/live".into(),
        model: "nano@0f3c21aa90d1".into(),
        rules: vec![RuleDefinition {
            rule: "hats".parse().unwrap(),
            version: "no_hard_hat@1f0c9ad2b7e4".into(),
            behaviour: BEHAVIOURS[0].parse().unwrap(),
            zone: "dock".parse().unwrap(),
            definition: json!({ "window_s": 2.5 }),
        }],
        settings: json!({ "analysis_fps": 5.0 }),
        started_at: at(0).wall,
        footage: None,
    }
}

fn violation(run: &Run, seconds: u64, behaviour: Behaviour) -> Violation {
    Violation {
        id: ViolationId(Uuid::from_u128(run.id.0.as_u128() << 64 | u128::from(seconds))),
        run: run.id,
        site: run.site.clone(),
        camera: run.camera.clone(),
        zone: "dock".parse().unwrap(),
        behaviour,
        rule: "hats".parse().unwrap(),
        rule_version: "no_hard_hat@1f0c9ad2b7e4".into(),
        model: run.model.clone(),
        score: Score::new(0.75).unwrap(),
        opened: at(seconds),
        closed: None,
        track: Some(TrackId(seconds)),
    }
}

fn evidence(violation: &Violation) -> OpeningEvidence {
    let bounds = NormBox::new(0.25, 0.25, 0.5, 0.5).unwrap();
    let (camera, at) = (violation.camera.clone(), violation.opened);
    OpeningEvidence {
        snapshot_at: at,
        clock: ClockReading::FOOTAGE,
        clean_jpeg: b"clean".to_vec(),
        annotated_jpeg: b"annotated".to_vec(),
        detections: Detections { camera, at, items: Vec::new() },
        path: vec![TrackPoint { at, bounds }],
    }
}

/// A finished segment, one that is being written, and one that will be given up.
fn recordings(sink: &IndexSink) {
    for (camera, seconds, is_finished) in [("gate", 0, true), ("gate", 60, false), ("yard", 0, true)] {
        let segment = segment(camera, seconds);
        sink.begin_segment(&segment).unwrap();
        if is_finished {
            sink.end_segment(&segment).unwrap();
        }
    }
    for (seconds, state) in [(0, RecordingState::Recording), (61, RecordingState::Waiting)] {
        let (camera, since) = ("gate".parse().unwrap(), at(seconds).wall);
        let reason = (seconds > 0).then(|| "no data for 5 s".to_owned());
        sink.recording_changed(&RecordingChange { camera, state, since, reason }).unwrap();
    }
    let minute = CameraMinute {
        camera: "gate".parse().unwrap(),
        minute: at(0).wall,
        analysed: Duration::from_secs(30),
        gated: Duration::from_secs(10),
        blind: Duration::from_secs(5),
        blind_cause: Some(BlindCause::Covered),
        persons: None,
    };
    sink.add_minute(&minute).unwrap();
}

fn segment(camera: &str, seconds: u64) -> Segment {
    let (camera, start) = (camera.parse().unwrap(), at(seconds).wall);
    Segment {
        path: Segment::path_of(&camera, start),
        camera,
        start,
        duration: Duration::from_secs(60),
        size_bytes: 1_000,
        sha256: Some("cd".repeat(32)),
        video: VideoCodec::H264,
        width_px: 1_920,
        height_px: 1_080,
        audio: None,
        time_source: TimeSource::Arrival,
        clock_offset_us: 0,
        clock_error_us: None,
        place: Place::Here,
    }
}

/// One that stands, one that was lifted.
async fn holds(index: &Index) {
    let viewer = Viewer::local();
    for camera in ["gate", "yard"] {
        let (camera, from, to) = (camera.parse().unwrap(), at(0).wall, at(60).wall);
        let (who, why) = ("王检查员".to_owned(), "案件 2026-17".to_owned());
        let hold = index.put_hold(&viewer, &NewHold { camera, from, to, who, why }).await.unwrap();
        if hold.id == 2 {
            index.lift_hold(&viewer, hold.id, "李律师", "结案").await.unwrap();
        }
    }
}
