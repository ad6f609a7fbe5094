//! Recorded footage as files: segments of fragmented MP4 written, read, cut without re-encoding, and listed for
//! players.
//!
//! Pure Rust over files and bytes. Knows no camera, no GStreamer, no database and no clock.
