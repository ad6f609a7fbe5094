//! Which node a folder is: its number, and its row.

use std::fmt::{Display, Formatter};
use std::io::ErrorKind;
use std::path::Path;

use anjian_domain::Place;
use anjian_footage::write_whole;
use uuid::Uuid;

use crate::IndexError;
use crate::engine::columns::Columns;
use crate::engine::connection::{Connection, Pool};
use crate::engine::database::Database;
use crate::engine::{blocking::blocking, sql};

/// The file in the data folder that holds the node's word.
const KEY_FILE: &str = "node";
/// Stands in rows for the place that is no node's.
pub(crate) const BUCKET: i64 = 0;
/// No row has it: nothing lies in the folder of a node that the database does not know.
const UNKNOWN: i64 = -1;

/// The number of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NodeId(pub(crate) i64);

impl NodeId {
    /// Where a file lies whose row has this number.
    pub(crate) const fn place(self, number: i64) -> Place {
        match number {
            BUCKET => Place::Bucket,
            number if number == self.0 => Place::Here,
            number => Place::Elsewhere(number),
        }
    }

    /// The number that stands in rows for a place.
    pub(crate) const fn number(self, place: Place) -> i64 {
        match place {
            Place::Bucket => BUCKET,
            Place::Here => self.0,
            Place::Elsewhere(number) => number,
        }
    }
}

impl Display for NodeId {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        Display::fmt(&self.0, f)
    }
}

/// Makes the node known, or finds it, with what it says of itself now.
pub(crate) async fn register(
    data_dir: &Path,
    database: &Database,
    writer: &Pool,
) -> Result<NodeId, IndexError> {
    let key = key(data_dir, database, true).await?;
    let (name, folder) = (machine(), data_dir.display().to_string());
    let mut connection = writer.acquire().await.map_err(not_kept)?;
    let sql = "SELECT id FROM node WHERE key = $1 AND name = $2 AND folder = $3";
    let known = sql::query(sql).bind(&key).bind(&name).bind(&folder).scalar_or_none(&mut connection).await;
    if let Some(id) = known.map_err(not_kept)? {
        return Ok(NodeId(id));
    }
    let mut transaction = connection.begin_writing().await.map_err(not_kept)?;
    let id = put(&mut transaction, [&key, &name, &folder]).await?;
    transaction.commit().await.map_err(not_kept)?;
    Ok(NodeId(id))
}

async fn put(connection: &mut Connection<'_>, [key, name, folder]: [&str; 3]) -> Result<i64, IndexError> {
    let sql = "INSERT INTO node (seen_us, key, name, folder, process) VALUES (0, $1, $2, $3, '') \
         ON CONFLICT (key) DO UPDATE SET name = excluded.name, folder = excluded.folder RETURNING id";
    let query = sql::query(sql).bind(key.to_owned()).bind(name.to_owned()).bind(folder.to_owned());
    query.scalar(connection).await.map_err(not_kept)
}

/// The node of a folder, for whoever only looks.
pub(crate) async fn find(data_dir: &Path, database: &Database, reader: &Pool) -> Result<NodeId, IndexError> {
    let key = key(data_dir, database, false).await?;
    let found = sql::query("SELECT id FROM node WHERE key = $1").bind(key).fetch_optional(reader).await;
    let failed = |source| IndexError::Database { doing: "look for this node", table: "node", source };
    let id = found.map_err(failed)?.map(|row| Columns { table: "node", row: &row }.get("id")).transpose()?;
    Ok(NodeId(id.unwrap_or(UNKNOWN)))
}

/// The word by which a folder is known again, wherever it is moved. A file of a database belongs to one folder anyway.
async fn key(data_dir: &Path, database: &Database, may_make: bool) -> Result<String, IndexError> {
    if matches!(database, Database::Embedded) {
        return Ok(String::new());
    }
    match folder_key(data_dir).await? {
        Some(key) => Ok(key),
        None if may_make => make_folder_key(data_dir).await,
        None => Ok("unknown".to_owned()),
    }
}

/// The word in a data folder, if it has one.
pub(crate) async fn folder_key(data_dir: &Path) -> Result<Option<String>, IndexError> {
    let path = data_dir.join(KEY_FILE);
    blocking(move || match std::fs::read_to_string(&path) {
        Ok(key) => Ok(Some(key.trim().to_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(IndexError::File { doing: "read", path, source }),
    })
    .await
}

/// Gives a data folder its word.
pub(crate) async fn make_folder_key(data_dir: &Path) -> Result<String, IndexError> {
    let path = data_dir.join(KEY_FILE);
    blocking(move || {
        let key = Uuid::now_v7().to_string();
        let written = write_whole(&path, format!("{key}\n").as_bytes());
        written.map_err(|source| IndexError::File { doing: "write", path, source })?;
        Ok(key)
    })
    .await
}

fn machine() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

fn not_kept(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "keep this node", table: "node", source }
}

/// The word of a process.
pub(crate) fn new_process() -> String {
    Uuid::now_v7().to_string()
}
