//! What can go wrong with the index, for a person who has to put it right.

use std::path::PathBuf;

use anjian_domain::{ErrorKind, RunId, Shortage, SinkError, ViolationId, WallTime};

use crate::engine::kind::kind_of;

/// Why the index could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    /// A file stands where the data folder should be.
    #[error("{}: not a folder; set data_dir to a folder or move the file away", path.display())]
    NotADirectory {
        /// The configured folder.
        path: PathBuf,
    },
    /// The folder, or the database in it, does not exist and may not be created here.
    #[error("{}: there is no index here; check data_dir, or start `anjian serve` or `analyze` once", path.display())]
    Missing {
        /// The database file.
        path: PathBuf,
    },
    /// Nothing may be written there.
    #[error("{}: not writable; give the user that runs anjian the right to write there", path.display())]
    ReadOnly {
        /// Folder or file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A later release has changed the schema.
    #[error("{}: written by a newer anjian (schema {found}, this one knows {known}); install that release", path.display())]
    NewerSchema {
        /// The database file.
        path: PathBuf,
        /// Newest migration in the file.
        found: i64,
        /// Newest migration in this program.
        known: i64,
    },
    /// An earlier release wrote it, and whoever only looks may not change it.
    #[error("{}: written by an older anjian (schema {found}, this one needs {known}); start `anjian serve` once", path.display())]
    OlderSchema {
        /// The database file.
        path: PathBuf,
        /// Newest migration in the file.
        found: i64,
        /// Newest migration in this program.
        known: i64,
    },
    /// An earlier release wrote it, and another process is using it.
    #[error("{}: must be brought up to date, but another anjian process uses it; stop that first", path.display())]
    OlderInUse {
        /// The database file.
        path: PathBuf,
    },
    /// Another process has the folder open.
    #[error("{}: another anjian process uses this data folder; stop it first", path.parent().unwrap_or(path).display())]
    InUse {
        /// The lock file.
        path: PathBuf,
    },
    /// The database is being filled from another one, and not everything is there yet.
    #[error(
        "{store}: holds an unfinished copy of {source_store}; finish it with `anjian store copy --from {source_store} \
         --to {store}`, or start with an empty database"
    )]
    CopyUnfinished {
        /// Its address, without a password.
        store: String,
        /// The address of what is copied.
        source_store: String,
    },
    /// The schema could not be brought up to date.
    #[error("{}: cannot bring the schema up to date; restore the newest backup or report this", path.display())]
    Migration {
        /// The database file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: Box<sqlx::migrate::MigrateError>,
    },
    /// Its tables are to be rebuilt, and the copy that is made before could not be.
    #[error(
        "{}: cannot copy the database there before its tables are rebuilt: {source}; free some space on that disk, and \
         give the user that runs anjian the right to write there",
        path.display()
    )]
    NotCopied {
        /// Where the copy should be.
        path: PathBuf,
        /// The cause.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The file is not a database, or a damaged one.
    #[error("{}: not an SQLite database or damaged; move it away and restore the newest backup", path.display())]
    Corrupt {
        /// The database file.
        path: PathBuf,
        /// What SQLite said.
        #[source]
        source: sqlx::Error,
    },
    /// The database server does not let anjian in.
    #[error(
        "{database}: cannot be opened: {source}; check [store] database, the server, and the password in the environment"
    )]
    Server {
        /// Its address, without a password.
        database: String,
        /// What the server said.
        #[source]
        source: sqlx::Error,
    },
    /// Violations cannot be stored, and wait; says why the first could not.
    #[error("evidence waits to be stored: {0}")]
    EvidenceWaits(String),
    /// Another process is the live system of this data folder.
    #[error("{}: another `anjian serve`, or a copy, uses this data folder; stop it or set another data_dir", path.display())]
    LiveElsewhere {
        /// The lock file.
        path: PathBuf,
    },
    /// Another process has taken this node's place: a copy of its data folder, or of its disk.
    #[error(
        "{}: another `anjian serve` runs as this node, from a copy of this folder; stop one of them, and delete the \
         file `node` in the copy",
        path.display()
    )]
    NodeElsewhere {
        /// The data folder.
        path: PathBuf,
    },
    /// A secret of the database that another key sealed.
    #[error(
        "{what}: sealed with another key than {}: copy that file from the node or backup where it was sealed",
        path.display()
    )]
    Sealed {
        /// Its name.
        what: String,
        /// The key file here.
        path: PathBuf,
    },
    /// Rows say that something lies in a bucket.
    #[error("it lies in a bucket, and [store] bucket names none: set the bucket that was used before")]
    NoBucket,
    /// A file lies in the folder of another node.
    #[error(
        "{what} lies on node {node}: open that node's page, or give all nodes one bucket ([store] bucket)"
    )]
    Elsewhere {
        /// Which file.
        what: String,
        /// The machine, and its data folder.
        node: String,
    },
    /// Another node records this camera.
    #[error(
        "camera {camera}: served by node {node}, which was there at {seen}; take the camera out of one of the two \
         configurations, or stop that node and wait a minute"
    )]
    CameraElsewhere {
        /// Which.
        camera: anjian_domain::CameraId,
        /// The machine, and its data folder.
        node: String,
        /// When that node last wrote.
        seen: WallTime,
    },
    /// The data folder is not where it was when it was opened.
    #[error(
        "{}: moved, replaced or deleted while anjian runs; put it back: nothing is stored until then",
        path.display()
    )]
    Moved {
        /// The database file.
        path: PathBuf,
    },
    /// Another thread or process holds the database for longer than this caller may wait.
    #[error("cannot write to the index (table {table}): another process or job writes; tried again later")]
    Busy {
        /// The table.
        table: &'static str,
    },
    /// The database refused a statement.
    #[error("cannot {doing} (table {table}): {source}{}", advice(kind_of(source)))]
    Database {
        /// What was being done.
        doing: &'static str,
        /// The table it was done to.
        table: &'static str,
        /// What SQLite said.
        #[source]
        source: sqlx::Error,
    },
    /// A file could not be read or written.
    #[error("cannot {doing} {}: {source}", path.display())]
    File {
        /// What was being done.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The bucket did not do what it was asked.
    #[error("bucket {bucket}: cannot {doing}{}: {source}", quoted(key))]
    Bucket {
        /// What was being done.
        doing: &'static str,
        /// The object or folder it was done to; empty for the bucket itself.
        key: String,
        /// Its address, without credentials.
        bucket: String,
        /// What a caller can do about it.
        kind: ErrorKind,
        /// The cause.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A row holds something that this program does not understand.
    #[error("table {table}: {reason}; run `anjian check`")]
    Row {
        /// The table.
        table: &'static str,
        /// What is wrong with which value.
        reason: String,
    },
    /// A Run was used that never began.
    #[error("run {0} is not in the index: begin it before its violations")]
    UnknownRun(RunId),
    /// A violation was closed that never opened.
    #[error("violation {0} is not in the index: record its opening before its end")]
    UnknownViolation(ViolationId),
    /// A camera's state was told before the camera itself.
    #[error("camera {0} is not in the index: put it there before its state")]
    UnknownCamera(anjian_domain::CameraId),
    /// A segment was told of that has a part of another's time.
    #[error(
        "the segment of camera {camera} at {start} overlaps what was recorded from {from} to {to}; begin it later"
    )]
    Overlap {
        /// Whose.
        camera: anjian_domain::CameraId,
        /// Where it begins.
        start: WallTime,
        /// Where the other begins.
        from: WallTime,
        /// Where the other ends.
        to: WallTime,
    },
    /// The disk was so full that the reserve went to evidence; recording must not take its room.
    #[error("{}: the disk is full and its reserve was given up for evidence; free some space on it", path.display())]
    ReserveGivenUp {
        /// The data folder.
        path: PathBuf,
    },
    /// Clips could not be cut, so the recordings in which they lie stay.
    #[error("{failed} clips could not be cut, and their recordings stay: {reason}")]
    ClipsUncut {
        /// How many.
        failed: u64,
        /// Why the first could not be.
        reason: String,
    },
    /// Evidence that expired could not be deleted.
    #[error("{failed} files of expired evidence could not be deleted: {reason}")]
    Undeleted {
        /// How many.
        failed: u64,
        /// Why the first could not be.
        reason: String,
    },
    /// Footage could not be read, repaired or cut.
    #[error(transparent)]
    Footage(#[from] anjian_footage::FootageError),
    /// A question that would cost too much, or makes no sense.
    #[error("{0}")]
    Query(String),
}

impl IndexError {
    /// Whether the bucket would refuse the next file too.
    pub(crate) const fn is_outage(&self) -> bool {
        matches!(self, Self::Bucket { kind: ErrorKind::Refused | ErrorKind::Unavailable(_), .. })
    }

    /// What a caller can do about it.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Database { source, .. } | Self::Server { source, .. } => kind_of(source),
            Self::File { source, .. } => source.into(),
            Self::Footage(error) => error.kind(),
            Self::LiveElsewhere { .. }
            | Self::NodeElsewhere { .. }
            | Self::CameraElsewhere { .. }
            | Self::OlderInUse { .. }
            | Self::InUse { .. }
            | Self::Busy { .. }
            | Self::EvidenceWaits(_) => ErrorKind::Unavailable(Shortage::Busy),
            Self::Bucket { kind, .. } => *kind,
            Self::Moved { .. } => ErrorKind::Unavailable(Shortage::Disk),
            Self::ReserveGivenUp { .. } => ErrorKind::Unavailable(Shortage::Room),
            Self::ClipsUncut { .. } | Self::Undeleted { .. } => ErrorKind::Unavailable(Shortage::Disk),
            Self::ReadOnly { .. }
            | Self::CopyUnfinished { .. }
            | Self::NotCopied { .. }
            | Self::NewerSchema { .. }
            | Self::OlderSchema { .. } => ErrorKind::Refused,
            Self::Corrupt { .. } | Self::Row { .. } | Self::Migration { .. } => ErrorKind::Corrupt,
            Self::Missing { .. }
            | Self::UnknownRun(_)
            | Self::UnknownViolation(_)
            | Self::UnknownCamera(_)
            | Self::Elsewhere { .. }
            | Self::NoBucket
            | Self::Sealed { .. } => ErrorKind::Missing,
            Self::NotADirectory { .. } | Self::Overlap { .. } | Self::Query(_) => ErrorKind::Invalid,
        }
    }
}

const fn advice(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Unavailable(Shortage::Room) => "; free some space on the disk of data_dir",
        ErrorKind::Unavailable(Shortage::Disk) => "; check the disk of data_dir: space, mount and rights",
        ErrorKind::Unavailable(Shortage::Busy) => "; another process writes for long, try again",
        ErrorKind::Unavailable(Shortage::Peer) => "; check the database server: network, connections, disk",
        _ => "",
    }
}

fn quoted(key: &str) -> String {
    if key.is_empty() { String::new() } else { format!(" {key}") }
}

impl From<IndexError> for SinkError {
    fn from(error: IndexError) -> Self {
        Self { message: error.to_string(), kind: error.kind(), source: Some(Box::new(error)) }
    }
}
