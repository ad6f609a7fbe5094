//! Attachments as rows, and where their files lie: `@attachments/<yyyy>/<mm>/<dd>/<id>` of the evidence folder, by the UTC day of
//! sending. No camera has such a name, and nothing of a path comes from the sender.

use anjian_casework::Version;
use anjian_casework::attachment::AttachmentKind;
use anjian_domain::WallTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::IndexError;
use crate::engine::columns::Columns;
use crate::engine::row::Row;

/// The folder of all attachments.
pub(crate) const FOLDER: &str = "@attachments";

/// Names an attachment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AttachmentId(pub Uuid);

impl std::fmt::Display for AttachmentId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for AttachmentId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        text.parse().map(Self)
    }
}

/// An attachment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentRow {
    /// Names it.
    pub id: AttachmentId,
    /// What it is.
    pub kind: AttachmentKind,
    /// As the sender calls it.
    pub name: String,
    /// Size.
    pub size_bytes: u64,
    /// SHA-256, 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// Who sent it.
    pub account: String,
    /// As what.
    pub role: String,
    /// When.
    pub at: WallTime,
    /// The version of the case after the step that took it; `None`: no step did.
    pub version: Option<Version>,
    /// When it was disposed of; its file is gone then.
    pub disposed_at: Option<WallTime>,
}

/// What [`decode`] needs, from `attachment AS a`.
pub(crate) const COLUMNS: &str = "a.seq, a.id, a.kind, a.name, a.size_bytes, a.sha256, a.account, a.role, a.at_us, a.version, a.expired_us";

pub(crate) fn decode(row: &Row) -> Result<AttachmentRow, IndexError> {
    let columns = Columns { table: "attachment", row };
    Ok(AttachmentRow {
        id: AttachmentId(columns.uuid("id")?),
        kind: columns.word("kind")?,
        name: columns.get("name")?,
        size_bytes: columns.unsigned("size_bytes")?,
        sha256: columns.get("sha256")?,
        account: columns.get("account")?,
        role: columns.get("role")?,
        at: columns.wall("at_us")?,
        version: columns.count_or_null("version")?.map(Version),
        disposed_at: columns.wall_or_null("expired_us")?,
    })
}

/// As the audit shows it.
pub(crate) fn audited(row: &AttachmentRow) -> serde_json::Value {
    serde_json::json!({ "id": row.id, "name": row.name, "kind": row.kind, "size_bytes": row.size_bytes, "sha256": row.sha256 })
}

/// Where the file of an attachment lies in the evidence folder.
pub(crate) fn path_of(id: AttachmentId, at: WallTime) -> String {
    let day = at.timestamp().to_zoned(TimeZone::UTC).date();
    format!("{FOLDER}/{:04}/{:02}/{:02}/{id}", day.year(), day.month(), day.day())
}

/// Whether a path in the evidence folder is one of an attachment, or of one that was being received.
pub(crate) fn is_path(path: &str) -> bool {
    let name = path.strip_prefix(FOLDER).and_then(|rest| rest.rsplit_once('/')).map(|(_, name)| name);
    name.is_some_and(|name| Uuid::try_parse(name.strip_suffix(".partial").unwrap_or(name)).is_ok())
}

pub(crate) fn not_read(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "read attachments", table: "attachment", source }
}

pub(crate) fn not_kept(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "keep an attachment", table: "attachment", source }
}
