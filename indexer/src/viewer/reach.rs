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

/// Whether the viewer sees no violation that is not confirmed.
pub(crate) fn is_confirmed_only(viewer: &Viewer) -> bool {
    !matches!(of(viewer, Action::SeeViolations), Some(Reach::Installation | Reach::Scope))
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
        Some(Reach::Noticed) => {
            sql.push(
                " AND v.verdict = 'confirmed' AND EXISTS (SELECT 1 FROM casefile_violation AS m \
                 JOIN casefile AS c ON c.seq = m.casefile \
                 WHERE m.violation = v.seq AND m.is_in = 1 AND c.noticed_us IS NOT NULL)",
            );
        }
        Some(Reach::Own) | None => {
            sql.push(" AND FALSE");
        }
    }
}
