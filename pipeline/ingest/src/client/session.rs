//! What is wanted of a camera, and what a session came to.

use std::time::Duration;

use anjian_domain::SourceUrl;

use super::description::Media;
use super::transport::Way;
use crate::{CertificateCheck, Transport};

/// What is wanted of a camera.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) url: SourceUrl,
    pub(crate) transport: Transport,
    pub(crate) certificate: CertificateCheck,
    /// How long an answer may take.
    pub(crate) answer_max: Duration,
}

impl Wanted {
    /// How packets are to travel; `rtsps` goes over TCP only.
    pub(super) fn transport(&self) -> Transport {
        if self.url.expose().scheme() == "rtsps" { Transport::Tcp } else { self.transport }
    }
}

/// A stream that was set up.
#[derive(Debug)]
pub(super) struct SetUp {
    pub(super) media: Media,
    pub(super) way: Way,
    pub(super) sockets: Option<super::udp::Sockets>,
}

/// How a session is kept.
#[derive(Debug, Clone)]
pub(super) struct Keeping {
    pub(super) timeout: Duration,
    /// What PLAY, TEARDOWN and keep-alives name.
    pub(super) uri: String,
    pub(super) has_get_parameter: bool,
}

/// Without a `timeout` a session lasts so long.
const TIMEOUT: Duration = Duration::from_secs(60);

/// `id;timeout=30`.
pub(super) fn read_session(header: &str) -> (String, Duration) {
    let (id, rest) = header.split_once(';').unwrap_or((header, ""));
    let seconds = rest.split(';').find_map(|part| part.trim().strip_prefix("timeout="));
    let seconds = seconds.and_then(|seconds| seconds.trim().parse().ok()).filter(|seconds| *seconds > 0);
    (id.trim().to_owned(), seconds.map_or(TIMEOUT, Duration::from_secs))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_say_how_long_they_last() {
        assert_eq!(read_session("ab;timeout=30"), ("ab".to_owned(), Duration::from_secs(30)));
        assert_eq!(read_session("ab ; x=1; timeout=2"), ("ab".to_owned(), Duration::from_secs(2)));
        for odd in ["ab", "ab;timeout=0", "ab;timeout=never"] {
            assert_eq!(read_session(odd), ("ab".to_owned(), TIMEOUT));
        }
    }
}
