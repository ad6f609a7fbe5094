//! Says in plain English, and without passwords, why an RTSP connection failed.

use anjian_domain::SourceUrl;
use gstreamer as gst;

use crate::CameraFault;
use crate::decode::Codec;
use crate::feed::Trouble;
use crate::rtsp::decoded;

/// What a server offers.
#[derive(Debug, Default)]
pub(crate) struct Offer {
    is_described: bool,
    has_choice: bool,
    foreign_codec: Option<String>,
}

impl Offer {
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

    /// What is wrong with the offer; `None` when a stream was chosen, or nothing is known yet.
    pub(crate) fn fault(&self) -> Option<CameraFault> {
        match &self.foreign_codec {
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
        _ if says(&["TLS", "certificate"]) => CameraFault::Certificate,
        _ if says(&["UDP packets"]) => CameraFault::UdpBlocked,
        _ if says(&["refused"]) => CameraFault::Unreachable("connection refused".to_owned()),
        _ if says(&["resolv"]) => CameraFault::Unreachable("the host's name is not known".to_owned()),
        _ if says(&["unreachable", "No route"]) => {
            CameraFault::Unreachable("no route to the host".to_owned())
        }
        _ if says(&["timed out", "Timeout", "timeout"]) => CameraFault::Unreachable("no answer".to_owned()),
        Some(
            gst::ResourceError::OpenRead | gst::ResourceError::OpenWrite | gst::ResourceError::OpenReadWrite,
        ) => CameraFault::Unreachable(clean(error.message(), url)),
        _ => CameraFault::Interrupted(clean(error.message(), url)),
    }
}

/// Takes the address and its password out, as it stands in the URL and as it is.
fn clean(text: &str, url: &SourceUrl) -> String {
    let clean = url.redact(text);
    let password = url.expose().password().map(decoded).filter(|password| !password.is_empty());
    password.map_or(clean.clone(), |password| clean.replace(&password, "***"))
}
