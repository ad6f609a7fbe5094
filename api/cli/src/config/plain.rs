//! What serde says of a wrong value, in the words of a person who writes a configuration.

/// Types that serde names, the least and greatest value, and what a person calls them.
const TYPES: [(&str, &str); 13] = [
    ("u8", "a whole number of 0 to 255"),
    ("u16", "a whole number of 0 to 65535"),
    ("u32", "a whole number of 0 to 4294967295"),
    ("u64", "a whole number of 0 or more"),
    ("usize", "a whole number of 0 or more"),
    ("i32", "a whole number"),
    ("i64", "a whole number"),
    ("f32", "a number"),
    ("f64", "a number"),
    ("a boolean", "true or false"),
    ("a string", "a text in quotation marks"),
    ("a sequence", "a list in [ ]"),
    ("a map", "a table"),
];

/// The same message; what is not known is left as it is.
pub(super) fn plain(message: &str) -> String {
    rewritten(message).unwrap_or_else(|| message.to_owned())
}

fn rewritten(message: &str) -> Option<String> {
    if message.contains("number too large") || message.contains("` as i128") {
        return Some("the number has too many digits: no key takes one above 9223372036854775807".to_owned());
    }
    let (kind, rest) = message.strip_prefix("invalid ")?.split_once(": ")?;
    let (given, expected) = rest.rsplit_once(", expected ")?;
    let wanted = TYPES.iter().find(|(name, _)| *name == expected.trim()).map(|(_, words)| *words)?;
    let (given_type, value) = given.split_once(' ')?;
    let value = value.trim_start_matches("point ").trim_matches('`');
    match (kind, given_type) {
        ("value", _) => Some(format!("{value} is out of range: give {wanted}")),
        ("type", "string") => Some(format!("{value} is a text: give {wanted}")),
        ("type", _) => Some(format!("{value} is not allowed here: give {wanted}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_values_are_told_plainly() {
        for (message, expected) in [
            (
                "invalid value: integer `-1`, expected usize",
                "-1 is out of range: give a whole number of 0 or more",
            ),
            (
                "invalid value: integer `300`, expected u8",
                "300 is out of range: give a whole number of 0 to 255",
            ),
            ("invalid type: string \"long\", expected f64", "\"long\" is a text: give a number"),
            ("invalid type: integer `1`, expected a boolean", "1 is not allowed here: give true or false"),
            (
                "invalid type: floating point `1.5`, expected u32",
                "1.5 is not allowed here: give a whole number of 0 to 4294967295",
            ),
            (
                "invalid type: integer `99999999999999999999` as i128, expected usize",
                "the number has too many digits: no key takes one above 9223372036854775807",
            ),
            ("unknown field `fps`", "unknown field `fps`"),
            (
                "-5 frames a second cannot be analysed: give 0.1 to 60",
                "-5 frames a second cannot be analysed: give 0.1 to 60",
            ),
        ] {
            assert_eq!(plain(message), expected);
        }
    }
}
