//! What an error looks like to a client: `application/problem+json` (RFC 9457).
//!
//! Details say what was wrong and what is allowed. What went wrong inside the server goes to its log, not out.

use std::net::IpAddr;
use std::time::Duration;

use anjian_casework::roles::Action;
use anjian_domain::ErrorKind;
use anjian_footage::FootageError;
use anjian_indexer::{
    AccountError, AttachmentError, CaseError, DisposalError, FindingError, IndexError, SiteRecordError,
    VerdictError,
};
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::accounts::weakness::Weakness;
use crate::http::kinds::{
    account_key, account_kind, attachment_kind, case_key, case_kind, disposal_key, disposal_kind,
    finding_kind, gallery_kind, site_record_kind, verdict_kind,
};
use crate::ports::galleries::GalleryError;
use crate::ports::pictures::PictureError;

/// Why a request was not answered.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    /// A key or value of the query that is not allowed.
    #[error("{reason}")]
    Query { key: String, reason: String },
    /// A header that is not allowed.
    #[error("{header}: {reason}")]
    Header { header: &'static str, reason: String },
    /// An id in the path that is none.
    #[error("{text:?} is not the id of a {what}: use the id that the list gives")]
    Id { what: &'static str, text: String },
    /// Nothing there.
    #[error("{0}")]
    NotFound(String),
    /// A verb that the path does not know.
    #[error("{0} is not possible here: the Allow header says what is")]
    Method(axum::http::Method),
    /// Asked by a name that is not this server's.
    #[error("this server does not answer as {0:?}: add the name to server.hosts in the configuration")]
    Host(String),
    /// Another site's page wants something changed.
    #[error(
        "{0:?} may not change anything here: use this server's own page; a name by which a proxy serves it belongs \
         into server.hosts in the configuration"
    )]
    Foreign(String),
    /// Plain HTTP from another machine that is no trusted proxy.
    #[error(
        "{0} asks without encryption, and this server answers other machines only through its proxy: use the proxy's \
         address; an administrator names proxies in server.trusted_proxies, or sets server.tls_certificate"
    )]
    ProxyOnly(IpAddr),
    /// The viewer's role has no right to it.
    #[error("your account must not do this ({0}): ask an administrator for the right")]
    Forbidden(Action),
    /// Nobody is signed in.
    #[error("nobody is signed in here, or the session is over: sign in first")]
    SignedOut,
    /// Account or password is wrong; which, nobody is told.
    #[error("account or password is wrong")]
    Login,
    /// The password is right, and the account has a second factor.
    #[error("this account needs a code: send the six digits as well")]
    CodeNeeded,
    /// The code is wrong, or was used before.
    #[error("the code is wrong, or was used before: wait for the next one")]
    Code,
    /// Too many attempts.
    #[error("too many attempts: wait {} seconds", wait_s(.0))]
    TooMany(Duration),
    /// The password is a one-time one.
    #[error("the password has to be changed first")]
    PasswordChange,
    /// A password that is not taken.
    #[error(transparent)]
    Password(#[from] Weakness),
    /// As many sign in as may.
    #[error("too many sign in just now: try again in a few seconds")]
    Crowd,
    /// Only who signs in can do it, and nobody signs in here.
    #[error("nobody signs in on this server: there are no sessions and no passwords to change")]
    NoLogin,
    /// An account was not made or changed.
    #[error(transparent)]
    Account(AccountError),
    /// A verdict was not changed.
    #[error(transparent)]
    Verdict(VerdictError),
    /// A case was not changed.
    #[error(transparent)]
    Case(CaseError),
    /// An attachment was not taken in.
    #[error(transparent)]
    Attachment(AttachmentError),
    /// A disposal was not signed.
    #[error(transparent)]
    Disposal(DisposalError),
    /// A finding was not recorded.
    #[error(transparent)]
    Finding(FindingError),
    /// The record of a site was not written.
    #[error(transparent)]
    SiteRecord(SiteRecordError),
    /// As many files are received as may be.
    #[error("too many files are being received just now: try again in a few seconds")]
    Uploads,
    /// A key of a document that is not allowed.
    #[error("{reason}")]
    BodyKey { key: &'static str, reason: String },
    /// As many listeners as are allowed.
    #[error("{0} listeners are connected, and no more are allowed: try again in a while")]
    Crowded(usize),
    /// As many files are read as may be, and as many wait as may.
    #[error("too many recordings are being read just now: try again in a few seconds")]
    Busy,
    /// The answer took too long.
    #[error("no answer within {0} seconds: ask for less at once, or try again")]
    Late(u64),
    /// What was sent is not what is asked for.
    #[error("{0}")]
    Body(String),
    /// More was sent than is read.
    #[error("more than {0} bytes: send less")]
    TooLarge(usize),
    /// What was sent is called something that is not taken here.
    #[error("{sent:?} is not taken here: send {taken}")]
    MediaType { sent: String, taken: &'static str },
    /// Footage could not be read or put together.
    #[error("{}", told(.0))]
    Footage(#[from] FootageError),
    /// Something that never should; the log has more.
    #[error("{0}: the server's log says why")]
    Internal(&'static str),
    /// A picture could not be made.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// A garment was not enrolled, or galleries could not be read.
    #[error(transparent)]
    Gallery(#[from] GalleryError),
    /// The index, or a file beside it, failed.
    #[error("the index could not be read just now: the server's log says why")]
    Index(#[from] IndexError),
}

/// An error document of RFC 9457.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ProblemView {
    /// Names the kind of problem, for programs.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// The kind in words.
    pub(crate) title: String,
    /// The HTTP status.
    pub(crate) status: u16,
    /// This one, and what to do.
    pub(crate) detail: String,
    /// The key that was wrong, or the word for what is wrong with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<String>,
}

impl Problem {
    pub(crate) fn query(key: &str, reason: impl Into<String>) -> Self {
        Self::Query { key: key.to_owned(), reason: reason.into() }
    }

    pub(crate) fn body_key(key: &'static str, reason: &impl std::fmt::Display) -> Self {
        Self::BodyKey { key, reason: reason.to_string() }
    }

    /// The one place that says which error has which status.
    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Query { .. } => (StatusCode::BAD_REQUEST, "query", "Query not understood"),
            Self::Header { .. } => (StatusCode::BAD_REQUEST, "header", "Header not understood"),
            Self::Id { .. } => (StatusCode::BAD_REQUEST, "id", "Not an id"),
            Self::NotFound(_) => (StatusCode::NOT_FOUND, "not-found", "Not found"),
            Self::Method(_) => (StatusCode::METHOD_NOT_ALLOWED, "method", "Method not allowed"),
            Self::Host(_) => (StatusCode::MISDIRECTED_REQUEST, "host", "Not this server"),
            Self::Foreign(_) => (StatusCode::FORBIDDEN, "foreign", "Not from another site"),
            Self::ProxyOnly(_) => (StatusCode::FORBIDDEN, "proxy-only", "Only through the proxy"),
            Self::Forbidden(_) => (StatusCode::FORBIDDEN, "forbidden", "Not allowed"),
            Self::SignedOut => (StatusCode::UNAUTHORIZED, "signed-out", "Not signed in"),
            Self::Login => (StatusCode::UNAUTHORIZED, "login", "Not you"),
            Self::CodeNeeded => (StatusCode::UNAUTHORIZED, "code-needed", "Code needed"),
            Self::Code => (StatusCode::UNAUTHORIZED, "code", "Wrong code"),
            Self::TooMany(_) => (StatusCode::TOO_MANY_REQUESTS, "too-many", "Too many attempts"),
            Self::PasswordChange => (StatusCode::FORBIDDEN, "password-change", "Change the password first"),
            Self::Password(_) => (StatusCode::BAD_REQUEST, "password", "Not as a password"),
            Self::Crowd => (StatusCode::SERVICE_UNAVAILABLE, "busy", "Too much at once"),
            Self::NoLogin => (StatusCode::CONFLICT, "no-login", "Nobody signs in here"),
            Self::Account(error) => account_kind(error),
            Self::Verdict(error) => verdict_kind(error),
            Self::Case(error) => case_kind(error),
            Self::Attachment(error) => attachment_kind(error),
            Self::Disposal(error) => disposal_kind(error),
            Self::Finding(error) => finding_kind(error),
            Self::SiteRecord(error) => site_record_kind(error),
            Self::Uploads => (StatusCode::SERVICE_UNAVAILABLE, "busy", "Too much at once"),
            Self::BodyKey { .. } => (StatusCode::BAD_REQUEST, "account", "Not as an account"),
            Self::Crowded(_) => (StatusCode::SERVICE_UNAVAILABLE, "crowded", "Too many listeners"),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy", "Too much at once"),
            Self::Late(_) => (StatusCode::SERVICE_UNAVAILABLE, "late", "Too slow"),
            Self::Body(_) => (StatusCode::BAD_REQUEST, "body", "Body not understood"),
            Self::TooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, "too-large", "Too large"),
            Self::MediaType { .. } => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "media-type", "Not taken here"),
            Self::Footage(FootageError::Empty { .. }) => (StatusCode::NOT_FOUND, "not-found", "Not found"),
            Self::Footage(FootageError::CannotJoin { .. }) => {
                (StatusCode::CONFLICT, "cannot-join", "Not possible in one file")
            }
            Self::Footage(error) if error.is_missing() => (StatusCode::NOT_FOUND, "not-found", "Not found"),
            Self::Footage(_) | Self::Internal(_) => {
                (StatusCode::INTERNAL_SERVER_ERROR, "recording", "Recording not readable")
            }
            Self::Picture(PictureError::Nothing(_)) => (StatusCode::NOT_FOUND, "not-found", "Not found"),
            Self::Picture(PictureError::Busy(_)) => (StatusCode::SERVICE_UNAVAILABLE, "late", "Too slow"),
            Self::Picture(PictureError::Failed(_)) => {
                (StatusCode::INTERNAL_SERVER_ERROR, "picture", "Picture not readable")
            }
            Self::Picture(PictureError::Unavailable(_)) => {
                (StatusCode::NOT_IMPLEMENTED, "no-decoder", "No decoder")
            }
            Self::Gallery(error) => gallery_kind(error),
            Self::Index(IndexError::Query(_)) => (StatusCode::BAD_REQUEST, "query", "Query not understood"),
            Self::Index(IndexError::Elsewhere { .. }) => {
                (StatusCode::MISDIRECTED_REQUEST, "other-node", "On another node")
            }
            Self::Index(IndexError::Bucket { kind: ErrorKind::Missing, .. }) => {
                (StatusCode::NOT_FOUND, "not-found", "Not found")
            }
            Self::Index(error) if error.kind().is_unavailable() => {
                (StatusCode::SERVICE_UNAVAILABLE, "index", "Index not available")
            }
            Self::Index(_) => (StatusCode::INTERNAL_SERVER_ERROR, "index", "Index not readable"),
        }
    }

    pub(crate) fn view(&self) -> ProblemView {
        let (status, kind, title) = self.kind();
        let detail = match self {
            Self::Index(IndexError::Query(reason)) => reason.clone(),
            Self::Index(error @ IndexError::Elsewhere { .. }) => error.to_string(),
            Self::Index(IndexError::Bucket { kind: ErrorKind::Missing, .. }) => {
                "it is missing in the bucket: run `anjian check`".to_owned()
            }
            other => other.to_string(),
        };
        let key = match self {
            Self::Query { key, .. } => Some(key.clone()),
            Self::BodyKey { key, .. } => Some((*key).to_owned()),
            Self::Password(weakness) => Some(weakness.as_str().to_owned()),
            Self::Account(error) => account_key(error).map(str::to_owned),
            Self::Case(error) => case_key(error).map(str::to_owned),
            Self::Disposal(error) => disposal_key(error).map(str::to_owned),
            _ => None,
        };
        let kind = format!("urn:anjian:problem:{kind}");
        ProblemView { kind, title: title.to_owned(), status: status.as_u16(), detail, key }
    }
}

/// Whole seconds, at least one.
fn wait_s(wait: &Duration) -> u64 {
    wait.as_secs() + 1
}

/// What clients learn of trouble with media files: never their paths.
fn told(error: &FootageError) -> String {
    match error {
        FootageError::Empty { .. } => error.to_string(),
        FootageError::CannotJoin { at, reason, .. } => {
            format!("{reason} at {at}: ask for a range that ends before, and another that begins there")
        }
        error if error.is_missing() => "the file of a segment is missing: run `anjian check`".to_owned(),
        _ => "the recording could not be read just now: the server's log says why".to_owned(),
    }
}

/// What failed in the index stays what it is.
macro_rules! from_rooms {
    ($($error:ident => $variant:ident),+ $(,)?) => {
        $(impl From<$error> for Problem {
            fn from(error: $error) -> Self {
                match error {
                    $error::Index(error) => Self::Index(error),
                    error => Self::$variant(error),
                }
            }
        })+
    };
}

from_rooms! {
    AccountError => Account,
    VerdictError => Verdict,
    AttachmentError => Attachment,
    DisposalError => Disposal,
    FindingError => Finding,
    SiteRecordError => SiteRecord,
    CaseError => Case,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, ..) = self.kind();
        match &self {
            Self::Index(error) if status.is_server_error() => {
                tracing::error!(error = %error, "the index could not be read");
            }
            Self::Footage(error) if status.is_server_error() || error.is_missing() => {
                tracing::error!(error = %error, "a recording could not be read");
            }
            _ => {}
        }
        let mut response = (status, Json(self.view())).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Self::TooMany(wait) = &self {
            headers.insert(header::RETRY_AFTER, wait_s(wait).into());
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::galleries::GarmentSide;

    fn join() -> FootageError {
        let reason = "the camera changed from h264 to h265".to_owned();
        FootageError::CannotJoin {
            path: "secret/a.mp4".into(),
            at: "2026-03-01T00:00:00Z".parse().unwrap(),
            reason,
        }
    }

    fn io(kind: std::io::ErrorKind) -> FootageError {
        FootageError::Io { doing: "read", path: "secret/a.mp4".into(), source: kind.into() }
    }

    #[test]
    fn every_problem_has_its_status_and_document() {
        let busy = std::io::Error::from(std::io::ErrorKind::StorageFull);
        let file = |source| IndexError::File { doing: "read", path: "secret/index.db".into(), source };
        let other_model = GalleryError::OtherModel { enrolled_with: "old@1".into(), model: "new@2".into() };
        let table = [
            (Problem::query("limit", "limit must be 1 to 200"), 400, "limit must be 1 to 200"),
            (
                Problem::Header { header: "Last-Event-ID", reason: "a number".into() },
                400,
                "Last-Event-ID: a number",
            ),
            (Problem::Id { what: "violation", text: "x".into() }, 400, "\"x\" is not the id of a violation"),
            (Problem::NotFound("no violation 7".into()), 404, "no violation 7"),
            (Problem::Method(axum::http::Method::PUT), 405, "PUT is not possible here"),
            (Problem::Host("evil.example".into()), 421, "\"evil.example\""),
            (Problem::Foreign("https://evil.example".into()), 403, "\"https://evil.example\" may not change"),
            (Problem::ProxyOnly([203, 0, 113, 9].into()), 403, "server.trusted_proxies"),
            (Problem::Forbidden(Action::ReadAudit), 403, "must not do this (read_audit)"),
            (Problem::TooLarge(8), 413, "more than 8 bytes"),
            (Problem::MediaType { sent: "text/plain".into(), taken: "image/png" }, 415, "send image/png"),
            (Problem::Crowded(64), 503, "64 listeners"),
            (Problem::Busy, 503, "try again in a few seconds"),
            (Problem::Late(30), 503, "within 30 seconds"),
            (Problem::Body("who: is needed".into()), 400, "who: is needed"),
            (Problem::Internal("the file could not be opened"), 500, "the server's log says why"),
            (Problem::Footage(join()), 409, "from h264 to h265 at 2026-03-01T00:00:00Z: ask for a range"),
            (Problem::Footage(io(std::io::ErrorKind::NotFound)), 404, "anjian check"),
            (Problem::Footage(io(std::io::ErrorKind::PermissionDenied)), 500, "the server's log says why"),
            (PictureError::Nothing("it ends at 09:00".into()).into(), 404, "it ends at 09:00"),
            (PictureError::Busy("two are being made".into()).into(), 503, "try again"),
            (PictureError::Failed("no keyframe".into()).into(), 500, "no keyframe"),
            (PictureError::Unavailable("no decoder".into()).into(), 501, "no decoder"),
            (GalleryError::Nothing("it ends before".into()).into(), 404, "it ends before"),
            (GalleryError::NotAPicture("it is empty".into()).into(), 400, "it is empty"),
            (GalleryError::Nobody.into(), 422, "whole=true"),
            (GalleryError::TooLittle.into(), 422, "64 pixels"),
            (GalleryError::Known(GarmentSide::Approved).into(), 409, "already, as approved"),
            (GalleryError::Full(400).into(), 409, "400 garments"),
            (other_model.into(), 409, "with old@1, and looks of new@2 cannot be compared"),
            (GalleryError::Damaged.into(), 409, "--replace"),
            (GalleryError::NoModel.into(), 409, "model.garment"),
            (GalleryError::Unwritable("read-only".into()).into(), 507, "galleries_dir"),
            (GalleryError::Busy("8 are waiting".into()).into(), 503, "try again"),
            (GalleryError::Failed("memory".into()).into(), 500, "memory"),
            (GalleryError::Unavailable("no models".into()).into(), 501, "no models"),
            (Problem::Index(IndexError::Query("31 days at most".into())), 400, "31 days at most"),
            (Problem::Index(file(busy)), 503, "the server's log says why"),
            (Problem::Index(file(std::io::ErrorKind::NotFound.into())), 500, "the server's log says why"),
        ];
        for (problem, status, detail) in table {
            let view = problem.view();
            assert_eq!(view.status, status, "{problem:?}");
            assert!(view.detail.contains(detail), "{problem:?}: {}", view.detail);
            assert!(!view.detail.contains("secret"), "paths stay inside: {}", view.detail);
            let response = problem.into_response();
            assert_eq!(response.status(), status);
            assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
        }
    }
}
