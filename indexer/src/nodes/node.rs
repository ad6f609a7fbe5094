//! What is this node's, and what is another's.

use anjian_domain::CameraId;

use crate::engine::columns::Columns;
use crate::engine::row::Row;
use crate::engine::sql;
use crate::nodes::register::BUCKET;
use crate::{Index, IndexError};

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
