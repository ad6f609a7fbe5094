//! Pages of the audit, the newest entries first.

use anjian_domain::{Viewer, WallTime};

use crate::audit::entry::{self, AuditEntry};
use crate::engine::sql::Builder;
use crate::{Index, IndexError};

/// Which entries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// Of this account.
    pub account: Option<String>,
    /// With this action.
    pub action: Option<String>,
    /// About objects of this kind.
    pub object_kind: Option<String>,
    /// About the object with this id; with `object_kind`.
    pub object: Option<String>,
    /// At or after this moment.
    pub from: Option<WallTime>,
    /// Before this moment.
    pub to: Option<WallTime>,
    /// How many, 1..=1000; brought into that range.
    pub limit: u16,
    /// Older than this one: the last of the page before.
    pub before: Option<i64>,
}

impl AuditQuery {
    /// Most entries of a page.
    pub const MAX_LIMIT: u16 = 1_000;
}

/// Whose entries a viewer reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditReach {
    /// Everybody's.
    All,
    /// Those of the viewer's own account.
    Own,
}

impl Index {
    /// A page of the audit.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn audit(
        &self,
        viewer: &Viewer,
        reach: AuditReach,
        query: &AuditQuery,
    ) -> Result<Vec<AuditEntry>, IndexError> {
        let mut sql = Builder::new("SELECT * FROM audit WHERE seq < ");
        sql.push_bind(query.before.unwrap_or(i64::MAX));
        if reach == AuditReach::Own {
            sql.push(" AND account = ").push_bind(viewer.account());
        }
        let words = [
            ("account", &query.account),
            ("action", &query.action),
            ("object_kind", &query.object_kind),
            ("object", &query.object),
        ];
        for (column, word) in words {
            if let Some(word) = word {
                sql.push(format_args!(" AND {column} = ")).push_bind(word.as_str());
            }
        }
        for (comparison, at) in [(">=", query.from), ("<", query.to)] {
            if let Some(at) = at {
                sql.push(format_args!(" AND at_us {comparison} ")).push_bind(at.as_micros());
            }
        }
        sql.push(" ORDER BY seq DESC LIMIT ").push_bind(query.limit.clamp(1, AuditQuery::MAX_LIMIT));
        let rows = sql.build().fetch_all(&self.inner.reader).await;
        let failed = |source| IndexError::Database { doing: "read the audit", table: "audit", source };
        rows.map_err(failed)?.iter().map(entry::decode).collect()
    }
}
