//! Says in plain English, and without passwords, why an RTSP connection failed.

use std::io::ErrorKind;
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use anjian_domain::SourceUrl;
use gstreamer as gst;

use crate::CameraFault;
use crate::codec::Codec;
use crate::feed::Trouble;
use crate::percent::decoded;
use crate::sound;

/// Finding out why takes no longer.
const DIAGNOSIS_MAX: Duration = Duration::from_secs(1);

/// What a server shows of itself before anything is played.
#[derive(Debug, Default)]
pub(crate) struct Offer {
    is_described: bool,
    has_choice: bool,
    foreign_codec: Option<String>,
    has_sound: bool,
    is_certificate_refused: bool,
}

impl Offer {
    /// Its certificate did not stand the check.
    pub(crate) const fn refuse_certificate(&mut self) {
        self.is_certificate_refused = true;
    }

    /// Whether a stream is the one to ask for: the first that can be decoded.
    pub(crate) fn consider(&mut self, stream: &gst::StructureRef) -> bool {
        self.is_described = true;
        if stream.get::<&str>("media").is_ok_and(|media| media != "video") {
            return false;
        }
        let Ok(encoding) = stream.get::<&str>("encoding-name") else { return false };
        if Codec::of_rtp(encoding).is_none() {
            self.foreign_codec.get_or_insert_with(|| encoding.to_owned());
            return false;
        }
        !std::mem::replace(&mut self.has_choice, true)
    }

    /// Whether a stream is the sound to ask for: the first that can be recorded.
    pub(crate) fn consider_sound(&mut self, stream: &gst::StructureRef) -> bool {
        if stream.get::<&str>("media").is_ok_and(|media| media != "audio") {
            return false;
        }
        let encoding = stream.get::<&str>("encoding-name").unwrap_or_default();
        if sound::depay(encoding).is_none() {
            tracing::info!(encoding, "sound in this codec is not recorded");
            return false;
        }
        !std::mem::replace(&mut self.has_sound, true)
    }

    /// What is wrong with the offer; `None` when a stream was chosen, or nothing is known yet.
    pub(crate) fn fault(&self) -> Option<CameraFault> {
        match &self.foreign_codec {
            _ if self.is_certificate_refused => Some(CameraFault::Certificate),
            _ if self.has_choice || !self.is_described => None,
            Some(codec) => Some(CameraFault::UnsupportedCodec(codec.clone())),
            None => Some(CameraFault::NoVideo),
        }
    }
}

/// Why a connection failed.
pub(crate) fn fault_of(trouble: &Trouble, offer: &Offer, url: &SourceUrl) -> CameraFault {
    if let Some(fault) = offer.fault() {
        return fault;
    }
    match trouble {
        Trouble::NoVideo => CameraFault::NoVideo,
        Trouble::Codec(codec) => CameraFault::UnsupportedCodec(codec.clone()),
        Trouble::Gstreamer { error, detail } => said_by_gstreamer(error, detail, url),
    }
}

fn said_by_gstreamer(error: &glib::Error, detail: &str, url: &SourceUrl) -> CameraFault {
    let said = clean(&format!("{} {detail}", error.message()), url);
    let says = |words: &[&str]| words.iter().any(|word| said.contains(word));
    match error.kind::<gst::ResourceError>() {
        Some(gst::ResourceError::NotAuthorized) => CameraFault::Unauthorised,
        _ if says(&["Unauthorized", "(401)"]) => CameraFault::Unauthorised,
        Some(gst::ResourceError::NotFound) if says(&["Not Found", "404"]) => CameraFault::NoSuchPath,
        _ if says(&["contains no streams"]) => CameraFault::NoVideo,
        _ if says(&["UDP packets"]) => CameraFault::UdpBlocked,
        Some(
            gst::ResourceError::OpenRead | gst::ResourceError::OpenWrite | gst::ResourceError::OpenReadWrite,
        ) => CameraFault::Unreachable(why_unreachable(url)),
        _ => CameraFault::Interrupted(clean(error.message(), url)),
    }
}

/// GStreamer only says that it could not connect, so look where it ends.
fn why_unreachable(url: &SourceUrl) -> String {
    let host = url.expose().host_str().unwrap_or_default();
    let port = url.expose().port().unwrap_or(if url.expose().scheme() == "rtsps" { 322 } else { 554 });
    let address = (host.trim_matches(['[', ']']), port).to_socket_addrs();
    let Some(address) = address.ok().and_then(|mut addresses| addresses.next()) else {
        return format!("the name {host} is not known");
    };
    match TcpStream::connect_timeout(&address, DIAGNOSIS_MAX).map_err(|error| error.kind()) {
        Ok(_) => "its port is open, but nothing there speaks RTSP".to_owned(),
        Err(ErrorKind::ConnectionRefused) => format!("connection refused at port {port}"),
        Err(ErrorKind::TimedOut | ErrorKind::WouldBlock) => "no answer".to_owned(),
        Err(ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable) => "no route to the host".to_owned(),
        Err(kind) => kind.to_string(),
    }
}

/// Takes the address and its password out, as it stands in the URL and as it is.
fn clean(text: &str, url: &SourceUrl) -> String {
    let clean = url.redact(text);
    let password = url.expose().password().map(decoded).filter(|password| !password.is_empty());
    password.map_or(clean.clone(), |password| clean.replace(&password, "***"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_shows_says_what_is_missing() {
        crate::init().unwrap();
        let stream = |media: &str, encoding: &str| {
            let stream = gst::Structure::builder("application/x-rtp").field("media", media);
            stream.field("encoding-name", encoding).build()
        };
        let mut offer = Offer::default();
        assert_eq!(offer.fault(), None);
        assert!(!offer.consider(&stream("audio", "MPEG4-GENERIC")));
        assert_eq!(offer.fault(), Some(CameraFault::NoVideo));
        assert!(!offer.consider(&stream("video", "JPEG")));
        assert_eq!(offer.fault(), Some(CameraFault::UnsupportedCodec("JPEG".to_owned())));
        assert!(offer.consider(&stream("video", "H265")));
        assert!(!offer.consider(&stream("video", "H264")), "one stream is enough");
        assert!(!offer.consider_sound(&stream("audio", "OPUS")));
        assert!(offer.consider_sound(&stream("audio", "PCMA")));
        assert!(!offer.consider_sound(&stream("audio", "MPEG4-GENERIC")), "one sound is enough");
        assert_eq!(offer.fault(), None);
    }

    #[test]
    fn gstreamers_words_become_ours_and_passwords_vanish() {
        crate::init().unwrap();
        let url: SourceUrl = "rtsp://admin:p%40ss@10.0.0.5/live".parse().unwrap();
        let cases = [
            (gst::ResourceError::NotAuthorized, "", CameraFault::Unauthorised),
            (gst::ResourceError::NotFound, "Not Found (404)", CameraFault::NoSuchPath),
            (gst::ResourceError::Settings, "SDP contains no streams", CameraFault::NoVideo),
            (
                gst::ResourceError::Read,
                "Could not receive any UDP packets for 4.0 s",
                CameraFault::UdpBlocked,
            ),
            (
                gst::ResourceError::Read,
                "lost rtsp://admin:p%40ss@10.0.0.5/live, p@ss",
                CameraFault::Interrupted("lost rtsp://admin:***@10.0.0.5/live, ***".to_owned()),
            ),
        ];
        for (kind, said, fault) in cases {
            let trouble = Trouble::Gstreamer { error: glib::Error::new(kind, said), detail: String::new() };
            assert_eq!(fault_of(&trouble, &Offer::default(), &url), fault, "{said}");
        }
    }
}
