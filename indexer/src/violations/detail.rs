//! Everything that is kept of one violation.

use crate::engine::connection::Connection;
use crate::engine::row::Row;
use crate::engine::sql;
use crate::engine::sql::Builder;
use anjian_casework::roles::Action;
use anjian_domain::{Place, RuleDefinition, Viewer, ViolationId};

use crate::engine::columns::{Columns, uuid_column};
use crate::evidence::{clip_row, move_out};
use crate::viewer::reach;
use crate::violations::list_row;
use crate::violations::run_row;
use crate::{
    ClipRow, EvidenceFile, EvidenceKind, EvidenceRow, Expired, FilePlace, Index, IndexError, ViolationDetail,
    ViolationRow,
};

impl Index {
    /// One violation with everything that is kept of it; `None` when there is no such violation.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn violation(
        &self,
        viewer: &Viewer,
        id: ViolationId,
    ) -> Result<Option<ViolationDetail>, IndexError> {
        let failed = |source| IndexError::Database { doing: "read a violation", table: "violation", source };
        // One transaction, so that row and detail are of the same moment.
        let mut reading = self.inner.reader.begin_reading().await.map_err(failed)?;
        let columns = list_row::COLUMNS;
        let mut sql = Builder::new(format!("SELECT {columns} FROM violation AS v WHERE v.id = "));
        reach::push(sql.push_bind(uuid_column(id.0)), viewer, Action::SeeViolations);
        let found = sql.build().fetch_optional(&mut reading).await;
        let Some(row) = found.map_err(failed)? else { return Ok(None) };
        let (place, row) = list_row::decode(viewer, &row)?;
        let detail = assemble(&mut reading, place.seq, row).await?;
        reading.commit().await.map_err(failed)?;
        Ok(Some(detail))
    }

    /// Where a file of a violation lies; `None` when there is no such violation or it has no such file.
    ///
    /// # Errors
    /// When the row could not be read; [`IndexError::Elsewhere`] when the file lies in the folder of another node.
    pub async fn evidence_file(
        &self,
        viewer: &Viewer,
        id: ViolationId,
        kind: EvidenceKind,
    ) -> Result<Option<EvidenceFile>, IndexError> {
        let mut sql = Builder::new(
            "SELECT e.kind, e.path, e.size_bytes, e.sha256, e.place FROM violation AS v \
             JOIN evidence AS e ON e.violation = v.seq WHERE e.expired_us IS NULL AND v.id = ",
        );
        sql.push_bind(uuid_column(id.0)).push(" AND e.kind = ").push_bind(kind.as_str());
        let action = if kind == EvidenceKind::Clip { Action::PlayClips } else { Action::SeeEvidence };
        reach::push(&mut sql, viewer, action);
        let found = sql.build().fetch_optional(&self.inner.reader).await;
        let failed = |source| IndexError::Database { doing: "look for a file", table: "evidence", source };
        let Some(row) = found.map_err(failed)? else { return Ok(None) };
        let file = decode_evidence(&row)?;
        let columns = Columns { table: "evidence", row: &row };
        let path = columns.get("path")?;
        let place = match self.inner.node.place(columns.get("place")?) {
            Place::Here => FilePlace::Folder(self.inner.evidence.locate(path)),
            Place::Bucket => FilePlace::Bucket(move_out::key_of(path)),
            Place::Elsewhere(node) => {
                return Err(self.elsewhere(format!("the {} of violation {id}", kind.as_str()), node).await);
            }
        };
        Ok(Some(EvidenceFile {
            place,
            media_type: kind.media_type(),
            size_bytes: file.size_bytes,
            sha256: file.sha256,
        }))
    }
}

async fn assemble(
    connection: &mut Connection<'_>,
    seq: i64,
    violation: ViolationRow,
) -> Result<ViolationDetail, IndexError> {
    let failed =
        |source| IndexError::Database { doing: "read a violation", table: "violation_detail", source };
    let query = sql::query("SELECT * FROM violation_detail WHERE violation = $1").bind(seq);
    let detail = query.fetch_one(&mut *connection).await.map_err(failed)?;
    let detail = Columns { table: "violation_detail", row: &detail };
    let query = sql::query("SELECT * FROM run WHERE id = $1").bind(uuid_column(violation.run.0));
    let run = run_row::decode(&query.fetch_one(&mut *connection).await.map_err(failed)?)?;
    let query = sql::query("SELECT * FROM evidence WHERE violation = $1 ORDER BY kind").bind(seq);
    let files = query.fetch_all(&mut *connection).await.map_err(failed)?;
    let clip = clip_row::find(connection, seq).await?;
    let (evidence, pictures_expired) = evidence_of(&files, clip.as_ref())?;
    Ok(ViolationDetail {
        snapshot_at: detail.moment("snapshot_us", "snapshot_media_ns")?,
        detections: detail.json("detections")?,
        path: detail.json("path")?,
        rule: rule_as_it_stood(connection, &violation).await?,
        run,
        evidence,
        pictures_expired,
        clip,
        row: violation,
    })
}

/// The files that are kept, and what became of the pictures if they are not.
fn evidence_of(
    files: &[Row],
    clip: Option<&ClipRow>,
) -> Result<(Vec<EvidenceRow>, Option<Expired>), IndexError> {
    let recorded = clip.and_then(|clip| clip.digest.clone()).map(|digest| EvidenceRow {
        kind: EvidenceKind::Clip,
        size_bytes: digest.size_bytes,
        sha256: digest.sha256,
    });
    let mut kept: Vec<EvidenceRow> = recorded.into_iter().collect();
    let mut pictures = None;
    for file in files {
        let (row, expired) =
            (decode_evidence(file)?, Expired::read(&Columns { table: "evidence", row: file })?);
        match (row.kind, expired) {
            (_, None) => kept.push(row),
            (EvidenceKind::Clip, Some(_)) => {}
            (_, expired) => pictures = expired,
        }
    }
    Ok((kept, pictures))
}

async fn rule_as_it_stood(
    connection: &mut Connection<'_>,
    violation: &ViolationRow,
) -> Result<Option<RuleDefinition>, IndexError> {
    let failed = |source| IndexError::Database { doing: "read a rule", table: "rule_version", source };
    let sql = "SELECT rv.* FROM run_rule AS rr JOIN rule_version AS rv ON rv.id = rr.rule_version \
         WHERE rr.run = $1 AND rv.rule = $2 AND rv.version = $3 ORDER BY rv.zone <> $4 LIMIT 1";
    let query = sql::query(sql).bind(uuid_column(violation.run.0)).bind(violation.rule.as_str());
    let query = query.bind(&violation.rule_version).bind(violation.zone.as_str());
    query.fetch_optional(connection).await.map_err(failed)?.as_ref().map(decode_rule).transpose()
}

fn decode_rule(row: &Row) -> Result<RuleDefinition, IndexError> {
    let columns = Columns { table: "rule_version", row };
    Ok(RuleDefinition {
        rule: columns.word("rule")?,
        version: columns.get("version")?,
        behaviour: columns.word("behaviour")?,
        zone: columns.word("zone")?,
        definition: columns.json("definition")?,
    })
}

fn decode_evidence(row: &Row) -> Result<EvidenceRow, IndexError> {
    let columns = Columns { table: "evidence", row };
    Ok(EvidenceRow {
        kind: columns.word("kind")?,
        size_bytes: columns.unsigned("size_bytes")?,
        sha256: columns.get("sha256")?,
    })
}
