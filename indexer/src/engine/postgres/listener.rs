//! Listens for changes that other processes committed (LISTEN/NOTIFY).

use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};

/// The channel on which the schema notifies of each change.
const CHANNEL: &str = "anjian_outbox";
/// After a connection was refused or lost.
const PAUSE: Duration = Duration::from_secs(2);

/// Connects when it is asked, and again whenever the connection was lost.
pub(crate) struct Listener {
    options: PgConnectOptions,
    listener: Option<PgListener>,
}

impl Listener {
    /// With a connection of its own, to where `beside` connects.
    pub(crate) fn new(beside: &PgPool) -> Self {
        Self { options: beside.connect_options().as_ref().clone(), listener: None }
    }

    /// The number of a change. Notifications are missed while there is no connection.
    pub(crate) async fn next(&mut self) -> i64 {
        loop {
            match self.receive().await {
                Ok(Some(seq)) => return seq,
                Ok(None) => {}
                Err(error) => {
                    tracing::debug!(%error, "no connection for notifications: changes of other processes are polled");
                    self.listener = None;
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    /// `None` after the connection was lost and made again.
    async fn receive(&mut self) -> Result<Option<i64>, sqlx::Error> {
        let listener = match &mut self.listener {
            Some(listener) => listener,
            none => {
                let pool = PgPoolOptions::new().max_connections(1).connect_lazy_with(self.options.clone());
                let mut listener = PgListener::connect_with(&pool).await?;
                listener.listen(CHANNEL).await?;
                none.insert(listener)
            }
        };
        let notification = listener.try_recv().await?;
        Ok(notification.and_then(|notification| notification.payload().parse().ok()))
    }
}
