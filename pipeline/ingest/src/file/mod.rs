//! Frames of files of every kind. libav reads and decodes them, because it is what players and recorders read with; this
//! is the one folder that calls it.
//!
//! `source` is what others see. `reading` runs on a thread of its own: `open` finds container and track, `take` decodes, and
//! `damage`, `timeline` and `created` judge what the file says.

mod bytes;
mod created;
mod damage;
mod diagnosis;
mod open;
mod outline;
mod reading;
mod source;
mod take;
mod timeline;
mod track;

pub use created::CreatedAt;
pub use source::FileSource;
