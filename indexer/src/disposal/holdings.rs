//! What goes with a case: all that no other case, which is not disposed of, holds too.

use anjian_casework::case::FindingId;
use anjian_domain::ViolationId;
use serde::{Deserialize, Serialize};

use crate::IndexError;
use crate::casework::case_row::not_read;
use crate::engine::columns::Columns;
use crate::engine::connection::Connection;
use crate::engine::row::Row;
use crate::engine::sql;

/// What goes with a case, or went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holdings {
    /// Violations whose evidence goes. Their rows stay.
    pub violations: Vec<ViolationId>,
    /// Findings on site whose words go.
    pub findings: Vec<FindingId>,
    /// Files that go.
    pub files: Vec<HeldFile>,
}

/// A file of evidence, or an attachment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldFile {
    /// Where it lies, or lay, in the evidence folder.
    pub path: String,
    /// Size.
    pub size_bytes: u64,
    /// SHA-256, 64 lower-case hexadecimal digits.
    pub sha256: String,
}

impl Holdings {
    /// The size of all files.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        self.files.iter().map(|file| file.size_bytes).sum()
    }
}

/// The violations, or the findings, of a case that no other case keeps.
pub(crate) fn own(of: &str, casefile: i64) -> String {
    format!(
        "SELECT m.{of} FROM casefile_{of} AS m WHERE m.casefile = {casefile} AND NOT EXISTS (SELECT 1 FROM casefile_{of} AS o \
         JOIN casefile AS k ON k.seq = o.casefile WHERE o.{of} = m.{of} AND k.seq <> {casefile} AND k.disposed_us IS NULL)"
    )
}

/// The condition that the attachment `a` belongs to a case, or to a finding that goes with it.
pub(crate) fn own_attachments(casefile: i64) -> String {
    format!("(a.casefile = {casefile} OR a.finding IN ({}))", own("finding", casefile))
}

/// What goes with a case that was not disposed of.
pub(crate) async fn of(connection: &mut Connection<'_>, casefile: i64) -> Result<Holdings, IndexError> {
    let (violations, findings) = (own("violation", casefile), own("finding", casefile));
    let attachments = own_attachments(casefile);
    let ids = async |connection: &mut Connection<'_>, table: &'static str, own: &str| {
        let sql = format!("SELECT id FROM {table} WHERE seq IN ({own}) ORDER BY seq");
        let rows = sql::query(&sql).fetch_all(connection).await.map_err(not_read)?;
        rows.iter().map(|row| Columns { table, row }.uuid("id")).collect::<Result<Vec<_>, _>>()
    };
    let mut held = Holdings {
        violations: ids(connection, "violation", &violations).await?.into_iter().map(ViolationId).collect(),
        findings: ids(connection, "finding", &findings).await?.into_iter().map(FindingId).collect(),
        files: Vec::new(),
    };
    for sql in [
        format!(
            "SELECT path, size_bytes, sha256 FROM evidence WHERE expired_us IS NULL AND violation IN ({violations}) \
             ORDER BY violation, kind"
        ),
        format!(
            "SELECT a.path, a.size_bytes, a.sha256 FROM attachment AS a WHERE a.expired_us IS NULL AND {attachments} \
             ORDER BY a.seq"
        ),
    ] {
        let rows = sql::query(&sql).fetch_all(&mut *connection).await.map_err(not_read)?;
        held.files.extend(rows.iter().map(file).collect::<Result<Vec<_>, _>>()?);
    }
    Ok(held)
}

fn file(row: &Row) -> Result<HeldFile, IndexError> {
    let columns = Columns { table: "evidence", row };
    Ok(HeldFile {
        path: columns.get("path")?,
        size_bytes: columns.unsigned("size_bytes")?,
        sha256: columns.get("sha256")?,
    })
}
