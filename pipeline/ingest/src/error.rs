//! What can go wrong between a source and a frame, said so that a person knows what to do.
//!
//! Deliberately holds texts, not GStreamer's errors: those repeat addresses with their passwords.

use std::path::PathBuf;
use std::time::Duration;

use anjian_domain::{CameraId, ErrorKind, Shortage};

use crate::Transport;

/// Everything that this crate reports.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IngestError {
    /// GStreamer itself does not start, or refuses to build a pipeline that it has the elements for.
    #[error("GStreamer does not work here ({reason}): check its installation with gst-inspect-1.0")]
    Gstreamer {
        /// What it said.
        reason: String,
    },
    /// Plugins are not installed.
    #[error("GStreamer misses {elements}: run apt-get install {packages}")]
    MissingElements {
        /// Names of the elements, comma separated.
        elements: String,
        /// The Debian packages that hold them, blank separated.
        packages: String,
    },
    /// A file gives no (more) frames.
    #[error("{}: {fault}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        fault: FileFault,
    },
    /// A camera gives no (more) frames.
    #[error("camera {camera}: {fault}")]
    Camera {
        /// Which.
        camera: CameraId,
        /// Why.
        fault: CameraFault,
    },
    /// The loopback server for clips cannot serve.
    #[error("clip server: {reason}")]
    ClipServer {
        /// Why, naming clip or port.
        reason: String,
    },
}

/// Why a file gives no (more) frames.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileFault {
    /// Nothing there.
    #[error("no such file: check the path")]
    Missing,
    /// A folder or a device.
    #[error("not a file: name the video files themselves")]
    NotAFile,
    /// There, but closed to us.
    #[error("cannot be read ({reason}): check its permissions and the disk")]
    Unreadable {
        /// What the system's answer allows.
        kind: ErrorKind,
        /// The system's answer.
        reason: String,
    },
    /// No bytes.
    #[error("is empty: the recording or the copy never got its data")]
    Empty,
    /// Something else than a video.
    #[error(
        "is {}, not a video that Anjian reads: where it is one, convert it with ffmpeg -i {path:?} -c:v libx264 out.mp4, \
         or export it from its recorder as MP4",
        what.as_deref().unwrap_or("no known container")
    )]
    NotAVideo {
        /// What it is instead, where that is known.
        what: Option<String>,
        /// As the person named it, for the command.
        path: String,
    },
    /// An MP4 whose recording was cut off before the index was written.
    #[error("was cut off before its index (moov) was written: copy it again, or repair it with its recorder")]
    NoIndex,
    /// Its pictures are locked.
    #[error("is encrypted: export it from its recorder without a password")]
    Encrypted,
    /// Sound only.
    #[error("holds no video, only sound or data: give a file with a video track")]
    NoVideo,
    /// Pictures that no decoder here reads.
    #[error(
        "holds {0} video, which no decoder here reads: convert it to H.264 or H.265 (ffmpeg -c:v libx264)"
    )]
    UnsupportedCodec(String),
    /// A video track of which nothing decodes.
    #[error("has a video track, but no picture in it could be decoded: the file is damaged")]
    NoPicture,
    /// Good frames, then bytes that make no sense.
    #[error("is damaged after {at:.1?} ({reason}): copy it again, or repair it")]
    Damaged {
        /// Up to where the frames were good.
        at: Duration,
        /// What GStreamer said.
        reason: String,
    },
    /// A moment after the end was asked for.
    #[error("ends after {end:.1?}, before {at:.1?}: ask for an earlier moment")]
    EndsBefore {
        /// The moment, from the beginning.
        at: Duration,
        /// How long the file is.
        end: Duration,
    },
    /// A file that was to be made.
    #[error("cannot be written ({reason}): check the folder and the disk")]
    Unwritable {
        /// What the system's answer allows.
        kind: ErrorKind,
        /// The system's answer.
        reason: String,
    },
    /// Nobody wanted it any more.
    #[error("was not read to its end: it was stopped")]
    Stopped,
    /// Nothing came for long.
    #[error("gave no picture for {0:?}: the disk or the network share does not answer")]
    Silent(Duration),
}

/// Why a camera gives no (more) frames.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CameraFault {
    /// Wrong user or password.
    #[error("the camera refuses user or password: correct them in the configuration")]
    Unauthorised,
    /// The server has nothing under this path.
    #[error("the camera knows no such path (404): correct the path of its URL")]
    NoSuchPath,
    /// The certificate of an `rtsps` server is not trusted.
    #[error(
        "the camera's TLS certificate is not trusted: install its authority, or set certificate = \"accept_any\""
    )]
    Certificate,
    /// No video among the streams.
    #[error("the camera offers no video stream: correct the path of its URL")]
    NoVideo,
    /// Pictures that no decoder here reads.
    #[error("the camera sends {0} video: set it to H.264 or H.265")]
    UnsupportedCodec(String),
    /// The camera asks for a digest that is not known here.
    #[error(
        "the camera asks for the digest {0}, which Anjian does not support (user and password may be right): set its \
         authentication to digest with MD5 or SHA-256"
    )]
    UnknownDigest(String),
    /// A status that is no success.
    #[error("the camera answers {method} with {meaning} ({status}): {advice}")]
    Answered {
        /// The request.
        method: String,
        /// The status.
        status: u16,
        /// What it means.
        meaning: &'static str,
        /// What to do.
        advice: &'static str,
    },
    /// The camera does not send as it was asked.
    #[error(
        "the camera does not send over {} (461): set transport = \"{}\"",
        if *.0 == Transport::Tcp { "TCP" } else { "UDP" },
        if *.0 == Transport::Tcp { "udp" } else { "tcp" }
    )]
    TransportRefused(Transport),
    /// Redirects that lead nowhere.
    #[error("the camera redirects {0}: enter the address that its own page shows")]
    Redirected(String),
    /// The camera is there and does not answer in time.
    #[error("the camera did not answer {method} within {waited:?}: raise answer_timeout_s if it is slow")]
    Unanswered {
        /// The request.
        method: String,
        /// How long it was waited for.
        waited: Duration,
    },
    /// No connection.
    #[error("cannot connect ({0}): check address, port and network")]
    Unreachable(String),
    /// The process may open no more files and sockets.
    #[error(
        "the process may open {0} files and sockets and has too few left: raise LimitNOFILE of the service \
         (ulimit -n); the camera is tried again"
    )]
    NoDescriptors(usize),
    /// UDP packets do not get through.
    #[error("connected, but no UDP packets arrive: open the firewall, or set transport = \"tcp\"")]
    UdpBlocked,
    /// The camera said that it is done.
    #[error("the camera ended the stream")]
    Ended,
    /// The connection stands but nothing arrives.
    #[error("nothing arrived for {0:?}")]
    Stalled(Duration),
    /// Data arrives, but no picture comes out of it.
    #[error("data arrives, but for {0:?} no picture could be decoded from it: check the camera's encoder")]
    Undecodable(Duration),
    /// The connection broke.
    #[error("the connection broke ({0})")]
    Interrupted(String),
}

/// How soon another try makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// Soon: the reason may be gone any moment.
    Soon,
    /// Rarely: somebody has to change something first, and trying often locks accounts.
    Rarely,
}

impl IngestError {
    /// What a caller can do about it.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Camera { fault, .. } => fault.kind(),
            Self::File { fault, .. } => fault.kind(),
            Self::MissingElements { .. } => ErrorKind::Missing,
            Self::Gstreamer { .. } | Self::ClipServer { .. } => ErrorKind::Invalid,
        }
    }
}

impl FileFault {
    /// The system refuses to read.
    pub(crate) fn unreadable(error: &std::io::Error) -> Self {
        Self::Unreadable { kind: error.into(), reason: error.to_string() }
    }

    /// What a caller can do about it.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Unreadable { kind, .. } | Self::Unwritable { kind, .. } => *kind,
            Self::Silent(_) => ErrorKind::Unavailable(Shortage::Disk),
            Self::Stopped => ErrorKind::Unavailable(Shortage::Busy),
            Self::Missing | Self::EndsBefore { .. } => ErrorKind::Missing,
            Self::Empty | Self::NoIndex | Self::NoPicture | Self::Damaged { .. } => ErrorKind::Corrupt,
            Self::NotAFile
            | Self::NotAVideo { .. }
            | Self::Encrypted
            | Self::NoVideo
            | Self::UnsupportedCodec(_) => ErrorKind::Invalid,
        }
    }
}

impl CameraFault {
    /// What a caller can do about it; [`CameraFault::retry`] says how soon it is tried again.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Unreachable(_)
            | Self::Unanswered { .. }
            | Self::UdpBlocked
            | Self::Ended
            | Self::Stalled(_)
            | Self::Interrupted(_) => ErrorKind::Unavailable(Shortage::Peer),
            Self::NoDescriptors(_) => ErrorKind::Unavailable(Shortage::Descriptors),
            Self::Answered { status: 408 | 453 | 454 | 500.., .. } => ErrorKind::Unavailable(Shortage::Peer),
            Self::Unauthorised | Self::Certificate | Self::Answered { .. } => ErrorKind::Refused,
            Self::NoSuchPath | Self::NoVideo => ErrorKind::Missing,
            Self::UnsupportedCodec(_)
            | Self::UnknownDigest(_)
            | Self::TransportRefused(_)
            | Self::Redirected(_) => ErrorKind::Invalid,
            Self::Undecodable(_) => ErrorKind::Corrupt,
        }
    }

    /// How soon another try makes sense. Faults that a restart of the camera can cure are tried soon even when
    /// they look permanent: servers answer 404, or send no picture, while they start.
    #[must_use]
    pub const fn retry(&self) -> Retry {
        match self {
            Self::Unauthorised
            | Self::UnsupportedCodec(_)
            | Self::UnknownDigest(_)
            | Self::Answered { status: 403, .. } => Retry::Rarely,
            _ => Retry::Soon,
        }
    }
}
