//! Something that stands on record takes attachments, in the transaction of the change.

use anjian_domain::{SiteId, Viewer};

use crate::IndexError;
use crate::attachments::row::{AttachmentId, AttachmentRow, COLUMNS, decode, not_kept, not_read};
use crate::engine::columns::uuid_column;
use crate::engine::connection::Connection;
use crate::engine::sql::{self, Statement};
use crate::engine::value::Value;

/// What takes them.
pub(crate) enum Taker<'t> {
    /// The step of a case after which it has this version.
    Step { casefile: i64, version: i64 },
    /// A finding at a site.
    Finding { finding: i64, site: &'t SiteId },
}

impl Taker<'_> {
    /// Takes the attachment `id` that `account` sent there.
    fn statement(&self, id: AttachmentId, account: &str) -> Statement {
        let (sql, to, by): (_, Value, _) = match self {
            Self::Step { casefile, version } => (
                "UPDATE attachment SET is_taken = 1, version = $4 WHERE id = $1 AND account = $2 AND casefile = $3",
                (*casefile).into(),
                version,
            ),
            Self::Finding { finding, site } => (
                "UPDATE attachment SET is_taken = 1, finding = $4 WHERE id = $1 AND account = $2 AND casefile IS NULL AND site = $3",
                site.as_str().into(),
                finding,
            ),
        };
        let query = sql::query(&format!("{sql} AND is_taken = 0 AND expired_us IS NULL"));
        query.bind(uuid_column(id.0)).bind(account).bind(to).bind(*by)
    }
}

/// Takes attachments that the viewer sent there. Answers them, or the first that cannot be taken: it is not there, or was taken
/// before.
pub(crate) async fn take(
    transaction: &mut Connection<'_>,
    viewer: &Viewer,
    ids: &[AttachmentId],
    by: &Taker<'_>,
) -> Result<Result<Vec<AttachmentRow>, AttachmentId>, IndexError> {
    let mut taken = Vec::new();
    for id in ids {
        let changed =
            by.statement(*id, viewer.account()).execute(&mut *transaction).await.map_err(not_kept)?;
        if changed == 0 {
            return Ok(Err(*id));
        }
        let query = sql::query(&format!("SELECT {COLUMNS} FROM attachment AS a WHERE a.id = $1"));
        let row = query.bind(uuid_column(id.0)).fetch_one(&mut *transaction).await.map_err(not_read)?;
        taken.push(decode(&row)?);
    }
    Ok(Ok(taken))
}
