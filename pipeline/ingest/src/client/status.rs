//! What RTSP's status codes mean, and what to do about them. Pure.

use crate::CameraFault;

/// Meaning and advice of a status that is no success.
const fn explained(status: u16) -> (&'static str, &'static str) {
    match status {
        300 | 304 | 305 => {
            ("redirect that leads nowhere", "enter the address that the camera's own page shows")
        }
        400 | 451 => ("bad request", "check the path of its URL, and update the camera's firmware"),
        402 => ("payment required", "check the licence of the recorder or of the cloud service"),
        403 => (
            "forbidden",
            "allow this user to watch live video, or unlock its account and this machine's address",
        ),
        405 | 455 => ("method not allowed", "check the path of its URL: this one is not for live video"),
        406 | 415 => ("format not offered", "set the camera to H.264 or H.265"),
        407 => ("proxy asks for a password", "connect to the camera without the proxy"),
        408 => ("request timed out", "check the network, and raise answer_timeout_s"),
        410 => ("gone", "this stream is switched off: enable it, or correct the path of its URL"),
        413 | 414 => ("address too long", "shorten the path and the query of its URL"),
        452 | 462 | 460 => ("address not allowed", "check the path of its URL"),
        453 => {
            ("not enough bandwidth", "the camera serves too many clients: close some, or lower the bit rate")
        }
        454 => ("session not found", "the camera forgot the session: restart it if this lasts"),
        456..=459 => {
            ("request not valid for this stream", "check the path of its URL: this one is no live video")
        }
        461 => {
            ("transport not supported", "set transport = \"udp\" or transport = \"tcp\", whichever it is not")
        }
        500 => ("internal error", "restart the camera; update its firmware if this lasts"),
        501 => ("not implemented", "check port and path of its URL: this is no camera's stream"),
        502 | 504 => (
            "gateway without an answer",
            "the recorder does not reach its camera: check the cable and the recorder",
        ),
        503 => ("service unavailable", "the camera is overloaded or starting: close other clients"),
        505 => ("version not supported", "update the camera's firmware"),
        551 => ("option not supported", "update the camera's firmware"),
        _ if status / 100 == 3 => ("redirect", "enter the address that the camera's own page shows"),
        _ if status / 100 == 5 => ("server error", "restart the camera; update its firmware if this lasts"),
        _ => ("refusal", "check the path of its URL and the camera's log"),
    }
}

/// What a refusal means for a person.
pub(super) fn fault(method: &str, status: u16) -> CameraFault {
    match status {
        401 => CameraFault::Unauthorised,
        404 => CameraFault::NoSuchPath,
        _ => {
            let (meaning, advice) = explained(status);
            CameraFault::Answered { method: method.to_owned(), status, meaning, advice }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_is_named_explained_and_has_advice() {
        for status in (300..=307).chain(400..=415).chain(451..=462).chain(500..=505).chain([551, 599]) {
            let text = fault("SETUP", status).to_string();
            match status {
                401 => assert!(text.contains("password"), "{text}"),
                _ => assert!(text.contains(&format!("({status}): ")), "{text}"),
            }
        }
    }
}
