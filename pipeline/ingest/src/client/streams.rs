//! The streams of a connection: where their packets come in, and in which order they go on.

use std::net::IpAddr;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anjian_domain::{Clock, MediaTime};

use super::description::Kind;
use super::flow::Flow;
use super::keep::REPORT;
use super::packet::header;
use super::reorder::Reorder;
use super::stamps::Trust;
use super::target::{Arrived, Target};
use super::transport::Way;
use super::udp::Sockets;
use super::wire::Wire;
use crate::CameraFault;

const SENDER_REPORT: u8 = 200;
const GOODBYE_REPORT: u8 = 203;

const NO_TIME: &str =
    "the camera's RTP time stamps carry no time: pictures are placed by their arrival; update its firmware";

/// A stream that is received.
pub(super) struct Stream {
    pub(super) flow: Flow,
    pub(super) kind: Kind,
    pub(super) way: Way,
    pub(super) sockets: Option<Sockets>,
    pub(super) reorder: Reorder,
}

/// Who is told, and what time it is.
pub(super) struct Around<'a> {
    pub(super) target: &'a dyn Target,
    pub(super) arrived: &'a Arrived,
    pub(super) clock: &'a dyn Clock,
}

/// All of them, and when something came.
pub(super) struct Streams {
    streams: Vec<Stream>,
    pub(super) heard: Duration,
    pub(super) has_heard: bool,
    pub(super) goodbye: bool,
    /// Whether the times of all of them are known.
    is_settled: bool,
}

impl Streams {
    pub(super) const fn new(streams: Vec<Stream>, now: Duration) -> Self {
        Self { streams, heard: now, has_heard: false, goodbye: false, is_settled: false }
    }

    /// A packet of the connection.
    pub(super) fn take(&mut self, around: &Around<'_>, channel: u8, packet: Vec<u8>) {
        let at = |at: Option<u8>| {
            at.and_then(|at| self.streams.iter().position(|stream| stream.way == Way::Channel(at)))
        };
        if let Some(index) = at(Some(channel)) {
            self.take_packet(around, index, packet, around.clock.monotonic());
        } else if let Some(index) = at(channel.checked_sub(1)) {
            self.take_report(around, index, &packet);
        }
    }

    /// Waits a moment for pictures, and takes what sound there is.
    pub(super) fn take_datagrams(
        &mut self,
        around: &Around<'_>,
        buffer: &mut Vec<u8>,
    ) -> Result<(), CameraFault> {
        for index in 0..self.streams.len() {
            while let Some(sockets) = &self.streams[index].sockets
                && sockets.packet(buffer).map_err(|error| failed(&error))?
            {
                if let Some(header) = header(buffer) {
                    self.streams[index].reorder.push(header, buffer.clone(), around.clock.monotonic());
                }
                self.take_ordered(around, index);
                if self.streams[index].kind == Kind::Video {
                    break;
                }
            }
            self.take_ordered(around, index);
        }
        Ok(())
    }

    pub(super) fn take_reports(
        &mut self,
        around: &Around<'_>,
        buffer: &mut Vec<u8>,
    ) -> Result<(), CameraFault> {
        for index in 0..self.streams.len() {
            while let Some(sockets) = &self.streams[index].sockets
                && sockets.next_report(buffer).map_err(|error| failed(&error))?
            {
                self.take_report(around, index, buffer);
            }
        }
        Ok(())
    }

    fn take_ordered(&mut self, around: &Around<'_>, index: usize) {
        let now = around.clock.monotonic();
        while let Some((_, packet)) = self.streams[index].reorder.pop(now) {
            self.take_packet(around, index, packet, now);
        }
    }

    fn take_packet(&mut self, around: &Around<'_>, index: usize, packet: Vec<u8>, now: Duration) {
        let Some(header) = header(&packet) else { return };
        let stream = &mut self.streams[index];
        let begins = stream.flow.take(header, packet, now);
        if stream.kind == Kind::Video {
            (self.heard, self.has_heard, self.goodbye) = (now, true, false);
            around.arrived.pictures.fetch_add(u64::from(begins), Ordering::Relaxed);
        }
        self.settle(around, now);
    }

    /// Lets streams begin whose times are known: together, so that the first file has pictures and sound.
    pub(super) fn settle(&mut self, around: &Around<'_>, now: Duration) {
        if self.is_settled {
            return;
        }
        for stream in &mut self.streams {
            if stream.flow.learn(now) {
                let is_by_arrival = stream.flow.trust() == Trust::Arrivals;
                around.target.note("stamps", is_by_arrival.then(|| NO_TIME.to_owned()));
            }
        }
        self.let_go();
        self.is_settled = self.streams.iter().all(|stream| stream.flow.is_placed());
    }

    /// Tells whether stamps carry time.
    pub(super) fn note_stamps(&self, around: &Around<'_>) {
        let is_by_arrival = self.streams.iter().any(|stream| {
            stream.kind == Kind::Video && stream.flow.is_placed() && stream.flow.trust() == Trust::Arrivals
        });
        around.target.note("stamps", is_by_arrival.then(|| NO_TIME.to_owned()));
    }

    /// Hands on what was held back, in the order of its times.
    fn let_go(&mut self) {
        let (pictures, others): (Vec<&mut Stream>, Vec<&mut Stream>) =
            self.streams.iter_mut().partition(|stream| stream.kind == Kind::Video);
        let Some(first) = pictures.first().filter(|first| first.flow.is_placed()) else { return };
        for other in others {
            other.flow.begin_at(|arrived| first.flow.time_at(arrived));
        }
        let mut held = Vec::new();
        for (index, stream) in self.streams.iter_mut().enumerate() {
            // Pictures keep the order in which they are decoded.
            let mut newest = MediaTime::ZERO;
            for one in stream.flow.take_held() {
                newest = newest.max(one.media());
                held.push((newest, index, one));
            }
        }
        held.sort_by_key(|(media, ..)| *media);
        for (_, index, one) in held {
            self.streams[index].flow.hand_on(one);
        }
    }

    fn take_report(&mut self, around: &Around<'_>, index: usize, report: &[u8]) {
        let stream = &self.streams[index];
        if stream.kind != Kind::Video {
            return;
        }
        let stamp = report.get(16..20).and_then(|stamp| stamp.first_chunk());
        match report.get(1) {
            Some(&SENDER_REPORT) => {
                let media = stamp.and_then(|stamp| stream.flow.time_of(u32::from_be_bytes(*stamp)));
                if let Some(media) = media {
                    around.target.reported(media, report);
                }
            }
            Some(&GOODBYE_REPORT) => self.goodbye = true,
            _ => {}
        }
    }

    /// Opens the way for packets of UDP.
    pub(super) fn knock(&self, camera: Option<IpAddr>) -> Result<(), CameraFault> {
        for stream in &self.streams {
            if let (Way::Ports { server }, Some(sockets), Some(camera)) =
                (stream.way, &stream.sockets, camera)
            {
                sockets.knock(camera, server);
            }
            if let Some(sockets) = stream.sockets.as_ref().filter(|_| stream.kind != Kind::Video) {
                sockets.never_wait().map_err(|error| failed(&error))?;
            }
        }
        Ok(())
    }

    /// Says that somebody receives.
    pub(super) fn report(&self, wire: &Wire) -> Result<(), glib::Error> {
        for stream in &self.streams {
            match (stream.way, &stream.sockets) {
                (Way::Channel(channel), _) => {
                    let head = [b'$', channel.wrapping_add(1), 0, REPORT.len() as u8];
                    wire.send(&[&head[..], &REPORT].concat())?;
                }
                (Way::Ports { server }, Some(sockets)) => {
                    if let Some(camera) = wire.peer() {
                        sockets.report(camera, server, &REPORT);
                    }
                }
                (Way::Ports { .. }, None) => {}
            }
        }
        Ok(())
    }

    /// Hands on what waits for more, when nothing comes any more.
    pub(super) fn end(&mut self) {
        self.streams.iter_mut().for_each(|stream| stream.flow.learn_last());
        self.let_go();
        self.streams.iter().for_each(|stream| stream.flow.end());
    }
}

fn failed(error: &std::io::Error) -> CameraFault {
    CameraFault::Interrupted(error.to_string())
}
