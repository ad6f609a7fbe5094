//! The encoding of a configuration: UTF-8, with or without a mark in front.

use std::fmt;

const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

/// What a file is instead of UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotUtf8 {
    is_utf16: bool,
    /// Where it stops being UTF-8, counted from 1.
    line: usize,
}

impl fmt::Display for NotUtf8 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_utf16 {
            f.write_str(": is saved as UTF-16")?;
        } else {
            write!(f, ":{}: is not saved as UTF-8 but in another encoding, such as GBK (ANSI)", self.line)?;
        }
        f.write_str(
            ": save it as UTF-8 (Notepad: Save as, Encoding UTF-8; 记事本: 另存为, 编码 UTF-8; Linux: iconv -f GBK -t UTF-8)",
        )
    }
}

/// The text of a file.
pub(super) fn decode(bytes: &[u8]) -> Result<&str, NotUtf8> {
    let is_utf16 = bytes.starts_with(b"\xff\xfe")
        || bytes.starts_with(b"\xfe\xff")
        || bytes.iter().take(512).any(|byte| *byte == 0);
    if is_utf16 {
        return Err(NotUtf8 { is_utf16, line: 1 });
    }
    let text = bytes.strip_prefix(UTF8_MARK).unwrap_or(bytes);
    std::str::from_utf8(text).map_err(|error| {
        let before = text.get(..error.valid_up_to()).unwrap_or_default();
        NotUtf8 { is_utf16, line: before.iter().filter(|byte| **byte == b'\n').count() + 1 }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_encodings_are_refused_with_what_to_do() {
        assert_eq!(decode("name = \"东门\"".as_bytes()), Ok("name = \"东门\""));
        assert_eq!(decode(b"\xef\xbb\xbfa = 1"), Ok("a = 1"));
        let gbk = decode(b"a = 1\nname = \"\xb6\xab\xc3\xc5\"\n").unwrap_err().to_string();
        assert!(gbk.starts_with(":2: ") && gbk.contains("记事本: 另存为, 编码 UTF-8"), "{gbk}");
        for utf16 in [&b"\xff\xfea\0"[..], b"\xfe\xff\0a", b"a\0=\0"] {
            let refusal = decode(utf16).unwrap_err().to_string();
            assert!(refusal.contains("UTF-16") && refusal.contains("save it as UTF-8"), "{refusal}");
        }
    }
}
