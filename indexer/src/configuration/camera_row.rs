//! A camera, out of its columns.

use crate::engine::connection::On;
use crate::engine::row::Row;
use crate::engine::sql::Builder;
use anjian_domain::{CameraId, CameraState};

use crate::engine::columns::Columns;
use crate::{CameraRow, IndexError};

/// What [`decode`] needs.
pub(crate) const COLUMNS: &str =
    "id, site, name, zone_names, is_configured, state, since_us, reason, last_frame_us";

/// One camera as it is in the database.
pub(crate) async fn find(database: impl Into<On<'_>>, id: &CameraId) -> Result<CameraRow, IndexError> {
    let mut sql = Builder::new(format!("SELECT {COLUMNS} FROM camera WHERE id = "));
    let row = sql.push_bind(id.as_str().to_owned()).build().fetch_optional(database).await;
    let failed = |source| IndexError::Database { doing: "read a camera", table: "camera", source };
    row.map_err(failed)?.as_ref().map_or_else(|| Err(IndexError::UnknownCamera(id.clone())), decode)
}

pub(crate) fn decode(row: &Row) -> Result<CameraRow, IndexError> {
    let columns = Columns { table: "camera", row };
    Ok(CameraRow {
        camera: columns.word("id")?,
        site: columns.word("site")?,
        name: columns.get("name")?,
        zone_names: columns.json("zone_names")?,
        is_configured: columns.flag("is_configured")?,
        state: columns.word::<CameraState>("state")?,
        since: columns.wall_or_null("since_us")?,
        reason: columns.get("reason")?,
        last_frame: columns.wall_or_null("last_frame_us")?,
    })
}
