//! What PostgreSQL's answers mean.

use anjian_domain::{ErrorKind, Shortage};

/// Of an SQLSTATE, five letters whose first two are its class; <https://www.postgresql.org/docs/15/errcodes-appendix.html>.
pub(crate) fn kind_of_state(state: &str) -> ErrorKind {
    match state {
        // Wrong password, or no right: a person puts that right.
        "42501" => ErrorKind::Refused,
        // The transaction is read-only: a standby, which may become the primary.
        "25006" => ErrorKind::Unavailable(Shortage::Peer),
        "XX001" | "XX002" => ErrorKind::Corrupt,
        state => match state.get(..2) {
            Some("28") => ErrorKind::Refused,
            // Deadlocks and locks.
            Some("40" | "55") => ErrorKind::Unavailable(Shortage::Busy),
            // Connection lost, no room or memory there, shut down or cancelled, errors of the system below. All of it is the
            // server's: the disk of this machine is not full, and recording goes on.
            Some("08" | "53" | "57" | "58") => ErrorKind::Unavailable(Shortage::Peer),
            _ => ErrorKind::Invalid,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::ErrorKind::{Corrupt, Invalid, Refused, Unavailable};
    use super::Shortage::{Busy, Peer};
    use super::*;

    #[test]
    fn postgresqls_states_are_sorted() {
        for (name, state, expected) in [
            ("connection_failure", "08006", Unavailable(Peer)),
            ("admin_shutdown", "57P01", Unavailable(Peer)),
            ("cannot_connect_now", "57P03", Unavailable(Peer)),
            ("query_canceled", "57014", Unavailable(Peer)),
            ("serialization_failure", "40001", Unavailable(Busy)),
            ("deadlock_detected", "40P01", Unavailable(Busy)),
            ("lock_not_available", "55P03", Unavailable(Busy)),
            ("too_many_connections", "53300", Unavailable(Peer)),
            ("disk_full", "53100", Unavailable(Peer)),
            ("out_of_memory", "53200", Unavailable(Peer)),
            ("io_error", "58030", Unavailable(Peer)),
            ("read_only_sql_transaction", "25006", Unavailable(Peer)),
            ("invalid_password", "28P01", Refused),
            ("insufficient_privilege", "42501", Refused),
            ("data_corrupted", "XX001", Corrupt),
            ("unique_violation", "23505", Invalid),
            ("syntax_error", "42601", Invalid),
        ] {
            assert_eq!(kind_of_state(state), expected, "{name}");
        }
    }
}
