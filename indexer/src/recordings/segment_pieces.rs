//! Where the pieces of segments are that players load, kept beside the rows so that a playlist reads no media file.
//!
//! They can be made from the file again: whatever is missing, or of another file, is simply not there.

use crate::engine::connection::Connection;
use crate::engine::sql;
use std::collections::BTreeMap;

use anjian_domain::{Segment, Viewer, WallTime};
use anjian_footage::{Pieces, scan};

use crate::engine::blocking::blocking;
use crate::engine::columns::Columns;
use crate::viewer::camera::is_seen;
use crate::{Index, IndexError};

impl Index {
    /// The pieces that are kept of these finished segments, by start. `segments`: of one camera, in order of start.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn pieces(
        &self,
        viewer: &Viewer,
        segments: &[Segment],
    ) -> Result<BTreeMap<WallTime, Pieces>, IndexError> {
        let (Some(first), Some(last)) = (segments.first(), segments.last()) else {
            return Ok(BTreeMap::new());
        };
        if !is_seen(&self.inner.reader, viewer.scope(), &first.camera).await? {
            return Ok(BTreeMap::new());
        }
        let sql = "SELECT start_us, size_bytes, pieces FROM segment_pieces \
             WHERE camera = $1 AND start_us BETWEEN $2 AND $3";
        let query = sql::query(sql).bind(first.camera.as_str());
        let query = query.bind(first.start.as_micros()).bind(last.start.as_micros());
        let rows = query.fetch_all(&self.inner.reader).await;
        let failed = |source| IndexError::Database { doing: "read pieces", table: "segment_pieces", source };
        let finished = segments.iter().filter(|segment| segment.sha256.is_some());
        let sizes: BTreeMap<_, _> = finished.map(|segment| (segment.start, segment.size_bytes)).collect();
        let mut found = BTreeMap::new();
        for row in &rows.map_err(failed)? {
            let columns = Columns { table: "segment_pieces", row };
            let (start, size_bytes) = (columns.wall("start_us")?, columns.unsigned("size_bytes")?);
            if sizes.get(&start) == Some(&size_bytes)
                && let Some(pieces) = Pieces::decode(columns.get("pieces")?)
            {
                found.insert(start, pieces);
            }
        }
        Ok(found)
    }

    /// Keeps pieces that were read from the files of finished segments.
    ///
    /// # Errors
    /// When the rows could not be written.
    pub async fn keep_pieces(&self, made: &[(Segment, Pieces)]) -> Result<(), IndexError> {
        if made.is_empty() {
            return Ok(());
        }
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("segment_pieces").await?;
        for (segment, pieces) in made {
            put(&mut transaction, segment, pieces).await?;
        }
        transaction.commit().await.map_err(not_kept)
    }

    /// The pieces of the file of a segment that was finished just now; `None` when it cannot be read: they are made
    /// later then.
    pub(crate) async fn read_pieces(&self, segment: &Segment) -> Option<Pieces> {
        let path = self.recordings_folder().join(&segment.path);
        let read = blocking(move || Ok(scan(&path).ok().map(|file| Pieces::of(&file))));
        read.await.ok().flatten()
    }
}

/// Writes the pieces of a segment that has its row, or replaces them. Does nothing for a segment that is gone, or is not
/// finished.
pub(crate) async fn put(
    connection: &mut Connection<'_>,
    segment: &Segment,
    pieces: &Pieces,
) -> Result<(), IndexError> {
    let Some(stored) = pieces.encode() else { return Ok(()) };
    let sql = "INSERT INTO segment_pieces (camera, start_us, size_bytes, pieces) \
         SELECT camera, start_us, size_bytes, $3 FROM segment \
         WHERE camera = $1 AND start_us = $2 AND size_bytes = $4 AND sha256 IS NOT NULL \
         ON CONFLICT (camera, start_us) DO UPDATE SET size_bytes = excluded.size_bytes, pieces = excluded.pieces";
    let query = sql::query(sql).bind(segment.camera.as_str()).bind(segment.start.as_micros());
    let query = query.bind(stored).bind(segment.size_bytes.cast_signed());
    query.execute(connection).await.map_err(not_kept)?;
    Ok(())
}

fn not_kept(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "keep pieces", table: "segment_pieces", source }
}
