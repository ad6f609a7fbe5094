//! Changes that other processes commit, as they are told.

use crate::Index;
use crate::engine::connection::Hearing;

/// Tells of changes that other processes committed to the same database, where the database tells of them: a server does,
/// a file does not. It may miss some; [`Index::updates_kept`] says how far they go.
pub struct Others(Option<Hearing>);

impl Index {
    /// Begins to hear of changes of other processes.
    #[must_use]
    pub fn others(&self) -> Others {
        Others(self.inner.reader.hear())
    }
}

impl Others {
    /// The number of the next change, this process's own among them. Waits for ever where nothing is told.
    pub async fn next(&mut self) -> i64 {
        match &mut self.0 {
            Some(hearing) => hearing.next().await,
            None => std::future::pending().await,
        }
    }
}
