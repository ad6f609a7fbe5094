//! Hears of changes that other processes committed.

use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};

/// The channel on which the schema tells of each change.
const CHANNEL: &str = "anjian_outbox";
/// After a connection was refused or lost.
const PAUSE: Duration = Duration::from_secs(2);

/// Connects when it is asked, and again whenever the connection was lost.
pub(crate) struct Hearing {
    options: PgConnectOptions,
    listener: Option<PgListener>,
}

impl Hearing {
    /// With a connection of its own, to where `beside` connects.
    pub(crate) fn new(beside: &PgPool) -> Self {
        Self { options: beside.connect_options().as_ref().clone(), listener: None }
    }

    /// The number of a change; what was told while no connection was there is missed.
    pub(crate) async fn next(&mut self) -> i64 {
        loop {
            match self.heard().await {
                Ok(Some(seq)) => return seq,
                Ok(None) => {}
                Err(error) => {
                    tracing::debug!(%error, "changes of other processes are looked for instead of heard");
                    self.listener = None;
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    /// `None` after the connection was lost and made again.
    async fn heard(&mut self) -> Result<Option<i64>, sqlx::Error> {
        let listener = match &mut self.listener {
            Some(listener) => listener,
            none => {
                let pool = PgPoolOptions::new().max_connections(1).connect_lazy_with(self.options.clone());
                let mut listener = PgListener::connect_with(&pool).await?;
                listener.listen(CHANNEL).await?;
                none.insert(listener)
            }
        };
        let told = listener.try_recv().await?;
        Ok(told.and_then(|told| told.payload().parse().ok()))
    }
}
