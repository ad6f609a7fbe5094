//! H.264 and H.265, as a camera packs them.

/// How pictures are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Codec {
    /// AVC.
    H264,
    /// HEVC.
    H265,
}

impl Codec {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::H264 => "H264",
            Self::H265 => "H265",
        }
    }

    /// The kind of a NAL unit.
    const fn kind(self, first_byte: u8) -> u8 {
        match self {
            Self::H264 => first_byte & 0x1f,
            Self::H265 => first_byte >> 1 & 0x3f,
        }
    }

    pub(super) fn is_delimiter(self, nal: &[u8]) -> bool {
        self.kind(nal[0]) == if self == Self::H264 { 9 } else { 35 }
    }

    /// VPS, SPS or PPS.
    pub(super) fn is_parameter_set(self, nal: &[u8]) -> bool {
        match self {
            Self::H264 => matches!(self.kind(nal[0]), 7 | 8),
            Self::H265 => matches!(self.kind(nal[0]), 32..=34),
        }
    }
}
