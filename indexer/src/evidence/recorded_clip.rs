//! Clips whose bytes lie in the recording: what they consist of, for whoever plays them.

use crate::engine::sql::Builder;
use anjian_casework::roles::Action;
use anjian_domain::{CameraId, Segment, Viewer, ViolationId, WallTime};

use crate::engine::columns::{Columns, uuid_column};
use crate::evidence::clip_row::{self, ClipDigest};
use crate::viewer::reach;
use crate::{Index, IndexError};

/// A clip whose bytes lie in the recording: `anjian_footage::Cut::plan` of its segments and its range is the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedClip {
    /// Whose recording.
    pub camera: CameraId,
    /// Beginning of what it shows.
    pub from: WallTime,
    /// End of what it shows.
    pub to: WallTime,
    /// Size and digest of the file, as they were when the recording reached its end.
    pub digest: ClipDigest,
    /// Every segment that touches the range, the oldest first.
    pub segments: Vec<Segment>,
}

impl Index {
    /// The clip of a violation while it lies in the recording; `None` when there is no such violation, or its clip is a
    /// file of its own ([`Index::evidence_file`]), or there is none.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn recorded_clip(
        &self,
        viewer: &Viewer,
        id: ViolationId,
    ) -> Result<Option<RecordedClip>, IndexError> {
        let mut sql = Builder::new(
            "SELECT c.camera, c.from_us, c.to_us, c.size_bytes, c.sha256 FROM violation AS v \
             JOIN clip AS c ON c.violation = v.seq WHERE c.state = 'recorded' AND v.id = ",
        );
        reach::push(sql.push_bind(uuid_column(id.0)), viewer, Action::PlayClips);
        let found = sql.build().fetch_optional(&self.inner.reader).await;
        let failed = |source| IndexError::Database { doing: "look for a clip", table: "clip", source };
        let Some(row) = found.map_err(failed)? else { return Ok(None) };
        let columns = Columns { table: "clip", row: &row };
        let (camera, from, to) = (columns.word("camera")?, columns.wall("from_us")?, columns.wall("to_us")?);
        let Some(digest) = clip_row::digest(&columns)? else { return Ok(None) };
        let segments = self.timeline(&camera, from, to).await?.segments;
        Ok(Some(RecordedClip { camera, from, to, digest, segments }))
    }
}
