//! What the sender calls a file. It is text to be shown, and never the name of a file on this machine.

use std::fmt::{Display, Formatter};
use std::str::FromStr;

/// Longest name, in characters.
const MOST_CHARS: usize = 200;

/// What the sender calls a file: one visible line of 1 to 200 characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AttachmentName(String);

/// A name that is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// It is empty or too long.
    #[error("give the file a name of 1 to {MOST_CHARS} characters")]
    Length,
    /// It has characters that hide or reverse others: the reader would see another name.
    #[error("the name of the file has control characters or characters that change the direction of text")]
    Hidden,
}

impl AttachmentName {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AttachmentName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let text = text.trim();
        if text.is_empty() || text.chars().count() > MOST_CHARS {
            return Err(NameError::Length);
        }
        if text.chars().any(is_hidden) { Err(NameError::Hidden) } else { Ok(Self(text.to_owned())) }
    }
}

impl Display for AttachmentName {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Control characters, breaks of lines, marks of direction and characters without a shape.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_text_that_people_see() {
        for (text, expected) in [
            (" 整改后 照片.jpg ", Ok("整改后 照片.jpg")),
            ("../../etc/passwd", Ok("../../etc/passwd")),
            ("C:\\windows\\a.pdf", Ok("C:\\windows\\a.pdf")),
            ("<script>alert(1)</script>.png", Ok("<script>alert(1)</script>.png")),
            ("", Err(NameError::Length)),
            (" ", Err(NameError::Length)),
            ("a\0.jpg", Err(NameError::Hidden)),
            ("a\r\nSet-Cookie: b", Err(NameError::Hidden)),
            ("photo\u{202e}gpj.exe", Err(NameError::Hidden)),
            ("a\u{200b}b", Err(NameError::Hidden)),
        ] {
            let found: Result<AttachmentName, _> = text.parse();
            assert_eq!(found.as_ref().map(AttachmentName::as_str), expected.as_ref().copied(), "{text:?}");
        }
        assert!("字".repeat(200).parse::<AttachmentName>().is_ok());
        assert_eq!("字".repeat(201).parse::<AttachmentName>(), Err(NameError::Length));
    }
}
