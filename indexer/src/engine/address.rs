//! Where a whole index is: a data folder with its database in it, or a database on a server.

use std::fmt::{Display, Formatter};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::engine::database::{Database, Server};

/// `sqlite:DATA_DIR` or `postgres://user@host/database`.
#[derive(Debug, Clone)]
pub enum StoreAddress {
    /// A data folder that holds its database.
    Folder(PathBuf),
    /// A database on a server.
    Server(Server),
}

impl StoreAddress {
    /// Of an index that uses this folder and this database.
    pub(crate) fn of(data_dir: &Path, database: &Database) -> Self {
        match database {
            Database::Embedded => Self::Folder(data_dir.to_owned()),
            Database::Server(server) => Self::Server(server.clone()),
        }
    }

    /// Whether both are of one engine.
    #[must_use]
    pub const fn is_like(&self, other: &Self) -> bool {
        matches!((self, other), (Self::Folder(_), Self::Folder(_)) | (Self::Server(_), Self::Server(_)))
    }

    /// The data folder, if it is one.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        match self {
            Self::Folder(folder) => Some(folder),
            Self::Server(_) => None,
        }
    }

    /// What a person does to have an empty index there.
    pub(crate) const fn how_to_empty(&self) -> &'static str {
        match self {
            Self::Folder(_) => "move anjian.db, anjian.db-wal and anjian.db-shm out of that folder",
            Self::Server(_) => "drop that database and create it again (dropdb, createdb)",
        }
    }
}

/// Never repeats what it refuses: that may hold a password.
impl FromStr for StoreAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.strip_prefix("sqlite:") {
            Some("") => Err("names no folder: write \"sqlite:DATA_DIR\"".to_owned()),
            Some(folder) => std::path::absolute(folder)
                .map(Self::Folder)
                .map_err(|error| format!("is no folder of this machine: {error}")),
            None => match text.parse() {
                Ok(Database::Server(server)) => Ok(Self::Server(server)),
                Err(reason) if text.starts_with("postgres") => Err(reason),
                _ => Err("is neither \"sqlite:DATA_DIR\" nor \"postgres://user@host/database\"".to_owned()),
            },
        }
    }
}

/// Without a password.
impl Display for StoreAddress {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Folder(folder) => write!(f, "sqlite:{}", folder.display()),
            Self::Server(server) => f.write_str(server.name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_shown_without_passwords() {
        for text in ["sqlite:/var/lib/anjian", "postgres://anjian@db.example/anjian"] {
            assert_eq!(text.parse::<StoreAddress>().unwrap().to_string(), text);
        }
        let here = "sqlite:data".parse::<StoreAddress>().unwrap();
        assert!(here.folder().unwrap().is_absolute());
        for (text, expected) in [
            ("", "neither"),
            ("sqlite", "neither"),
            ("sqlite:", "no folder"),
            ("mysql://x", "neither"),
            ("postgres://anjian:secret@db/anjian", "holds a password"),
        ] {
            let refused = text.parse::<StoreAddress>().unwrap_err();
            assert!(refused.contains(expected) && !refused.contains("secret"), "{text}: {refused}");
        }
    }
}
