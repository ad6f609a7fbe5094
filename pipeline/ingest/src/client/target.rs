//! Who takes what a connection receives.

use std::sync::atomic::{AtomicBool, AtomicU64};
use std::time::Duration;

use anjian_domain::MediaTime;
use gstreamer as gst;

use super::description::Media;
use crate::CameraFault;

/// What arrived so far, of the stream with pictures.
#[derive(Debug, Default)]
pub(crate) struct Arrived {
    /// Whether the camera was asked to play, and said yes.
    pub(crate) is_playing: AtomicBool,
    /// Pictures, whole or not.
    pub(crate) pictures: AtomicU64,
    /// Answers of the camera while it plays.
    pub(crate) answers: AtomicU64,
}

/// Who unpacks what comes, and hears what becomes of the connection. Called on the connection's thread.
pub(crate) trait Target: Send {
    /// Whether a stream is wanted; asked once for each, in their order.
    fn choose(&mut self, media: &Media) -> bool;
    /// What is wrong with what was offered; `None` if a stream with pictures was chosen.
    fn fault(&self) -> Option<CameraFault>;
    /// Builds what unpacks a stream, and answers where its packets go in.
    fn open(&mut self, media: &Media) -> Result<gst::Pad, glib::BoolError>;
    /// Answers what is to be called with the time of each picture, before its packets come.
    fn on_placed(&self) -> Box<dyn Fn(MediaTime, Duration) + Send>;
    /// A sender report: stream time, and the report itself.
    fn reported(&self, media: MediaTime, report: &[u8]);
    /// Something that costs no picture; `None`: it is over.
    fn note(&self, subject: &'static str, note: Option<String>);
    /// Nothing more comes; `None`: the camera ended it.
    fn end(&self, fault: Option<CameraFault>);
}
