//! Percent-encoding of addresses.

/// What stands percent-encoded in a URL; as it stands when that makes no text.
pub(crate) fn decoded(text: &str) -> String {
    glib::Uri::unescape_string(text, None::<&str>).map_or_else(|| text.to_owned(), String::from)
}
