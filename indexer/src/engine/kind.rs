//! The one place that sorts what a database and its pool answer.

use std::io::ErrorKind as Io;

use anjian_domain::{ErrorKind, Shortage};
use sqlx::postgres::PgDatabaseError;

use crate::engine::{postgres, sqlite};

/// What a caller can do about an answer of the database.
pub(crate) fn kind_of(error: &sqlx::Error) -> ErrorKind {
    match error {
        sqlx::Error::Database(told) => match told.try_downcast_ref::<PgDatabaseError>() {
            Some(told) => postgres::kind::kind_of_state(told.code()),
            None => sqlite::kind::full_code(error).map_or(ErrorKind::Invalid, sqlite::kind::kind_of_code),
        },
        sqlx::Error::Io(error) => match error.kind() {
            // The way to the database.
            Io::ConnectionRefused
            // The socket of a server that is away.
            | Io::NotFound
            | Io::ConnectionReset
            | Io::ConnectionAborted
            | Io::BrokenPipe
            | Io::UnexpectedEof
            | Io::TimedOut
            | Io::NotConnected
            | Io::HostUnreachable
            | Io::NetworkUnreachable => ErrorKind::Unavailable(Shortage::Peer),
            _ => error.into(),
        },
        // A crashed worker takes its connection along; the pool opens another.
        sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed => ErrorKind::Unavailable(Shortage::Busy),
        // The process ends.
        sqlx::Error::PoolClosed => ErrorKind::Refused,
        sqlx::Error::RowNotFound => ErrorKind::Missing,
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => ErrorKind::Corrupt,
        _ => ErrorKind::Invalid,
    }
}

#[cfg(test)]
mod tests {
    use super::ErrorKind::{Corrupt, Invalid, Missing, Refused, Unavailable};
    use super::Shortage::{Busy, Peer};
    use super::*;

    #[test]
    fn the_pools_answers_are_sorted() {
        let no_descriptor = std::io::Error::from_raw_os_error(24);
        for (error, expected) in [
            (sqlx::Error::PoolTimedOut, Unavailable(Busy)),
            (sqlx::Error::WorkerCrashed, Unavailable(Busy)),
            (sqlx::Error::PoolClosed, Refused),
            (sqlx::Error::Io(no_descriptor), Unavailable(anjian_domain::Shortage::Descriptors)),
            (sqlx::Error::Io(Io::ConnectionRefused.into()), Unavailable(Peer)),
            (sqlx::Error::Io(Io::NotFound.into()), Unavailable(Peer)),
            (sqlx::Error::RowNotFound, Missing),
            (sqlx::Error::Decode("no UTC".into()), Corrupt),
            (sqlx::Error::ColumnNotFound("seq".into()), Invalid),
        ] {
            assert_eq!(kind_of(&error), expected, "{error}");
        }
    }
}
