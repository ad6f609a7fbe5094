//! Violations as answers show them. Times are RFC 3339 in UTC, scores and coordinates 0..1.

use anjian_domain::{Detection, RuleDefinition, TrackPoint, Verdict, ViolationId};
use anjian_indexer::{
    EvidenceKind, EvidenceRow, ViolationDetail, ViolationPage, ViolationRow, ViolationStatus,
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::Object;

use crate::http::schema::{one_of, sides};
use crate::verdicts::views::JudgedView;
use crate::violations::clip_views::{ClipStateView, ExpiredView};
use crate::violations::clock_view::ViolationClockView;
use crate::violations::run_view::RunView;

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
    /// Where the recording of the camera holds `opened_at`: another time only after a clock was set back over time that
    /// was recorded already.
    #[schema(format = "date-time")]
    pub(crate) recorded_at: String,
    pub(crate) clock: ViolationClockView,
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
    /// The newest judgement; null where nobody judged, and for viewers who see confirmed violations only.
    #[schema(required)]
    pub(crate) judged: Option<JudgedView>,
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
            recorded_at: row.opened_place().to_string(),
            clock: row.clock.into(),
            rule_version: row.rule_version.clone(),
            model: row.model.clone(),
            // A violation never opens without its two snapshots, and they expire together.
            snapshot: row.has_pictures.then(|| evidence_url(row.id, EvidenceKind::Snapshot)),
            snapshot_annotated: row
                .has_pictures
                .then(|| evidence_url(row.id, EvidenceKind::SnapshotAnnotated)),
            clip: row.has_clip.then(|| evidence_url(row.id, EvidenceKind::Clip)),
            judged: row.judged.map(JudgedView::from),
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
