//! Taking cameras: one node records a camera, and no other.

use std::time::Duration;

use anjian_domain::{CameraId, WallTime};

use crate::engine::columns::Columns;
use crate::engine::connection::Connection;
use crate::engine::sql;
use crate::{Index, IndexError};

/// A node that wrote nothing for so long is not there. Its live system writes every two seconds.
pub(crate) const SILENT: Duration = Duration::from_secs(60);

/// A camera that is another node's.
struct Foreign {
    node: String,
    seen: WallTime,
    is_configured: bool,
}

impl Index {
    /// Makes these cameras this node's. What another node left open of them is closed; its recordings stay where they are.
    /// Call it after [`Index::close_interrupted`] and before anything of them is watched or recorded.
    ///
    /// # Errors
    /// [`IndexError::CameraElsewhere`] when a node that is there serves one; when rows could not be read or written.
    pub async fn take_cameras(&self, cameras: &[CameraId]) -> Result<(), IndexError> {
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("camera").await?;
        self.serve_node(&mut transaction).await?;
        let mut newest = None;
        for camera in cameras {
            let Some(foreign) = self.foreign(&mut transaction, camera).await? else { continue };
            let now = self.inner.clock.now();
            if foreign.is_configured && foreign.seen > now.minus(SILENT) {
                let Foreign { node, seen, .. } = foreign;
                return Err(IndexError::CameraElsewhere { camera: camera.clone(), node, seen });
            }
            tracing::warn!(camera.id = %camera, node = foreign.node, "takes a camera that another node served");
            let sql = "UPDATE camera SET node = $2, is_configured = 1 WHERE id = $1";
            let query = sql::query(sql).bind(camera.as_str()).bind(self.inner.node.0);
            query.execute(&mut transaction).await.map_err(not_taken)?;
            newest = self.close_left_open(&mut transaction).await?.last().copied().or(newest);
        }
        transaction.commit().await.map_err(not_taken)?;
        newest.into_iter().for_each(|seq| self.announce(seq));
        Ok(())
    }

    /// `None` for one of this node, or one that is not in the index.
    async fn foreign(
        &self,
        connection: &mut Connection<'_>,
        camera: &CameraId,
    ) -> Result<Option<Foreign>, IndexError> {
        let sql = "SELECT n.name, n.folder, n.seen_us, c.is_configured FROM camera AS c JOIN node AS n ON n.id = c.node \
             WHERE c.id = $1 AND c.node <> $2";
        let query = sql::query(sql).bind(camera.as_str()).bind(self.inner.node.0);
        let Some(row) = query.fetch_optional(connection).await.map_err(not_taken)? else { return Ok(None) };
        let columns = Columns { table: "node", row: &row };
        let (name, folder): (String, String) = (columns.get("name")?, columns.get("folder")?);
        Ok(Some(Foreign {
            node: format!("{name} ({folder})"),
            seen: columns.wall("seen_us")?,
            is_configured: columns.flag("is_configured")?,
        }))
    }
}

fn not_taken(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "take a camera", table: "camera", source }
}
