//! Violations and Runs as callers get them: checked values instead of columns.

use anjian_domain::{
    Behaviour, CameraId, CloseReason, Detections, Flaw, MediaTime, Moment, RuleDefinition, RuleId, RunId,
    RunKind, RunOutcome, Score, SiteId, StartSource, TimeSource, TrackId, TrackPoint, Verdict, ViolationId,
    WallTime, ZoneId,
};

use crate::{ClipRow, EvidenceRow, Expired, Judged, ViolationStatus};

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
    /// Whether it goes on.
    pub status: ViolationStatus,
    /// What an inspector made of it.
    pub verdict: Verdict,
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
    /// The clock that dates it.
    pub clock: ViolationClock,
    /// Whether a clip can be had.
    pub has_clip: bool,
    /// Whether its snapshots are kept; else they expired.
    pub has_pictures: bool,
    /// The newest judgement; `None` where nobody judged, or the viewer sees confirmed violations only.
    pub judged: Option<Judged>,
}

/// The clock that dates a violation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ViolationClock {
    /// Whose it is; `None`: an earlier version did not store it.
    pub source: Option<TimeSource>,
    /// That clock minus the place in the recording, microseconds; see [`anjian_domain::ClockReading`].
    pub offset_us: i64,
    /// By how much that clock was found to be ahead later, or behind when negative, microseconds; `None`: no fault is
    /// known.
    pub error_us: Option<i64>,
}

impl ViolationRow {
    /// Where the recording holds its opening.
    #[must_use]
    pub fn opened_place(&self) -> WallTime {
        self.opened_at.shifted(self.clock.offset_us.saturating_neg())
    }
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
    /// Its files that are kept; also the clip that lies in the recording.
    pub evidence: Vec<EvidenceRow>,
    /// When its snapshots went and why; `None` while they are kept.
    pub pictures_expired: Option<Expired>,
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
    /// What decided besides model and rules; `None`: an earlier version did not store it.
    pub settings: Option<serde_json::Value>,
    /// SHA-256 of the footage, hexadecimal; `None`: live, or an earlier version did not store it.
    pub footage_sha256: Option<String>,
    /// How `started_at` is known; `None`: live, or an earlier version did not store it.
    pub start_source: Option<StartSource>,
    /// How it ended; `None`: it goes on, its process was killed, or an earlier version did not store it.
    pub outcome: Option<RunOutcome>,
    /// Stretches of the footage that were not judged.
    pub flaws: Vec<Flaw>,
    /// The Run over the same footage that counts instead.
    pub superseded_by: Option<RunId>,
}
