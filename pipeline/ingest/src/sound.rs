//! The sound of a camera: depayloaded for the recorder, never decoded.

use gstreamer as gst;
use gstreamer::prelude::*;

use crate::decode::nowhere;
use crate::feed::SOUND;
use crate::recorder::Tap;

/// What unpacks sound with this RTP encoding name; `None` for a codec that is not recorded.
pub(crate) fn depay(encoding_name: &str) -> Option<&'static str> {
    match encoding_name {
        "MPEG4-GENERIC" => Some("rtpmp4gdepay"),
        "PCMA" => Some("rtppcmadepay"),
        "PCMU" => Some("rtppcmudepay"),
        _ => None,
    }
}

/// Unpacks the sound that `packets` gives, for `tap` to take.
pub(crate) fn attach(
    pipeline: &gst::Pipeline,
    packets: &gst::Pad,
    depay: &str,
    tap: &Tap,
) -> Result<(), glib::BoolError> {
    let depay = gst::ElementFactory::make(depay).name(SOUND).build()?;
    let end = nowhere()?;
    pipeline.add_many([&depay, &end])?;
    depay.link(&end)?;
    let (Some(entry), Some(exit)) = (depay.static_pad("sink"), depay.static_pad("src")) else {
        return Err(glib::bool_error!("a depayloader without pads"));
    };
    tap.take_audio(&exit);
    for element in [&end, &depay] {
        element.sync_state_with_parent()?;
    }
    packets.link(&entry).map(|_| ()).map_err(|error| glib::bool_error!("cannot link the sound: {error}"))
}
