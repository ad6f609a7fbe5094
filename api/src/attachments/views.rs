//! Attachments as answers show them.

use anjian_indexer::{AttachmentId, AttachmentRow};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::problem::Problem;

/// A picture, a short video or a document that a side sent.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AttachmentView {
    /// UUID.
    id: String,
    /// As the sender calls it: text, and never the name of a file.
    name: String,
    /// `image/jpeg`, `image/png`, `image/webp`, `video/mp4` or `application/pdf`.
    #[serde(rename = "type")]
    media_type: &'static str,
    size_bytes: u64,
    /// SHA-256, 64 lower-case hexadecimal digits.
    sha256: String,
    /// The account that sent it.
    by: String,
    role: String,
    #[schema(format = "date-time")]
    at: String,
    /// The version of the case after the step that took it; null: no step did yet.
    #[schema(required)]
    version: Option<u32>,
    /// When its file was disposed of; null: it is kept.
    #[schema(format = "date-time", required)]
    disposed_at: Option<String>,
}

impl From<&AttachmentRow> for AttachmentView {
    fn from(row: &AttachmentRow) -> Self {
        Self {
            id: row.id.to_string(),
            name: row.name.clone(),
            media_type: row.kind.media_type(),
            size_bytes: row.size_bytes,
            sha256: row.sha256.clone(),
            by: row.account.clone(),
            role: row.role.clone(),
            at: row.at.to_string(),
            version: row.version.map(|version| version.0),
            disposed_at: row.disposed_at.map(|at| at.to_string()),
        }
    }
}

/// The id of an attachment, as it stands in a path.
pub(crate) fn id_of(text: &str) -> Result<AttachmentId, Problem> {
    text.parse().map_err(|_| Problem::Id { what: "attachment", text: text.to_owned() })
}
