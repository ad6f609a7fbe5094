//! Notices that the data folder was moved or deleted under the running process. The system would go on writing to
//! files that nobody finds again.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::IndexError;

/// Which file the database is, whatever its name becomes.
#[derive(Debug)]
pub(crate) struct Presence {
    database: PathBuf,
    device: u64,
    inode: u64,
}

impl Presence {
    /// Blocks on the file system.
    pub(crate) fn of(database: &Path) -> Result<Self, IndexError> {
        let found = std::fs::metadata(database);
        let found =
            found.map_err(|source| IndexError::File { doing: "look at", path: database.into(), source })?;
        Ok(Self { database: database.into(), device: found.dev(), inode: found.ino() })
    }

    /// Costs a few microseconds.
    ///
    /// # Errors
    /// [`IndexError::Moved`] when another file, or none, has the database's name now.
    pub(crate) fn check(&self) -> Result<(), IndexError> {
        let is_here = |found: &std::fs::Metadata| (found.dev(), found.ino()) == (self.device, self.inode);
        match std::fs::metadata(&self.database) {
            Ok(found) if is_here(&found) => Ok(()),
            Ok(_) => Err(IndexError::Moved { path: self.database.clone() }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Err(IndexError::Moved { path: self.database.clone() })
            }
            Err(source) => Err(IndexError::File { doing: "look at", path: self.database.clone(), source }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_that_was_moved_replaced_or_deleted_is_noticed_and_one_that_is_back_too() {
        let folder = tempfile::tempdir().unwrap();
        let (database, elsewhere) = (folder.path().join("anjian.db"), folder.path().join("moved.db"));
        std::fs::write(&database, "rows").unwrap();
        let presence = Presence::of(&database).unwrap();
        presence.check().unwrap();
        std::fs::rename(&database, &elsewhere).unwrap();
        assert!(matches!(presence.check(), Err(IndexError::Moved { .. })), "moved");
        std::fs::write(&database, "others").unwrap();
        assert!(matches!(presence.check(), Err(IndexError::Moved { .. })), "replaced");
        std::fs::rename(&elsewhere, &database).unwrap();
        presence.check().unwrap();
        std::fs::remove_file(&database).unwrap();
        assert!(matches!(presence.check(), Err(IndexError::Moved { .. })), "deleted");
    }
}
