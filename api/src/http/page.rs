//! The page, built by `scripts/build-web` and carried inside the executable.

use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use headers::HeaderMapExt;
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::http::problem::Problem;
use crate::http::tag::{etag, is_known, not_modified};

#[derive(RustEmbed)]
#[folder = "web/dist"]
struct Page;

const INDEX: &str = "index.html";
/// The build names these files by their content.
const HASHED: &str = "assets/";
const NOT_BUILT: &str = "The page is not built yet: run scripts/build-web, then build anjian again. \
    The API is there all the same: /api/v1/openapi.json\n";

/// Answers every path that is not a route: the page's files, or the problem that there is nothing.
pub(crate) async fn file(request: Request) -> Result<Response, Problem> {
    let path = request.uri().path();
    let nothing =
        || Problem::NotFound(format!("there is nothing at {path}: /api/v1/openapi.json lists what there is"));
    if path.starts_with("/api/") {
        return Err(nothing());
    }
    let name = if path == "/" { INDEX } else { path.trim_start_matches('/') };
    let Some(file) = Page::get(name) else {
        return if name == INDEX { Ok(not_built()) } else { Err(nothing()) };
    };
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Err(Problem::Method(request.method().clone()));
    }
    Ok(answer(&request, name, file))
}

fn not_built() -> Response {
    (StatusCode::OK, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], NOT_BUILT).into_response()
}

fn answer(request: &Request, name: &str, file: EmbeddedFile) -> Response {
    let tag = etag(&hex::encode(&file.metadata.sha256_hash()[..12]));
    let cache = if name.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let cache = HeaderValue::from_static(cache);
    if is_known(request.headers(), &tag) {
        return not_modified(tag, cache);
    }
    let kind = HeaderValue::from_str(&content_type(file.metadata.mimetype()))
        .unwrap_or_else(|_| HeaderValue::from_static("application/octet-stream"));
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, cache)];
    let mut response = (headers, file.data).into_response();
    response.headers_mut().typed_insert(tag);
    response
}

/// Texts say their encoding, so that nobody guesses at the Chinese in them.
fn content_type(mime: &str) -> String {
    if mime.starts_with("text/") { format!("{mime}; charset=utf-8") } else { mime.to_owned() }
}
