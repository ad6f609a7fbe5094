//! Which findings exist for a viewer: the table of roles, as a condition of SQL.

use anjian_casework::roles::{Action, Reach};
use anjian_domain::Viewer;

use crate::engine::sql::Builder;
use crate::viewer::condition::push_site;
use crate::viewer::reach;

/// Appends the condition that the finding in `finding AS f` exists for the viewer who wants to do this with it.
pub(crate) fn push(sql: &mut Builder, viewer: &Viewer, action: Action) {
    push_site(sql, viewer.scope(), "f.site");
    match reach::of(viewer, action) {
        Some(Reach::Installation | Reach::Scope) => {}
        Some(Reach::Noticed) => {
            sql.push(
                " AND EXISTS (SELECT 1 FROM casefile_finding AS m JOIN casefile AS c ON c.seq = m.casefile \
                 WHERE m.finding = f.seq AND c.noticed_us IS NOT NULL)",
            );
        }
        Some(Reach::Confirmed | Reach::Own) | None => {
            sql.push(" AND FALSE");
        }
    }
}
