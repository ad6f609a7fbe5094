//! Whether a camera exists for a viewer.

use anjian_domain::{CameraId, Scope};
use sqlx::{QueryBuilder, Sqlite, SqliteExecutor};

use crate::IndexError;
use crate::viewer::condition;

/// Whether the camera exists for the scope. A scope of everything asks nothing: what is missing has no rows anyway.
pub(crate) async fn is_seen(
    database: impl SqliteExecutor<'_>,
    scope: &Scope,
    camera: &CameraId,
) -> Result<bool, IndexError> {
    if matches!(scope, Scope::Everything) {
        return Ok(true);
    }
    let mut sql = QueryBuilder::<Sqlite>::new("SELECT EXISTS (SELECT 1 FROM camera WHERE id = ");
    sql.push_bind(camera.as_str());
    condition::push_site(&mut sql, scope, "site");
    let found = sql.push(")").build_query_scalar().fetch_one(database).await;
    found.map_err(|source| IndexError::Database { doing: "look for a camera", table: "camera", source })
}
