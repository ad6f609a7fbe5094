//! What lies of each camera in this node's folder of recordings, or in the bucket. A camera that another node took may have
//! left some here.

use anjian_domain::{CameraId, Place};

use crate::engine::columns::Columns;
use crate::engine::sql;
use crate::{Index, IndexError};

/// What lies in a place of a camera.
pub(crate) struct Stored {
    pub(crate) camera: CameraId,
    pub(crate) bytes: u64,
}

impl Index {
    /// Each camera of which this node looks after something in a place, by id.
    pub(crate) async fn stored_in(&self, place: Place) -> Result<Vec<Stored>, IndexError> {
        let own = if place == Place::Bucket { self.is_own("camera") } else { "TRUE".to_owned() };
        let sql = format!(
            "SELECT camera, size_bytes FROM recorded_at WHERE place = $1 AND segments > 0 AND {own} ORDER BY camera"
        );
        let rows = sql::query(&sql).bind(self.inner.node.number(place)).fetch_all(&self.inner.reader).await;
        let failed =
            |source| IndexError::Database { doing: "read what is stored", table: "recorded_at", source };
        let decode = |row| {
            let columns = Columns { table: "recorded_at", row };
            Ok(Stored { camera: columns.word("camera")?, bytes: columns.unsigned("size_bytes")? })
        };
        rows.map_err(failed)?.iter().map(decode).collect()
    }
}
