//! What lies in this node's folder of recordings. A camera that another node took may have left some.

use anjian_domain::CameraId;

use crate::engine::columns::Columns;
use crate::engine::sql;
use crate::{Index, IndexError};

/// What lies here of a camera.
pub(crate) struct Stored {
    pub(crate) camera: CameraId,
    pub(crate) bytes: u64,
}

impl Index {
    /// Each camera of which something lies here, by id.
    pub(crate) async fn stored_here(&self) -> Result<Vec<Stored>, IndexError> {
        let sql =
            "SELECT camera, size_bytes FROM recorded_at WHERE place = $1 AND segments > 0 ORDER BY camera";
        let rows = sql::query(sql).bind(self.inner.node.0).fetch_all(&self.inner.reader).await;
        let failed =
            |source| IndexError::Database { doing: "read what lies here", table: "recorded_at", source };
        let decode = |row| {
            let columns = Columns { table: "recorded_at", row };
            Ok(Stored { camera: columns.word("camera")?, bytes: columns.unsigned("size_bytes")? })
        };
        rows.map_err(failed)?.iter().map(decode).collect()
    }
}
