//! The codecs that are decoded and recorded here, by every name that they have.

use gstreamer as gst;

/// A codec that is decoded here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Codec {
    H264,
    H265,
}

impl Codec {
    /// By the media type of a demuxer's stream.
    pub(crate) fn of_stream(media_type: &str) -> Option<Self> {
        match media_type {
            "video/x-h264" => Some(Self::H264),
            "video/x-h265" => Some(Self::H265),
            _ => None,
        }
    }

    /// By the encoding name of an RTP stream.
    pub(crate) fn of_rtp(encoding_name: &str) -> Option<Self> {
        match encoding_name {
            "H264" => Some(Self::H264),
            "H265" => Some(Self::H265),
            _ => None,
        }
    }

    pub(crate) const fn depay(self) -> &'static str {
        match self {
            Self::H264 => "rtph264depay",
            Self::H265 => "rtph265depay",
        }
    }

    pub(crate) const fn pay(self) -> &'static str {
        match self {
            Self::H264 => "rtph264pay",
            Self::H265 => "rtph265pay",
        }
    }

    pub(crate) const fn parse(self) -> &'static str {
        match self {
            Self::H264 => "h264parse",
            Self::H265 => "h265parse",
        }
    }

    /// How a recorder wants the packets: whole pictures, parameter sets in the format.
    pub(crate) fn recorded(self) -> gst::Caps {
        let (media_type, stream_format) = match self {
            Self::H264 => ("video/x-h264", "avc"),
            Self::H265 => ("video/x-h265", "hvc1"),
        };
        let caps = gst::Caps::builder(media_type).field("stream-format", stream_format);
        caps.field("alignment", "au").build()
    }

    /// What decodes it.
    pub(crate) fn build_decoder(self) -> Result<gst::Element, glib::BoolError> {
        let decoder = match self {
            Self::H264 => "avdec_h264",
            Self::H265 => "avdec_h265",
        };
        gst::ElementFactory::make(decoder)
            // One thread decodes several cameras; more would add a frame of delay each. Damaged pictures are no
            // evidence. The watchdog of `supervise` notices broken packets.
            .property("max-threads", 1_i32)
            .property("output-corrupt", false)
            .property("max-errors", -1_i32)
            .property("qos", false)
            .build()
    }
}
