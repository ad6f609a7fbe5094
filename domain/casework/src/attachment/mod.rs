//! Attachments: pictures, short videos and documents that a side sends to a case, and what is taken of them.

mod kind;
mod name;

pub use kind::{AttachmentKind, HEAD_BYTES, MAX_PIXELS};
pub use name::{AttachmentName, NameError};

use std::time::Duration;

/// Attachments of one account to one case, or to one site, that no step took yet.
pub const MOST_UNTAKEN: usize = 20;

/// How long an attachment waits for the step that takes it.
pub const UNTAKEN_FOR: Duration = Duration::from_hours(24);
