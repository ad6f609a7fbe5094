//! Whether a site exists for a viewer.

use anjian_domain::{Scope, SiteId};

use crate::IndexError;
use crate::engine::connection::On;
use crate::engine::sql::Builder;
use crate::viewer::condition;

/// Whether there is such a site, and it lies in the scope.
pub(crate) async fn is_seen(
    database: impl Into<On<'_>>,
    scope: &Scope,
    site: &SiteId,
) -> Result<bool, IndexError> {
    let mut sql = Builder::new("SELECT EXISTS (SELECT 1 FROM site WHERE id = ");
    sql.push_bind(site.as_str());
    condition::push_site(&mut sql, scope, "id");
    let found = sql.push(")").build().scalar(database).await;
    found.map_err(|source| IndexError::Database { doing: "look for a site", table: "site", source })
}
