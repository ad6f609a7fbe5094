//! Deliveries: what the index says is due is sent to its receiver, at least once. One file a channel.
//!
//! The index keeps what is due, who has claimed it and how it ended; nothing is kept here. So a process that is killed between any
//! two steps loses nothing: the claim runs out, and the delivery is sent again under the same id.

mod channels;
mod email;
mod message;
mod networks;
mod picture;
mod report;
mod sender;
mod webhook;
mod words;

pub use channels::{Channels, NotifySettings};
pub use email::{MailSettings, MailTls};
pub use networks::{Forbidden, Networks};
pub use sender::Sender;
pub use webhook::WebhookSettings;
