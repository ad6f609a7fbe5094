//! Entity tags: digests by which a client says which bytes it holds already.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use headers::{ETag, HeaderMapExt, IfNoneMatch};

/// A strong tag. `text` is made of letters, digits and dashes.
pub(crate) fn etag(text: &str) -> ETag {
    format!("\"{text}\"").parse().expect("letters, digits and dashes in quotes are a tag")
}

/// Whether the client holds the bytes of this tag.
pub(crate) fn is_known(asked: &HeaderMap, tag: &ETag) -> bool {
    asked.typed_get::<IfNoneMatch>().is_some_and(|known| !known.precondition_passes(tag))
}

/// The answer (304) to a client that holds the bytes of this tag.
pub(crate) fn not_modified(tag: ETag, cache: HeaderValue) -> Response {
    let mut response = (StatusCode::NOT_MODIFIED, [(header::CACHE_CONTROL, cache)]).into_response();
    response.headers_mut().typed_insert(tag);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_lists_what_it_holds() {
        for (known, expected) in [
            ("\"abc\"", true),
            ("\"x\", W/\"abc\"", true),
            ("*", true),
            ("\"x\"", false),
            ("abc", false),
            ("", false),
        ] {
            let asked = HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_static(known))]);
            assert_eq!(is_known(&asked, &etag("abc")), expected, "{known}");
        }
        assert!(!is_known(&HeaderMap::new(), &etag("abc")));
    }
}
