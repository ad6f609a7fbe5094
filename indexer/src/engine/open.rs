//! Opening a data folder: folders, locks, connections. Each failure has its own message. The schema is brought up to
//! date in [`crate::engine::migrate`].

use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::SqlitePoolOptions;

use crate::IndexError;
use crate::engine::blocking::blocking;
use crate::engine::connection::Pool;
use crate::engine::database::Database;
use crate::engine::postgres;
use crate::engine::presence::Presence;
use crate::engine::sqlite::connect::connect_options;
use crate::engine::sqlite::migrate::{Rights, bring_up_to_date};

const DATABASE: &str = "anjian.db";
/// Held by every process that has the folder open.
pub(crate) const IN_USE_LOCK: &str = "index.lock";
/// Held by the live system of the folder.
pub(crate) const LIVE_LOCK: &str = "serve.lock";

/// Readers at once; each is a thread of SQLite.
const READERS: u32 = 4;
/// How long a caller waits for a connection of this process.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(20);

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Create {
    IfMissing,
    Never,
}

pub(crate) struct Opened {
    pub(crate) data_dir: PathBuf,
    pub(crate) writer: Pool,
    pub(crate) reader: Pool,
    pub(crate) in_use: Option<File>,
    /// `None` for a database that is no file.
    pub(crate) presence: Option<Presence>,
}

pub(crate) async fn open(data_dir: &Path, database: &Database, create: Create) -> Result<Opened, IndexError> {
    let folder = data_dir.to_path_buf();
    let is_file = matches!(database, Database::Embedded);
    let (data_dir, lock) = blocking(move || {
        let data_dir = prepare_folder(&folder, create, is_file)?;
        let lock = if create == Create::IfMissing { Some(Lock::take(&data_dir)?) } else { None };
        Ok((data_dir, lock))
    })
    .await?;
    let rights = match &lock {
        Some(Lock::Alone(..)) => Rights::Alone,
        Some(Lock::Shared(_)) => Rights::Shared,
        None => Rights::Look,
    };
    let (writer, reader, presence) = match database {
        Database::Embedded => open_file(&data_dir.join(DATABASE), rights).await?,
        Database::Server(server) => {
            postgres::migrate::bring_up_to_date(server, rights != Rights::Look).await?;
            let (writer, reader) = postgres::connect::pools(server);
            (Pool::Postgres(writer), Pool::Postgres(reader), None)
        }
    };
    let in_use = lock.map(Lock::into_shared).transpose()?;
    Ok(Opened { data_dir, writer, reader, in_use, presence })
}

async fn open_file(database: &Path, rights: Rights) -> Result<(Pool, Pool, Option<Presence>), IndexError> {
    bring_up_to_date(database, rights).await?;
    let presence = Presence::of(database)?;
    let options = connect_options(database).create_if_missing(false);
    let pool = SqlitePoolOptions::new().acquire_timeout(ACQUIRE_TIMEOUT);
    // No connection is made here: `bring_up_to_date` has just proven that one can be.
    let writer = pool.clone().max_connections(1).connect_lazy_with(options.clone());
    let reader = pool.max_connections(READERS).connect_lazy_with(options.pragma("query_only", "ON"));
    Ok((Pool::Sqlite(writer), Pool::Sqlite(reader), Some(presence)))
}

/// Answers the folder's absolute path.
fn prepare_folder(data_dir: &Path, create: Create, is_file: bool) -> Result<PathBuf, IndexError> {
    match std::fs::metadata(data_dir) {
        Ok(found) if !found.is_dir() => return Err(IndexError::NotADirectory { path: data_dir.into() }),
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotADirectory => {
            return Err(IndexError::NotADirectory { path: data_dir.into() });
        }
        Err(error) if error.kind() == ErrorKind::NotFound && create == Create::IfMissing => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(IndexError::Missing { path: data_dir.join(DATABASE) });
        }
        Err(source) => return Err(IndexError::File { doing: "look at", path: data_dir.into(), source }),
    }
    if create == Create::IfMissing {
        create_folder(&data_dir.join("evidence"))?;
    } else if is_file && !data_dir.join(DATABASE).exists() {
        return Err(IndexError::Missing { path: data_dir.join(DATABASE) });
    }
    std::path::absolute(data_dir).map_err(|source| IndexError::File {
        doing: "look at",
        path: data_dir.into(),
        source,
    })
}

pub(crate) fn create_folder(folder: &Path) -> Result<(), IndexError> {
    std::fs::create_dir_all(folder).map_err(|source| match source.kind() {
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists => {
            IndexError::NotADirectory { path: folder.into() }
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            IndexError::ReadOnly { path: folder.into(), source: Box::new(source) }
        }
        _ => IndexError::File { doing: "create", path: folder.into(), source },
    })
}

/// Who else has the folder open. Whoever is alone may change the schema.
enum Lock {
    Alone(PathBuf, File),
    Shared(File),
}

impl Lock {
    fn take(data_dir: &Path) -> Result<Self, IndexError> {
        let path = data_dir.join(IN_USE_LOCK);
        let file = open_lock(&path)?;
        match file.try_lock() {
            Ok(()) => Ok(Self::Alone(path, file)),
            // Waits for whoever is changing the schema; those who only use it do not hinder.
            Err(TryLockError::WouldBlock) => Ok(Self::Shared(share(&path, file)?)),
            Err(TryLockError::Error(source)) => Err(IndexError::File { doing: "lock", path, source }),
        }
    }

    fn into_shared(self) -> Result<File, IndexError> {
        match self {
            Self::Alone(path, file) => share(&path, file),
            Self::Shared(file) => Ok(file),
        }
    }
}

pub(crate) fn share(path: &Path, file: File) -> Result<File, IndexError> {
    let locked = file.lock_shared();
    locked.map_err(|source| IndexError::File { doing: "lock", path: path.into(), source })?;
    Ok(file)
}

/// Opens a lock file, created when missing. Its bytes mean nothing; the operating system drops its locks when the
/// process dies.
pub(crate) fn open_lock(path: &Path) -> Result<File, IndexError> {
    let opened = File::options().create(true).truncate(false).write(true).open(path);
    opened.map_err(|source| match source.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            IndexError::ReadOnly { path: path.into(), source: Box::new(source) }
        }
        _ => IndexError::File { doing: "open", path: path.into(), source },
    })
}

/// Whether no process has the folder open for recording at this moment.
pub(crate) fn is_unused(data_dir: &Path) -> bool {
    File::open(data_dir.join(IN_USE_LOCK)).is_ok_and(|file| file.try_lock().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::sql;

    #[tokio::test]
    async fn commits_survive_a_power_cut() {
        let folder = tempfile::tempdir().unwrap();
        let opened = open(folder.path(), &Database::Embedded, Create::IfMissing).await.unwrap();
        let expected = [("journal_mode", "wal"), ("synchronous", "2"), ("foreign_keys", "1")];
        for (name, value) in expected {
            let sql = format!("SELECT CAST({name} AS TEXT) FROM pragma_{name}");
            let found: String = sql::query(&sql).scalar(&opened.writer).await.unwrap();
            assert_eq!(found, value, "{name}");
        }
        let written = sql::query("DELETE FROM site").execute(&opened.reader).await;
        assert!(written.is_err(), "readers cannot write");
    }
}
