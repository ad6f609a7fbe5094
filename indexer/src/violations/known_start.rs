//! When footage begins that was analysed before.

use crate::engine::sql::Builder;
use anjian_domain::{CameraId, StartSource, Viewer, WallTime};

use crate::engine::columns::Columns;
use crate::viewer::condition::push_site;
use crate::{Index, IndexError};

impl Index {
    /// When this footage of a camera begins, as the Run says whose violations count; a start that was given goes before
    /// one by modification time. `None` when it was not analysed yet. `sha256`: 64 hexadecimal digits.
    ///
    /// # Errors
    /// When the rows could not be read, or the digest is none.
    pub async fn known_start(
        &self,
        viewer: &Viewer,
        camera: &CameraId,
        sha256: &str,
    ) -> Result<Option<(WallTime, StartSource)>, IndexError> {
        let unreadable =
            |_| IndexError::Query(format!("{sha256:?} is no SHA-256: give 64 hexadecimal digits"));
        let mut sql = Builder::new("SELECT started_us, start_source FROM run WHERE footage = ");
        sql.push_bind(hex::decode(sha256).map_err(unreadable)?);
        sql.push(" AND camera = ").push_bind(camera.as_str().to_owned());
        push_site(&mut sql, viewer.scope(), "site");
        sql.push(" ORDER BY start_source = 'modified', superseded_by IS NOT NULL, last_seen_us DESC LIMIT 1");
        let found = sql.build().fetch_optional(&self.inner.reader).await;
        let failed = |source| IndexError::Database { doing: "look for earlier Runs", table: "run", source };
        let Some(row) = found.map_err(failed)? else { return Ok(None) };
        let columns = Columns { table: "run", row: &row };
        Ok(Some((columns.wall("started_us")?, columns.word("start_source")?)))
    }
}
