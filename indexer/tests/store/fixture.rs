//! A store with a clock set by hand, and violations to put into it.

use std::collections::BTreeMap;
use std::future::Future;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use anjian_domain::{
    Behaviour, Camera, Clock, ClockReading, CloseReason, Detection, Detections, EvidenceSink, ManualClock,
    MediaTime, Moment, NormBox, OpeningEvidence, RuleDefinition, Run, RunId, RunKind, Score, Site,
    TimeSource, TrackId, TrackPoint, Verdict, Viewer, Violation, ViolationId, WallTime,
};
use anjian_indexer::{Index, IndexError, IndexSink, LiveUpdate, ViolationQuery, ViolationRow};
use serde_json::json;
use sqlx::AssertSqlSafe;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, PgConnection, SqliteConnection};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use uuid::Uuid;

use crate::postgres;

/// 2026-03-01T00:00:00Z.
pub(crate) const START: i64 = 1_772_323_200_000_000;

/// A kind of database.
pub(crate) trait Backend: Send + Sync {
    /// Opens the index of a folder, as one more process would.
    fn open(&self, runtime: &Runtime, folder: &Path, clock: Arc<dyn Clock>) -> Result<Index, IndexError>;

    /// Gives a verdict, as nothing does yet.
    fn judge(&self, runtime: &Runtime, folder: &Path, id: ViolationId, verdict: Verdict);

    /// Runs statements on the database itself; `{ON}` stands where one engine names the table of a trigger.
    fn raw(&self, runtime: &Runtime, folder: &Path, sql: &str) -> Result<(), sqlx::Error>;
}

pub(crate) struct Sqlite;

impl Backend for Sqlite {
    fn open(&self, runtime: &Runtime, folder: &Path, clock: Arc<dyn Clock>) -> Result<Index, IndexError> {
        runtime.block_on(Index::open(folder, clock))
    }

    fn judge(&self, runtime: &Runtime, folder: &Path, id: ViolationId, verdict: Verdict) {
        let options = SqliteConnectOptions::new().filename(folder.join("anjian.db"));
        runtime.block_on(async {
            let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
            let query = sqlx::query("UPDATE violation SET verdict = ? WHERE id = ?").bind(verdict.as_str());
            let judged = query.bind(id.0.as_bytes().to_vec()).execute(&mut connection).await.unwrap();
            assert_eq!(judged.rows_affected(), 1);
            connection.close().await.unwrap();
        });
    }

    fn raw(&self, runtime: &Runtime, folder: &Path, sql: &str) -> Result<(), sqlx::Error> {
        let options = SqliteConnectOptions::new().filename(folder.join("anjian.db"));
        runtime.block_on(async {
            let mut connection = SqliteConnection::connect_with(&options).await?;
            sqlx::raw_sql(AssertSqlSafe(sql.replace("{ON}", ""))).execute(&mut connection).await?;
            connection.close().await
        })
    }
}

/// Each folder has a database of its own on a private server.
pub(crate) struct Postgres;

impl Backend for Postgres {
    fn open(&self, runtime: &Runtime, folder: &Path, clock: Arc<dyn Clock>) -> Result<Index, IndexError> {
        runtime.block_on(Index::open_on(folder, &postgres::database(folder), clock))
    }

    fn judge(&self, runtime: &Runtime, folder: &Path, id: ViolationId, verdict: Verdict) {
        let database = postgres::database(folder);
        runtime.block_on(async {
            let mut connection = PgConnection::connect(&database.to_string()).await.unwrap();
            let query = sqlx::query("UPDATE violation SET verdict = $1 WHERE id = $2").bind(verdict.as_str());
            let judged = query.bind(id.0.as_bytes().to_vec()).execute(&mut connection).await.unwrap();
            assert_eq!(judged.rows_affected(), 1);
            connection.close().await.unwrap();
        });
    }

    fn raw(&self, runtime: &Runtime, folder: &Path, sql: &str) -> Result<(), sqlx::Error> {
        let database = postgres::database(folder);
        runtime.block_on(async {
            let mut connection = PgConnection::connect(&database.to_string()).await?;
            sqlx::raw_sql(AssertSqlSafe(sql.replace("{ON}", " ON audit"))).execute(&mut connection).await?;
            connection.close().await
        })
    }
}

/// An open index with site `plant`, cameras `gate` and `yard`, and nothing else.
pub(crate) struct Store {
    // Fields are dropped in this order: the index before its runtime, both before the folder.
    pub(crate) index: Index,
    pub(crate) sink: IndexSink,
    pub(crate) clock: Arc<ManualClock>,
    /// As whom the cases ask that are not about viewers.
    pub(crate) viewer: Viewer,
    backend: Arc<dyn Backend>,
    runtime: Arc<Runtime>,
    pub(crate) folder: Arc<TempDir>,
    next: Arc<Mutex<u64>>,
}

impl Store {
    pub(crate) fn open(backend: Arc<dyn Backend>) -> Self {
        let store = Self::on(backend, Arc::new(tempfile::tempdir().unwrap()));
        *store.next.lock().unwrap() = 0;
        store.wait(store.index.put_site(&site("plant"))).unwrap();
        for id in ["gate", "yard"] {
            store.wait(store.index.put_camera(&camera(id))).unwrap();
        }
        store
    }

    /// The index of a folder, with whatever is in it.
    pub(crate) fn on(backend: Arc<dyn Backend>, folder: Arc<TempDir>) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let runtime = Arc::new(runtime);
        let clock = Arc::new(ManualClock::new(WallTime::from_micros(START).unwrap()));
        let index = backend.open(&runtime, folder.path(), clock.clone()).unwrap();
        let sink = IndexSink::new(index.clone(), runtime.handle().clone());
        let viewer = Viewer::local();
        // Behind the numbers of whoever filled the folder.
        let next = Arc::new(Mutex::new(1_000));
        Self { index, sink, clock, viewer, backend, runtime, folder, next }
    }

    /// The same data folder as another process has it.
    pub(crate) fn beside(&self) -> Self {
        self.node_at(self.folder.clone())
    }

    /// Another data folder on the same database.
    pub(crate) fn another_node(&self) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        postgres::share(folder.path(), self.folder.path());
        self.node_at(folder)
    }

    /// The same, with a copy of this folder.
    pub(crate) fn copied_node(&self) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        std::fs::copy(self.folder.path().join("node"), folder.path().join("node")).unwrap();
        postgres::share(folder.path(), self.folder.path());
        self.node_at(folder)
    }

    /// A process on a folder that has its database.
    pub(crate) fn node_at(&self, folder: Arc<TempDir>) -> Self {
        let index = self.backend.open(&self.runtime, folder.path(), self.clock.clone()).unwrap();
        Self {
            sink: IndexSink::new(index.clone(), self.runtime.handle().clone()),
            index,
            clock: self.clock.clone(),
            viewer: self.viewer.clone(),
            backend: self.backend.clone(),
            runtime: self.runtime.clone(),
            folder,
            next: self.next.clone(),
        }
    }

    /// Begins what `work` does in another process, which is killed when that has come `steps` steps far. Answers whether
    /// it was done before.
    pub(crate) fn kill_after(&self, steps: usize, work: impl AsyncFnOnce(&Index)) -> bool {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let index = self.backend.open(&runtime, self.folder.path(), self.clock.clone()).unwrap();
        let settings = self.index.recording_settings().clone();
        index.set_recording(settings).unwrap();
        let is_done = {
            // Connections are given back within a runtime.
            let _entered = runtime.enter();
            let mut work = Box::pin(work(&index));
            let mut left = steps;
            runtime.block_on(std::future::poll_fn(|context| {
                if left == 0 {
                    return Poll::Ready(false);
                }
                left -= 1;
                work.as_mut().poll(context).map(|()| true)
            }))
        };
        drop(index);
        // Waits for what its other threads are doing to files just now.
        drop(runtime);
        is_done
    }

    /// A store of its own, with nothing in it but what every store begins with.
    pub(crate) fn another(&self) -> Self {
        Self::open(self.backend.clone())
    }

    pub(crate) fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    fn number(&self) -> u64 {
        let mut next = self.next.lock().unwrap();
        *next += 1;
        *next
    }

    /// Begins a Run of a camera, with one rule in zone `dock`.
    pub(crate) fn run(&self, kind: RunKind, camera: &str) -> Run {
        let run = Run {
            id: RunId(Uuid::from_u128(u128::from(self.number()))),
            kind,
            site: "plant".parse().unwrap(),
            camera: camera.parse().unwrap(),
            source: "rtsp://admin:***@10.0.0.5/live".into(),
            model: "nano@0f3c21aa90d1".into(),
            rules: vec![rule("hats", behaviour("no_hard_hat"), "dock")],
            settings: json!({ "analysis_fps": 5.0 }),
            started_at: at(0).wall,
            footage: None,
        };
        self.sink.begin_run(&run).unwrap();
        run
    }

    /// A violation of `run` that opened `seconds` after the start; not recorded yet.
    pub(crate) fn violation(&self, run: &Run, seconds: u64) -> Violation {
        let number = self.number();
        Violation {
            id: ViolationId(Uuid::from_u128(u128::from(number) << 64 | 0xabc)),
            run: run.id,
            site: run.site.clone(),
            camera: run.camera.clone(),
            zone: "dock".parse().unwrap(),
            behaviour: behaviour("no_hard_hat"),
            rule: "hats".parse().unwrap(),
            rule_version: "no_hard_hat@1f0c9ad2b7e4".into(),
            model: run.model.clone(),
            score: Score::new(0.75).unwrap(),
            opened: at(seconds),
            closed: None,
            track: Some(TrackId(number)),
        }
    }

    pub(crate) fn record(&self, violation: &Violation) {
        self.sink.open_violation(violation, &evidence(violation)).unwrap();
    }

    /// Records a violation of `run` that opened then.
    pub(crate) fn recorded(&self, run: &Run, seconds: u64) -> Violation {
        let violation = self.violation(run, seconds);
        self.record(&violation);
        violation
    }

    /// Changes the database behind the index's back.
    pub(crate) fn raw(&self, sql: &str) {
        self.try_raw(sql).unwrap();
    }

    pub(crate) fn try_raw(&self, sql: &str) -> Result<(), sqlx::Error> {
        self.backend.raw(&self.runtime, self.folder.path(), sql)
    }

    /// Gives a verdict.
    pub(crate) fn judge(&self, id: ViolationId, verdict: Verdict) {
        self.backend.judge(&self.runtime, self.folder.path(), id, verdict);
    }

    /// Hears of every change from now on.
    pub(crate) fn listen(&self) -> Listening<'_> {
        Listening { last: *self.wait(self.index.updates_kept()).unwrap().end(), store: self }
    }

    pub(crate) fn search(&self, query: &ViolationQuery) -> Vec<ViolationRow> {
        self.wait(self.index.search_violations(&self.viewer, query)).unwrap().items
    }
}

/// Changes as they come, of this and of other processes.
pub(crate) struct Listening<'s> {
    store: &'s Store,
    last: i64,
}

impl Listening<'_> {
    /// The next change, when there is one.
    pub(crate) fn next(&mut self) -> Option<LiveUpdate> {
        let update =
            self.store.wait(self.store.index.live_since(&self.store.viewer, self.last, 1)).unwrap().pop()?;
        self.last = update.seq;
        Some(update)
    }
}

/// `seconds` after the start, in a source that began at the start.
pub(crate) fn at(seconds: u64) -> Moment {
    let wall = WallTime::from_micros(START).unwrap().plus(Duration::from_secs(seconds));
    Moment { media: MediaTime::from_millis(seconds * 1_000), wall }
}

pub(crate) fn site(id: &str) -> Site {
    serde_json::from_value(json!({ "id": id, "name": format!("{id} 厂") })).unwrap()
}

pub(crate) fn camera(id: &str) -> Camera {
    Camera {
        id: id.parse().unwrap(),
        site: "plant".parse().unwrap(),
        name: format!("{id} 摄像机"),
        zone_names: BTreeMap::from([("dock".parse().unwrap(), "装卸作业区".to_owned())]),
    }
}

pub(crate) fn behaviour(name: &str) -> Behaviour {
    name.parse().unwrap()
}

pub(crate) fn rule(id: &str, behaviour: Behaviour, zone: &str) -> RuleDefinition {
    RuleDefinition {
        rule: id.parse().unwrap(),
        version: "no_hard_hat@1f0c9ad2b7e4".into(),
        behaviour,
        zone: zone.parse().unwrap(),
        definition: json!({ "hold_ms": 1_500, "points": [[0.1, 0.1], [0.9, 0.1], [0.5, 0.9]] }),
    }
}

pub(crate) fn evidence(violation: &Violation) -> OpeningEvidence {
    let snapshot_at = Moment {
        media: violation.opened.media.plus(Duration::from_secs(2)),
        wall: violation.opened.wall.plus(Duration::from_secs(2)),
    };
    OpeningEvidence {
        snapshot_at,
        clock: ClockReading { source: TimeSource::Arrival, offset_us: 0 },
        clean_jpeg: format!("clean {}", violation.id).into_bytes(),
        annotated_jpeg: format!("annotated {}", violation.id).into_bytes(),
        detections: Detections {
            camera: violation.camera.clone(),
            at: snapshot_at,
            items: vec![
                serde_json::from_value::<Detection>(json!({
                    "class": "head", "score": 0.5, "box": [0.25, 0.25, 0.5, 0.5]
                }))
                .unwrap(),
            ],
        },
        path: vec![point(violation.opened)],
    }
}

pub(crate) fn point(at: Moment) -> TrackPoint {
    TrackPoint { at, bounds: NormBox::new(0.25, 0.25, 0.5, 0.5).unwrap() }
}

/// The violation with its end, `seconds` after the start.
pub(crate) fn closed(violation: &Violation, seconds: u64, reason: CloseReason) -> Violation {
    Violation { closed: Some((at(seconds), reason)), ..violation.clone() }
}

pub(crate) fn ids(rows: &[ViolationRow]) -> Vec<ViolationId> {
    rows.iter().map(|row| row.id).collect()
}

/// Every file under the folder's `evidence`, relative to it, in order.
pub(crate) fn evidence_files(store: &Store) -> Vec<String> {
    let root = store.folder.path().join("evidence");
    let mut folders = vec![root.clone()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path.strip_prefix(&root).unwrap().to_string_lossy().into_owned());
            }
        }
    }
    files.sort();
    files
}
