//! Real files and real RTSP on loopback.

mod clips;
mod files;
mod rtsp;
