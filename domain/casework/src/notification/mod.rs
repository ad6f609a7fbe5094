//! Who is notified of what, when, and how often it is tried: topics, subscriptions, quiet hours, reports and retries.

mod event;
mod pace;
mod quiet;
mod retry;
mod subscription;

pub use event::{Event, Topic};
pub use pace::{Pace, Period};
pub use quiet::{QuietHours, UnfitHours};
pub use retry::{GIVE_UP_AFTER, RETRY_LONGEST, pause};
pub use subscription::{BURST, Channel, Wants};
