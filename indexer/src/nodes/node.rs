//! Which node this is.

use std::fmt::{Display, Formatter};
use std::io::ErrorKind;
use std::path::Path;

use anjian_domain::{CameraId, Place};
use anjian_footage::write_whole;
use uuid::Uuid;

use crate::engine::columns::Columns;
use crate::engine::connection::{Connection, Pool};
use crate::engine::database::Database;
use crate::engine::row::Row;
use crate::engine::{blocking::blocking, sql};
use crate::{Index, IndexError};

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
}

impl Display for NodeId {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        Display::fmt(&self.0, f)
    }
}

impl Index {
    /// A condition: the camera that `column` names is this node's.
    pub(crate) fn is_own(&self, column: &str) -> String {
        format!("{column} IN (SELECT id FROM camera WHERE node = {})", self.inner.node)
    }

    /// Says that something of another node cannot be read here, and where.
    pub(crate) async fn elsewhere(&self, what: String, node: i64) -> IndexError {
        let sql = "SELECT name, folder FROM node WHERE id = $1";
        let found = sql::query(sql).bind(node).fetch_optional(&self.inner.reader).await;
        let name = |row: &Row| {
            let columns = Columns { table: "node", row };
            Ok::<_, IndexError>(format!(
                "{} ({})",
                columns.get::<String>("name")?,
                columns.get::<String>("folder")?
            ))
        };
        let node =
            found.ok().flatten().and_then(|row| name(&row).ok()).unwrap_or_else(|| format!("number {node}"));
        IndexError::Elsewhere { what, node }
    }

    /// A condition: the file of the row `of` lies where this node has to look after it.
    pub(crate) fn is_kept_by_this(&self, of: &str) -> String {
        let (node, own) = (self.inner.node, self.is_own(&format!("{of}.camera")));
        format!("({of}.place = {node} OR ({of}.place = {BUCKET} AND {own}))")
    }

    /// The cameras of this node, by id.
    pub(crate) async fn own_cameras(&self) -> Result<Vec<CameraId>, IndexError> {
        let query = sql::query("SELECT id FROM camera WHERE node = $1 ORDER BY id").bind(self.inner.node.0);
        let rows = query.fetch_all(&self.inner.reader).await;
        let failed = |source| IndexError::Database { doing: "list cameras", table: "camera", source };
        rows.map_err(failed)?.iter().map(|row| Columns { table: "camera", row }.word("id")).collect()
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
    let path = data_dir.join(KEY_FILE);
    blocking(move || match std::fs::read_to_string(&path) {
        Ok(key) => Ok(key.trim().to_owned()),
        Err(error) if error.kind() == ErrorKind::NotFound && may_make => {
            let key = Uuid::now_v7().to_string();
            let written = write_whole(&path, format!("{key}\n").as_bytes());
            written.map_err(|source| IndexError::File { doing: "write", path, source })?;
            Ok(key)
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok("unknown".to_owned()),
        Err(source) => Err(IndexError::File { doing: "read", path, source }),
    })
    .await
}

fn machine() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

fn not_kept(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "keep this node", table: "node", source }
}
