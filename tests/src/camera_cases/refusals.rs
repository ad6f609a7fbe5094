//! Status codes and credentials.

use super::case::{Case, Expected, Kind};
use crate::odd_camera::{Access, Script};

const STATUSES: [u16; 30] = [
    300, 304, 400, 401, 402, 403, 404, 405, 406, 408, 410, 413, 414, 415, 451, 452, 453, 454, 455, 456, 457,
    458, 459, 460, 461, 462, 500, 501, 503, 551,
];

pub(super) fn cases() -> Vec<Case> {
    let access = |name: &str, access| {
        Case::new(Kind::Refusals, name, Script { access, ..Script::default() }, Expected::All)
    };
    let mut cases = vec![
        access("Basic", Access::Basic).long(),
        access("digest MD5", Access::Md5),
        access("digest MD5 with qop", Access::Md5Qop),
        access("digest SHA-256", Access::Sha256),
        access("digest SHA-256 with qop", Access::Sha256Qop),
        access("digest SHA-256 or MD5", Access::Sha256AndMd5),
        access("each nonce serves once", Access::StaleNonce),
        access("digest asked for at SETUP", Access::Md5AtSetup),
        Case::new(
            Kind::Refusals,
            "digest SHA-512-256",
            Script { access: Access::Sha512, ..Script::default() },
            Expected::Reason("SHA-512-256"),
        ),
    ];
    let refusal = |method: &'static str, status: u16| {
        let script = Script { status: Some((method, status)), ..Script::default() };
        let expected = match (method, status) {
            // Nothing depends on it.
            ("OPTIONS", _) if status != 401 => Expected::All,
            (_, 401) => Expected::Reason("user or password"),
            (_, 461) => Expected::Reason("transport ="),
            _ => Expected::Status(status),
        };
        let is_core =
            matches!((method, status), ("DESCRIBE", 404 | 403 | 503) | ("SETUP", 453) | ("PLAY", 454));
        let case = Case::new(Kind::Refusals, &format!("{method} is answered {status}"), script, expected);
        if is_core { case } else { case.long() }
    };
    for method in ["DESCRIBE", "SETUP", "PLAY"] {
        cases.extend(STATUSES.iter().map(|status| refusal(method, *status)));
    }
    cases.extend([400, 404, 405, 501, 551].iter().map(|status| refusal("OPTIONS", *status)));
    cases
}
