//! The one place that sorts what goes wrong with a bucket.

use std::error::Error;
use std::fmt::{Display, Formatter};
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use anjian_domain::{ErrorKind, Shortage};
use object_store::client::{HttpError, HttpErrorKind};

/// Why a bucket did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Cause {
    /// It refused, in HTTP.
    #[error("it answers {}{}", .0, advice(.0))]
    Answer(Answer),
    /// It did not answer.
    #[error("no answer within {} s", .0.as_secs_f32())]
    TimedOut(Duration),
    /// The limit of requests at once was reached.
    #[error("as many requests as allowed ran for {} s", .0.as_secs_f32())]
    NoTurn(Duration),
    /// The connection failed, or what arrived over it is no answer of S3.
    #[error("{0}")]
    Transport(String),
    /// The folder is not mounted.
    #[error("this folder is not there: mount it, or correct [store] bucket")]
    Unmounted,
    /// The file system of the folder refused.
    #[error("{0}")]
    Disk(#[from] io::Error),
    /// The file that is copied there cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Source { path: PathBuf, source: io::Error },
    /// Another length than was asked for, or recorded.
    #[error("{what} has {found} bytes and not {expected}")]
    Length { what: &'static str, expected: u64, found: u64 },
    /// Other bytes than were recorded.
    #[error("the file has changed: its SHA-256 is {found} and not {expected}")]
    Digest { expected: String, found: String },
    /// What was asked cannot be.
    #[error("{0}")]
    Invalid(String),
    /// The process ends.
    #[error("the process ends")]
    Ending,
}

/// How a bucket refuses, without what it repeats of the request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Such as `NoSuchKey`; empty when it gives none.
    pub(crate) code: String,
    /// Empty when it gives none.
    pub(crate) message: String,
}

impl Display for Answer {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.status)?;
        if !self.code.is_empty() {
            write!(f, " {}", self.code)?;
        }
        if !self.message.is_empty() {
            write!(f, " ({})", self.message)?;
        }
        Ok(())
    }
}

impl Cause {
    /// What a caller can do about it.
    pub(crate) fn kind(&self) -> ErrorKind {
        match self {
            Self::Answer(answer) => answer.kind(),
            Self::TimedOut(_) | Self::Transport(_) => ErrorKind::Unavailable(Shortage::Peer),
            Self::NoTurn(_) => ErrorKind::Unavailable(Shortage::Busy),
            Self::Unmounted => ErrorKind::Unavailable(Shortage::Disk),
            Self::Disk(error) | Self::Source { source: error, .. } => error.into(),
            Self::Length { .. } | Self::Digest { .. } => ErrorKind::Corrupt,
            Self::Invalid(_) => ErrorKind::Invalid,
            Self::Ending => ErrorKind::Refused,
        }
    }
}

impl Answer {
    fn kind(&self) -> ErrorKind {
        let by_code = match self.code.as_str() {
            "SlowDown" | "TooManyRequests" | "RequestLimitExceeded" | "Throttling" | "OperationAborted" => {
                Some(ErrorKind::Unavailable(Shortage::Busy))
            }
            // The body arrived otherwise than it was sent, or not whole.
            "BadDigest" | "XAmzContentSHA256Mismatch" | "IncompleteBody" | "RequestTimeout" => {
                Some(ErrorKind::Unavailable(Shortage::Peer))
            }
            "ExpiredToken" | "InvalidToken" | "InvalidAccessKeyId" | "SignatureDoesNotMatch" => {
                Some(ErrorKind::Refused)
            }
            "QuotaExceeded" | "XMinioStorageFull" => Some(ErrorKind::Unavailable(Shortage::Room)),
            _ => None,
        };
        by_code.unwrap_or_else(|| kind_of_status(self.status))
    }

    /// Whether the same request may be answered otherwise a moment later.
    pub(crate) fn is_worth_a_retry(&self) -> bool {
        self.kind().is_unavailable() && self.kind() != ErrorKind::Unavailable(Shortage::Room)
    }
}

const fn kind_of_status(status: u16) -> ErrorKind {
    match status {
        401 | 403 => ErrorKind::Refused,
        404 => ErrorKind::Missing,
        408 | 425 => ErrorKind::Unavailable(Shortage::Peer),
        // The object ends before the range: rows and bucket differ.
        416 => ErrorKind::Corrupt,
        429 => ErrorKind::Unavailable(Shortage::Busy),
        501 => ErrorKind::Invalid,
        507 => ErrorKind::Unavailable(Shortage::Room),
        500..=599 => ErrorKind::Unavailable(Shortage::Peer),
        _ => ErrorKind::Invalid,
    }
}

fn advice(answer: &Answer) -> &'static str {
    match (answer.status, answer.code.as_str()) {
        (_, "NoSuchBucket") => "; create the bucket, or correct [store] bucket",
        (300..=399, _) | (_, "AuthorizationHeaderMalformed" | "PermanentRedirect") => {
            "; correct [store] bucket_region and bucket_endpoint"
        }
        (_, "RequestTimeTooSkewed") => "; set the clock of this machine",
        (401 | 403, _) | (_, "ExpiredToken" | "InvalidToken") => {
            "; check AWS_ACCESS_KEY_ID, its secret and what this key may do in this bucket"
        }
        _ => "",
    }
}

/// What a request to S3 failed by.
impl From<object_store::Error> for Cause {
    fn from(error: object_store::Error) -> Self {
        if let Some(answer) = find::<Answer>(&error) {
            return Self::Answer(answer.clone());
        }
        match error {
            object_store::Error::InvalidPath { .. } => Self::Invalid(innermost(&error)),
            object_store::Error::JoinError { .. } => Self::Ending,
            _ if find::<HttpError>(&error).is_some_and(|http| http.kind() == HttpErrorKind::Timeout) => {
                Self::Transport(format!("it answers too slowly: {}", innermost(&error)))
            }
            _ => Self::Transport(innermost(&error)),
        }
    }
}

fn chain<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| <dyn Error>::source(*error))
}

fn find<'e, T: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e T> {
    chain(error).find_map(|error| error.downcast_ref())
}

/// The first cause: those above it repeat it, or name addresses and counts.
fn innermost(error: &(dyn Error + 'static)) -> String {
    chain(error).last().unwrap_or(error).to_string()
}

#[cfg(test)]
mod tests {
    use super::ErrorKind::{Corrupt, Invalid, Missing, Refused, Unavailable};
    use super::Shortage::{Busy, Peer, Room};
    use super::*;

    #[test]
    fn answers_are_sorted() {
        for (status, code, expected) in [
            (301, "PermanentRedirect", Invalid),
            (400, "AuthorizationHeaderMalformed", Invalid),
            (400, "ExpiredToken", Refused),
            (400, "BadDigest", Unavailable(Peer)),
            (400, "RequestTimeout", Unavailable(Peer)),
            (403, "AccessDenied", Refused),
            (404, "NoSuchKey", Missing),
            (404, "", Missing),
            (409, "OperationAborted", Unavailable(Busy)),
            (416, "InvalidRange", Corrupt),
            (429, "", Unavailable(Busy)),
            (500, "InternalError", Unavailable(Peer)),
            (501, "NotImplemented", Invalid),
            (502, "", Unavailable(Peer)),
            (503, "SlowDown", Unavailable(Busy)),
            (503, "", Unavailable(Peer)),
            (507, "XMinioStorageFull", Unavailable(Room)),
        ] {
            let answer = Answer { status, code: code.to_owned(), message: String::new() };
            assert_eq!(answer.kind(), expected, "{answer}");
        }
    }

    #[test]
    fn answers_say_what_to_do() {
        for (status, code, expected) in [
            (404, "NoSuchBucket", "[store] bucket"),
            (403, "", "AWS_ACCESS_KEY_ID"),
            (403, "RequestTimeTooSkewed", "clock"),
            (301, "", "bucket_region"),
        ] {
            let told =
                Cause::Answer(Answer { status, code: code.to_owned(), message: String::new() }).to_string();
            assert!(told.contains(expected), "{told}");
        }
    }
}
