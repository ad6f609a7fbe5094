//! Reading files for answers: a bounded number of threads at once, so that a disk that does not answer takes no more of
//! them, and each ends with its request.

use std::io;
use std::sync::atomic::AtomicBool;

use anjian_footage::FootageError;

use crate::http::problem::Problem;
use crate::ports::blocking::{PATIENCE, Places, Unfinished};

/// Playlists and exports whose segments are read at once: each may read thousands of places of a disk.
const PLANS_AT_ONCE: usize = 8;
/// Those that may wait for it.
const PLANS_WAITING: usize = 64;
/// Files that are opened or read at once, a chunk each.
const CHUNKS_AT_ONCE: usize = 32;
/// Those that may wait for it, more than there are downloads.
const CHUNKS_WAITING: usize = 1_024;

/// The places for reading files. Clones are the same places.
#[derive(Clone)]
pub(crate) struct FileWork {
    plans: Places,
    chunks: Places,
}

impl Default for FileWork {
    fn default() -> Self {
        Self {
            plans: Places::new(PLANS_AT_ONCE, PLANS_WAITING),
            chunks: Places::new(CHUNKS_AT_ONCE, CHUNKS_WAITING),
        }
    }
}

impl FileWork {
    /// No place is free.
    #[cfg(test)]
    pub(crate) fn full() -> Self {
        Self { plans: Places::new(0, 0), chunks: Places::new(0, 0) }
    }

    /// Does what reads media files. The work's argument turns false when nobody waits any more.
    pub(crate) async fn plan<T: Send + 'static>(
        &self,
        work: impl FnOnce(&AtomicBool) -> Result<T, FootageError> + Send + 'static,
    ) -> Result<T, Problem> {
        Ok(self.plans.finish(work).await.map_err(|why| problem(why, "the recording could not be read"))??)
    }

    /// Opens a file.
    pub(crate) async fn open<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        self.chunks.finish(|_| work()).await.map_err(|why| problem(why, "the file could not be opened"))?
    }

    /// Reads the next chunk of an answer that has begun: what cannot be read in time breaks it off.
    pub(crate) async fn chunk<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let kind = |why| match why {
            Unfinished::Full | Unfinished::Late => io::ErrorKind::TimedOut,
            Unfinished::Died => io::ErrorKind::Other,
        };
        self.chunks.finish(|_| work()).await.map_err(|why| io::Error::from(kind(why)))?
    }
}

fn problem(why: Unfinished, died: &'static str) -> Problem {
    match why {
        Unfinished::Full => Problem::Busy,
        Unfinished::Late => Problem::Late(PATIENCE.as_secs()),
        Unfinished::Died => Problem::Internal(died),
    }
}
