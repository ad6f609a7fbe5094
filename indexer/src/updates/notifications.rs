//! Notifications of changes that other processes commit.

use crate::Index;
use crate::engine::connection::Listener;

/// The changes that other processes commit to the same database. Only a server sends notifications; a file does not. Some may be
/// missed; [`Index::updates_kept`] says how far changes go.
pub struct Notifications(Option<Listener>);

impl Index {
    /// Subscribes to the changes of other processes.
    #[must_use]
    pub fn notifications(&self) -> Notifications {
        Notifications(self.inner.reader.listen())
    }
}

impl Notifications {
    /// The number of the next change, this process's own among them. Never resolves where there are no notifications.
    pub async fn next(&mut self) -> i64 {
        match &mut self.0 {
            Some(listener) => listener.next().await,
            None => std::future::pending().await,
        }
    }
}
