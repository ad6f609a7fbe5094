//! Who asks, and with what right.

use anjian_casework::roles::{Action, Reach, Rights};
use anjian_domain::Viewer;
use anjian_indexer::FoundSession;

use crate::http::problem::Problem;

/// Who asks, and with what right.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Asker {
    pub(crate) viewer: Viewer,
    pub(crate) rights: Rights,
    /// `None`: with a token, or where nobody signs in.
    pub(crate) session: Option<FoundSession>,
}

impl Asker {
    /// How far the right to an action reaches.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] when there is no such right.
    pub(crate) fn require(&self, action: Action) -> Result<Reach, Problem> {
        self.rights.may(action).map_err(|_| Problem::Forbidden(action))
    }
}
