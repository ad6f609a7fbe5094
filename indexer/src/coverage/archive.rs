//! Footage of a camera that archive Runs judged, and the stretches of it that they could not judge.

use anjian_domain::{CameraId, Flaw, MediaTime, RunId, Viewer, WallTime};

use crate::engine::sql;
use crate::recordings::timeline::check_range;
use crate::viewer::camera::is_seen;
use crate::violations::run_row;
use crate::{Index, IndexError, RunRow};

/// Most Runs of an answer.
const MOST: i64 = 1_000;

/// What one archive Run judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveCover {
    /// The Run.
    pub run: RunId,
    /// When its footage begins.
    pub from: WallTime,
    /// How far it came in the footage.
    pub to: WallTime,
    /// Stretches that it could not judge, in the time of the camera.
    pub flaws: Vec<FlawAt>,
}

/// A stretch of footage that was not judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlawAt {
    /// Why, and where in the footage.
    pub flaw: Flaw,
    /// The last picture before it.
    pub from: WallTime,
    /// The first picture after it.
    pub to: WallTime,
}

impl Index {
    /// Archive Runs over footage of `from..to`, the earliest first; without those that another Run superseded.
    /// At most 1,000, those that begin last.
    ///
    /// # Errors
    /// When the rows could not be read; [`IndexError::Query`] when the range is longer than [`Index::MAX_RANGE`].
    pub async fn archive_cover(
        &self,
        viewer: &Viewer,
        camera: &CameraId,
        from: WallTime,
        to: WallTime,
    ) -> Result<Vec<ArchiveCover>, IndexError> {
        check_range(from, to, Self::MAX_RANGE)?;
        let failed = |source| IndexError::Database { doing: "read archive Runs", table: "run", source };
        if !is_seen(&self.inner.reader, viewer.scope(), camera).await? {
            return Ok(Vec::new());
        }
        let sql = "SELECT * FROM run WHERE camera = $1 AND started_us < $3 AND last_seen_us > $2 \
             AND kind = 'archive' AND superseded_by IS NULL ORDER BY started_us DESC LIMIT $4";
        let query = sql::query(sql).bind(camera.as_str()).bind(from.as_micros()).bind(to.as_micros());
        let rows = query.bind(MOST).fetch_all(&self.inner.reader).await.map_err(failed)?;
        rows.iter().rev().map(|row| run_row::decode(row).map(|run| cover(&run))).collect()
    }
}

fn cover(run: &RunRow) -> ArchiveCover {
    let place = |flaw: &Flaw| FlawAt {
        flaw: *flaw,
        from: run.started_at.plus(flaw.from.since(MediaTime::ZERO)),
        to: run.started_at.plus(flaw.to.since(MediaTime::ZERO)),
    };
    ArchiveCover {
        run: run.id,
        from: run.started_at,
        to: run.last_seen_at,
        flaws: run.flaws.iter().map(place).collect(),
    }
}
