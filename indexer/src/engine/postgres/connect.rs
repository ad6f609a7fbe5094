//! Connections to PostgreSQL.

/// All writers take turns, in all processes: the number of a change is then the order in which changes are seen. Any number
/// does that nobody else uses.
pub(crate) const TAKE_TURN: &str = "SELECT pg_advisory_xact_lock(471187602026)";
