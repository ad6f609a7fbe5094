//! The process's table of descriptors: how large it is, how much of it is free, and room that is set aside.
//!
//! GLib aborts the whole process when it finds the table full. A camera therefore connects only while the table has
//! room for it, and something to spare for evidence, the database and the models.

use std::fs;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What one connection to a camera takes at most: sockets, event descriptors of its loops and queues, an open segment.
pub const PER_CONNECTION: usize = 40;
/// What is left over whatever cameras do: the database, files of evidence, models, the terminal.
pub const SPARE: usize = 64;

/// Set aside by connections that are being made.
static RESERVED: AtomicUsize = AtomicUsize::new(0);

/// Room for one connection. Held until the connection has opened what it needs.
#[derive(Debug)]
pub(crate) struct Reserved;

impl Reserved {
    /// Sets room aside; `None` when the table has too little.
    pub(crate) fn take() -> Option<Self> {
        let reserved = RESERVED.fetch_add(PER_CONNECTION, Ordering::SeqCst) + PER_CONNECTION;
        let room = Self;
        // Dropping the room gives it back.
        (free() >= reserved + SPARE).then_some(room)
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        RESERVED.fetch_sub(PER_CONNECTION, Ordering::SeqCst);
    }
}

/// Raises the limit to the highest that the system grants. Answers how many descriptors the process may open.
///
/// # Errors
/// When the system refuses what it said it would grant.
pub fn raise_limit() -> io::Result<usize> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current != maximum {
        setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })?;
    }
    Ok(limit())
}

/// How many descriptors the process may open.
#[must_use]
pub fn limit() -> usize {
    let current = getrlimit(Resource::Nofile).current;
    current.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX)
}

/// How many descriptors the process can still open. 0 also when they cannot be counted: counting needs one.
#[must_use]
pub fn free() -> usize {
    let open = fs::read_dir("/proc/self/fd").map(Iterator::count);
    open.map_or(0, |open| limit().saturating_sub(open))
}
