//! What a download is called.

use axum::http::HeaderValue;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What is escaped in the name of a file: everything but letters, digits and four signs (RFC 8187 allows a few more).
const ESCAPED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What a download is called: by an id for every system, by a name for those that read UTF-8.
pub(crate) struct FileName {
    plain: String,
    full: String,
}

impl FileName {
    /// `plain` is made of ASCII letters, digits, `-`, `_` and `.`; in `full`, signs that no file may have become dashes.
    pub(crate) fn new(plain: String, full: &str) -> Self {
        let is_bad = |letter: char| letter.is_control() || "/\\:*?\"<>|".contains(letter);
        Self { plain, full: full.replace(is_bad, "-") }
    }

    pub(crate) fn inline(&self) -> HeaderValue {
        self.header("inline")
    }

    pub(crate) fn attached(&self) -> HeaderValue {
        self.header("attachment")
    }

    /// Both names (RFC 6266): the second is read by everything newer.
    fn header(&self, how: &str) -> HeaderValue {
        let Self { plain, full } = self;
        let text =
            format!("{how}; filename=\"{plain}\"; filename*=UTF-8''{}", utf8_percent_encode(full, &ESCAPED));
        HeaderValue::try_from(text).expect("an id, digits and percent-encoded letters are a header value")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_of_a_file_and_a_header_whatever_it_says() {
        for (full, expected) in [
            ("整改 A/B.jpg", "%E6%95%B4%E6%94%B9%20A-B.jpg"),
            ("../../etc/passwd", "..-..-etc-passwd"),
            ("a\"; filename=\"b.exe", "a-%3B%20filename%3D-b.exe"),
            ("a\r\nSet-Cookie: b", "a--Set-Cookie-%20b"),
        ] {
            let header = FileName::new("id-1.jpg".to_owned(), full).attached();
            assert_eq!(
                header.to_str().unwrap(),
                format!("attachment; filename=\"id-1.jpg\"; filename*=UTF-8''{expected}")
            );
        }
    }
}
