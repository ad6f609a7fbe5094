//! Deletes evidence of violations that nobody confirmed, as [`crate::retention::kept`] chooses. A process may be killed
//! at any moment: the row is marked, then the file deleted, then the row says so. The row stays with its digest.
//! Whether evidence may go is decided in the transaction that marks it.

use crate::engine::connection::Connection;
use crate::engine::row::Row;
use crate::engine::sql;
use crate::engine::sql::Builder;
use anjian_domain::{Place, Verdict, WallTime};

use crate::engine::blocking::blocking;
use crate::engine::columns::Columns;
use crate::evidence::folder::GivenUp;
use crate::evidence::rows::ExpiredBy;
use crate::evidence::{clip_row, move_out};
use crate::retention::kept::{self, Group, Kept, ORDER};
use crate::retention::protect::push_is_protected;
use crate::{Index, IndexError};

/// Rows that are read, and files that are deleted, together.
const BATCH: usize = 256;

/// What expired of the evidence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EvidenceExpiry {
    /// Clips that were given up.
    pub clips: u64,
    /// Violations whose pictures were given up.
    pub pictures: u64,
    /// Bytes of both.
    pub bytes: u64,
    /// Whether all evidence together is larger than it may be: everything that is left is confirmed, held or needed.
    pub is_short: bool,
    /// Files that could not be deleted; they are tried again.
    pub failed: u64,
    /// Why the first of these could not be.
    pub problem: Option<String>,
}

impl Index {
    /// Deletes evidence of violations that nobody confirmed, by age and by size of all, and finishes deletions that were
    /// cut short. Only the live system may call it, never at the same time as [`Index::run_retention`].
    ///
    /// # Errors
    /// When rows could not be read or written; the next call goes on where this one stopped.
    pub async fn run_evidence_retention(&self) -> Result<EvidenceExpiry, IndexError> {
        let mut expiry = EvidenceExpiry::default();
        self.finish_evidence(&mut expiry).await?;
        for by in [ExpiredBy::Age, ExpiredBy::Size] {
            for (group, verdict) in ORDER {
                self.expire_group(group, verdict, by, &mut expiry).await?;
            }
        }
        expiry.is_short = self.evidence_over().await? > 0;
        Ok(expiry)
    }

    async fn expire_group(
        &self,
        group: Group,
        verdict: Verdict,
        by: ExpiredBy,
        expiry: &mut EvidenceExpiry,
    ) -> Result<(), IndexError> {
        let mut after = 0;
        loop {
            let kept = self.kept_after(group, verdict, after).await?;
            let Some(last) = kept.last() else { return Ok(()) };
            after = last.seq;
            let choice = match by {
                ExpiredBy::Size => kept::by_size(kept, self.evidence_over().await?),
                _ => {
                    let limits = &self.recording_settings().retention.evidence;
                    kept::by_age(kept, limits, self.inner.clock.now())
                }
            };
            if !choice.gone.is_empty() {
                self.give_up(&choice.gone, expiry).await?;
                self.finish_evidence(expiry).await?;
            }
            if choice.is_enough {
                return Ok(());
            }
        }
    }

    /// Marks what may go.
    async fn give_up(
        &self,
        gone: &[(Kept, ExpiredBy)],
        expiry: &mut EvidenceExpiry,
    ) -> Result<(), IndexError> {
        let now = self.inner.clock.now();
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("evidence").await?;
        let mut marked = EvidenceExpiry::default();
        for (kept, by) in gone {
            if self.mark_evidence(&mut transaction, kept, now, *by).await? {
                match kept.group {
                    Group::Clip => marked.clips += 1,
                    Group::Pictures => marked.pictures += 1,
                }
                marked.bytes += kept.size_bytes;
            }
        }
        transaction.commit().await.map_err(not_marked)?;
        expiry.clips += marked.clips;
        expiry.pictures += marked.pictures;
        expiry.bytes += marked.bytes;
        Ok(())
    }

    /// Answers whether it may go: a verdict or a hold may have come. Not told to listeners: many old violations at once
    /// would push what happens now out of the updates that are kept.
    async fn mark_evidence(
        &self,
        connection: &mut Connection<'_>,
        kept: &Kept,
        now: WallTime,
        by: ExpiredBy,
    ) -> Result<bool, IndexError> {
        let mut marked = 0;
        for kind in kept.group.kinds() {
            let mut sql = Builder::new("UPDATE evidence SET expired_us = ");
            sql.push_bind(now.as_micros()).push(", expired_by = ").push_bind(by.as_str());
            sql.push(" WHERE expired_us IS NULL AND violation = ").push_bind(kept.seq);
            sql.push(" AND kind = ").push_bind(kind.as_str());
            sql.push(
                " AND EXISTS (SELECT 1 FROM violation AS v WHERE v.seq = evidence.violation \
                 AND v.verdict <> 'confirmed' AND v.closed_us IS NOT NULL AND NOT ",
            );
            push_is_protected(&mut sql, self.recording_settings().clips);
            sql.push(")");
            marked += sql.build().execute(&mut *connection).await.map_err(not_marked)?;
        }
        if marked > 0 && kept.group == Group::Clip {
            clip_row::expire(connection, kept.seq, now, by).await?;
        }
        Ok(marked > 0)
    }

    /// Deletes the files that are given up. One that cannot be deleted is passed over and counted.
    async fn finish_evidence(&self, expiry: &mut EvidenceExpiry) -> Result<(), IndexError> {
        let (mut after, now) = ((0, String::new()), self.inner.clock.now());
        (expiry.failed, expiry.problem) = (0, None);
        loop {
            let given_up = self.given_up_after(&after).await?;
            let Some((_, last)) = given_up.last() else { return Ok(()) };
            after = (last.seq, last.kind.clone());
            let mut gone = Vec::new();
            for (outcome, file) in self.delete_evidence(given_up, now).await? {
                match outcome {
                    Ok(()) => gone.push(file),
                    Err(error) => {
                        expiry.failed += 1;
                        expiry.problem.get_or_insert(error.to_string());
                    }
                }
            }
            self.note_gone(&gone).await?;
        }
    }

    /// Answers what became of each file, wherever it lies.
    async fn delete_evidence(
        &self,
        given_up: Vec<(Place, GivenUp)>,
        now: WallTime,
    ) -> Result<Vec<(Result<(), IndexError>, GivenUp)>, IndexError> {
        let (far, here): (Vec<_>, Vec<_>) =
            given_up.into_iter().partition(|(place, _)| *place == Place::Bucket);
        let evidence = self.inner.evidence.clone();
        let mut deleted = blocking(move || {
            Ok(here.into_iter().map(|(_, file)| (evidence.delete(&file, now), file)).collect::<Vec<_>>())
        })
        .await?;
        for (_, file) in far {
            let outcome = match self.require_bucket() {
                Ok(bucket) => bucket.delete(&move_out::key_of(&file.path)).await,
                Err(error) => Err(error),
            };
            deleted.push((outcome, file));
        }
        Ok(deleted)
    }

    async fn note_gone(&self, gone: &[GivenUp]) -> Result<(), IndexError> {
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("evidence").await?;
        for file in gone {
            let sql = "UPDATE evidence SET is_gone = 1 WHERE violation = $1 AND kind = $2 AND expired_us IS NOT NULL";
            let query = sql::query(sql).bind(file.seq).bind(&file.kind);
            query.execute(&mut transaction).await.map_err(not_marked)?;
        }
        transaction.commit().await.map_err(not_marked)
    }

    async fn given_up_after(&self, after: &(i64, String)) -> Result<Vec<(Place, GivenUp)>, IndexError> {
        let kept = self.is_kept_by_this("e");
        let sql = format!(
            "SELECT e.violation, e.kind, e.path, e.place, v.opened_us FROM evidence AS e /*by evidence_expiring*/ \
             JOIN violation AS v ON v.seq = e.violation WHERE e.expired_us IS NOT NULL AND e.is_gone = 0 AND {kept} \
             AND (e.violation, e.kind) > ($1, $2) ORDER BY e.violation, e.kind LIMIT $3"
        );
        let query = sql::query(&sql).bind(after.0).bind(&after.1).bind(BATCH as i64);
        let rows = query.fetch_all(&self.inner.reader).await.map_err(not_marked)?;
        let decode = |row| {
            let columns = Columns { table: "evidence", row };
            let file = GivenUp {
                seq: columns.get("violation")?,
                kind: columns.get("kind")?,
                path: columns.get("path")?,
                opened: columns.wall("opened_us")?,
            };
            Ok((self.inner.node.place(columns.get("place")?), file))
        };
        rows.iter().map(decode).collect()
    }

    /// Bytes that all evidence of this node's cameras has more than it may have.
    async fn evidence_over(&self) -> Result<u64, IndexError> {
        let Some(most) = self.recording_settings().retention.evidence.max_bytes else { return Ok(0) };
        let own = self.is_own("camera");
        let sql = format!(
            "SELECT CAST(coalesce(sum(size_bytes), 0) AS BIGINT) AS bytes FROM evidence_stored WHERE {own}"
        );
        let row = sql::query(&sql).fetch_one(&self.inner.reader).await.map_err(not_read)?;
        let stored = Columns { table: "evidence_stored", row: &row }.unsigned("bytes")?;
        Ok(stored.saturating_sub(most))
    }

    async fn kept_after(&self, group: Group, verdict: Verdict, after: i64) -> Result<Vec<Kept>, IndexError> {
        let mut sql = Builder::new("SELECT v.seq, v.opened_us, v.closed_us, v.verdict, ");
        push_is_protected(&mut sql, self.recording_settings().clips);
        sql.push(
            " AS is_held, coalesce(c.state IN ('recorded', 'cut', 'expired'), FALSE) AS is_recorded, \
             (SELECT CAST(sum(o.size_bytes) AS BIGINT) FROM evidence AS o WHERE o.violation = e.violation AND o.expired_us IS NULL \
             AND (o.kind = 'clip') = (e.kind = 'clip')) AS size_bytes FROM evidence AS e /*by evidence_kept*/ \
             JOIN /*then*/ violation AS v ON v.seq = e.violation LEFT JOIN clip AS c ON c.violation = e.violation \
             WHERE e.expired_us IS NULL AND e.kind = ",
        );
        // One row stands for all of a group.
        sql.push_bind(group.kinds()[0].as_str()).push(" AND v.verdict = ").push_bind(verdict.as_str());
        sql.push(" AND ").push(self.is_kept_by_this("e"));
        sql.push(" AND e.violation > ").push_bind(after);
        sql.push(format_args!(" ORDER BY e.violation LIMIT {BATCH}"));
        let rows = sql.build().fetch_all(&self.inner.reader).await.map_err(not_read)?;
        rows.iter().map(|row| decode(row, group)).collect()
    }
}

fn decode(row: &Row, group: Group) -> Result<Kept, IndexError> {
    let columns = Columns { table: "evidence", row };
    Ok(Kept {
        seq: columns.get("seq")?,
        group,
        opened: columns.wall("opened_us")?,
        ended: columns.wall_or_null("closed_us")?,
        verdict: columns.word("verdict")?,
        is_held: columns.get("is_held")?,
        is_recorded: columns.get("is_recorded")?,
        size_bytes: columns.unsigned("size_bytes")?,
    })
}

fn not_marked(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "choose evidence that expires", table: "evidence", source }
}

fn not_read(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "look for old evidence", table: "evidence", source }
}
