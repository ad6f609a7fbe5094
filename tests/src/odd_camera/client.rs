//! One connection of a client: answers requests, and sends pictures when they are due.

use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, TcpStream, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anjian_domain::{Clock, SystemClock};
use anyhow::{Context, Result};

use super::answer::{Server, Session, Way};
use super::clip::clip;
use super::media::{Channel, Media, sizes};
use super::request::Request;
use super::script::{End, Script, Transports};
use super::seen::Ledger;

/// How long a client is listened to before the camera looks around.
const PATIENCE: Duration = Duration::from_millis(20);

/// A connection.
pub(super) struct Client<'a> {
    pub(super) script: &'a Script,
    pub(super) ledger: &'a Ledger,
    pub(super) stop: &'a AtomicBool,
}

impl Client<'_> {
    /// Until either side ends it.
    pub(super) fn serve(&self, mut stream: TcpStream) -> Result<()> {
        let (origin, peer) = (format!("rtsp://{}", stream.local_addr()?), stream.peer_addr()?.ip());
        let udp = UdpSocket::bind("127.0.0.1:0")?;
        let clip = clip(self.script.codec, self.script.scene, sizes(self.script.scene)[0])?;
        let server = Server {
            script: self.script,
            clip: &clip,
            origin: &origin,
            client: peer,
            udp_port: udp.local_addr()?.port(),
        };
        let (mut session, mut received, mut media) = (Session::default(), Vec::new(), None::<Media>);
        let mut heard = SystemClock.monotonic();
        let mut is_told = false;
        while !self.stop.load(Ordering::Relaxed) && !session.is_over {
            let due = media.as_ref().and_then(Media::due);
            if !self.listen(&mut stream, due, &mut received)? {
                return Ok(());
            }
            while let Some(request) = Request::take(&mut received) {
                self.ledger.note(|seen| seen.methods.push(request.method.clone()));
                heard = SystemClock.monotonic();
                SystemClock.sleep(server.takes(&request));
                stream.write_all(&server.answer(&mut session, &request))?;
            }
            if session.is_playing && media.is_none() {
                self.ledger.note(|seen| seen.plays += 1);
                media = Some(Media::begin(self.script)?);
            }
            if self.is_forgotten(heard) {
                self.ledger.note(|seen| seen.timeouts += 1);
                return Ok(());
            }
            let Some(media) = &mut media else { continue };
            while media.due().is_some_and(|due| due <= SystemClock.monotonic()) {
                self.send(&mut stream, &udp, &session, media.next())?;
                self.ledger.note(|seen| seen.pictures += 1);
            }
            if media.due().is_none() && !std::mem::replace(&mut is_told, true) {
                self.ledger.note(|seen| seen.complete += 1);
                if self.script.end == End::Close {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Whether the session's time is over.
    fn is_forgotten(&self, heard: Duration) -> bool {
        let patience = Duration::from_secs(self.script.session_s.unwrap_or(60).into());
        self.script.needs_keep_alive && SystemClock.monotonic().saturating_sub(heard) > patience
    }

    /// Takes what comes until something is due; `false` when the client has gone.
    fn listen(&self, stream: &mut TcpStream, due: Option<Duration>, received: &mut Vec<u8>) -> Result<bool> {
        let left = due.map_or(PATIENCE, |due| due.saturating_sub(SystemClock.monotonic()));
        stream.set_read_timeout(Some(left.clamp(Duration::from_millis(1), PATIENCE)))?;
        let mut buffer = [0; 4096];
        match stream.read(&mut buffer) {
            Ok(0) => Ok(false),
            Ok(count) => {
                received.extend(&buffer[..count]);
                Ok(true)
            }
            Err(error) => Ok(matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)),
        }
    }

    fn send(
        &self,
        stream: &mut TcpStream,
        udp: &UdpSocket,
        session: &Session,
        packets: Vec<(Channel, Vec<u8>)>,
    ) -> Result<()> {
        for (channel, packet) in packets {
            let way = match channel {
                Channel::Video | Channel::VideoControl => session.video,
                // Sent even if nobody asked for it.
                Channel::Second => session.second.or(Some(Way::Channel(8))),
                Channel::Stray => Some(Way::Channel(42)),
            };
            let is_control = channel == Channel::VideoControl;
            match (way, session.video) {
                (Some(Way::Channel(channel)), Some(Way::Channel(_))) => {
                    self.interleave(stream, channel + u8::from(is_control), &packet)?;
                }
                (Some(Way::Ports(host, port)), _) => {
                    self.datagram(udp, host, port + u16::from(is_control), &packet)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn interleave(&self, stream: &mut TcpStream, channel: u8, packet: &[u8]) -> Result<()> {
        if self.script.sends_junk {
            stream.write_all(b"\r\n")?;
        }
        let length = u16::try_from(packet.len()).context("a packet that is too long")?;
        let [high, low] = length.to_be_bytes();
        stream.write_all(&[&[b'$', channel, high, low], packet].concat())?;
        Ok(())
    }

    fn datagram(&self, udp: &UdpSocket, host: IpAddr, port: u16, packet: &[u8]) -> Result<()> {
        if self.script.transports != Transports::UdpBlocked {
            udp.send_to(packet, (host, port))?;
        }
        Ok(())
    }
}
