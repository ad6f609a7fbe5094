//! What the executable says of itself: its figures and the jobs that it runs beside the server.

use std::sync::Arc;

use anjian_domain::WallTime;
use serde::Serialize;
use utoipa::ToSchema;

/// The figures of the whole product in Prometheus' text format, made anew at each call.
pub type MetricsText = Arc<dyn Fn() -> String + Send + Sync>;

/// The jobs that run beside the server, as they are at each call.
pub type JobsHealth = Arc<dyn Fn() -> Vec<JobHealth> + Send + Sync>;

/// The threads that are not well, as they are at each call.
pub type ThreadsHealth = Arc<dyn Fn() -> Vec<ThreadHealth> + Send + Sync>;

/// A thread that died, and is not back yet or not for long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ThreadHealth {
    /// Its name: `camera-…`, `record-…`, `detect-…`, `evidence`.
    pub thread: String,
    /// When it died last; RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    pub died_at: WallTime,
    /// What it died of; the log says more.
    pub cause: String,
    /// How often it died since the process began.
    pub deaths: u32,
    /// Whether it works again, or will after a pause.
    pub is_restarted: bool,
}

/// A job that runs beside the server: cutting clips, letting old recordings go. Its owner tells it; the log says why
/// one fails.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct JobHealth {
    /// Its name.
    pub job: &'static str,
    /// When it last ran to its end; RFC 3339.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub done_at: Option<WallTime>,
    /// Since when it fails; RFC 3339.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub failing_since: Option<WallTime>,
    /// What its last round could not do for single files, in words.
    #[schema(required)]
    pub trouble: Option<String>,
}
