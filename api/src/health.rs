//! Whether the server works, and its figures: for whoever watches the watcher.

use std::time::Duration;

use anjian_casework::roles::Action;
use anjian_domain::{CameraId, RecordingChange, WallTime};
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::gate::Present;
use crate::http::problem::{Problem, ProblemView};
use crate::ports::operation::{JobHealth, ThreadHealth};
use crate::shared::{MAX_STREAMS, Shared};

/// An index that takes longer to answer is as good as gone.
const PATIENCE: Duration = Duration::from_secs(5);
const FAILING: &str = "failing";

/// What works.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HealthView {
    /// `ok`; `degraded` while a job fails, whole or for single files; `failing` while a thread or a recorder does, with status 503.
    status: &'static str,
    /// Version of the executable's workspace.
    version: &'static str,
    /// Live streams that are open. This and what follows is told to who may see health.
    #[serde(skip_serializing_if = "Option::is_none")]
    streams: Option<usize>,
    /// Jobs beside the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    jobs: Option<Vec<JobHealth>>,
    /// Threads that died and are not back, or back for less than a minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    threads: Option<Vec<ThreadHealth>>,
    /// Recorders that keep nothing although pictures may arrive.
    #[serde(skip_serializing_if = "Option::is_none")]
    recorders: Option<Vec<RecorderHealth>>,
}

/// A recorder that keeps nothing.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecorderHealth {
    /// Whose.
    #[schema(value_type = String)]
    camera: CameraId,
    /// `disk_full`, `failed` or `overloaded`.
    state: &'static str,
    /// Since when; RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    since: WallTime,
    /// Why, in words.
    #[schema(required)]
    reason: Option<String>,
}

/// Whether the index can be read and written, every thread lives, and every recorder keeps what arrives.
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "operation",
    responses(
        (status = OK, body = HealthView),
        (status = SERVICE_UNAVAILABLE, description = "What fails: a `HealthView`, or why the index cannot be used",
            content((HealthView = "application/json"), (ProblemView = "application/problem+json"))),
    )
)]
pub(crate) async fn healthz(State(shared): State<Shared>, Present(asker): Present) -> Response {
    let is_told = asker.is_some_and(|asker| asker.require(Action::SeeHealth).is_ok());
    let problem = match tokio::time::timeout(PATIENCE, shared.index.health()).await {
        Ok(Ok(recorders)) => {
            let view = HealthView::new(&shared, recorders);
            return if is_told { view } else { view.brief() }.into_response();
        }
        Ok(Err(error)) => Problem::Index(error),
        Err(_) => Problem::Late(PATIENCE.as_secs()),
    };
    let mut response = problem.into_response();
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    response
}

impl HealthView {
    fn new(shared: &Shared, recorders: Vec<RecordingChange>) -> Self {
        let (jobs, threads) = ((shared.jobs)(), (shared.threads)());
        let status = if !threads.is_empty() || !recorders.is_empty() {
            FAILING
        } else if jobs.iter().any(|job| job.failing_since.is_some() || job.trouble.is_some()) {
            "degraded"
        } else {
            "ok"
        };
        Self {
            status,
            version: env!("CARGO_PKG_VERSION"),
            streams: Some(MAX_STREAMS.saturating_sub(shared.streams.available_permits())),
            jobs: Some(jobs),
            threads: Some(threads),
            recorders: Some(recorders.into_iter().map(RecorderHealth::from).collect()),
        }
    }

    fn brief(self) -> Self {
        Self { streams: None, jobs: None, threads: None, recorders: None, ..self }
    }
}

impl IntoResponse for HealthView {
    fn into_response(self) -> Response {
        let is_failing = self.status == FAILING;
        let status = if is_failing { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
        (status, Json(self)).into_response()
    }
}

impl From<RecordingChange> for RecorderHealth {
    fn from(change: RecordingChange) -> Self {
        let RecordingChange { camera, state, since, reason } = change;
        Self { camera, state: state.as_str(), since, reason }
    }
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
