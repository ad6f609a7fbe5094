//! The pieces of segments that players load: from the index, and from the file where the index does not know them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anjian_domain::{Place, Segment, Viewer};
use anjian_footage::{FootageError, Pieces, Shelf, scan_segment};

use crate::http::problem::Problem;
use crate::shared::Shared;

/// How long an answer waits until what was read is kept. The next request reads it again otherwise.
const KEEPING: Duration = Duration::from_secs(1);

/// The segments whose file is there, with their pieces. `segments`: of one camera, in order of start.
pub(crate) async fn of(
    viewer: &Viewer,
    shared: &Shared,
    segments: Vec<Segment>,
) -> Result<Vec<(Segment, Pieces)>, Problem> {
    shared.index.require_here(&segments).await?;
    let mut known = shared.index.pieces(viewer, &segments).await?;
    let shelf = shared.index.shelf();
    let read = shared.files.plan(move |wanted| {
        let (mut all, mut made) = (Vec::new(), Vec::new());
        for segment in segments {
            let Some(pieces) = known.remove(&segment.start) else {
                if let Some(pieces) = read(wanted, &shelf, &segment)? {
                    // The file of an unfinished segment grows.
                    made.extend(segment.sha256.is_some().then(|| (segment.clone(), pieces.clone())));
                    all.push((segment, pieces));
                }
                continue;
            };
            if is_there(wanted, &shelf, &segment)? {
                all.push((segment, pieces));
            }
        }
        Ok((all, made))
    });
    let (all, made) = read.await?;
    keep(shared, made).await;
    Ok(all)
}

/// One that retention took, or that somebody lost, must not cost the rest.
/// What lies in the bucket is not asked for here: that would cost a request for each segment of a playlist.
fn is_there(wanted: &AtomicBool, shelf: &Shelf, segment: &Segment) -> Result<bool, FootageError> {
    if !wanted.load(Ordering::Relaxed) {
        return Err(FootageError::Unwanted);
    }
    // Any other error is told by whoever reads the file.
    let is_missing = |error: std::io::Error| error.kind() == std::io::ErrorKind::NotFound;
    Ok(segment.place == Place::Bucket || !shelf.open(segment).err().is_some_and(is_missing))
}

fn read(wanted: &AtomicBool, shelf: &Shelf, segment: &Segment) -> Result<Option<Pieces>, FootageError> {
    if !is_there(wanted, shelf, segment)? {
        return Ok(None);
    }
    scan_segment(shelf, segment).map(|file| Some(Pieces::of(&file)))
}

/// Keeps what was read for the next time. That it cannot be kept costs this answer nothing.
async fn keep(shared: &Shared, made: Vec<(Segment, Pieces)>) {
    match tokio::time::timeout(KEEPING, shared.index.keep_pieces(&made)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(%error, "the pieces of segments are not kept"),
        Err(_) => tracing::debug!("the pieces of segments are not kept: the index is busy"),
    }
}
