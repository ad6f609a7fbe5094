//! An attachment is given back, as it was sent.

use std::path::Path as FilePath;

use anjian_casework::attachment::AttachmentKind;
use anjian_domain::Viewer;
use anjian_indexer::{AttachmentFile, AttachmentId, AttachmentRow, FilePlace, IndexError};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;

use crate::attachments::views::id_of as attachment_of;
use crate::cases::views::id_of;
use crate::findings::views::id_of as finding_of;
use crate::http::file_name::FileName;
use crate::http::problem::{Problem, ProblemView};
use crate::http::ranges::Media;
use crate::http::stored::{OpenFile, from_bucket};
use crate::http::tag::etag;
use crate::shared::Shared;
use crate::violations::evidence::CACHE;

/// An attachment of a case; with byte ranges. Everything but a picture is offered as a download.
#[utoipa::path(
    get,
    path = "/api/v1/cases/{id}/attachments/{attachment}",
    operation_id = "case_attachment",
    tag = "cases",
    params(
        ("id" = String, Path, description = "UUID", format = "uuid"),
        ("attachment" = String, Path, description = "UUID", format = "uuid"),
    ),
    responses(
        (status = OK, content(([u8] = "image/jpeg"), ([u8] = "image/png"), ([u8] = "image/webp"), ([u8] = "video/mp4"),
            ([u8] = "application/pdf"))),
        (status = PARTIAL_CONTENT, content_type = "video/mp4", body = [u8]),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path((case, id)): Path<(String, String)>,
    asked: HeaderMap,
) -> Result<Response, Problem> {
    let (case, id) = (id_of(&case)?, attachment_of(&id)?);
    serve(&shared, &asked, || shared.index.case_attachment(&viewer, case, id)).await
}

/// An attachment of a finding, as of a case.
#[utoipa::path(
    get,
    path = "/api/v1/findings/{id}/attachments/{attachment}",
    operation_id = "finding_attachment",
    tag = "findings",
    params(
        ("id" = String, Path, description = "UUID", format = "uuid"),
        ("attachment" = String, Path, description = "UUID", format = "uuid"),
    ),
    responses(
        (status = OK, content(([u8] = "image/jpeg"), ([u8] = "image/png"), ([u8] = "image/webp"), ([u8] = "video/mp4"),
            ([u8] = "application/pdf"))),
        (status = PARTIAL_CONTENT, content_type = "video/mp4", body = [u8]),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show_of_finding(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path((finding, id)): Path<(String, String)>,
    asked: HeaderMap,
) -> Result<Response, Problem> {
    let (finding, id) = (finding_of(&finding)?, attachment_of(&id)?);
    serve(&shared, &asked, || shared.index.finding_attachment(&viewer, finding, id)).await
}

async fn serve<F>(shared: &Shared, asked: &HeaderMap, find: impl Fn() -> F) -> Result<Response, Problem>
where
    F: Future<Output = Result<Option<AttachmentFile>, IndexError>>,
{
    let AttachmentFile { row, place } = find().await?.ok_or_else(unknown)?;
    match place {
        FilePlace::Bucket(key) => from_bucket(shared, media_of(&row), &key, asked).await,
        FilePlace::Folder(path) => match OpenFile::open(shared, &path, missing(row.id)).await {
            // It may have been moved into the bucket meanwhile.
            Err(Problem::NotFound(detail)) => match find().await? {
                Some(AttachmentFile { place: FilePlace::Bucket(key), .. }) => {
                    from_bucket(shared, media_of(&row), &key, asked).await
                }
                _ => Err(Problem::NotFound(detail)),
            },
            opened => opened?.answer(shared, media_of(&row), asked).await,
        },
    }
}

/// The same for what is not there and for what is not the viewer's.
fn unknown() -> Problem {
    Problem::NotFound("there is no such attachment".to_owned())
}

fn missing(id: AttachmentId) -> impl FnOnce(&FilePath) -> String + Send + 'static {
    move |path| {
        tracing::error!(attachment.id = %id, file = %path.display(), "an attachment is missing");
        format!("the file of attachment {id} is missing: run `anjian check`")
    }
}

fn media_of(row: &AttachmentRow) -> Media {
    Media {
        length: row.size_bytes,
        etag: Some(etag(&row.sha256)),
        cache: CACHE,
        kind: row.kind.media_type(),
        name: Some(disposition(row.id, row.kind, &row.name)),
    }
}

/// A file is opened by what its name ends in: that is what it is, whatever the sender called it.
fn disposition(id: AttachmentId, kind: AttachmentKind, name: &str) -> HeaderValue {
    let endings = kind.endings();
    let usual = endings.first().copied().unwrap_or_default();
    let lower = name.to_lowercase();
    let has_ending = endings.iter().any(|ending| lower.ends_with(ending));
    let full = if has_ending { name.to_owned() } else { format!("{name}{usual}") };
    let name = FileName::new(format!("{id}{usual}"), &full);
    if kind.is_picture() { name.inline() } else { name.attached() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_download_ends_in_what_it_is() {
        let id = "01890000-0000-7000-8000-000000000001".parse().unwrap();
        for (kind, name, how, end) in [
            (AttachmentKind::Jpeg, "后.JPEG", "inline", "''%E5%90%8E.JPEG"),
            (AttachmentKind::Pdf, "证明.exe", "attachment", ".exe.pdf"),
            (AttachmentKind::Mp4, "../a.html", "attachment", "''..-a.html.mp4"),
        ] {
            let header = disposition(id, kind, name);
            let header = header.to_str().unwrap();
            assert!(header.starts_with(how) && header.ends_with(end), "{header}");
        }
    }
}
