//! Names of what the pipeline measures, as they stand at `/metrics`.

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

/// Frames that were judged; label `camera`.
pub const FRAMES_ANALYSED: &str = "anjian_frames_analysed_total";
/// Frames that a newer one replaced before their turn came; label `camera`.
pub const FRAMES_DROPPED: &str = "anjian_frames_dropped_total";
/// Frames that were not judged because nothing had moved in an empty picture; label `camera`.
pub const FRAMES_GATED: &str = "anjian_frames_gated_total";
/// Frames that the model or the analysis could not judge; label `camera`.
pub const FRAMES_FAILED: &str = "anjian_frames_failed_total";
/// Time in the model, a frame.
pub const DETECT_SECONDS: &str = "anjian_detect_seconds";
/// From the frame's capture to its verdict.
pub const LAG_SECONDS: &str = "anjian_capture_to_judgement_seconds";
/// Violations opened; labels `camera`, `behaviour`.
pub const VIOLATIONS: &str = "anjian_violations_total";
/// Evidence that waits to be kept.
pub const EVIDENCE_WAITING: &str = "anjian_evidence_waiting";
/// Attempts to keep evidence that failed and were repeated.
pub const EVIDENCE_RETRIES: &str = "anjian_evidence_retries_total";
/// Evidence that could not be kept at all. Anything above 0 needs a person.
pub const EVIDENCE_LOST: &str = "anjian_evidence_lost_total";
/// 1 while pictures arrive, else 0; label `camera`.
pub const CAMERA_LIVE: &str = "anjian_camera_live";
/// 1 while a live camera sees nothing, else 0; label `camera`.
pub const CAMERA_BLIND: &str = "anjian_camera_blind";
/// Minutes of coverage that could not be kept; label `camera`.
pub const MINUTES_LOST: &str = "anjian_coverage_minutes_lost_total";

/// Gives every metric its description; call once, after the recorder is installed.
pub fn describe() {
    describe_counter!(FRAMES_ANALYSED, "Frames that were judged.");
    describe_counter!(FRAMES_DROPPED, "Frames that a newer one replaced before their turn came.");
    describe_counter!(FRAMES_FAILED, "Frames that the model could not judge.");
    describe_histogram!(DETECT_SECONDS, Unit::Seconds, "Time in the model for one frame.");
    describe_histogram!(LAG_SECONDS, Unit::Seconds, "Time from the capture of a frame to its judgement.");
    describe_counter!(VIOLATIONS, "Violations opened.");
    describe_gauge!(EVIDENCE_WAITING, "Evidence that waits to be kept.");
    describe_counter!(EVIDENCE_RETRIES, "Attempts to keep evidence that failed and were repeated.");
    describe_counter!(EVIDENCE_LOST, "Evidence that could not be kept; anything above 0 needs a person.");
    describe_gauge!(CAMERA_LIVE, "1 while pictures of the camera arrive, else 0.");
    describe_gauge!(
        CAMERA_BLIND,
        "1 while the camera is live but black, covered, frozen, moved or out of focus."
    );
    describe_counter!(MINUTES_LOST, "Minutes of coverage that could not be kept.");
}
