//! Segments, cuts and playlists as others see them. Needs ffmpeg.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at the first surprise, also in what it stands on"
)]

mod clip;
mod decoders;
mod garbage;
mod players;
