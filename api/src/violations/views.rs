//! Violations as answers show them. Times are RFC 3339 in UTC, scores and coordinates 0..1.

use anjian_domain::{
    Detection, RuleDefinition, RunKind, RunOutcome, StartSource, TrackPoint, Verdict, ViolationId,
};
use anjian_indexer::{
    ClipRow, ClipState, EvidenceKind, EvidenceRow, Expired, ExpiredBy, RunRow, ViolationDetail,
    ViolationPage, ViolationRow, ViolationStatus,
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::Object;

use crate::http::schema::{one_of, sides};

/// A violation as lists show it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ViolationView {
    /// UUID.
    pub(crate) id: String,
    pub(crate) site: String,
    pub(crate) camera: String,
    pub(crate) zone: String,
    /// A name that `/api/v1/behaviours` lists, or one of another version.
    pub(crate) behaviour: String,
    /// Whether it goes on.
    #[schema(schema_with = statuses)]
    pub(crate) status: &'static str,
    /// What an inspector made of it.
    #[schema(schema_with = verdicts)]
    pub(crate) verdict: &'static str,
    /// 0..1, over the observations that opened it.
    pub(crate) score: f32,
    /// First observation of the breach.
    #[schema(format = "date-time")]
    pub(crate) opened_at: String,
    /// Last observation of the breach; null while it goes on.
    #[schema(format = "date-time", required)]
    pub(crate) closed_at: Option<String>,
    /// Behaviour and digest of the rule as it stood.
    pub(crate) rule_version: String,
    /// Name and digest of the model.
    pub(crate) model: String,
    /// Address of the clean picture; null when it expired.
    #[schema(required)]
    pub(crate) snapshot: Option<String>,
    /// Address of the picture with zone, boxes and time drawn in; null when it expired.
    #[schema(required)]
    pub(crate) snapshot_annotated: Option<String>,
    /// Address of the clip.
    #[schema(required)]
    pub(crate) clip: Option<String>,
}

/// One page of violations, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ViolationPageView {
    pub(crate) items: Vec<ViolationView>,
    /// Pass it as `cursor` for the next page; null on the last.
    #[schema(required)]
    pub(crate) next_cursor: Option<String>,
}

/// A violation with everything that is kept of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ViolationDetailView {
    #[serde(flatten)]
    pub(crate) violation: ViolationView,
    /// `ended`, `left`, `source_ended` or `interrupted`; null while it goes on.
    #[schema(required)]
    pub(crate) close_reason: Option<&'static str>,
    /// Seconds from the beginning of the source to `opened_at`.
    pub(crate) opened_s: f64,
    /// Seconds from the beginning of the source to `closed_at`.
    #[schema(required)]
    pub(crate) closed_s: Option<f64>,
    /// When the snapshot was taken: the breach had lasted long enough then.
    #[schema(format = "date-time")]
    pub(crate) snapshot_at: String,
    /// Everything the model saw in the snapshot.
    pub(crate) detections: Vec<DetectionView>,
    /// The person; null where no single person is meant.
    #[schema(required)]
    pub(crate) track: Option<TrackView>,
    pub(crate) rule: RuleView,
    pub(crate) run: RunView,
    /// Files that are kept, and the clip while it lies in the recording.
    pub(crate) evidence: Vec<EvidenceView>,
    /// When the pictures expired; null while they are kept.
    #[schema(required)]
    pub(crate) pictures_expired: Option<ExpiredView>,
    /// What became of the clip; null for archive Runs, which have none.
    #[schema(required)]
    pub(crate) clip_state: Option<ClipStateView>,
}

/// What became of a violation's clip.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClipStateView {
    /// Whether it is there, and where.
    #[schema(schema_with = clip_states)]
    pub(crate) state: &'static str,
    /// Beginning of what it shows.
    #[schema(format = "date-time", required)]
    pub(crate) from: Option<String>,
    /// End of what it shows.
    #[schema(format = "date-time", required)]
    pub(crate) to: Option<String>,
    /// What is missing of it, or why there is none.
    #[schema(required)]
    pub(crate) reason: Option<String>,
    /// When it expired; null unless it did.
    #[schema(required)]
    pub(crate) expired: Option<ExpiredView>,
}

/// When evidence expired, and why.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExpiredView {
    #[schema(format = "date-time")]
    pub(crate) at: String,
    /// Why.
    #[schema(schema_with = policies)]
    pub(crate) by: &'static str,
}

/// What a model saw in one place of one picture.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DetectionView {
    /// `person`, `head`, `helmet` …
    pub(crate) class: &'static str,
    /// 0..1.
    pub(crate) score: f32,
    /// Left, top, right, bottom; 0..1 of the picture.
    #[serde(rename = "box")]
    #[schema(schema_with = sides)]
    pub(crate) bounds: [f32; 4],
}

/// Where one person was.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TrackView {
    /// Unique in its Run.
    pub(crate) id: u64,
    pub(crate) path: Vec<TrackPointView>,
}

/// Where a person was at a moment.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TrackPointView {
    #[schema(format = "date-time")]
    pub(crate) at: String,
    /// Left, top, right, bottom; 0..1 of the picture.
    #[serde(rename = "box")]
    #[schema(schema_with = sides)]
    pub(crate) bounds: [f32; 4],
}

/// The rule as it stood when it judged.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RuleView {
    pub(crate) id: String,
    pub(crate) version: String,
    /// Thresholds, schedule and polygon; null when the Run did not declare the rule.
    #[schema(value_type = Option<Object>, required)]
    pub(crate) definition: Option<serde_json::Value>,
}

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
    /// How `started_at` is known: `given`, `follows` the file before, from the `container`, or a guess by when the file was
    /// `modified`; null for live Runs, and for those of versions that did not store it.
    #[schema(required)]
    pub(crate) start_source: Option<&'static str>,
    /// SHA-256 of the footage, 64 hexadecimal digits; null for live Runs, and for those of versions that did not store it.
    #[schema(required)]
    pub(crate) footage_sha256: Option<String>,
    /// What decided besides model and rules; null for Runs of versions that did not store it.
    #[schema(value_type = Option<Object>, required)]
    pub(crate) settings: Option<serde_json::Value>,
    /// The Run over the same footage that counts instead; its violations are listed, and of this Run those with a verdict.
    #[schema(required)]
    pub(crate) superseded_by: Option<String>,
}

/// A file of a violation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EvidenceView {
    /// What it shows.
    #[schema(schema_with = evidence_kinds)]
    pub(crate) kind: &'static str,
    pub(crate) url: String,
    pub(crate) media_type: &'static str,
    pub(crate) bytes: u64,
    /// 64 hexadecimal digits.
    pub(crate) sha256: String,
}

fn statuses() -> Object {
    one_of("`open` while it goes on.", ViolationStatus::ALL.map(ViolationStatus::as_str))
}

fn verdicts() -> Object {
    let description = "What an inspector made of it. Says nothing of whether it goes on.";
    one_of(description, Verdict::ALL.map(Verdict::as_str))
}

fn clip_states() -> Object {
    let description = "`due`: it can be had soon after the violation closed; `recorded`: it lies in the recording; `cut`: it \
        is a file of its own, because its recording expired; `none`: there is nothing to cut it from; `expired`: it is gone.";
    one_of(description, ClipState::ALL.map(ClipState::as_str))
}

fn policies() -> Object {
    let description = "`age`: it was older than evidence that nobody confirmed is kept; `size`: all evidence together was \
        too large; `recording`: the recording in which it lay expired.";
    one_of(description, ExpiredBy::ALL.map(ExpiredBy::as_str))
}

fn run_kinds() -> Object {
    one_of("Of cameras as it happened, or of footage from before.", RunKind::ALL.map(RunKind::as_str))
}

fn evidence_kinds() -> Object {
    one_of("What it shows.", EvidenceKind::ALL.map(EvidenceKind::as_str))
}

/// Where a file of a violation is served; the routes in `evidence` answer it.
pub(crate) fn evidence_url(id: ViolationId, kind: EvidenceKind) -> String {
    let file = match kind {
        EvidenceKind::Snapshot => "snapshot.jpg",
        EvidenceKind::SnapshotAnnotated => "snapshot-annotated.jpg",
        EvidenceKind::Clip => "clip.mp4",
    };
    format!("/api/v1/violations/{id}/{file}")
}

impl From<&ViolationRow> for ViolationView {
    fn from(row: &ViolationRow) -> Self {
        Self {
            id: row.id.to_string(),
            site: row.site.to_string(),
            camera: row.camera.to_string(),
            zone: row.zone.to_string(),
            behaviour: row.behaviour.to_string(),
            status: row.status.as_str(),
            verdict: row.verdict.as_str(),
            score: row.score.value(),
            opened_at: row.opened_at.to_string(),
            closed_at: row.closed_at.map(|at| at.to_string()),
            rule_version: row.rule_version.clone(),
            model: row.model.clone(),
            // A violation never opens without its two snapshots, and they expire together.
            snapshot: row.has_pictures.then(|| evidence_url(row.id, EvidenceKind::Snapshot)),
            snapshot_annotated: row
                .has_pictures
                .then(|| evidence_url(row.id, EvidenceKind::SnapshotAnnotated)),
            clip: row.has_clip.then(|| evidence_url(row.id, EvidenceKind::Clip)),
        }
    }
}

impl From<&ViolationPage> for ViolationPageView {
    fn from(page: &ViolationPage) -> Self {
        Self {
            items: page.items.iter().map(ViolationView::from).collect(),
            next_cursor: page.next_cursor.map(|cursor| cursor.to_string()),
        }
    }
}

impl From<ViolationDetail> for ViolationDetailView {
    fn from(detail: ViolationDetail) -> Self {
        let row = &detail.row;
        let path = detail.path.iter().map(TrackPointView::from).collect();
        Self {
            violation: row.into(),
            close_reason: row.close_reason.map(anjian_domain::CloseReason::as_str),
            opened_s: row.opened_s,
            closed_s: row.closed_s,
            snapshot_at: detail.snapshot_at.wall.to_string(),
            detections: detail.detections.items.iter().map(DetectionView::from).collect(),
            track: row.track.map(|track| TrackView { id: track.0, path }),
            rule: rule_view(row, detail.rule),
            run: (&detail.run).into(),
            evidence: detail.evidence.iter().map(|file| evidence_view(row.id, file)).collect(),
            pictures_expired: detail.pictures_expired.map(ExpiredView::from),
            clip_state: detail.clip.as_ref().map(ClipStateView::from),
        }
    }
}

impl From<&ClipRow> for ClipStateView {
    fn from(row: &ClipRow) -> Self {
        Self {
            state: row.state.as_str(),
            from: row.from.map(|at| at.to_string()),
            to: row.to.map(|at| at.to_string()),
            reason: row.reason.clone(),
            expired: row.expired.map(ExpiredView::from),
        }
    }
}

impl From<Expired> for ExpiredView {
    fn from(expired: Expired) -> Self {
        Self { at: expired.at.to_string(), by: expired.by.as_str() }
    }
}

fn rule_view(row: &ViolationRow, rule: Option<RuleDefinition>) -> RuleView {
    let definition = rule.map(|rule| rule.definition);
    RuleView { id: row.rule.to_string(), version: row.rule_version.clone(), definition }
}

fn evidence_view(id: ViolationId, row: &EvidenceRow) -> EvidenceView {
    EvidenceView {
        kind: row.kind.as_str(),
        url: evidence_url(id, row.kind),
        media_type: row.kind.media_type(),
        bytes: row.size_bytes,
        sha256: row.sha256.clone(),
    }
}

impl From<&Detection> for DetectionView {
    fn from(detection: &Detection) -> Self {
        Self {
            class: detection.class.as_str(),
            score: detection.score.value(),
            bounds: detection.bounds.into(),
        }
    }
}

impl From<&TrackPoint> for TrackPointView {
    fn from(point: &TrackPoint) -> Self {
        Self { at: point.at.wall.to_string(), bounds: point.bounds.into() }
    }
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
            superseded_by: run.superseded_by.map(|run| run.to_string()),
        }
    }
}
