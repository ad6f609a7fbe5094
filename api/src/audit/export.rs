//! The audit as a file that table programs open.

use std::io;

use anjian_indexer::{AuditEntry, AuditQuery, AuditReach, IndexError};
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::stream;

use crate::accounts::gate::Signed;
use crate::audit::list::AuditParams;
use crate::http::problem::{Problem, ProblemView};
use crate::http::query::Query;
use crate::recordings::media::NOT_KEPT;
use crate::shared::Shared;

/// Without it table programs take Chinese for something else.
const BYTE_ORDER_MARK: &str = "\u{feff}";
const COLUMNS: [&str; 12] = [
    "seq",
    "at",
    "account",
    "role",
    "address",
    "action",
    "object_kind",
    "object",
    "why",
    "before",
    "after",
    "link",
];
/// With these a table program begins to reckon instead of showing what was written.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Everything that was done and fits the keys, newest first, as CSV. A text that a table program would take for a formula has an
/// apostrophe before it. The file breaks off if the audit cannot be read to its end.
#[utoipa::path(
    get,
    path = "/api/v1/audit/export.csv",
    operation_id = "export_audit",
    tag = "audit",
    params(AuditParams),
    responses(
        (status = OK, content_type = "text/csv", body = String),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn export(
    Signed(asker): Signed,
    State(shared): State<Shared>,
    Query(params): Query<AuditParams>,
) -> Result<Response, Problem> {
    let query = AuditQuery { limit: AuditQuery::MAX_LIMIT, ..params.query() };
    let begun = (shared.index.clone(), Some(query));
    let pages = stream::try_unfold(begun, move |(index, query)| {
        let viewer = asker.viewer.clone();
        async move {
            let Some(query) = query else { return Ok(None) };
            let entries = index.audit(&viewer, AuditReach::All, &query).await.map_err(broken)?;
            let is_full = entries.len() == usize::from(query.limit);
            let before = entries.last().filter(|_| is_full).map(|entry| entry.seq);
            let next = before.map(|before| AuditQuery { before: Some(before), ..query });
            Ok::<_, io::Error>(Some((lines(&entries)?, (index, next))))
        }
    });
    let head = stream::iter([head().map(Bytes::from)]);
    let name = "attachment; filename=\"anjian-audit.csv\"";
    let headers = [(header::CONTENT_TYPE, "text/csv; charset=utf-8"), (header::CONTENT_DISPOSITION, name)];
    let body = Body::from_stream(futures_util::StreamExt::chain(head, pages));
    Ok((headers, [(header::CACHE_CONTROL, NOT_KEPT)], body).into_response())
}

fn broken(error: IndexError) -> io::Error {
    tracing::error!(%error, "an export of the audit breaks off");
    io::Error::other(error)
}

fn head() -> io::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
    writer.write_record(COLUMNS)?;
    writer.into_inner().map_err(|error| io::Error::other(error.to_string()))
}

fn lines(entries: &[AuditEntry]) -> io::Result<Bytes> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for entry in entries {
        let state =
            |state: &Option<serde_json::Value>| state.as_ref().map(ToString::to_string).unwrap_or_default();
        let (seq, at) = (entry.seq.to_string(), entry.at.to_string());
        let words = [
            &entry.account,
            &entry.role,
            &entry.address,
            &entry.action,
            &entry.object_kind,
            &entry.object,
            &entry.why,
        ];
        writer.write_field(seq)?;
        writer.write_field(at)?;
        for word in words {
            writer.write_field(shown(word))?;
        }
        writer.write_field(state(&entry.before))?;
        writer.write_field(state(&entry.after))?;
        writer.write_field(&entry.link)?;
        writer.write_record(None::<&[u8]>)?;
    }
    let bytes = writer.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
    Ok(bytes.into())
}

fn shown(word: &str) -> String {
    if word.starts_with(FORMULA) { format!("'{word}") } else { word.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for (word, expected) in
            [("=1+1", "'=1+1"), ("-2", "'-2"), ("@x", "'@x"), ("案件 7", "案件 7"), ("", "")]
        {
            assert_eq!(shown(word), expected);
        }
    }
}
