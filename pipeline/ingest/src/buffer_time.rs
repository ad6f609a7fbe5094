//! When a buffer is shown.

use anjian_domain::MediaTime;
use gstreamer as gst;

/// A buffer's time from the beginning of its segment; `None` without a time stamp.
pub(crate) fn time_in(segment: &gst::Segment, buffer: &gst::BufferRef) -> Option<MediaTime> {
    let segment = segment.downcast_ref::<gst::ClockTime>()?;
    segment.to_running_time(buffer.pts()?).map(|time| MediaTime::from_nanos(time.nseconds()))
}
