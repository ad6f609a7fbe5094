//! Whether a camera exists for a viewer.

use crate::engine::connection::On;
use crate::engine::sql::Builder;
use anjian_domain::{CameraId, Scope};

use crate::IndexError;
use crate::viewer::condition;

/// Whether the camera exists for the scope. A scope of everything asks nothing: what is missing has no rows anyway.
pub(crate) async fn is_seen(
    database: impl Into<On<'_>>,
    scope: &Scope,
    camera: &CameraId,
) -> Result<bool, IndexError> {
    if matches!(scope, Scope::Everything) {
        return Ok(true);
    }
    let mut sql = Builder::new("SELECT EXISTS (SELECT 1 FROM camera WHERE id = ");
    sql.push_bind(camera.as_str());
    condition::push_site(&mut sql, scope, "site");
    let found = sql.push(")").build().scalar(database).await;
    found.map_err(|source| IndexError::Database { doing: "look for a camera", table: "camera", source })
}
