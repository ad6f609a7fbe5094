//! Rows as callers get them: checked values instead of columns.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anjian_domain::{
    Behaviour, CameraId, CameraState, CloseReason, Detections, MediaTime, Moment, RuleDefinition, RuleId,
    RunId, RunKind, Score, Site, SiteId, TrackId, TrackPoint, ViolationId, WallTime, ZoneId,
};
use serde::{Deserialize, Serialize};

use crate::{ClipRow, ViolationStatus};

/// A site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteRow {
    /// As configured last.
    pub site: Site,
    /// Whether the present configuration names it; its violations remain when not.
    pub is_configured: bool,
}

/// A camera and the newest that is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CameraRow {
    /// Which.
    pub camera: CameraId,
    /// Whose premises.
    pub site: SiteId,
    /// What people call it.
    pub name: String,
    /// What people call its zones, as configured last. A zone that has gone from the configuration is missing.
    pub zone_names: BTreeMap<ZoneId, String>,
    /// Whether the present configuration names it; its violations remain when not.
    pub is_configured: bool,
    /// What it is doing; [`CameraState::Stopped`] until somebody told.
    pub state: CameraState,
    /// Since when; `None` until somebody told.
    pub since: Option<WallTime>,
    /// Why, for a person.
    pub reason: Option<String>,
    /// When the newest picture was captured.
    pub last_frame: Option<WallTime>,
}

/// A violation as lists show it.
#[derive(Debug, Clone, PartialEq)]
pub struct ViolationRow {
    /// Names it.
    pub id: ViolationId,
    /// Whose premises.
    pub site: SiteId,
    /// Whose pictures.
    pub camera: CameraId,
    /// Where in the picture.
    pub zone: ZoneId,
    /// What was done.
    pub behaviour: Behaviour,
    /// Where it stands.
    pub status: ViolationStatus,
    /// How sure.
    pub score: Score,
    /// First observation of the breach.
    pub opened_at: WallTime,
    /// Last observation of the breach; `None` while it goes on.
    pub closed_at: Option<WallTime>,
    /// Why it ended; `None` while it goes on.
    pub close_reason: Option<CloseReason>,
    /// Seconds from the beginning of the source to `opened_at`.
    pub opened_s: f64,
    /// Seconds from the beginning of the source to `closed_at`.
    pub closed_s: Option<f64>,
    /// The rule that was broken.
    pub rule: RuleId,
    /// The rule as it stood then.
    pub rule_version: String,
    /// The model that saw it.
    pub model: String,
    /// The person, where the behaviour is one person's.
    pub track: Option<TrackId>,
    /// The Run that found it.
    pub run: RunId,
    /// What kind of Run that was.
    pub run_kind: RunKind,
    /// Whether a clip can be had.
    pub has_clip: bool,
}

/// A violation with everything that is kept of it but the bytes of its files.
#[derive(Debug, Clone, PartialEq)]
pub struct ViolationDetail {
    /// As lists show it.
    pub row: ViolationRow,
    /// When its snapshot was taken.
    pub snapshot_at: Moment,
    /// Everything the model saw in the snapshot.
    pub detections: Detections,
    /// Where the track was; grows until the violation is closed.
    pub path: Vec<TrackPoint>,
    /// The rule as it stood; `None` when the Run never declared it.
    pub rule: Option<RuleDefinition>,
    /// The Run that found it.
    pub run: RunRow,
    /// Its files.
    pub evidence: Vec<EvidenceRow>,
    /// What became of its clip; `None` for violations of an archive Run, which have none.
    pub clip: Option<ClipRow>,
}

/// A Run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRow {
    /// Names it.
    pub id: RunId,
    /// Live or archive.
    pub kind: RunKind,
    /// Whose premises.
    pub site: SiteId,
    /// Whose pictures.
    pub camera: CameraId,
    /// The source without its password.
    pub source: String,
    /// The model.
    pub model: String,
    /// When its first frame was expected.
    pub started_at: WallTime,
    /// When it ended; `None` while it goes on.
    pub ended_at: Option<WallTime>,
    /// The last moment of it that is known.
    pub last_seen_at: WallTime,
    /// The last analysed moment in the source, once it ended.
    pub last_media: Option<MediaTime>,
}

/// Which file of a violation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceKind {
    /// The frame as it was.
    Snapshot,
    /// The frame with zone, boxes, time and behaviour drawn in.
    SnapshotAnnotated,
    /// The moving pictures around it.
    Clip,
}

impl EvidenceKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Snapshot, Self::SnapshotAnnotated, Self::Clip];

    /// The name in answers and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Snapshot => "snapshot",
            Self::SnapshotAnnotated => "snapshot_annotated",
            Self::Clip => "clip",
        }
    }

    /// The name of the file in the violation's folder.
    #[must_use]
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Snapshot => "snapshot.jpg",
            Self::SnapshotAnnotated => "snapshot_annotated.jpg",
            Self::Clip => "clip.mp4",
        }
    }

    /// What the file holds, as HTTP says it.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Snapshot | Self::SnapshotAnnotated => "image/jpeg",
            Self::Clip => "video/mp4",
        }
    }
}

/// A file of a violation, as the index knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceRow {
    /// Which.
    pub kind: EvidenceKind,
    /// Size.
    pub size_bytes: u64,
    /// SHA-256, 64 lower-case hexadecimal digits.
    pub sha256: String,
}

/// A file of a violation, and where it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceFile {
    /// Where.
    pub path: PathBuf,
    /// What it holds, as HTTP says it.
    pub media_type: &'static str,
    /// Size.
    pub size_bytes: u64,
    /// SHA-256, 64 lower-case hexadecimal digits; serves as ETag, because evidence never changes.
    pub sha256: String,
}
