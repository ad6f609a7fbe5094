//! Answers to requests.

use std::net::IpAddr;
use std::time::Duration;

use super::access::Gate;
use super::clip::Clip;
use super::describe::describe;
use super::request::Request;
use super::script::{Control, Identity, Redirect, Script, Second, Transports};

/// How packets go to the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// On two channels of the connection, this one and the next.
    Channel(u8),
    /// To two ports, this one and the next.
    Ports(IpAddr, u16),
}

/// What was set up.
#[derive(Debug, Default)]
pub(super) struct Session {
    pub(super) gate: Gate,
    pub(super) video: Option<Way>,
    pub(super) second: Option<Way>,
    pub(super) is_playing: bool,
    pub(super) is_over: bool,
    redirects: u32,
}

/// Who answers.
pub(super) struct Server<'a> {
    pub(super) script: &'a Script,
    pub(super) clip: &'a Clip,
    /// `rtsp://host:port`.
    pub(super) origin: &'a str,
    pub(super) client: IpAddr,
    /// Port from which RTP is sent.
    pub(super) udp_port: u16,
}

impl Server<'_> {
    /// How long the answer takes.
    pub(super) fn takes(&self, request: &Request) -> Duration {
        match request.method.as_str() {
            "OPTIONS" => self.script.slow.options,
            "DESCRIBE" => self.script.slow.describe,
            "SETUP" => self.script.slow.setup,
            "PLAY" => self.script.slow.play,
            _ => Duration::ZERO,
        }
    }

    /// The whole answer.
    pub(super) fn answer(&self, session: &mut Session, request: &Request) -> Vec<u8> {
        let (status, headers, body) = self.decide(session, request);
        let end = if self.script.is_sloppy { "\n" } else { "\r\n" };
        let lacks_cseq = self.script.lacks_cseq && session.is_playing && request.method != "PLAY";
        let mut lines = vec![format!("RTSP/1.0 {status} {}", phrase(status))];
        if let Some(number) = request.header("CSeq").filter(|_| !lacks_cseq) {
            let name = if self.script.is_sloppy { "cseq" } else { "CSeq" };
            lines.push(format!("{name}: {number}"));
        }
        lines.extend(headers);
        if !body.is_empty() {
            lines.push(format!("Content-Length: {}", body.len()));
        }
        let head: String = lines.iter().map(|line| format!("{line}{end}")).collect();
        format!("{head}{end}{body}").into_bytes()
    }

    fn decide(&self, session: &mut Session, request: &Request) -> (u16, Vec<String>, String) {
        let (script, method) = (self.script, request.method.as_str());
        if let Some((_, status)) = script.status.filter(|(refused, _)| *refused == method) {
            return (status, Vec::new(), String::new());
        }
        if let Some(challenges) = session.gate.challenge(script.access, request) {
            let headers = challenges.iter().map(|challenge| format!("WWW-Authenticate: {challenge}"));
            return (401, headers.collect(), String::new());
        }
        match method {
            "OPTIONS" => {
                let methods = "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER";
                (200, vec![methods.to_owned()], String::new())
            }
            "DESCRIBE" => self.describe(session, request),
            "SETUP" => self.setup(session, request),
            "PLAY" => {
                session.is_playing = true;
                (200, vec![self.session(), "Range: npt=0.000-".to_owned()], String::new())
            }
            "GET_PARAMETER" => (script.get_parameter, vec![self.session()], String::new()),
            "TEARDOWN" => {
                session.is_over = true;
                (200, vec![self.session()], String::new())
            }
            _ => (501, Vec::new(), String::new()),
        }
    }

    fn session(&self) -> String {
        let timeout = self.script.session_s.map(|seconds| format!(";timeout={seconds}")).unwrap_or_default();
        format!("Session: odd1{timeout}")
    }

    fn describe(&self, session: &mut Session, request: &Request) -> (u16, Vec<String>, String) {
        let to = |path: &str| vec![format!("Location: {}{path}", self.origin)];
        session.redirects += 1;
        match self.script.redirect {
            Redirect::Once(status) if !request.uri.contains("/other") => {
                return (status, to("/other"), String::new());
            }
            Redirect::Loop => return (302, to("/live"), String::new()),
            Redirect::Nowhere => return (302, Vec::new(), String::new()),
            Redirect::Once(_) | Redirect::None => {}
        }
        let url = request.uri.trim_end_matches('/');
        let base = match self.script.control {
            Control::BaseWithoutSlash | Control::Query => Some(url.to_owned()),
            Control::OtherHost => Some("rtsp://192.0.2.1:554/live/".to_owned()),
            Control::Relative => Some(format!("{url}/")),
            _ => None,
        };
        let mut headers = vec!["Content-Type: application/sdp".to_owned()];
        headers.extend(base.map(|base| format!("Content-Base: {base}")));
        (200, headers, describe(self.script, self.clip, url))
    }

    fn setup(&self, session: &mut Session, request: &Request) -> (u16, Vec<String>, String) {
        let is_second = request.uri.contains("second");
        if is_second && self.script.second == Second::SoundRefused {
            return (400, Vec::new(), String::new());
        }
        let asked = request.header("Transport").unwrap_or_default();
        let is_tcp = asked.contains("TCP");
        let refused = match self.script.transports {
            Transports::UdpOnly => is_tcp,
            Transports::TcpOnly => !is_tcp,
            _ => false,
        };
        let way = if is_tcp { self.channel(asked) } else { self.ports(asked) };
        let Some((way, transport)) = way.filter(|_| !refused) else {
            return (461, Vec::new(), String::new());
        };
        *(if is_second { &mut session.second } else { &mut session.video }) = Some(way);
        let mut headers = vec![self.session()];
        if self.script.transports != Transports::LacksHeader {
            headers.push(format!("Transport: {transport}"));
        }
        (200, headers, String::new())
    }

    fn channel(&self, asked: &str) -> Option<(Way, String)> {
        let asked = number(asked, "interleaved=").unwrap_or(0);
        let channel = if self.script.transports == Transports::OtherChannels { asked + 6 } else { asked };
        let place = match self.script.transports {
            Transports::LacksInterleaved => String::new(),
            _ => format!(";interleaved={channel}-{}", channel + 1),
        };
        let transport = format!("RTP/AVP/TCP;unicast{place}{}", self.announced());
        Some((Way::Channel(u8::try_from(channel).ok()?), transport))
    }

    fn ports(&self, asked: &str) -> Option<(Way, String)> {
        let port = number(asked, "client_port=")?;
        let server = match self.script.transports {
            Transports::LacksServerPort => String::new(),
            _ => format!(";server_port={}-{}", self.udp_port, self.udp_port + 1),
        };
        let transport =
            format!("RTP/AVP;unicast;client_port={port}-{}{server}{}", port + 1, self.announced());
        Some((Way::Ports(self.client, port), transport))
    }

    fn announced(&self) -> &'static str {
        match self.script.identity {
            Identity::NotAsAnnounced => ";ssrc=00000001",
            _ => "",
        }
    }
}

/// The number that stands behind a key.
fn number(text: &str, key: &str) -> Option<u16> {
    let (_, behind) = text.split_once(key)?;
    behind.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
}

const fn phrase(status: u16) -> &'static str {
    match status {
        200 => "OK",
        401 => "Unauthorized",
        404 => "Not Found",
        461 => "Unsupported Transport",
        _ => "Odd",
    }
}
