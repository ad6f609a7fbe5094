//! A date or a time of a configuration, as text: quoted, or as TOML's own value.
//!
//! TOML's dates come through serde as a map of one entry; a text of JSON never does.

use std::fmt;

use serde::Deserializer;
use serde::de::{Error, MapAccess, Visitor};

/// The one key of the map that a date of TOML is.
const TOML_DATE: &str = "$__toml_private_datetime";

/// For `#[serde(deserialize_with)]`: what is written, whether it is quoted or not.
///
/// # Errors
/// When it is neither a text nor a date.
pub fn date_text<'de, D: Deserializer<'de>>(value: D) -> Result<String, D::Error> {
    value.deserialize_any(DateText)
}

struct DateText;

impl<'de> Visitor<'de> for DateText {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a date or a time")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<String, A::Error> {
        match map.next_entry::<String, String>()? {
            Some((key, text)) if key == TOML_DATE => Ok(text),
            _ => Err(A::Error::custom("expected a date or a time, not a table")),
        }
    }
}
