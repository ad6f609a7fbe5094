//! What kind of failure an error is, for code that decides: retry, refuse, report.
//!
//! Every error of the workspace answers `kind()`; callers match on it and never read a message. The errors of checked
//! values (an id, a box, a schedule) are always [`ErrorKind::Invalid`] and have no `kind()` of their own.

use std::io;

/// What a caller can do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// Something is short that comes back. The caller waits and retries the same call: evidence for as long as the
    /// process runs, recordings at a later keyframe, jobs in their next round, people after `Retry-After`.
    Unavailable(Shortage),
    /// The other side understood and said no: a permission, a password, another version. Nothing retries by itself;
    /// a person grants it or asks for something else.
    Refused,
    /// Stored data is damaged. Nothing retries; a person restores a backup or runs `anjian check`.
    Corrupt,
    /// The call or the configuration makes no sense. Nothing retries; a person corrects it.
    Invalid,
    /// What was asked for is not there, or not there any more. Nothing retries.
    Missing,
}

/// What is short while something is unavailable, and what a person does if it does not come back by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shortage {
    /// Room on a disk or in a quota. Evidence takes the reserve. A person frees space or raises the quota.
    Room,
    /// The disk or network share itself: it reports errors, went away, or became read-only. A person checks disk,
    /// cable and mount.
    Disk,
    /// File descriptors. A person raises the limit (`ulimit -n`) or runs fewer cameras.
    Descriptors,
    /// Memory. A person runs fewer cameras or a smaller model.
    Memory,
    /// A turn: another thread or process holds a lock, a port or a queue. It passes by itself.
    Busy,
    /// An answer of the other end: a camera, a proxy, a network share. A person checks network and power there.
    Peer,
}

impl ErrorKind {
    /// Whether the same call may succeed later although nobody corrects it.
    #[must_use]
    pub const fn is_unavailable(self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

/// The system's codes that [`io::ErrorKind`] does not name. They are the same on every Linux.
mod code {
    pub(super) const EIO: i32 = 5;
    pub(super) const ENXIO: i32 = 6;
    pub(super) const ENODEV: i32 = 19;
    pub(super) const ENFILE: i32 = 23;
    pub(super) const EMFILE: i32 = 24;
}

/// The one place that sorts the system's answers.
impl From<&io::Error> for ErrorKind {
    fn from(error: &io::Error) -> Self {
        match error.raw_os_error() {
            Some(code::EIO | code::ENXIO | code::ENODEV) => Self::Unavailable(Shortage::Disk),
            Some(code::EMFILE | code::ENFILE) => Self::Unavailable(Shortage::Descriptors),
            _ => error.kind().into(),
        }
    }
}

impl From<io::ErrorKind> for ErrorKind {
    fn from(kind: io::ErrorKind) -> Self {
        use io::ErrorKind as Io;
        match kind {
            Io::NotFound => Self::Missing,
            Io::PermissionDenied => Self::Refused,
            Io::InvalidData | Io::UnexpectedEof => Self::Corrupt,
            Io::StorageFull | Io::QuotaExceeded | Io::FileTooLarge => Self::Unavailable(Shortage::Room),
            Io::ReadOnlyFilesystem | Io::StaleNetworkFileHandle | Io::WriteZero => {
                Self::Unavailable(Shortage::Disk)
            }
            Io::OutOfMemory => Self::Unavailable(Shortage::Memory),
            Io::Interrupted
            | Io::WouldBlock
            | Io::ResourceBusy
            | Io::ExecutableFileBusy
            | Io::Deadlock
            | Io::AddrInUse => Self::Unavailable(Shortage::Busy),
            Io::TimedOut
            | Io::ConnectionRefused
            | Io::ConnectionReset
            | Io::ConnectionAborted
            | Io::NotConnected
            | Io::BrokenPipe
            | Io::HostUnreachable
            | Io::NetworkUnreachable
            | Io::NetworkDown => Self::Unavailable(Shortage::Peer),
            _ => Self::Invalid,
        }
    }
}

#[cfg(test)]
mod tests {
    use rustix::io::Errno;

    use super::ErrorKind::{Corrupt, Invalid, Missing, Refused, Unavailable};
    use super::Shortage::{Busy, Descriptors, Disk, Memory, Peer, Room};
    use super::*;

    #[test]
    fn the_systems_codes_are_sorted() {
        for (code, expected) in [
            (Errno::NOSPC, Unavailable(Room)),
            (Errno::DQUOT, Unavailable(Room)),
            (Errno::FBIG, Unavailable(Room)),
            (Errno::IO, Unavailable(Disk)),
            (Errno::STALE, Unavailable(Disk)),
            (Errno::ROFS, Unavailable(Disk)),
            (Errno::NXIO, Unavailable(Disk)),
            (Errno::NODEV, Unavailable(Disk)),
            (Errno::MFILE, Unavailable(Descriptors)),
            (Errno::NFILE, Unavailable(Descriptors)),
            (Errno::NOMEM, Unavailable(Memory)),
            (Errno::BUSY, Unavailable(Busy)),
            (Errno::INTR, Unavailable(Busy)),
            (Errno::AGAIN, Unavailable(Busy)),
            (Errno::ADDRINUSE, Unavailable(Busy)),
            (Errno::TIMEDOUT, Unavailable(Peer)),
            (Errno::CONNREFUSED, Unavailable(Peer)),
            (Errno::CONNRESET, Unavailable(Peer)),
            (Errno::PIPE, Unavailable(Peer)),
            (Errno::HOSTUNREACH, Unavailable(Peer)),
            (Errno::NOENT, Missing),
            (Errno::ACCESS, Refused),
            (Errno::PERM, Refused),
            (Errno::NOTDIR, Invalid),
            (Errno::ISDIR, Invalid),
            (Errno::EXIST, Invalid),
            (Errno::INVAL, Invalid),
            (Errno::NAMETOOLONG, Invalid),
        ] {
            let kind = ErrorKind::from(&io::Error::from_raw_os_error(code.raw_os_error()));
            assert_eq!(kind, expected, "{code:?}");
            assert_eq!(kind.is_unavailable(), matches!(expected, Unavailable(_)), "{code:?}");
        }
    }

    #[test]
    fn errors_without_a_code_are_sorted_by_what_they_say() {
        for (kind, expected) in [
            (io::ErrorKind::StorageFull, Unavailable(Room)),
            (io::ErrorKind::WriteZero, Unavailable(Disk)),
            (io::ErrorKind::UnexpectedEof, Corrupt),
            (io::ErrorKind::InvalidData, Corrupt),
            (io::ErrorKind::Other, Invalid),
        ] {
            assert_eq!(ErrorKind::from(&io::Error::new(kind, "the test says so")), expected, "{kind:?}");
        }
    }
}
