//! The index of one data folder, and how to open it. What can be done with it stands in the rooms beside.

use crate::engine::sql;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use anjian_domain::{Clock, RecordingChange, Scope};
use tokio::sync::{Semaphore, watch};

use crate::bucket::client::Bucket;
use crate::configuration::ticks::Ticks;
use crate::copy::note;
use crate::engine::blocking::blocking;
use crate::engine::connection::{Connection, Pool};
use crate::engine::database::Database;
use crate::engine::disk::{Disk, RealDisk, Room};
use crate::engine::open::{self, Create};
use crate::engine::presence::Presence;
use crate::evidence::folder::EvidenceFolder;
use crate::nodes::register::{self, NodeId};
use crate::recordings::fetched_folder::Fetched;
use crate::{IndexError, RecordingSettings, StoreAddress};

/// How long a recorder waits for the right to write. Its queue of packets holds 10 s.
const PATIENCE: Duration = Duration::from_millis(400);

/// Evidence that waits for less was late, and nothing more.
const WAITS_LONG: Duration = Duration::from_secs(10);

/// Violations that are graded at once; others wait for their turn.
const GRADINGS_AT_ONCE: usize = 2;

/// Violations, cameras, evidence and recordings. Cheap to clone; several processes may have the same data folder open, and
/// several folders the same database on a server.
#[derive(Clone)]
pub struct Index {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) data_dir: PathBuf,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) evidence: EvidenceFolder,
    /// One connection: SQLite has one writer at a time anyway, and whoever holds it tells in the order of commits.
    writer: Pool,
    pub(crate) reader: Pool,
    presence: Option<Presence>,
    pub(crate) node: NodeId,
    /// The word of this process, as the node's row has it while it is the live system.
    pub(crate) process: String,
    /// Number of the newest change that this process committed, 0 before the first.
    pub(crate) committed: watch::Sender<i64>,
    ticks: Mutex<Ticks>,
    /// Since when evidence waits, and why; `None` while it is kept.
    waiting: Mutex<Option<(Duration, String)>>,
    /// Set once, by whoever opened the index or by the first to ask.
    pub(crate) recording: OnceLock<RecordingSettings>,
    pub(crate) disk: Arc<dyn Disk>,
    /// Places for reading the files of a violation for its grade. The disk belongs to recording and playback.
    pub(crate) gradings: Semaphore,
    /// Held by who makes the reserve or gives it up.
    pub(crate) reserve: Mutex<()>,
    /// Set once, by whoever opened the index, if there is one.
    bucket: OnceLock<Bucket>,
    /// Segments of the bucket, for decoders.
    pub(crate) fetched: Fetched,
    /// Held while this index is open, so that `check` knows whether somebody may be recording.
    _in_use: Option<File>,
    /// Held while this index is the live system's.
    pub(crate) claim: Mutex<Option<File>>,
}

impl Index {
    /// Opens the index in `data_dir`, creates what is missing, brings the schema up to date.
    ///
    /// # Errors
    /// When the folder or database cannot be created, read or written.
    pub async fn open(data_dir: &Path, clock: Arc<dyn Clock>) -> Result<Self, IndexError> {
        Self::open_on(data_dir, &Database::Embedded, clock).await
    }

    /// The same with the database that is named; evidence and recordings are in `data_dir` all the same.
    ///
    /// # Errors
    /// Like [`Index::open`], and when a server does not let anjian in.
    pub async fn open_on(
        data_dir: &Path,
        database: &Database,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, IndexError> {
        Self::open_as(data_dir, database, clock, Create::IfMissing, Arc::new(RealDisk)).await
    }

    /// Opens an index that exists, to look at it; creates and upgrades nothing.
    ///
    /// # Errors
    /// Like [`Index::open`], and when there is no index.
    pub async fn open_existing(
        data_dir: &Path,
        database: &Database,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, IndexError> {
        Self::open_as(data_dir, database, clock, Create::Never, Arc::new(RealDisk)).await
    }

    pub(crate) async fn open_as(
        data_dir: &Path,
        database: &Database,
        clock: Arc<dyn Clock>,
        create: Create,
        disk: Arc<dyn Disk>,
    ) -> Result<Self, IndexError> {
        let opened = open::open(data_dir, database, create).await?;
        let address = StoreAddress::of(&opened.data_dir, database);
        note::refuse_unfinished(&opened.reader, &address).await?;
        let node = match create {
            Create::IfMissing => register::register(&opened.data_dir, database, &opened.writer).await?,
            Create::Never => register::find(&opened.data_dir, database, &opened.reader).await?,
        };
        let inner = Inner {
            fetched: Fetched::new(&opened.data_dir),
            evidence: EvidenceFolder::new(opened.data_dir.join("evidence")),
            data_dir: opened.data_dir,
            clock,
            writer: opened.writer,
            reader: opened.reader,
            presence: opened.presence,
            node,
            process: register::new_process(),
            committed: watch::Sender::new(0),
            waiting: Mutex::new(None),
            ticks: Mutex::default(),
            recording: OnceLock::new(),
            disk,
            gradings: Semaphore::new(GRADINGS_AT_ONCE),
            reserve: Mutex::default(),
            bucket: OnceLock::new(),
            _in_use: opened.in_use,
            claim: Mutex::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Says that evidence is to be moved into a bucket. Call it once, after opening.
    ///
    /// # Errors
    /// When there is one already.
    pub fn set_bucket(&self, bucket: Bucket) -> Result<(), IndexError> {
        let set = self.inner.bucket.set(bucket);
        set.map_err(|_| IndexError::Query("the bucket is set already: set it once".into()))
    }

    /// The bucket, if there is one.
    #[must_use]
    pub fn bucket(&self) -> Option<&Bucket> {
        self.inner.bucket.get()
    }

    /// # Errors
    /// [`IndexError::NoBucket`] when the configuration names none.
    pub fn require_bucket(&self) -> Result<&Bucket, IndexError> {
        self.bucket().ok_or(IndexError::NoBucket)
    }

    /// Whether the index can be read and written just now, and evidence too. Writes nothing: it takes the right to write
    /// and gives it back. Answers the recorders of this node's configured cameras that keep nothing although pictures may
    /// arrive.
    ///
    /// # Errors
    /// Why not.
    pub async fn health(&self) -> Result<Vec<RecordingChange>, IndexError> {
        let failed = |source| IndexError::Database { doing: "probe the index", table: "site", source };
        let configured = sql::query("SELECT id FROM camera WHERE is_configured = 1 AND node = $1");
        let configured = configured.bind(self.inner.node.0);
        let configured: Vec<String> = configured.scalars(&self.inner.reader).await.map_err(failed)?;
        let mut recorders = self.recorder_states(&Scope::Everything).await?;
        recorders.retain(|recorder| {
            recorder.state.is_off() && configured.iter().any(|id| id == recorder.camera.as_str())
        });
        let mut writer = self.write().await?;
        let transaction = writer.begin("site").await?;
        transaction.rollback().await.map_err(failed)?;
        drop(writer);
        self.check_waiting()?;
        let index = self.clone();
        blocking(move || index.probe_folder()).await?;
        Ok(recorders)
    }

    /// Notes whether evidence was kept, or waits because of this.
    pub(crate) fn note_waiting(&self, error: Option<&IndexError>) {
        let mut waiting = self.inner.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        match error.filter(|error| error.kind().is_unavailable()) {
            None => *waiting = None,
            Some(error) if waiting.is_none() => {
                *waiting = Some((self.inner.clock.monotonic(), error.to_string()));
            }
            Some(_) => {}
        }
    }

    /// Reading can work where writing does not: the disk of a database server may be full.
    fn check_waiting(&self) -> Result<(), IndexError> {
        let waiting = self.inner.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let long = |since: Duration| self.inner.clock.monotonic().saturating_sub(since) > WAITS_LONG;
        match &*waiting {
            Some((since, reason)) if long(*since) => Err(IndexError::EvidenceWaits(reason.clone())),
            _ => Ok(()),
        }
    }

    /// Whether the data folder is where it was, can be written and has room.
    fn probe_folder(&self) -> Result<(), IndexError> {
        self.check_presence()?;
        self.inner.evidence.probe()?;
        let folder = self.inner.evidence.root();
        if self.room(folder)?.free_bytes == 0 {
            let source = std::io::ErrorKind::StorageFull.into();
            return Err(IndexError::File { doing: "write in", path: folder.into(), source });
        }
        Ok(())
    }

    /// # Errors
    /// [`IndexError::Moved`] when the data folder was moved, replaced or deleted under this process.
    pub fn check_presence(&self) -> Result<(), IndexError> {
        self.inner.presence.as_ref().map_or(Ok(()), Presence::check)
    }

    pub(crate) fn ticks(&self) -> MutexGuard<'_, Ticks> {
        // A panic elsewhere leaves at worst a frame time that is written once more.
        self.inner.ticks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Blocks on the file system.
    pub(crate) fn room(&self, folder: &Path) -> Result<Room, IndexError> {
        let found = self.inner.disk.room(folder);
        found.map_err(|source| IndexError::File { doing: "ask for the room of", path: folder.into(), source })
    }

    /// As [`Index::write`], for recorders: they go on without the index and come back later.
    ///
    /// # Errors
    /// [`IndexError::Busy`] when that takes longer than [`PATIENCE`].
    pub(crate) async fn write_soon(&self, table: &'static str) -> Result<Writer, IndexError> {
        let writer = tokio::time::timeout(PATIENCE, self.write()).await;
        writer.unwrap_or(Err(IndexError::Busy { table }))
    }

    pub(crate) async fn write(&self) -> Result<Writer, IndexError> {
        self.check_presence()?;
        let failed = |source| IndexError::Database { doing: "wait for the writer", table: "all", source };
        loop {
            let mut connection = self.inner.writer.acquire().await.map_err(failed)?;
            if !connection.is_in_transaction() {
                return Ok(Writer(connection));
            }
            // SQLite ends a transaction by itself when the disk is full; sqlx still counts it and would refuse every
            // later one. Whoever held the connection is done with it, so a fresh one takes its place.
            connection.close().await.map_err(failed)?;
        }
    }
}

/// The right to write. Whoever announces a change does so before giving it back.
pub(crate) struct Writer(Connection<'static>);

impl Writer {
    /// Takes the database's write lock at once, so that the transaction cannot fail for it half way.
    pub(crate) async fn begin(&mut self, table: &'static str) -> Result<Connection<'_>, IndexError> {
        let begun = self.0.begin_writing().await;
        begun.map_err(|source| IndexError::Database { doing: "begin to write", table, source })
    }

    /// See [`Index::write_soon`].
    pub(crate) async fn begin_soon(&mut self, table: &'static str) -> Result<Connection<'_>, IndexError> {
        // A transaction that begins after nobody waits for it is rolled back by sqlx.
        let begun = tokio::time::timeout(PATIENCE, self.begin(table)).await;
        begun.unwrap_or(Err(IndexError::Busy { table }))
    }
}

#[cfg(test)]
mod tests {
    use anjian_domain::{ManualClock, SystemClock, WallTime};

    use super::*;

    /// What a full disk makes of a transaction.
    #[tokio::test]
    async fn a_transaction_that_sqlite_ended_by_itself_does_not_stop_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let index = Index::open(folder.path(), Arc::new(SystemClock)).await.unwrap();
        let mut writer = index.write().await.unwrap();
        let mut transaction = writer.begin("site").await.unwrap();
        sql::query("ROLLBACK").execute(&mut transaction).await.unwrap();
        drop(transaction);
        drop(writer);
        index.health().await.unwrap();
    }

    #[tokio::test]
    async fn evidence_that_waits_for_long_turns_health_red_until_some_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::new(WallTime::EPOCH));
        let index = Index::open(folder.path(), clock.clone()).await.unwrap();
        let full = IndexError::Bucket {
            doing: "keep evidence",
            key: String::new(),
            bucket: "s3://evidence".to_owned(),
            source: "no room".into(),
            kind: anjian_domain::ErrorKind::Unavailable(anjian_domain::Shortage::Peer),
        };
        index.note_waiting(Some(&full));
        clock.advance(WAITS_LONG);
        assert!(index.health().await.is_ok(), "a moment is no fault");
        index.note_waiting(Some(&full));
        clock.advance(Duration::from_secs(1));
        let red = index.health().await.unwrap_err();
        assert!(red.to_string().contains("no room"), "{red}");
        index.note_waiting(None);
        assert!(index.health().await.is_ok());
    }
}
