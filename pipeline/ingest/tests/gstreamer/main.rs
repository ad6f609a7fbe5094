//! Real files and real RTSP on loopback.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the lint allows them in test functions only, not in those that they call"
)]

mod clips;
mod files;
mod ledger;
mod once_server;
mod recording;
mod replaying;
mod rtsp;
