//! How much the recordings take, for how long there is room, and what each recorder is doing.

use std::collections::BTreeMap;

use anjian_domain::{CameraId, RecordingChange, Viewer};
use anjian_indexer::{CameraUsage, Storage};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::problem::Problem;
use crate::shared::Shared;

/// What the recordings of all cameras take.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StorageView {
    /// Size of the disk.
    disk_bytes: u64,
    free_bytes: u64,
    recorded_bytes: u64,
    /// Of those, under a hold.
    held_bytes: u64,
    /// What retention keeps free; 0: nothing.
    min_free_bytes: u64,
    /// Whether the disk was so full that the reserve for evidence is in use.
    reserve_given_up: bool,
    /// At the rate of late.
    bytes_a_day: u64,
    /// Files of violations: pictures, and clips whose recording is gone.
    evidence_bytes: u64,
    /// What violations add at the rate of late, with the clips that will be cut of them.
    evidence_bytes_a_day: u64,
    /// Recordings and evidence together. Null when retention keeps up, or nothing was recorded of late.
    #[schema(required)]
    days_until_full: Option<f64>,
    cameras: Vec<CameraStorageView>,
}

/// What the recordings of a camera take.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CameraStorageView {
    camera: String,
    /// What its recorder is doing; null when it never did anything.
    #[schema(required)]
    recorder: Option<RecorderView>,
    /// Null when there is none.
    #[schema(required)]
    recordings: Option<CameraUsageView>,
}

/// What a recorder is doing.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecorderView {
    /// `waiting`, `recording`, `disk_full`, `failed`, `overloaded`, `stopped` or `interrupted`.
    state: &'static str,
    #[schema(format = "date-time")]
    since: String,
    #[schema(required)]
    reason: Option<String>,
}

/// The recordings of a camera that are there.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CameraUsageView {
    /// Beginning of the oldest.
    #[schema(format = "date-time")]
    from: String,
    /// End of the newest.
    #[schema(format = "date-time")]
    to: String,
    segments: u64,
    bytes: u64,
    held_bytes: u64,
    bytes_a_day: u64,
    /// After so long it expires; null: never.
    #[schema(required)]
    max_age_s: Option<u64>,
    /// Beyond that the oldest expires; null: no limit.
    #[schema(required)]
    max_bytes: Option<u64>,
}

/// Tells what the recordings take, a camera and in all, and when the disk will be full.
#[utoipa::path(get, path = "/api/v1/storage", tag = "recordings", responses((status = OK, body = StorageView)))]
pub(crate) async fn storage(
    viewer: Viewer,
    State(shared): State<Shared>,
) -> Result<Json<StorageView>, Problem> {
    let storage = shared.index.storage(&viewer).await?;
    let states = shared.index.recording_states(&viewer).await?;
    Ok(Json(StorageView::new(&storage, states)))
}

impl StorageView {
    fn new(storage: &Storage, states: Vec<RecordingChange>) -> Self {
        let mut cameras: BTreeMap<CameraId, CameraStorageView> = BTreeMap::new();
        for usage in &storage.cameras {
            entry(&mut cameras, &usage.span.camera).recordings = Some(usage.into());
        }
        for change in states {
            entry(&mut cameras, &change.camera).recorder = Some((&change).into());
        }
        Self {
            disk_bytes: storage.disk_bytes,
            free_bytes: storage.free_bytes,
            recorded_bytes: storage.recorded_bytes,
            held_bytes: storage.held_bytes,
            min_free_bytes: storage.min_free_bytes,
            reserve_given_up: storage.is_reserve_given_up,
            bytes_a_day: storage.bytes_a_day,
            evidence_bytes: storage.evidence.bytes,
            evidence_bytes_a_day: storage.evidence.bytes_a_day,
            days_until_full: storage.days_until_full,
            cameras: cameras.into_values().collect(),
        }
    }
}

fn entry<'a>(
    cameras: &'a mut BTreeMap<CameraId, CameraStorageView>,
    camera: &CameraId,
) -> &'a mut CameraStorageView {
    let empty = || CameraStorageView { camera: camera.to_string(), recorder: None, recordings: None };
    cameras.entry(camera.clone()).or_insert_with(empty)
}

impl From<&RecordingChange> for RecorderView {
    fn from(change: &RecordingChange) -> Self {
        Self { state: change.state.as_str(), since: change.since.to_string(), reason: change.reason.clone() }
    }
}

impl From<&CameraUsage> for CameraUsageView {
    fn from(usage: &CameraUsage) -> Self {
        Self {
            from: usage.span.from.to_string(),
            to: usage.span.to.to_string(),
            segments: usage.span.segments,
            bytes: usage.span.bytes,
            held_bytes: usage.held_bytes,
            bytes_a_day: usage.bytes_a_day,
            max_age_s: usage.limits.max_age.map(|age| age.as_secs()),
            max_bytes: usage.limits.max_bytes,
        }
    }
}
