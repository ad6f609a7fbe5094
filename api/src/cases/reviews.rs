//! Review records of cameras: the proof that a camera may be used as evidence.

use anjian_casework::grade::{Publication, Review};
use anjian_domain::{CameraId, Viewer};
use anjian_indexer::ReviewRow;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::body::Small;
use crate::http::problem::{Problem, ProblemView};
use crate::shared::Shared;

/// A camera's review record.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReviewView {
    /// The number of the record.
    number: String,
    /// Who reviewed, legally and technically.
    reviewer: String,
    #[schema(value_type = String, format = "date")]
    reviewed_on: Date,
    /// Whether a picture of the sign at the camera is kept.
    has_sign_picture: bool,
    /// Where and when the camera's place was published.
    #[serde(default)]
    publication: Option<PublicationView>,
}

/// Where and when a camera's place was published.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PublicationView {
    #[schema(value_type = String, format = "date")]
    on: Date,
    /// The website, board or gazette.
    place: String,
}

/// A version of a camera's review record.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReviewRowView {
    camera: String,
    /// The highest counts.
    version: u32,
    review: ReviewView,
    /// Whether it came with the demonstration.
    is_example: bool,
    /// Who entered it.
    account: String,
    #[schema(format = "date-time")]
    at: String,
}

/// Every version, the newest of each camera first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReviewsView {
    items: Vec<ReviewRowView>,
}

/// Lists the review records of cameras.
#[utoipa::path(
    get,
    path = "/api/v1/reviews",
    operation_id = "list_reviews",
    tag = "cases",
    responses((status = OK, body = ReviewsView))
)]
pub(crate) async fn list(viewer: Viewer, State(shared): State<Shared>) -> Result<Json<ReviewsView>, Problem> {
    let rows = shared.index.reviews(&viewer).await?;
    Ok(Json(ReviewsView { items: rows.iter().map(ReviewRowView::from).collect() }))
}

/// Adds a version of a camera's review record. Earlier versions stay.
#[utoipa::path(
    post,
    path = "/api/v1/cameras/{id}/reviews",
    operation_id = "add_review",
    tag = "cases",
    params(("id" = String, Path, description = "Camera")),
    request_body = ReviewView,
    responses(
        (status = NO_CONTENT),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn add(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(id): Path<String>,
    Small(asked): Small<ReviewView>,
) -> Result<StatusCode, Problem> {
    let camera: CameraId = id.parse().map_err(|_| Problem::Id { what: "camera", text: id.clone() })?;
    shared.index.add_review(&viewer, &camera, &asked.into(), false).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<ReviewView> for Review {
    fn from(view: ReviewView) -> Self {
        Self {
            number: view.number,
            reviewer: view.reviewer,
            reviewed_on: view.reviewed_on,
            has_sign_picture: view.has_sign_picture,
            publication: view.publication.map(|one| Publication { on: one.on, place: one.place }),
        }
    }
}

impl From<&Review> for ReviewView {
    fn from(review: &Review) -> Self {
        let publication = review.publication.as_ref();
        Self {
            number: review.number.clone(),
            reviewer: review.reviewer.clone(),
            reviewed_on: review.reviewed_on,
            has_sign_picture: review.has_sign_picture,
            publication: publication.map(|one| PublicationView { on: one.on, place: one.place.clone() }),
        }
    }
}

impl From<&ReviewRow> for ReviewRowView {
    fn from(row: &ReviewRow) -> Self {
        Self {
            camera: row.camera.to_string(),
            version: row.version,
            review: ReviewView::from(&row.review),
            is_example: row.is_example,
            account: row.account.clone(),
            at: row.at.to_string(),
        }
    }
}
