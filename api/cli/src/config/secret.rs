//! Addresses with `${NAME}` in them: passwords come from the environment instead of the file.

use anjian_domain::SourceUrl;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Deserializer, de};

/// Reads an optional address; values of the environment are percent-encoded on their way in, so that a password
/// may hold any letter.
pub(super) fn source_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SourceUrl>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let expanded = expand(&text, |name| std::env::var(name).ok()).map_err(de::Error::custom)?;
    expanded.parse().map(Some).map_err(de::Error::custom)
}

fn expand(text: &str, value_of: impl Fn(&str) -> Option<String>) -> Result<String, String> {
    let mut expanded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, behind) = after.split_once('}').ok_or("`${` has no closing `}`")?;
        let value = value_of(name).ok_or_else(|| {
            format!("the environment variable {name} is not set: set it before starting anjian")
        })?;
        expanded.push_str(before);
        expanded.extend(utf8_percent_encode(&value, NON_ALPHANUMERIC));
        rest = behind;
    }
    expanded.push_str(rest);
    Ok(expanded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_encoded_on_their_way_in() {
        let value_of = |name: &str| (name == "PW").then(|| "p@ss/词".to_owned());
        assert_eq!(expand("rtsp://u:${PW}@h/1", value_of).unwrap(), "rtsp://u:p%40ss%2F%E8%AF%8D@h/1");
        assert!(expand("rtsp://u:${OTHER}@h/1", value_of).unwrap_err().contains("OTHER"));
        assert!(expand("rtsp://u:${PW@h/1", value_of).is_err());
    }
}
