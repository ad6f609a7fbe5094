//! The queue between the packets of a camera and their decoder.
//!
//! A slow decoder must hold up neither the network nor the recorder. When it falls behind, what it will not see is left
//! out up to the next keyframe: a decoder that misses packets in between shows damaged pictures, or none.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use gstreamer as gst;
use gstreamer::prelude::*;

use crate::DecodeMode;

/// How far a decoder may fall behind, in packets that wait for it.
const BEHIND_MAX: Duration = Duration::from_secs(2);
const BEHIND_MAX_BYTES: u32 = 8 << 20;

/// Packets without times would know no bound in seconds.
const PACKETS_MAX: u32 = 300;

/// A queue that never makes the packets before it wait.
pub(crate) fn keep_up(decode: DecodeMode) -> Result<gst::Element, glib::BoolError> {
    // Bounded by the probe; the queue's own bounds, at which it would make its source wait, are never reached.
    let queue = gst::ElementFactory::make("queue")
        .property("max-size-time", 0_u64)
        .property("max-size-bytes", 0_u32)
        .property("max-size-buffers", 0_u32)
        .property("silent", true)
        .build()?;
    let entry = queue.static_pad("sink").ok_or_else(|| glib::bool_error!("a queue without an entry"))?;
    let (weak, is_waiting) = (queue.downgrade(), AtomicBool::new(false));
    entry.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
        let (Some(queue), Some(packet)) = (weak.upgrade(), info.buffer()) else {
            return gst::PadProbeReturn::Ok;
        };
        let is_keyframe = !packet.flags().contains(gst::BufferFlags::DELTA_UNIT);
        let is_wanted = is_keyframe || decode == DecodeMode::All;
        let fill = Fill::of(&queue);
        let fits =
            if is_waiting.load(Ordering::Relaxed) { is_keyframe && fill.is_low() } else { !fill.is_full() };
        if is_wanted {
            is_waiting.store(!fits, Ordering::Relaxed);
        }
        // Not `Drop`: GStreamer 1.22 prints a warning for each.
        if is_wanted && fits { gst::PadProbeReturn::Ok } else { gst::PadProbeReturn::Handled }
    });
    Ok(queue)
}

/// How much waits in a queue.
#[derive(Debug, Clone, Copy)]
struct Fill {
    waits: Duration,
    bytes: u32,
    packets: u32,
}

impl Fill {
    fn of(queue: &gst::Element) -> Self {
        Self {
            waits: Duration::from_nanos(queue.property("current-level-time")),
            bytes: queue.property("current-level-bytes"),
            packets: queue.property("current-level-buffers"),
        }
    }

    fn is_full(self) -> bool {
        self.waits >= BEHIND_MAX || self.bytes >= BEHIND_MAX_BYTES || self.packets >= PACKETS_MAX
    }

    fn is_low(self) -> bool {
        self.waits < BEHIND_MAX / 2 && self.bytes < BEHIND_MAX_BYTES / 2 && self.packets < PACKETS_MAX / 2
    }
}
