//! What a segment is called in the bucket.

/// The key of a segment; `path` as in [`anjian_domain::Segment::path`].
pub(crate) fn key_of(path: &str) -> String {
    format!("recordings/{path}")
}

/// The path of a segment from its key.
pub(crate) fn path_of(key: &str) -> Option<&str> {
    key.strip_prefix("recordings/")
}
