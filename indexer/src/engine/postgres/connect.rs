//! Connections to PostgreSQL.

use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::IndexError;
use crate::engine::database::Server;

/// All writers take turns, in all processes: the number of a change is then the order in which changes are seen. Any number
/// does that nobody else uses.
pub(crate) const TAKE_TURN: &str = "SELECT pg_advisory_xact_lock(471187602026)";

/// For a transaction that keeps the turn while it waits for another database.
pub(crate) const BE_PATIENT: &str =
    "SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL statement_timeout = 0";

/// Readers at once.
const READERS: u32 = 8;
/// How long a caller waits for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(20);

/// The writer and the readers. Connects when somebody asks.
pub(crate) fn pools(server: &Server) -> (PgPool, PgPool) {
    let pool = PgPoolOptions::new().acquire_timeout(ACQUIRE_TIMEOUT);
    let writer = pool.clone().max_connections(1).connect_lazy_with(options(server));
    let reading = options(server).options([("default_transaction_read_only", "on")]);
    let reader = pool.max_connections(READERS).connect_lazy_with(reading);
    (writer, reader)
}

pub(crate) fn options(server: &Server) -> PgConnectOptions {
    let limits = [
        // Whoever has the turn and falls silent gives it up.
        ("idle_in_transaction_session_timeout", "30s"),
        ("lock_timeout", "10s"),
        ("statement_timeout", "60s"),
    ];
    server.options.as_ref().clone().application_name("anjian").options(limits)
}

pub(crate) fn not_opened(server: &Server, source: sqlx::Error) -> IndexError {
    IndexError::Server { database: server.name().to_owned(), source }
}
