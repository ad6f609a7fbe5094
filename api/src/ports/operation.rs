//! What the executable says of itself: its figures and the jobs that it runs beside the server.

use std::sync::Arc;

use anjian_domain::WallTime;
use serde::Serialize;
use utoipa::ToSchema;

/// The figures of the whole product in Prometheus' text format, made anew at each call.
pub type MetricsText = Arc<dyn Fn() -> String + Send + Sync>;

/// The jobs that run beside the server, as they are at each call.
pub type JobsHealth = Arc<dyn Fn() -> Vec<JobHealth> + Send + Sync>;

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
}
