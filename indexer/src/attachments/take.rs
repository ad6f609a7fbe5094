//! Something that stands on record takes attachments, in the transaction of the change.

use anjian_domain::Viewer;

use crate::IndexError;
use crate::attachments::row::{AttachmentId, AttachmentRow, COLUMNS, decode, not_kept, not_read};
use crate::engine::columns::uuid_column;
use crate::engine::connection::Connection;
use crate::engine::sql;

/// What takes them.
pub(crate) enum Taker {
    /// The step of a case after which it has this version.
    Step { casefile: i64, version: i64 },
}

/// Takes attachments that the viewer sent there. Answers them, or the first that cannot be taken: it is not there, or was taken
/// before.
pub(crate) async fn take(
    transaction: &mut Connection<'_>,
    viewer: &Viewer,
    ids: &[AttachmentId],
    by: &Taker,
) -> Result<Result<Vec<AttachmentRow>, AttachmentId>, IndexError> {
    let mut taken = Vec::new();
    for id in ids {
        let Taker::Step { casefile, version } = by;
        let sql = "UPDATE attachment SET is_taken = 1, version = $4 WHERE id = $1 AND account = $2 AND casefile = $3 \
             AND is_taken = 0 AND expired_us IS NULL";
        let query = sql::query(sql).bind(uuid_column(id.0)).bind(viewer.account()).bind(*casefile);
        let changed = query.bind(*version).execute(&mut *transaction).await.map_err(not_kept)?;
        if changed == 0 {
            return Ok(Err(*id));
        }
        let query = sql::query(&format!("SELECT {COLUMNS} FROM attachment AS a WHERE a.id = $1"));
        let row = query.bind(uuid_column(id.0)).fetch_one(&mut *transaction).await.map_err(not_read)?;
        taken.push(decode(&row)?);
    }
    Ok(Ok(taken))
}
