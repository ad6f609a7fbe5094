//! Opening a store that is copied: the whole database, without a node that uses it.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use crate::IndexError;
use crate::engine::address::StoreAddress;
use crate::engine::blocking::blocking;
use crate::engine::connection::Pool;
use crate::engine::database::{Database, Server};
use crate::engine::open::{self, Create, IN_USE_LOCK, LIVE_LOCK};
use crate::engine::postgres;

/// An open store. Its locks are dropped with it.
pub(crate) struct Store {
    pub(crate) writer: Pool,
    pub(crate) reader: Pool,
    _locks: Vec<File>,
}

impl StoreAddress {
    /// Opens it to be read, and keeps live systems out of it. Changes nothing, not even an old schema.
    ///
    /// # Errors
    /// [`IndexError::InUse`] when another process has the folder open.
    pub(crate) async fn open_source(&self) -> Result<Store, IndexError> {
        match self {
            Self::Folder(folder) => {
                let opened = open::open(folder, &Database::Embedded, Create::Never).await?;
                let _locks = lock(folder, &[(IN_USE_LOCK, Keep::Shared), (LIVE_LOCK, Keep::Alone)]).await?;
                Ok(Store { writer: opened.writer, reader: opened.reader, _locks })
            }
            Self::Server(server) => {
                postgres::migrate::bring_up_to_date(server, false).await?;
                Ok(connect(server))
            }
        }
    }

    /// Opens it to be filled: makes what is missing.
    ///
    /// # Errors
    /// [`IndexError::InUse`] when a live system has the folder.
    pub(crate) async fn open_target(&self) -> Result<Store, IndexError> {
        match self {
            Self::Folder(folder) => {
                let opened = open::open(folder, &Database::Embedded, Create::IfMissing).await?;
                let mut locks = lock(folder, &[(LIVE_LOCK, Keep::Alone)]).await?;
                locks.extend(opened.in_use);
                Ok(Store { writer: opened.writer, reader: opened.reader, _locks: locks })
            }
            Self::Server(server) => {
                postgres::migrate::bring_up_to_date(server, true).await?;
                Ok(connect(server))
            }
        }
    }
}

fn connect(server: &Server) -> Store {
    let (writer, reader) = postgres::connect::pools(server);
    Store { writer: Pool::Postgres(writer), reader: Pool::Postgres(reader), _locks: Vec::new() }
}

/// How a lock is kept that was free.
#[derive(Clone, Copy)]
enum Keep {
    Alone,
    /// Others may come, and are refused where they write.
    Shared,
}

/// Takes lock files of a folder that nobody else has.
async fn lock(folder: &Path, names: &[(&str, Keep)]) -> Result<Vec<File>, IndexError> {
    let wanted: Vec<_> = names.iter().map(|(name, keep)| (folder.join(name), *keep)).collect();
    blocking(move || wanted.into_iter().map(|(path, keep)| lock_one(path, keep)).collect()).await
}

fn lock_one(path: PathBuf, keep: Keep) -> Result<File, IndexError> {
    let file = open::open_lock(&path)?;
    match (file.try_lock(), keep) {
        (Ok(()), Keep::Alone) => Ok(file),
        (Ok(()), Keep::Shared) => open::share(&path, file),
        (Err(TryLockError::WouldBlock), _) => Err(IndexError::InUse { path }),
        (Err(TryLockError::Error(source)), _) => Err(IndexError::File { doing: "lock", path, source }),
    }
}
