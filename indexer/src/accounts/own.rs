//! What people change of their own account.

use anjian_casework::roles::Action;
use anjian_domain::Viewer;
use serde_json::{Value, json};

use crate::accounts::changes::{HashedPassword, set_password};
use crate::accounts::register::not_kept;
use crate::audit::append::append;
use crate::audit::entry::Deed;
use crate::engine::connection::Connection;
use crate::engine::sql;
use crate::{Index, IndexError};

impl Index {
    /// Changes the viewer's own password and ends their other sessions.
    ///
    /// # Errors
    /// When the row could not be written.
    pub async fn change_own_password(
        &self,
        viewer: &Viewer,
        session: &str,
        password: &HashedPassword,
    ) -> Result<(), IndexError> {
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("account").await?;
        set_password(&mut transaction, viewer.account(), password).await?;
        let sql = "DELETE FROM session WHERE account = $1 AND id <> $2";
        let query = sql::query(sql).bind(viewer.account()).bind(session);
        query.execute(&mut transaction).await.map_err(not_kept)?;
        self.append_own(&mut transaction, viewer, json!({ "password": "changed" })).await?;
        transaction.commit().await.map_err(not_kept)
    }

    pub(crate) async fn append_own(
        &self,
        transaction: &mut Connection<'_>,
        viewer: &Viewer,
        after: Value,
    ) -> Result<(), IndexError> {
        let deed = Deed {
            action: Action::ManageOwnAccount.as_str(),
            kind: "account",
            object: viewer.account().to_owned(),
            why: "",
            before: None,
            after: Some(after),
        };
        append(transaction, viewer, self.inner.clock.now(), deed).await
    }
}
