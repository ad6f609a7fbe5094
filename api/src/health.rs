//! Whether the server works, and its figures: for whoever watches the watcher.

use std::time::Duration;

use anjian_domain::WallTime;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::{Problem, ProblemView};
use crate::routes::Shared;

/// An index that takes longer to answer is as good as gone.
const PATIENCE: Duration = Duration::from_secs(5);

/// A job that runs beside the server: cutting clips, letting old recordings go. Its owner tells it; the log says why
/// one fails.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct JobHealth {
    /// Its name.
    pub job: &'static str,
    /// When it last ran to its end; RFC 3339.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub done_at: Option<WallTime>,
    /// Since when it fails; RFC 3339.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub failing_since: Option<WallTime>,
}

/// What works.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HealthView {
    /// `ok`, or `degraded` while a job fails.
    status: &'static str,
    /// Version of the executable's workspace.
    version: &'static str,
    /// Live streams that are open.
    streams: usize,
    /// Jobs beside the server.
    jobs: Vec<JobHealth>,
}

/// Whether the index can be read and written.
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "operation",
    responses(
        (status = OK, body = HealthView),
        (status = SERVICE_UNAVAILABLE, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn healthz(State(shared): State<Shared>) -> Response {
    let problem = match tokio::time::timeout(PATIENCE, shared.index.health()).await {
        Ok(Ok(())) => {
            let streams = crate::live::MAX_STREAMS.saturating_sub(shared.streams.available_permits());
            let jobs = (shared.jobs)();
            let is_failing = jobs.iter().any(|job| job.failing_since.is_some());
            let status = if is_failing { "degraded" } else { "ok" };
            let version = env!("CARGO_PKG_VERSION");
            return Json(HealthView { status, version, streams, jobs }).into_response();
        }
        Ok(Err(error)) => Problem::Index(error),
        Err(_) => Problem::Late(PATIENCE.as_secs()),
    };
    let mut response = problem.into_response();
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    response
}

/// Figures in Prometheus' text format.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "operation",
    responses((status = OK, content_type = "text/plain", body = String))
)]
pub(crate) async fn metrics(State(shared): State<Shared>) -> Response {
    let text = (shared.metrics)();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}
