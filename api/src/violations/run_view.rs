//! The analysis that found a violation, as answers show it.

use anjian_domain::{Flaw, FlawKind, RunKind, RunOutcome, StartSource};
use anjian_indexer::RunRow;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::Object;

use crate::http::schema::one_of;

/// The analysis that found a violation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RunView {
    pub(crate) id: String,
    /// Of what it was.
    #[schema(schema_with = run_kinds)]
    pub(crate) kind: &'static str,
    /// The source without its password.
    pub(crate) source: String,
    #[schema(format = "date-time")]
    pub(crate) started_at: String,
    #[schema(format = "date-time", required)]
    pub(crate) ended_at: Option<String>,
    /// `complete`, `stopped` or `failed`; null while it goes on, after its process was killed, and for Runs of versions
    /// that did not store it.
    #[schema(required)]
    pub(crate) outcome: Option<&'static str>,
    /// How `started_at` is known: `given`, `follows` the file before, from the `container`, from the end that the container
    /// says (`container_end`), from the `name` of the file, or a guess by when the file was `modified`; null for live Runs, and for those of versions that did not store it.
    #[schema(required)]
    pub(crate) start_source: Option<&'static str>,
    /// SHA-256 of the footage, 64 hexadecimal digits; null for live Runs, and for those of versions that did not store it.
    #[schema(required)]
    pub(crate) footage_sha256: Option<String>,
    /// What decided besides model and rules; null for Runs of versions that did not store it.
    #[schema(value_type = Option<Object>, required)]
    pub(crate) settings: Option<serde_json::Value>,
    /// Stretches of the footage that no rule could judge; empty for live Runs.
    pub(crate) flaws: Vec<FlawView>,
    /// The Run over the same footage that counts instead; its violations are listed, and of this Run those with a verdict.
    #[schema(required)]
    pub(crate) superseded_by: Option<String>,
}

/// A stretch of footage that no rule could judge.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FlawView {
    /// Why.
    #[schema(schema_with = flaw_kinds)]
    pub(crate) kind: &'static str,
    /// The last picture before it, seconds from the beginning of the footage.
    pub(crate) from_s: f64,
    /// The first picture after it, seconds from the beginning of the footage.
    pub(crate) to_s: f64,
}

fn flaw_kinds() -> Object {
    one_of(
        "Its pictures do not decode; there are none; or the file ends before its own headers say.",
        FlawKind::ALL.map(FlawKind::as_str),
    )
}

impl From<&Flaw> for FlawView {
    fn from(flaw: &Flaw) -> Self {
        Self { kind: flaw.kind.as_str(), from_s: flaw.from.as_secs_f64(), to_s: flaw.to.as_secs_f64() }
    }
}

fn run_kinds() -> Object {
    one_of("Of cameras as it happened, or of footage from before.", RunKind::ALL.map(RunKind::as_str))
}

impl From<&RunRow> for RunView {
    fn from(run: &RunRow) -> Self {
        Self {
            id: run.id.to_string(),
            kind: run.kind.as_str(),
            source: run.source.clone(),
            started_at: run.started_at.to_string(),
            ended_at: run.ended_at.map(|at| at.to_string()),
            outcome: run.outcome.map(RunOutcome::as_str),
            start_source: run.start_source.map(StartSource::as_str),
            footage_sha256: run.footage_sha256.clone(),
            settings: run.settings.clone().filter(serde_json::Value::is_object),
            flaws: run.flaws.iter().map(FlawView::from).collect(),
            superseded_by: run.superseded_by.map(|run| run.to_string()),
        }
    }
}
