//! GStreamer: sources, reconnecting, frames.
