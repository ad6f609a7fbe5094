//! From OPTIONS to PLAY: redirects, credentials, and streams that are set up.

use std::collections::VecDeque;
use std::sync::Arc;

use anjian_domain::{Clock, SourceUrl};

use super::address::{of_control, plain, redirected};
use super::credentials::{Asked, Challenge, choose};
use super::description::{self, Media};
use super::message::{self, Message};
use super::session::{Keeping, SetUp, Wanted, read_session};
use super::status;
use super::transport::{ask_channel, ask_ports, channel, ports};
use super::udp::Sockets;
use super::wire::{Received, Wire};
use crate::{CameraFault, Transport};

/// A camera that leads elsewhere more often leads in a circle.
const REDIRECTS_MAX: usize = 5;

/// Wrong credentials are sent once, and once more for a nonce that grew stale: more would lock accounts.
const ANSWERS_MAX: u32 = 2;

/// Packets that may come before the answer to PLAY.
const EARLY_MAX: usize = 4096;

/// A conversation with a camera.
pub(super) struct Conversation {
    pub(super) wire: Wire,
    url: SourceUrl,
    wanted: Wanted,
    clock: Arc<dyn Clock>,
    number: u32,
    challenge: Option<Challenge>,
    /// Answers to this challenge.
    answered: u32,
    session: Option<String>,
    /// Packets that came before they were waited for.
    pub(super) early: VecDeque<(u8, Vec<u8>)>,
}

/// What a camera shows of itself.
pub(super) struct Described {
    pub(super) media: Vec<Media>,
    base: Option<String>,
    control: Option<String>,
    has_get_parameter: bool,
}

impl Conversation {
    /// Connects, follows redirects, and asks what there is.
    pub(super) fn begin(
        wanted: &Wanted,
        clock: &Arc<dyn Clock>,
        cancel: &gio::Cancellable,
    ) -> Result<(Self, Described), CameraFault> {
        let mut url = wanted.url.clone();
        for _ in 0..REDIRECTS_MAX {
            let wire = Wire::connect(&url, wanted.certificate, cancel)?;
            let mut conversation = Self {
                wire,
                url: url.clone(),
                wanted: wanted.clone(),
                clock: Arc::clone(clock),
                number: 0,
                challenge: None,
                answered: 0,
                session: None,
                early: VecDeque::new(),
            };
            match conversation.describe()? {
                Ok(described) => return Ok((conversation, described)),
                Err(location) => {
                    url = redirected(&url, &location).ok_or_else(|| {
                        CameraFault::Redirected(format!(
                            "to {}, which is no RTSP address",
                            url.redact(&location)
                        ))
                    })?;
                }
            }
        }
        Err(CameraFault::Redirected(format!("more than {REDIRECTS_MAX} times, at last to {url}")))
    }

    /// What there is, or where it is.
    fn describe(&mut self) -> Result<Result<Described, String>, CameraFault> {
        let uri = plain(&self.url).to_string();
        let options = self.ask("OPTIONS", &uri, &[])?;
        let has_get_parameter = options.headers("Public").any(|methods| methods.contains("GET_PARAMETER"));
        let answer = self.ask("DESCRIBE", &uri, &[("Accept", "application/sdp".to_owned())])?;
        match answer.status() {
            Some(200) => {}
            Some(301 | 302 | 303 | 305 | 307 | 308) => {
                return match answer.header("Location") {
                    Some(location) => Ok(Err(location.to_owned())),
                    None => Err(CameraFault::Redirected("without a Location".to_owned())),
                };
            }
            Some(status) => return Err(status::fault("DESCRIBE", status)),
            None => return Err(no_rtsp()),
        }
        let base = answer.header("Content-Base").or_else(|| answer.header("Content-Location"));
        let base = base.map(str::to_owned);
        let description = description::read(&String::from_utf8_lossy(&answer.body));
        let (media, control) = (description.media, description.control);
        Ok(Ok(Described { media, base, control, has_get_parameter }))
    }

    /// Sets a stream up; `place` numbers those of this session.
    pub(super) fn set_up(
        &mut self,
        described: &Described,
        media: &Media,
        place: u8,
    ) -> Result<SetUp, CameraFault> {
        let base = of_control(&plain(&self.url), described.base.as_deref(), described.control.as_deref());
        let uri = match media.control.as_deref() {
            None | Some("*" | "") => base,
            control => of_control(&plain(&self.url), described.base.as_deref(), control),
        };
        let transport = self.wanted.transport();
        let (asked, sockets) = match transport {
            Transport::Tcp => (ask_channel(place * 2), None),
            Transport::Udp => {
                let sockets = Sockets::open().map_err(|error| CameraFault::Interrupted(error.to_string()))?;
                (ask_ports(sockets.port), Some(sockets))
            }
        };
        let answer = self.ask("SETUP", &uri, &[("Transport", asked)])?;
        let refused = || CameraFault::TransportRefused(transport);
        match answer.status() {
            Some(200) => {}
            Some(461) => return Err(refused()),
            Some(status) => return Err(status::fault("SETUP", status)),
            None => return Err(no_rtsp()),
        }
        if let Some(session) = answer.header("Session") {
            self.session = Some(session.to_owned());
        }
        let given = answer.header("Transport");
        let way = match transport {
            Transport::Tcp => channel(given, place * 2).ok_or_else(refused)?,
            Transport::Udp => ports(given),
        };
        Ok(SetUp { media: media.clone(), way, sockets })
    }

    /// Lets it play.
    pub(super) fn play(&mut self, described: &Described) -> Result<Keeping, CameraFault> {
        let uri = of_control(&plain(&self.url), described.base.as_deref(), described.control.as_deref());
        let answer = self.ask("PLAY", &uri, &[("Range", "npt=0.000-".to_owned())])?;
        match answer.status() {
            Some(200) => {}
            Some(status) => return Err(status::fault("PLAY", status)),
            None => return Err(no_rtsp()),
        }
        let header = answer.header("Session").filter(|header| header.contains("timeout"));
        let header = header.map(str::to_owned).or_else(|| self.session.clone());
        let (_, timeout) = read_session(header.as_deref().unwrap_or_default());
        Ok(Keeping { timeout, uri, has_get_parameter: described.has_get_parameter })
    }

    /// Asks, answers challenges, and waits for the answer.
    fn ask(&mut self, method: &str, uri: &str, headers: &[(&str, String)]) -> Result<Message, CameraFault> {
        let mut sent = 0;
        loop {
            self.send(method, uri, headers).map_err(|error| self.broken(&error))?;
            let answer = self.await_answer(method)?;
            if answer.status() != Some(401) {
                return Ok(answer);
            }
            if sent >= ANSWERS_MAX || self.url.expose().username().is_empty() {
                return Err(CameraFault::Unauthorised);
            }
            // A second try makes sense only for a nonce that grew stale.
            let is_stale = answer.headers("WWW-Authenticate").any(|header| header.contains("stale=true"));
            if sent > 0 && !is_stale {
                return Err(CameraFault::Unauthorised);
            }
            sent += 1;
            match choose(answer.headers("WWW-Authenticate")) {
                Asked::Answerable(challenge) => (self.challenge, self.answered) = (Some(challenge), 0),
                Asked::Unknown(names) => return Err(CameraFault::UnknownDigest(names)),
                Asked::Nothing => return Err(CameraFault::Unauthorised),
            }
        }
    }

    /// Sends a request and does not wait.
    pub(super) fn send(
        &mut self,
        method: &str,
        uri: &str,
        headers: &[(&str, String)],
    ) -> Result<(), glib::Error> {
        let request = self.request(method, uri, headers);
        self.wire.send(&request)
    }

    /// Says goodbye, so that the camera has room for the next.
    pub(super) fn tear_down(&mut self, keeping: &Keeping) {
        let request = self.request("TEARDOWN", &keeping.uri, &[]);
        self.wire.send_last(&request);
    }

    fn request(&mut self, method: &str, uri: &str, headers: &[(&str, String)]) -> Vec<u8> {
        let mut headers = headers.to_vec();
        if let Some(session) = &self.session {
            headers.push(("Session", read_session(session).0));
        }
        if let Some(challenge) = &self.challenge {
            self.answered += 1;
            headers.push(("Authorization", challenge.answer(&self.url, method, uri, self.answered)));
        }
        self.number += 1;
        message::request(method, uri, self.number, &headers)
    }

    /// A nonce that grew stale while pictures came: the next request carries another.
    pub(super) fn hear(&mut self, answer: &Message) {
        if answer.status() == Some(401)
            && let Asked::Answerable(challenge) = choose(answer.headers("WWW-Authenticate"))
        {
            (self.challenge, self.answered) = (Some(challenge), 0);
        }
    }

    fn await_answer(&mut self, method: &str) -> Result<Message, CameraFault> {
        let until = self.clock.monotonic().saturating_add(self.wanted.answer_max);
        loop {
            match self.wire.receive().map_err(|error| self.broken(&error))? {
                Received::Message(message) if message.status().is_some() => {
                    let number = message.header("CSeq").and_then(|number| number.parse().ok());
                    // Answers without a number, or with one of their own, are taken for what was asked last.
                    if number.is_none_or(|number: u32| number >= self.number) {
                        return Ok(message);
                    }
                }
                Received::Message(request) => {
                    self.wire.send(&message::answer(&request)).map_err(|error| self.broken(&error))?;
                }
                Received::Packet(channel, packet) => {
                    if self.early.len() < EARLY_MAX {
                        self.early.push_back((channel, packet));
                    }
                }
                Received::Nothing => {}
                Received::Closed => return Err(if self.number <= 1 { no_rtsp() } else { hung_up(method) }),
            }
            if self.clock.monotonic() >= until {
                let (method, waited) = (method.to_owned(), self.wanted.answer_max);
                return Err(CameraFault::Unanswered { method, waited });
            }
        }
    }

    fn broken(&self, error: &glib::Error) -> CameraFault {
        CameraFault::Interrupted(self.url.redact(error.message()))
    }
}

fn no_rtsp() -> CameraFault {
    CameraFault::Unreachable("its port is open, but nothing there speaks RTSP".to_owned())
}

fn hung_up(method: &str) -> CameraFault {
    CameraFault::Interrupted(format!("the camera closed it instead of answering {method}"))
}
