//! Whether the server works, and its figures: for whoever watches the watcher.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::problem::{Problem, ProblemView};
use crate::ports::operation::JobHealth;
use crate::shared::{MAX_STREAMS, Shared};

/// An index that takes longer to answer is as good as gone.
const PATIENCE: Duration = Duration::from_secs(5);

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
            let streams = MAX_STREAMS.saturating_sub(shared.streams.available_permits());
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
