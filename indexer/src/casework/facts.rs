//! The facts behind the grade of a violation's evidence, read from rows and files.

use std::time::Duration;

use anjian_casework::Officer;
use anjian_casework::grade::{Clip, Digests, Facts, Grade, PersonHeight, assess};
use anjian_domain::{Viewer, ViolationId};
use sha2::{Digest, Sha256};

use crate::casework::context::zone_of;
use crate::casework::reviews;
use crate::casework::rules::CaseRules;
use crate::check::{batch, bucket};
use crate::engine::blocking::blocking;
use crate::violations::rows::ViolationClock;
use crate::{ClipRow, ClipState, EvidenceFile, EvidenceKind, FilePlace, Index, IndexError, ViolationDetail};

impl Index {
    /// The grade of a violation's evidence, with these officers to sign; `None` when the viewer sees no such violation. Reads
    /// every file of it and compares the digests.
    ///
    /// # Errors
    /// When rows or files could not be read.
    pub async fn grade(
        &self,
        viewer: &Viewer,
        id: ViolationId,
        officers: &[Officer],
        rules: &CaseRules,
    ) -> Result<Option<Grade>, IndexError> {
        let Some(detail) = self.violation(viewer, id).await? else { return Ok(None) };
        let reader = &self.inner.reader;
        let zone = zone_of(reader, &detail.row.site).await?;
        let used_on = detail.row.opened_at.timestamp().to_zoned(zone).date();
        let (digests, height_px) = self.look_at_files(viewer, &detail).await?;
        let facts = Facts {
            review: reviews::on(reader, &detail.row.camera, used_on).await?,
            used_on,
            clock_offset: clock_offset(detail.row.clock),
            clip: clip(detail.clip.as_ref()),
            person_height: person_height(&detail, height_px),
            digests,
            verdict: detail.row.verdict,
            officers: officers.to_vec(),
        };
        Ok(Some(assess(&facts, rules.limits)))
    }

    /// Whether every file is as it was written, and the height of the clean picture.
    async fn look_at_files(
        &self,
        viewer: &Viewer,
        detail: &ViolationDetail,
    ) -> Result<(Digests, Option<u32>), IndexError> {
        // Never closed, so always given.
        let _place = self.inner.gradings.acquire().await;
        let (mut digests, mut height_px) = (Digests::Intact, None);
        for kind in EvidenceKind::ALL {
            let Some(file) = self.evidence_file(viewer, detail.row.id, kind).await? else {
                // A clip that lies in the recording has no file of its own.
                if kind != EvidenceKind::Clip {
                    digests = Digests::Broken;
                }
                continue;
            };
            let found = self.look_at(&file, kind).await?;
            if found.sha256 != file.sha256 {
                digests = Digests::Broken;
            }
            if kind == EvidenceKind::Snapshot {
                height_px = found.height_px;
            }
        }
        Ok((digests, height_px))
    }

    async fn look_at(&self, file: &EvidenceFile, kind: EvidenceKind) -> Result<Look, IndexError> {
        let is_picture = kind == EvidenceKind::Snapshot;
        match &file.place {
            FilePlace::Folder(path) => {
                let path = path.clone();
                blocking(move || Ok(look_at_local(&path, is_picture))).await
            }
            FilePlace::Bucket(key) => {
                let Some(bucket) = self.bucket() else { return Ok(Look::default()) };
                if is_picture {
                    let bytes = bucket.read(key, 0..file.size_bytes).await?;
                    return Ok(Look {
                        sha256: hex::encode(Sha256::digest(&bytes)),
                        height_px: height(&bytes),
                    });
                }
                let sha256 = bucket::digest(bucket, key, file.size_bytes).await?;
                Ok(Look { sha256, height_px: None })
            }
        }
    }
}

/// What was seen of a file; empty when it is missing.
#[derive(Default)]
struct Look {
    sha256: String,
    height_px: Option<u32>,
}

fn look_at_local(path: &std::path::Path, is_picture: bool) -> Look {
    let Ok((_, sha256)) = batch::digest(path) else { return Look::default() };
    let height_px = is_picture.then(|| std::fs::read(path).ok()).flatten().and_then(|bytes| height(&bytes));
    Look { sha256, height_px }
}

fn height(bytes: &[u8]) -> Option<u32> {
    let size = imagesize::blob_size(bytes).ok()?;
    u32::try_from(size.height).ok()
}

/// What is known of the fault of the clock. Versions that did not store the clock measured nothing.
fn clock_offset(clock: ViolationClock) -> Option<Duration> {
    let found = clock.error_us.map(|error| Duration::from_micros(error.unsigned_abs()));
    found.or(clock.source.map(|_| Duration::ZERO))
}

fn clip(clip: Option<&ClipRow>) -> Clip {
    match clip {
        Some(clip) if !matches!(clip.state, ClipState::Recorded | ClipState::Cut) => Clip::Absent,
        Some(clip) if clip.reason.is_some() => Clip::Gaps,
        Some(_) => Clip::Whole,
        None => Clip::Absent,
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a picture's height")]
fn person_height(detail: &ViolationDetail, height_px: Option<u32>) -> PersonHeight {
    if detail.row.track.is_none() {
        return PersonHeight::NotAsked;
    }
    let nearest = detail
        .path
        .iter()
        .min_by_key(|point| point.at.media.as_nanos().abs_diff(detail.snapshot_at.media.as_nanos()));
    let (Some(point), Some(height_px)) = (nearest, height_px) else { return PersonHeight::Unknown };
    let share = f64::from(point.bounds.height());
    PersonHeight::Measured { height_px: (share * f64::from(height_px)).round() as u32 }
}
