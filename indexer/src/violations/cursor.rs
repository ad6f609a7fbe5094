//! The place in a list of violations after which the next page begins.

use std::fmt;
use std::str::FromStr;

use anjian_domain::WallTime;

/// The last violation of a page. Opaque to clients: written as URL-safe text, and refused when it was not made
/// here. Stays valid for ever; rows that are inserted in between neither repeat nor hide older ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    pub(crate) opened_at: WallTime,
    pub(crate) seq: i64,
}

/// A text that is no cursor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor: pass next_cursor of the page before unchanged, or none for the first page")]
pub struct CursorError;

/// Version of the text form; a later form begins with another letter.
const PREFIX: char = 'a';

impl Cursor {
    /// FNV-1a over both numbers: not a secret, only catches cut and mistyped cursors.
    fn checksum(self) -> u16 {
        let bytes = self.opened_at.as_micros().to_be_bytes().into_iter().chain(self.seq.to_be_bytes());
        let hash =
            bytes.fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        let folded = (hash >> 16) ^ (hash & 0xffff);
        u16::try_from(folded).unwrap_or_default()
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{:x}.{:x}.{:04x}", self.opened_at.as_micros(), self.seq, self.checksum())
    }
}

impl FromStr for Cursor {
    type Err = CursorError;
    fn from_str(text: &str) -> Result<Self, CursorError> {
        let body = text.strip_prefix(PREFIX).ok_or(CursorError)?;
        let mut parts = body.split('.');
        let mut next = || u64::from_str_radix(parts.next().unwrap_or_default(), 16).map_err(|_| CursorError);
        let (micros, seq) = (next()?.cast_signed(), next()?.cast_signed());
        let cursor = Self { opened_at: WallTime::from_micros(micros).ok_or(CursorError)?, seq };
        // Also refuses capitals, signs and leading zeros, so that one place has one text.
        if cursor.to_string() == text { Ok(cursor) } else { Err(CursorError) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use proptest::prelude::*;

    proptest! {
        #[test]
        fn text_round_trips(micros in -60_000_000_000_000_000_i64..200_000_000_000_000_000, seq in 1..=i64::MAX) {
            let cursor = Cursor { opened_at: WallTime::from_micros(micros).unwrap(), seq };
            let text = cursor.to_string();
            prop_assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.'), "{}", text);
            prop_assert_eq!(text.parse::<Cursor>(), Ok(cursor));
        }

        #[test]
        fn garbage_is_refused(text in ".{0,40}") {
            prop_assert_eq!(text.parse::<Cursor>(), Err(CursorError));
        }
    }

    #[test]
    fn a_changed_cursor_is_refused() {
        let cursor = Cursor { opened_at: WallTime::from_micros(1_767_225_600_000_000).unwrap(), seq: 4711 };
        let text = cursor.to_string();
        for bad in
            ["", "a", "a..", &text[1..], &text[..text.len() - 1], &text.to_uppercase(), &format!("{text}.0")]
        {
            assert_eq!(bad.parse::<Cursor>(), Err(CursorError), "{bad}");
        }
        assert_eq!(text.replacen('6', "7", 1).parse::<Cursor>(), Err(CursorError));
    }
}
