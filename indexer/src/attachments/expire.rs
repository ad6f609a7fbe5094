//! Attachments that go: those that waited too long for a step, and those that were disposed of. Killed at any moment, it goes on: the
//! row is marked, then the file deleted, then the row says so. The row of one that was never taken goes with its file.

use anjian_casework::attachment::UNTAKEN_FOR;
use anjian_domain::Place;

use crate::attachments::row::{not_kept, not_read};
use crate::engine::blocking::blocking;
use crate::engine::columns::Columns;
use crate::engine::row::Row;
use crate::engine::sql;
use crate::evidence::folder::GivenUp;
use crate::evidence::move_out;
use crate::nodes::register::BUCKET;
use crate::{Index, IndexError};

/// Files that are deleted together.
const BATCH: i64 = 256;

impl Index {
    /// Deletes attachments that no step took in time, and the files of those that were disposed of. Answers why the first file could
    /// not be deleted; it is tried again.
    ///
    /// # Errors
    /// When rows could not be read or written.
    pub async fn expire_attachments(&self) -> Result<Option<String>, IndexError> {
        let now = self.inner.clock.now();
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("attachment").await?;
        let sql =
            "UPDATE attachment SET expired_us = $1 WHERE is_taken = 0 AND expired_us IS NULL AND at_us < $2";
        let query = sql::query(sql).bind(now.as_micros()).bind(now.minus(UNTAKEN_FOR).as_micros());
        query.execute(&mut transaction).await.map_err(not_kept)?;
        transaction.commit().await.map_err(not_kept)?;
        drop(writer);
        let (mut after, mut problem) = (0, None);
        loop {
            let given_up = self.given_up_attachments(after).await?;
            let Some((_, last)) = given_up.last() else { return Ok(problem) };
            after = last.seq;
            let mut gone = Vec::new();
            for (place, file) in given_up {
                let seq = file.seq;
                match self.delete_attachment(place, file).await {
                    Ok(()) => gone.push(seq),
                    Err(error) => drop(problem.get_or_insert(error.to_string())),
                }
            }
            self.forget_attachments(&gone).await?;
        }
    }

    async fn delete_attachment(&self, place: Place, file: GivenUp) -> Result<(), IndexError> {
        if place == Place::Bucket {
            return self.require_bucket()?.delete(&move_out::key_of(&file.path)).await;
        }
        let (evidence, now) = (self.inner.evidence.clone(), self.inner.clock.now());
        blocking(move || evidence.delete(&file, now)).await
    }

    async fn forget_attachments(&self, gone: &[i64]) -> Result<(), IndexError> {
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("attachment").await?;
        for seq in gone {
            for sql in [
                "DELETE FROM attachment WHERE seq = $1 AND is_taken = 0",
                "UPDATE attachment SET is_gone = 1 WHERE seq = $1",
            ] {
                sql::query(sql).bind(*seq).execute(&mut transaction).await.map_err(not_kept)?;
            }
        }
        transaction.commit().await.map_err(not_kept)
    }

    /// Those in this node's folder and in the bucket.
    async fn given_up_attachments(&self, after: i64) -> Result<Vec<(Place, GivenUp)>, IndexError> {
        let sql = "SELECT seq, kind, path, place, at_us FROM attachment /*by attachment_expiring*/ \
             WHERE expired_us IS NOT NULL AND is_gone = 0 AND place IN ($1, $2) AND seq > $3 ORDER BY seq LIMIT $4";
        let query = sql::query(sql).bind(self.inner.node.0).bind(BUCKET).bind(after).bind(BATCH);
        let rows = query.fetch_all(&self.inner.reader).await.map_err(not_read)?;
        let decode = |row: &Row| {
            let columns = Columns { table: "attachment", row };
            let file = GivenUp {
                seq: columns.get("seq")?,
                kind: columns.get("kind")?,
                path: columns.get("path")?,
                opened: columns.wall("at_us")?,
            };
            Ok((self.inner.node.place(columns.get("place")?), file))
        };
        rows.iter().map(decode).collect()
    }
}
