//! Making a row of a media file: the file says itself whose it is and when it begins. Torn ends are cut off.

use crate::engine::connection::Connection;
use crate::engine::sql;
use std::path::{Path, PathBuf};

use anjian_domain::{CameraId, Segment, WallTime};
use anjian_footage::{FootageError, Pieces, repair};

use crate::engine::blocking::blocking;
use crate::engine::columns::Columns;
use crate::nodes::register::NodeId;
use crate::recordings::{segment_pieces, segment_row};
use crate::{Index, IndexError};

/// A file that cannot be read as a segment and is smaller than this holds no picture: its process was killed before
/// the first.
const NO_PICTURE_BYTES: u64 = 4_096;

/// What a file turned out to be.
#[derive(Debug)]
pub(crate) enum Found {
    /// A segment; its end is whole now.
    Segment,
    /// Nothing was recorded in it.
    Empty,
    /// It is not there.
    Missing,
    /// It cannot be used, and why.
    Unusable(String),
    /// It can neither be read nor deleted now. One such file stops no other.
    Unreadable(IndexError),
}

/// What to do with a segment that is longer than there is room for before the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Overlap {
    /// The row says that it ends there.
    Trim,
    /// It gets no row.
    Refuse,
}

impl Index {
    /// Repairs a file and writes its row; an empty file is deleted, with its row. The file must not be in use.
    pub(crate) async fn adopt(&self, path: String, overlap: Overlap) -> Result<Found, IndexError> {
        let (segment, pieces) = match self.mend_file(path).await? {
            Mended::Segment(segment, pieces) => (segment, pieces),
            Mended::Nothing(found) => return Ok(found),
        };
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("segment").await?;
        let found = put_found(&mut transaction, segment, &pieces, overlap, self.inner.node).await?;
        let failed = |source| IndexError::Database { doing: "keep a segment", table: "segment", source };
        transaction.commit().await.map_err(failed)?;
        Ok(found)
    }

    /// Repairs a file; an empty one is deleted. The file must not be in use.
    pub(crate) async fn mend_file(&self, path: String) -> Result<Mended, IndexError> {
        let root = self.recordings_folder().to_path_buf();
        blocking(move || mend(&root, &path)).await
    }
}

/// Writes the row of a file that was found.
pub(crate) async fn put_found(
    connection: &mut Connection<'_>,
    segment: Segment,
    pieces: &Pieces,
    overlap: Overlap,
    node: NodeId,
) -> Result<Found, IndexError> {
    insert_camera(connection, &segment.camera, node).await?;
    let segment = match overlap {
        Overlap::Trim => trim(connection, segment).await?,
        Overlap::Refuse => segment,
    };
    match segment_row::refuse_overlap(connection, &segment).await {
        Ok(()) => {}
        Err(error @ IndexError::Overlap { .. }) => return Ok(Found::Unusable(error.to_string())),
        Err(error) => return Err(error),
    }
    segment_row::put(connection, &segment, node).await?;
    segment_pieces::put(connection, &segment, pieces).await?;
    Ok(Found::Segment)
}

/// What a file became.
pub(crate) enum Mended {
    Segment(Segment, Pieces),
    Nothing(Found),
}

fn mend(root: &Path, path: &str) -> Result<Mended, IndexError> {
    let file = root.join(path);
    let (mended, pieces) = match repair(root, path) {
        Ok(mended) => (mended.segment, mended.pieces),
        Err(error) if error.is_missing() => return Ok(Mended::Nothing(Found::Missing)),
        Err(FootageError::NotASegment { reason, .. }) => {
            let is_small = std::fs::metadata(&file).is_ok_and(|found| found.len() < NO_PICTURE_BYTES);
            let found = if is_small { delete(file)? } else { Found::Unusable(reason) };
            return Ok(Mended::Nothing(found));
        }
        Err(error) => return Ok(Mended::Nothing(Found::Unreadable(error.into()))),
    };
    if mended.duration.is_zero() {
        return delete(file).map(Mended::Nothing);
    }
    let place = Segment::path_of(&mended.camera, mended.start);
    if place != path {
        let reason = format!("it is a copy of {place}, or was moved from there");
        return Ok(Mended::Nothing(Found::Unusable(reason)));
    }
    Ok(Mended::Segment(mended, pieces))
}

fn delete(path: PathBuf) -> Result<Found, IndexError> {
    match std::fs::remove_file(&path) {
        Ok(()) => Ok(Found::Empty),
        Err(source) => Ok(Found::Unreadable(IndexError::File { doing: "delete", path, source })),
    }
}

/// Ends a segment where the next begins.
async fn trim(connection: &mut Connection<'_>, segment: Segment) -> Result<Segment, IndexError> {
    let sql = "SELECT min(start_us) AS start_us FROM segment WHERE camera = $1 AND start_us > $2";
    let query = sql::query(sql).bind(segment.camera.as_str()).bind(segment.start.as_micros());
    let failed = |source| IndexError::Database { doing: "compare segments", table: "segment", source };
    let row = query.fetch_one(connection).await.map_err(failed)?;
    let next = Columns { table: "segment", row: &row }.wall_or_null("start_us")?;
    let room = next.map_or(segment.duration, |next| next.since(segment.start));
    Ok(Segment { duration: segment.duration.min(room), ..segment })
}

/// Footage may be of a camera that no configuration names any more: it gets rows that say so.
async fn insert_camera(
    connection: &mut Connection<'_>,
    camera: &CameraId,
    node: NodeId,
) -> Result<(), IndexError> {
    let failed = |source| IndexError::Database { doing: "keep a camera", table: "camera", source };
    let sql = "INSERT INTO site (id, name, credit_code, time_zone, risk_level, is_configured) \
         SELECT 'unknown', '', '', 'Asia/Shanghai', '', 0 WHERE NOT EXISTS (SELECT 1 FROM camera WHERE id = $1) \
         ON CONFLICT DO NOTHING";
    sql::query(sql).bind(camera.as_str()).execute(&mut *connection).await.map_err(failed)?;
    let sql = "INSERT INTO camera (id, site, name, is_configured, node) \
         SELECT $1, 'unknown', $1, 0, $2 WHERE NOT EXISTS (SELECT 1 FROM camera WHERE id = $1)";
    sql::query(sql).bind(camera.as_str()).bind(node.0).execute(connection).await.map_err(failed)?;
    Ok(())
}

/// Whose segment a path names, and its start; `None` when no segment has such a path.
pub(crate) fn parse_path(path: &str) -> Option<(CameraId, WallTime)> {
    let (camera, rest) = path.split_once('/')?;
    let camera: CameraId = camera.parse().ok()?;
    let digits = |range: std::ops::Range<usize>| rest.get(range);
    let (year, month, day) = (digits(0..4)?, digits(5..7)?, digits(8..10)?);
    let (hour, minute, second) = (digits(11..13)?, digits(13..15)?, digits(15..24)?);
    let start: WallTime = format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z").parse().ok()?;
    (Segment::path_of(&camera, start) == path).then_some((camera, start))
}

#[cfg(test)]
mod tests {
    use super::*;

    use proptest::prelude::*;

    proptest! {
        #[test]
        fn paths_are_read_back(micros in 0_i64..200_000_000_000_000_000) {
            let camera: CameraId = "gate-7".parse().unwrap();
            let start = WallTime::from_micros(micros).unwrap();
            prop_assert_eq!(parse_path(&Segment::path_of(&camera, start)), Some((camera, start)));
        }

        #[test]
        fn garbage_is_no_segment(path in "\\PC{0,60}") {
            prop_assert_eq!(parse_path(&path), None);
        }
    }

    #[test]
    fn other_names_are_no_segments() {
        let good = "gate/2026/02/28/235959.000042Z.mp4";
        assert!(parse_path(good).is_some());
        for bad in [
            "gate/2026/02/28/235959.000042Z.mp4.partial",
            "gate/2026/02/30/235959.000042Z.mp4",
            "gate/2026/02/28/235959.000042z.mp4",
            "gate/2026-02-28/235959.000042Z.mp4",
            "/2026/02/28/235959.000042Z.mp4",
            "2026/02/28/235959.000042Z.mp4",
        ] {
            assert_eq!(parse_path(bad), None, "{bad}");
        }
    }
}
