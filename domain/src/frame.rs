//! One decoded picture.

use std::fmt;
use std::sync::Arc;

use crate::{CameraId, ClockReading, Moment};

/// How the bytes of a picture are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PixelFormat {
    /// Planar YUV 4:2:0, limited range, without padding between rows: Y (height x width), then U and V (half
    /// height x half width each). What decoders give; even sides only.
    I420,
    /// Interleaved 8-bit blue, green, red. What picture files give.
    Bgr,
}

/// Which weights turn the picture's YUV into RGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ColourMatrix {
    /// ITU-R BT.601: standard definition, and streams that do not say.
    #[default]
    Bt601,
    /// ITU-R BT.709: high definition.
    Bt709,
}

/// Why bytes are not a picture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// The number of bytes does not fit the size.
    #[error("{format:?} of {width_px}x{height_px} needs {needed_bytes} bytes, got {given_bytes}")]
    Bytes {
        /// Layout.
        format: PixelFormat,
        /// Width.
        width_px: u32,
        /// Height.
        height_px: u32,
        /// What the size asks for.
        needed_bytes: usize,
        /// What was given.
        given_bytes: usize,
    },
    /// A side is 0, or odd in a format that halves it.
    #[error("{format:?} cannot be {width_px}x{height_px}")]
    Sides {
        /// Layout.
        format: PixelFormat,
        /// Width.
        width_px: u32,
        /// Height.
        height_px: u32,
    },
}

/// Pixels. Cheap to clone: the bytes are shared.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    width_px: u32,
    height_px: u32,
    format: PixelFormat,
    matrix: ColourMatrix,
    bytes: Arc<Vec<u8>>,
}

impl Picture {
    /// # Errors
    /// When the bytes do not fit the size, or the size does not fit the format.
    pub fn new(
        width_px: u32,
        height_px: u32,
        format: PixelFormat,
        matrix: ColourMatrix,
        bytes: Vec<u8>,
    ) -> Result<Self, PictureError> {
        let is_odd = width_px % 2 == 1 || height_px % 2 == 1;
        if width_px == 0 || height_px == 0 || (format == PixelFormat::I420 && is_odd) {
            return Err(PictureError::Sides { format, width_px, height_px });
        }
        let pixels = width_px as usize * height_px as usize;
        let needed_bytes = match format {
            PixelFormat::I420 => pixels * 3 / 2,
            PixelFormat::Bgr => pixels * 3,
        };
        let given_bytes = bytes.len();
        if given_bytes != needed_bytes {
            return Err(PictureError::Bytes { format, width_px, height_px, needed_bytes, given_bytes });
        }
        Ok(Self { width_px, height_px, format, matrix, bytes: Arc::new(bytes) })
    }

    /// Width in pixels.
    #[must_use]
    pub const fn width_px(&self) -> u32 {
        self.width_px
    }

    /// Height in pixels.
    #[must_use]
    pub const fn height_px(&self) -> u32 {
        self.height_px
    }

    /// Layout of [`Picture::bytes`].
    #[must_use]
    pub const fn format(&self) -> PixelFormat {
        self.format
    }

    /// Meaning of its YUV; without meaning for BGR.
    #[must_use]
    pub const fn matrix(&self) -> ColourMatrix {
        self.matrix
    }

    /// The pixels, laid out as [`Picture::format`] says.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The planes Y, U and V of an I420 picture; `None` for other formats.
    #[must_use]
    pub fn planes(&self) -> Option<[&[u8]; 3]> {
        if self.format != PixelFormat::I420 {
            return None;
        }
        let luma_bytes = self.width_px as usize * self.height_px as usize;
        let (y, chroma) = self.bytes.split_at(luma_bytes);
        let (u, v) = chroma.split_at(luma_bytes / 4);
        Some([y, u, v])
    }
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Picture({}x{} {:?} {:?})", self.width_px, self.height_px, self.format, self.matrix)
    }
}

/// One decoded picture of a camera, and when it was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Whose.
    pub camera: CameraId,
    /// When.
    pub at: Moment,
    /// By whose clock.
    pub clock: ClockReading,
    /// What.
    pub picture: Picture,
}
