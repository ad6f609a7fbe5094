//! What a segment says of itself, so that the index can be rebuilt from the files alone.
//!
//! A `uuid` box right after `moov`, holding JSON. Players skip boxes that they do not know.

use anjian_domain::{CameraId, Segment, TimeSource, WallTime};
use mp4_atom::BufMut;
use serde::{Deserialize, Serialize};

/// Names our box among all `uuid` boxes; made once, at random.
const BOX_ID: [u8; 16] =
    [0x6a, 0x1f, 0x0c, 0x52, 0x3d, 0x8e, 0x4b, 0x07, 0x9c, 0x11, 0xa2, 0x5b, 0xe4, 0x70, 0x93, 0xd8];

/// The version of the JSON that is written.
const VERSION: u32 = 1;

/// Whose footage it is and when it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentHeader {
    /// Whose.
    pub camera: CameraId,
    /// UTC of its first picture.
    pub start: WallTime,
    /// Whose clock `start` follows.
    pub time_source: TimeSource,
    /// That clock minus `start`, microseconds.
    pub clock_offset_us: i64,
}

#[derive(Serialize, Deserialize)]
struct HeaderJson {
    version: u32,
    camera: CameraId,
    start_us: i64,
    time_source: TimeSource,
    clock_offset_us: i64,
}

impl SegmentHeader {
    pub(crate) fn of(segment: &Segment) -> Self {
        Self {
            camera: segment.camera.clone(),
            start: segment.start,
            time_source: segment.time_source,
            clock_offset_us: segment.clock_offset_us,
        }
    }

    /// The whole box.
    pub(crate) fn encode(&self) -> std::result::Result<Vec<u8>, String> {
        let json = HeaderJson {
            version: VERSION,
            camera: self.camera.clone(),
            start_us: self.start.as_micros(),
            time_source: self.time_source,
            clock_offset_us: self.clock_offset_us,
        };
        let json = serde_json::to_vec(&json).map_err(|error| error.to_string())?;
        let mut bytes = Vec::new();
        bytes
            .encode_atom(*b"uuid", |buf: &mut Vec<u8>| {
                buf.append_slice(&BOX_ID);
                buf.append_slice(&json);
                Ok(())
            })
            .map_err(|error| error.to_string())?;
        Ok(bytes)
    }

    /// The header in the body of a `uuid` box; `None` when it is somebody else's box.
    pub(crate) fn decode(body: &[u8]) -> Option<std::result::Result<Self, String>> {
        let json = body.strip_prefix(BOX_ID.as_slice())?;
        Some(Self::from_json(json))
    }

    fn from_json(json: &[u8]) -> std::result::Result<Self, String> {
        let json: HeaderJson =
            serde_json::from_slice(json).map_err(|error| format!("its header cannot be read: {error}"))?;
        if json.version != VERSION {
            return Err(format!("its header has version {}, this program knows {VERSION}", json.version));
        }
        let start = WallTime::from_micros(json.start_us).ok_or("its start is no time")?;
        Ok(Self {
            camera: json.camera,
            start,
            time_source: json.time_source,
            clock_offset_us: json.clock_offset_us,
        })
    }
}
