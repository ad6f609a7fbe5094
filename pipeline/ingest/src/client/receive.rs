//! The thread of a connection: connects, receives, keeps the session alive, and says goodbye.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::Duration;

use anjian_domain::Clock;
use gio::prelude::*;

use super::description::{Kind, Media};
use super::flow::{Flow, Placed};
use super::handshake::{Conversation, Described};
use super::keep::Keep;
use super::message;
use super::reorder::Reorder;
use super::session::{Keeping, SetUp, Wanted};
use super::streams::{Around, Stream, Streams};
use super::target::{Arrived, Target};
use super::wire::Received;
use crate::{CameraFault, Transport};

/// After a goodbye without further packets the stream is over.
const GOODBYE: Duration = Duration::from_secs(1);

/// Without a first UDP packet for so long none gets through.
const UDP_SILENCE_MAX: Duration = Duration::from_secs(8);

/// How often a connection over UDP is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// A connection; ends when dropped.
#[derive(Debug)]
pub(crate) struct Receiver {
    cancel: gio::Cancellable,
    thread: Option<JoinHandle<()>>,
    pub(crate) arrived: Arc<Arrived>,
}

impl Receiver {
    /// Begins to connect.
    pub(crate) fn start(
        name: String,
        wanted: Wanted,
        clock: Arc<dyn Clock>,
        target: Box<dyn Target>,
    ) -> std::io::Result<Self> {
        let (cancel, arrived) = (gio::Cancellable::new(), Arc::new(Arrived::default()));
        let (cancelled, counts) = (cancel.clone(), Arc::clone(&arrived));
        let thread = std::thread::Builder::new().name(name).spawn(move || {
            let mut connection = Connection { target, clock, cancel: cancelled, arrived: counts };
            let mut streams = None;
            let ended = connection.run(&wanted, &mut streams);
            if !connection.cancel.is_cancelled() {
                connection.target.end(ended.err());
            }
            if let Some(streams) = &mut streams {
                streams.end();
            }
        })?;
        Ok(Self { cancel, thread: Some(thread), arrived })
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.cancel.cancel();
        if let Some(thread) = self.thread.take() {
            // What it had was handed on.
            let _ = thread.join();
        }
    }
}

struct Connection {
    target: Box<dyn Target>,
    clock: Arc<dyn Clock>,
    cancel: gio::Cancellable,
    arrived: Arc<Arrived>,
}

impl Connection {
    /// Until the camera ends it (`Ok`), it breaks, or it is cancelled.
    fn run(&mut self, wanted: &Wanted, streams: &mut Option<Streams>) -> Result<(), CameraFault> {
        let (mut conversation, described) = Conversation::begin(wanted, &self.clock, &self.cancel)?;
        let set_up = self.set_up(&mut conversation, &described)?;
        let streams = streams.insert(self.open(set_up)?);
        let keeping = conversation.play(&described)?;
        self.arrived.is_playing.store(true, Ordering::Relaxed);
        let ended = match wanted.transport() {
            Transport::Tcp => self.receive_tcp(&mut conversation, &keeping, streams),
            Transport::Udp => self.receive_udp(&mut conversation, &keeping, streams),
        };
        if !matches!(ended, Ok(())) || self.cancel.is_cancelled() {
            conversation.tear_down(&keeping);
        }
        ended
    }

    /// Sets the wanted streams up. Only that of pictures is needed.
    fn set_up(
        &mut self,
        conversation: &mut Conversation,
        described: &Described,
    ) -> Result<Vec<SetUp>, CameraFault> {
        let chosen: Vec<&Media> = described.media.iter().filter(|media| self.target.choose(media)).collect();
        if let Some(fault) = self.target.fault() {
            return Err(fault);
        }
        let (mut set_up, mut refused) = (Vec::new(), None);
        // Pictures first: what comes beside them may fail.
        let (pictures, others): (Vec<&Media>, Vec<&Media>) =
            chosen.into_iter().partition(|media| media.kind == Kind::Video);
        for media in pictures {
            set_up.push(conversation.set_up(described, media, 0)?);
        }
        for media in others {
            match conversation.set_up(described, media, 1) {
                Ok(stream) => set_up.push(stream),
                Err(fault) => refused = Some(format!("sound is not recorded: {fault}; or set audio = false")),
            }
        }
        self.target.note("sound", refused);
        Ok(set_up)
    }

    fn open(&mut self, set_up: Vec<SetUp>) -> Result<Streams, CameraFault> {
        let mut streams = Vec::new();
        for SetUp { media, way, sockets } in set_up {
            let is_sound = media.kind != Kind::Video;
            let pad = match self.target.open(&media) {
                Ok(pad) => pad,
                Err(error) if is_sound => {
                    self.target.note("sound", Some(format!("sound is not recorded: {}", error.message)));
                    continue;
                }
                Err(error) => return Err(CameraFault::Interrupted(error.message.to_string())),
            };
            let on_placed = self.target.on_placed();
            let on_placed: Box<dyn Fn(Placed) + Send> = if is_sound {
                Box::new(|_| ())
            } else {
                Box::new(move |placed| on_placed(placed.media, placed.arrived))
            };
            let flow = Flow::new(&media, pad, is_sound, on_placed);
            streams.push(Stream { flow, kind: media.kind, way, sockets, reorder: Reorder::default() });
        }
        Ok(Streams::new(streams, self.clock.monotonic()))
    }

    fn around(&self) -> Around<'_> {
        Around { target: &*self.target, arrived: &self.arrived, clock: &*self.clock }
    }

    fn receive_tcp(
        &mut self,
        conversation: &mut Conversation,
        keeping: &Keeping,
        streams: &mut Streams,
    ) -> Result<(), CameraFault> {
        let mut keep = Keep::new(keeping.timeout, keeping.has_get_parameter, self.clock.monotonic());
        while let Some((channel, packet)) = conversation.early.pop_front() {
            streams.take(&self.around(), channel, packet);
        }
        while !self.cancel.is_cancelled() {
            let received = conversation.wire.receive().map_err(|error| broken(&error))?;
            match received {
                Received::Packet(channel, packet) => streams.take(&self.around(), channel, packet),
                Received::Closed => return Ok(()),
                received => self.hear(conversation, keeping, &mut keep, received)?,
            }
            if self.look_after(conversation, keeping, &mut keep, streams)? {
                return Ok(());
            }
        }
        Ok(())
    }

    fn receive_udp(
        &mut self,
        conversation: &mut Conversation,
        keeping: &Keeping,
        streams: &mut Streams,
    ) -> Result<(), CameraFault> {
        let began = self.clock.monotonic();
        let mut keep = Keep::new(keeping.timeout, keeping.has_get_parameter, began);
        let (mut looked, mut buffer) = (began, Vec::new());
        streams.knock(conversation.wire.peer())?;
        while !self.cancel.is_cancelled() {
            streams.take_datagrams(&self.around(), &mut buffer)?;
            let now = self.clock.monotonic();
            if now.saturating_sub(looked) < LOOK {
                continue;
            }
            looked = now;
            streams.take_reports(&self.around(), &mut buffer)?;
            if !streams.has_heard && now.saturating_sub(began) >= UDP_SILENCE_MAX {
                return Err(CameraFault::UdpBlocked);
            }
            match conversation.wire.receive_now().map_err(|error| broken(&error))? {
                Received::Closed => return Ok(()),
                received => self.hear(conversation, keeping, &mut keep, received)?,
            }
            if self.look_after(conversation, keeping, &mut keep, streams)? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// An answer, or a request of the camera.
    fn hear(
        &self,
        conversation: &mut Conversation,
        keeping: &Keeping,
        keep: &mut Keep,
        received: Received,
    ) -> Result<(), CameraFault> {
        let Received::Message(message) = received else { return Ok(()) };
        let Some(status) = message.status() else {
            return conversation.wire.send(&message::answer(&message)).map_err(|error| broken(&error));
        };
        self.arrived.answers.fetch_add(1, Ordering::Relaxed);
        conversation.hear(&message);
        match keep.hear(status) {
            Some(method) => conversation.send(method, &keeping.uri, &[]).map_err(|error| broken(&error)),
            None => Ok(()),
        }
    }

    /// Keep-alives, reports and notes; `true` when the camera said goodbye.
    fn look_after(
        &self,
        conversation: &mut Conversation,
        keeping: &Keeping,
        keep: &mut Keep,
        streams: &mut Streams,
    ) -> Result<bool, CameraFault> {
        let now = self.clock.monotonic();
        if let Some(method) = keep.due(streams.heard, now) {
            conversation.send(method, &keeping.uri, &[]).map_err(|error| broken(&error))?;
        }
        if keep.is_report_due(now) {
            streams.note_stamps(&self.around());
            streams.report(&conversation.wire).map_err(|error| broken(&error))?;
        }
        streams.settle(&self.around(), now);
        Ok(streams.goodbye && now.saturating_sub(streams.heard) >= GOODBYE)
    }
}

fn broken(error: &glib::Error) -> CameraFault {
    CameraFault::Interrupted(error.message().to_owned())
}
