//! Which cases exist for a viewer: the table of roles, as a condition of SQL.

use anjian_casework::roles::{Action, Reach};
use anjian_domain::Viewer;

use crate::engine::sql::Builder;
use crate::viewer::condition::push_site;
use crate::viewer::reach;

/// Appends the condition that the case in `casefile AS c` exists for the viewer who wants to do this with it.
pub(crate) fn push(sql: &mut Builder, viewer: &Viewer, action: Action) {
    push_site(sql, viewer.scope(), "c.site");
    match reach::of(viewer, action) {
        Some(Reach::Installation | Reach::Scope) => {}
        Some(Reach::Noticed) => {
            sql.push(" AND c.noticed_us IS NOT NULL");
        }
        Some(Reach::Confirmed | Reach::Own) | None => {
            sql.push(" AND FALSE");
        }
    }
}

/// Whether the viewer sees cases whose notice has not left yet, and how they came to be.
pub(crate) fn sees_drafts(viewer: &Viewer) -> bool {
    matches!(reach::of(viewer, Action::SeeCases), Some(Reach::Installation | Reach::Scope))
}
