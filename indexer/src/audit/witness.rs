//! Views of evidence and changes outside the database, written into the audit.

use anjian_casework::roles::Action;
use anjian_domain::{Viewer, WallTime};
use serde_json::Value;

use crate::audit::append::append;
use crate::audit::entry::Deed;
use crate::{Index, IndexError};

/// Something that somebody saw, took away, or changed outside the database.
#[derive(Debug, Clone)]
pub struct Witnessed {
    /// Who.
    pub viewer: Viewer,
    /// When.
    pub at: WallTime,
    /// What they did.
    pub action: Action,
    /// To what: its kind.
    pub kind: &'static str,
    /// Its id.
    pub object: String,
    /// More about it; the answer of a change.
    pub after: Option<Value>,
}

impl Index {
    /// Appends entries in the order given, in one transaction.
    ///
    /// # Errors
    /// When the entries could not be written.
    pub async fn witness(&self, seen: &[Witnessed]) -> Result<(), IndexError> {
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("audit").await?;
        for Witnessed { viewer, at, action, kind, object, after } in seen {
            let (object, after) = (object.clone(), after.clone());
            let deed = Deed { action: action.as_str(), kind, object, why: "", before: None, after };
            append(&mut transaction, viewer, *at, deed).await?;
        }
        let failed = |source| IndexError::Database { doing: "write the audit", table: "audit", source };
        transaction.commit().await.map_err(failed)
    }
}
