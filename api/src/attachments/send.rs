//! An attachment is sent: a raw body, written to disk as it comes.

use std::time::Duration;

use anjian_casework::attachment::{AttachmentKind, AttachmentName};
use anjian_domain::Viewer;
use anjian_indexer::{AttachmentRow, AttachmentTo, NewAttachment};
use axum::Json;
use axum::body::BodyDataStream;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use futures_util::StreamExt;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::attachments::views::AttachmentView;
use crate::cases::views::id_of;
use crate::http::body::read_away;
use crate::http::problem::{Problem, ProblemView};
use crate::http::query::{Query, one};
use crate::shared::Shared;

/// A client that sends nothing for so long is gone.
const SILENCE: Duration = Duration::from_secs(30);

/// What stands beside the body.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct NameParams {
    /// What the sender calls the file; shown to people, and never the name of a file on the server.
    #[serde(default, deserialize_with = "one")]
    #[param(value_type = String, min_length = 1, max_length = 200)]
    name: Option<AttachmentName>,
}

/// Sends an attachment to a case: a picture (JPEG, PNG or WebP of at most 10 MiB and 40 million pixels), a short video (MP4 of at
/// most 50 MiB) or a document (PDF of at most 10 MiB). A step takes it, named by its id; without one it is deleted after 24 hours. The
/// same bytes sent twice are kept once. At most 20 of an account wait at a case.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{id}/attachments",
    operation_id = "send_attachment",
    tag = "cases",
    params(("id" = String, Path, description = "UUID", format = "uuid"), NameParams),
    request_body(
        description = "The file",
        content(("image/jpeg"), ("image/png"), ("image/webp"), ("video/mp4"), ("application/pdf")),
    ),
    responses(
        (status = CREATED, body = AttachmentView),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
        (status = CONFLICT, description = "The case is over, or too many wait", body = ProblemView,
            content_type = "application/problem+json"),
        (status = PAYLOAD_TOO_LARGE, body = ProblemView, content_type = "application/problem+json"),
        (status = UNSUPPORTED_MEDIA_TYPE, description = "Not taken, or not what it is called", body = ProblemView,
            content_type = "application/problem+json"),
        (status = UNPROCESSABLE_ENTITY, description = "Damaged, or too many pixels", body = ProblemView,
            content_type = "application/problem+json"),
        (status = SERVICE_UNAVAILABLE, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn send(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(id): Path<String>,
    keys: Result<Query<NameParams>, Problem>,
    request: Request,
) -> Result<(StatusCode, Json<AttachmentView>), Problem> {
    take_in(&viewer, &shared, id_of(&id).map(AttachmentTo::Case), keys, request).await
}

/// Sends an attachment to a site, for a finding there. What is taken is the same as for a case.
#[utoipa::path(
    post,
    path = "/api/v1/sites/{id}/attachments",
    operation_id = "send_attachment_to_site",
    tag = "findings",
    params(("id" = String, Path, description = "Site"), NameParams),
    request_body(
        description = "The file",
        content(("image/jpeg"), ("image/png"), ("image/webp"), ("video/mp4"), ("application/pdf")),
    ),
    responses(
        (status = CREATED, body = AttachmentView),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
        (status = CONFLICT, description = "Too many wait", body = ProblemView, content_type = "application/problem+json"),
        (status = PAYLOAD_TOO_LARGE, body = ProblemView, content_type = "application/problem+json"),
        (status = UNSUPPORTED_MEDIA_TYPE, description = "Not taken, or not what it is called", body = ProblemView,
            content_type = "application/problem+json"),
        (status = UNPROCESSABLE_ENTITY, description = "Damaged, or too many pixels", body = ProblemView,
            content_type = "application/problem+json"),
        (status = SERVICE_UNAVAILABLE, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn send_to_site(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(id): Path<String>,
    keys: Result<Query<NameParams>, Problem>,
    request: Request,
) -> Result<(StatusCode, Json<AttachmentView>), Problem> {
    let site = id.parse().map_err(|_| Problem::Id { what: "site", text: id.clone() });
    take_in(&viewer, &shared, site.map(AttachmentTo::Site), keys, request).await
}

/// Whatever is wrong, the body is read away: the client sends it before it listens.
async fn take_in(
    viewer: &Viewer,
    shared: &Shared,
    to: Result<AttachmentTo, Problem>,
    keys: Result<Query<NameParams>, Problem>,
    request: Request,
) -> Result<(StatusCode, Json<AttachmentView>), Problem> {
    let (head, body) = request.into_parts();
    let mut pieces = body.into_data_stream();
    let received = async {
        let Query(keys) = keys?;
        let name = keys.name.ok_or_else(|| Problem::query("name", "name: give the file a name"))?;
        let sent = NewAttachment { to: to?, kind: kind_of(&head.headers)?, name };
        receive(shared, viewer, sent, &mut pieces).await
    };
    match received.await {
        Ok(row) => Ok((StatusCode::CREATED, Json(AttachmentView::from(&row)))),
        Err(problem) => {
            read_away(&mut pieces).await;
            Err(problem)
        }
    }
}

async fn receive(
    shared: &Shared,
    viewer: &Viewer,
    sent: NewAttachment,
    pieces: &mut BodyDataStream,
) -> Result<AttachmentRow, Problem> {
    let _place = shared.uploads.clone().try_acquire_owned().map_err(|_| Problem::Uploads)?;
    let mut receiving = shared.index.receive_attachment(viewer, sent).await?;
    while let Some(piece) = next(pieces).await? {
        receiving.write(piece).await?;
    }
    Ok(receiving.finish().await?)
}

async fn next(pieces: &mut BodyDataStream) -> Result<Option<axum::body::Bytes>, Problem> {
    let silent = |_| Problem::Body(format!("nothing came for {} s: send the file again", SILENCE.as_secs()));
    let piece = tokio::time::timeout(SILENCE, pieces.next()).await.map_err(silent)?;
    piece.transpose().map_err(|error| Problem::Body(error.to_string()))
}

/// What the client calls it; its bytes are compared with that.
fn kind_of(headers: &HeaderMap) -> Result<AttachmentKind, Problem> {
    let sent = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = AttachmentKind::of_media_type(sent.split(';').next().unwrap_or_default().trim());
    kind.ok_or_else(|| Problem::MediaType {
        sent: sent.to_owned(),
        taken: "image/jpeg, image/png, image/webp, video/mp4 or application/pdf",
    })
}
