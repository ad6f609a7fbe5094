//! Names of the metrics of upkeep, and what they say.

use anjian_ingest::THREAD_DEATHS;
use metrics::{describe_counter, describe_gauge};

/// Times a job ran to its end; label `job`.
pub(super) const DONE: &str = "anjian_job_runs_total";
/// Times a job failed; label `job`.
pub(super) const FAILED: &str = "anjian_job_failures_total";
/// 1 while a job fails, else 0; label `job`.
pub(super) const FAILING: &str = "anjian_job_failing";
/// Time that a job took; label `job`.
pub(super) const SECONDS: &str = "anjian_job_seconds";
/// Bytes that are free on the disk of the recordings.
pub(super) const FREE_BYTES: &str = "anjian_recordings_free_bytes";
/// 1 while the limits cannot be kept, because all that is left is held or needed.
pub(super) const IS_SHORT: &str = "anjian_recordings_short";
/// Segments whose file can neither be deleted nor read.
pub(super) const STUCK: &str = "anjian_segments_stuck";
/// Segments that were deleted.
pub(super) const EXPIRED: &str = "anjian_segments_expired_total";
/// Clips that can be had: they lie in the recording.
pub(super) const CLIPS: &str = "anjian_clips_recorded_total";
/// Clips that were cut because their recording went.
pub(super) const CLIPS_CUT: &str = "anjian_clips_cut_total";
/// Bytes of evidence that were deleted.
pub(super) const EVIDENCE_EXPIRED: &str = "anjian_evidence_expired_bytes_total";
/// Bytes of evidence that were moved into the bucket.
pub(super) const MOVED: &str = "anjian_evidence_moved_bytes_total";
/// Bytes of recordings that were moved into the bucket.
pub(super) const MOVED_RECORDINGS: &str = "anjian_recordings_moved_bytes_total";
/// 1 while all evidence is larger than it may be, because all that is left is confirmed, held or needed.
pub(super) const IS_EVIDENCE_SHORT: &str = "anjian_evidence_short";

pub(super) fn describe() {
    describe_counter!(DONE, "Times that a job ran to its end.");
    describe_counter!(FAILED, "Times that a job failed; it is tried again.");
    describe_gauge!(FAILING, "1 while a job fails; the log says why.");
    describe_gauge!(FREE_BYTES, "Bytes that are free on the disk of the recordings.");
    describe_gauge!(IS_SHORT, "1 while limits cannot be kept, because all that is left is held or needed.");
    describe_counter!(EXPIRED, "Segments that were deleted because they were too old or too many.");
    describe_gauge!(STUCK, "Segments whose file can neither be deleted nor read; each is tried again.");
    describe_counter!(THREAD_DEATHS, "Times that a thread died; it is begun again after a pause.");
    describe_counter!(CLIPS, "Clips of violations that can be had from the recording.");
    describe_counter!(CLIPS_CUT, "Clips that were cut and stored because their recording expired.");
    describe_counter!(EVIDENCE_EXPIRED, "Bytes of evidence that expired by age or size.");
    describe_counter!(MOVED, "Bytes of evidence that were moved from the local disk into the bucket.");
    describe_counter!(
        MOVED_RECORDINGS,
        "Bytes of recordings that were moved from the local disk into the bucket."
    );
    describe_gauge!(
        IS_EVIDENCE_SHORT,
        "1 while evidence is larger than it may be: all that is left is confirmed, held or needed."
    );
}
