//! How far the viewer's rights to violations reach: the table of roles, as conditions of SQL.

use anjian_casework::roles::{Action, Permission, Reach, may};
use anjian_domain::Viewer;

use crate::engine::sql::Builder;
use crate::viewer::condition::push_site;

/// As the table of roles says; `None`: there is no such right. Whether a grant was given, the caller knows.
pub(crate) fn of(viewer: &Viewer, action: Action) -> Option<Reach> {
    match may(viewer.role(), action) {
        Permission::Allowed(reach) | Permission::IfGranted(reach) => Some(reach),
        Permission::Refused => None,
    }
}

/// Appends the condition that the violation in `violation AS v` exists for the viewer who wants to do this with it.
pub(crate) fn push(sql: &mut Builder, viewer: &Viewer, action: Action) {
    push_site(sql, viewer.scope(), "v.site");
    push_maturity(sql, viewer, action);
}

/// The same, without the site.
pub(crate) fn push_maturity(sql: &mut Builder, viewer: &Viewer, action: Action) {
    match of(viewer, action) {
        Some(Reach::Installation | Reach::Scope) => {}
        Some(Reach::Confirmed) => {
            sql.push(" AND v.verdict = 'confirmed'");
        }
        // No notice has told anybody of a violation yet.
        Some(Reach::Noticed | Reach::Own) | None => {
            sql.push(" AND FALSE");
        }
    }
}
