//! The attachments of cases and findings, and where the file of one lies.

use anjian_casework::attachment::AttachmentKind;
use anjian_casework::case::FindingId;
use anjian_casework::roles::Action;
use anjian_domain::{Place, Viewer};

use crate::attachments::row::{AttachmentId, AttachmentRow, COLUMNS, decode, not_read};
use crate::casework::case_row::CaseId;
use crate::casework::reach;
use crate::engine::columns::{Columns, uuid_column};
use crate::engine::connection::Connection;
use crate::engine::sql::Builder;
use crate::evidence::move_out;
use crate::findings::reach as finding_reach;
use crate::{FilePlace, Index, IndexError};

/// An attachment, and where its file lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentFile {
    /// What it is.
    pub row: AttachmentRow,
    /// Where it lies.
    pub place: FilePlace,
}

impl AttachmentFile {
    /// What it is.
    #[must_use]
    pub const fn kind(&self) -> AttachmentKind {
        self.row.kind
    }
}

impl Index {
    /// An attachment of a case; `None` when there is none for the viewer, or it was disposed of.
    ///
    /// # Errors
    /// When the row could not be read; [`IndexError::Elsewhere`] when the file lies in the folder of another node.
    pub async fn case_attachment(
        &self,
        viewer: &Viewer,
        case: CaseId,
        id: AttachmentId,
    ) -> Result<Option<AttachmentFile>, IndexError> {
        let mut sql = select("JOIN casefile AS c ON c.seq = a.casefile", id);
        sql.push(" AND c.id = ").push_bind(uuid_column(case.0));
        reach::push(&mut sql, viewer, Action::SeeAttachments);
        push_seen(&mut sql, viewer);
        self.attachment_file(&sql).await
    }

    /// An attachment of a finding; `None` as for a case.
    ///
    /// # Errors
    /// As [`Index::case_attachment`].
    pub async fn finding_attachment(
        &self,
        viewer: &Viewer,
        finding: FindingId,
        id: AttachmentId,
    ) -> Result<Option<AttachmentFile>, IndexError> {
        let mut sql = select("JOIN finding AS f ON f.seq = a.finding", id);
        sql.push(" AND f.id = ").push_bind(uuid_column(finding.0));
        finding_reach::push(&mut sql, viewer, Action::SeeAttachments);
        self.attachment_file(&sql).await
    }

    async fn attachment_file(&self, sql: &Builder) -> Result<Option<AttachmentFile>, IndexError> {
        let found = sql.build().fetch_optional(&self.inner.reader).await.map_err(not_read)?;
        let Some(row) = found else { return Ok(None) };
        let columns = Columns { table: "attachment", row: &row };
        let (path, row) = (columns.get("path")?, decode(&row)?);
        let place = match self.inner.node.place(columns.get("place")?) {
            Place::Here => FilePlace::Folder(self.inner.evidence.locate(path)),
            Place::Bucket => FilePlace::Bucket(move_out::key_of(path)),
            Place::Elsewhere(node) => {
                return Err(self.elsewhere(format!("attachment {}", row.id), node).await);
            }
        };
        Ok(Some(AttachmentFile { row, place }))
    }
}

fn select(join: &str, id: AttachmentId) -> Builder {
    let mut sql = Builder::new(format!(
        "SELECT {COLUMNS}, a.path, a.place FROM attachment AS a {join} WHERE a.expired_us IS NULL AND a.id = "
    ));
    sql.push_bind(uuid_column(id.0));
    sql
}

/// The attachments of findings, each with the place of its finding, in the order of sending.
pub(crate) async fn of_findings(
    connection: &mut Connection<'_>,
    findings: &[i64],
) -> Result<Vec<(i64, AttachmentRow)>, IndexError> {
    if findings.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql =
        Builder::new(format!("SELECT {COLUMNS}, a.finding FROM attachment AS a WHERE a.finding IN ("));
    sql.push_list(findings.iter().copied()).push(") ORDER BY a.seq");
    let rows = sql.build().fetch_all(connection).await.map_err(not_read)?;
    let decode = |row| Ok((Columns { table: "attachment", row }.get("finding")?, decode(row)?));
    rows.iter().map(decode).collect()
}

/// The attachments of a case that the viewer sees, in the order of sending.
pub(crate) async fn of_case(
    connection: &mut Connection<'_>,
    viewer: &Viewer,
    casefile: i64,
) -> Result<Vec<AttachmentRow>, IndexError> {
    let mut sql = Builder::new(format!("SELECT {COLUMNS} FROM attachment AS a WHERE a.casefile = "));
    push_seen(sql.push_bind(casefile), viewer);
    // What waits and was given up is about to go.
    sql.push(" AND (a.is_taken = 1 OR a.expired_us IS NULL) ORDER BY a.seq");
    let rows = sql.build().fetch_all(connection).await.map_err(not_read)?;
    rows.iter().map(decode).collect()
}

/// Until it is taken, an attachment is its sender's own.
fn push_seen(sql: &mut Builder, viewer: &Viewer) {
    sql.push(" AND (a.is_taken = 1 OR a.account = ").push_bind(viewer.account().to_owned()).push(")");
}
