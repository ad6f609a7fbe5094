//! Whether a viewer may do what a request asks for: the one place that asks the table of roles and actions.

use anjian_casework::roles::{Action, Permission, Reach, may};
use anjian_domain::Viewer;

use crate::http::problem::Problem;

/// How far the viewer's right to an action reaches.
///
/// # Errors
/// [`Problem::Forbidden`] when there is no such right.
pub(crate) fn require(viewer: &Viewer, action: Action) -> Result<Reach, Problem> {
    match may(viewer.role(), action) {
        Permission::Allowed(reach) => Ok(reach),
        Permission::IfGranted(_) | Permission::Refused => Err(Problem::Forbidden(action)),
    }
}
