//! Text as full-text search takes it: letters and digits in lower case, with a space round every Han character. Tokens are
//! then the same in every engine, and a phrase of Chinese is a phrase of its characters.

/// Tokens with one space between them.
pub(crate) fn spaced(text: &str) -> String {
    let mut made = String::with_capacity(text.len() * 2);
    for letter in text.chars() {
        if is_han(letter) {
            made.extend([' ', letter, ' ']);
        } else if letter.is_alphanumeric() {
            made.extend(letter.to_lowercase());
        } else {
            made.push(' ');
        }
    }
    made.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether the letter is a word of its own: the ideographs of Chinese.
pub(crate) const fn is_han(letter: char) -> bool {
    matches!(letter, '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_han_character_stands_alone() {
        for (text, expected) in [
            ("", ""),
            ("动火", "动 火"),
            ("3号门,Arc-Welding！", "3 号 门 arc welding"),
            ("  已佩戴 ok", "已 佩 戴 ok"),
            ("，。", ""),
        ] {
            assert_eq!(spaced(text), expected, "{text}");
        }
    }
}
