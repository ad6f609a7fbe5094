//! Frames and packets of one RTSP connection, for as long as it holds.
//!
//! Deliberately does not reconnect and watches no clock: see `supervise`. What goes over the wire is `client`'s.

use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anjian_domain::{CameraId, Clock, Frame, MediaTime, Moment, Picture, SourceUrl};
use gstreamer as gst;

use crate::camera_time::CameraTime;
use crate::client::{Receiver, Wanted};
use crate::decode::{DecodeChain, WhenFull};
use crate::descriptors::{self, Reserved};
use crate::feed::Trouble;
use crate::pictures::{Pictures, Pulled};
use crate::progress::Progress;
use crate::recorder::{Recorder, Tap};
use crate::stream_clock::Lead;
use crate::stream_time::StreamTime;
use crate::supervise::Connection;
use crate::unpack::Unpack;
use crate::{CameraFault, FrameSource, IngestError, LiveCamera, Next};

/// Whether frames are wanted of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Frames {
    Wanted,
    Unwanted,
}

/// One of a camera's streams, and what it is wanted for.
#[derive(Clone)]
pub(crate) struct Stream<'a> {
    pub(crate) url: &'a SourceUrl,
    pub(crate) frames: Frames,
    pub(crate) recorder: Option<&'a Recorder<'a>>,
    pub(crate) time: Arc<CameraTime>,
    pub(crate) lead: Lead,
}

/// One RTSP connection. Its frames' MediaTime begins at zero.
pub struct RtspSource {
    camera: CameraId,
    url: SourceUrl,
    frames: Frames,
    time: Arc<StreamTime>,
    first: Option<MediaTime>,
    tap: Option<Tap>,
    /// Why the connection ended, if the camera did not end it.
    ended: Arc<OnceLock<CameraFault>>,
    /// Ends before the pipeline that its packets go into. `None` once it has ended.
    receiver: Option<Receiver>,
    /// `None` once it has ended.
    pictures: Option<Pictures>,
    /// Until the connection has opened what it needs.
    room: Option<Reserved>,
}

impl RtspSource {
    /// Begins to connect to the stream that is to be analysed. Returns at once: whether the connection comes about
    /// is told by [`FrameSource::next_frame`].
    ///
    /// # Errors
    /// When GStreamer is not installed as it should be.
    pub fn connect(camera: &LiveCamera, clock: &Arc<dyn Clock>) -> Result<Self, CameraFault> {
        let (url, frames, time) = (camera.analysed(), Frames::Wanted, Arc::default());
        Self::open(camera, &Stream { url, frames, recorder: None, time, lead: Lead::Sets }, clock)
    }

    /// The same, for whatever is wanted of whichever stream.
    pub(crate) fn open(
        camera: &LiveCamera,
        stream: &Stream<'_>,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, CameraFault> {
        let room = Reserved::take().ok_or_else(|| CameraFault::NoDescriptors(descriptors::limit()))?;
        let internal = |reason: String| CameraFault::Interrupted(reason);
        crate::init().map_err(|error| internal(error.to_string()))?;
        let time = Arc::new(StreamTime::new(Arc::clone(&stream.time), stream.lead, Arc::clone(clock)));
        let tap = stream.recorder.map(|recorder| recorder.tap(Arc::clone(&time)));
        let pipeline = gst::Pipeline::new();
        let chain = match stream.frames {
            Frames::Wanted => DecodeChain::new(&pipeline, &camera.frames, WhenFull::DropOldest)
                .map_err(|error| internal(error.message.to_string()))?,
            Frames::Unwanted => DecodeChain::without_end(&pipeline, &camera.frames),
        };
        let chain = chain.tapped(tap.clone());
        let unpack = Unpack::new(&pipeline, &chain, tap.clone(), camera.sound, &time);
        let ended = Arc::clone(&unpack.ended);
        let pictures = Pictures::play(pipeline, chain, time.present());
        let wanted = Wanted {
            url: stream.url.clone(),
            transport: camera.transport,
            certificate: camera.certificate,
            answer_max: camera.answer_max,
        };
        let name = format!("receive-{}", camera.frames.camera);
        let receiver = Receiver::start(name, wanted, Arc::clone(clock), Box::new(unpack));
        let receiver = receiver.map_err(|error| internal(format!("the system refused a thread: {error}")))?;
        Ok(Self {
            camera: camera.frames.camera.clone(),
            url: stream.url.clone(),
            frames: stream.frames,
            time,
            first: None,
            tap,
            ended,
            receiver: Some(receiver),
            pictures: Some(pictures),
            room: Some(room),
        })
    }

    /// Something that a person should know of this connection.
    pub(crate) fn note(&self, subject: &'static str, note: String) {
        self.time.note(subject, Some(note));
    }

    fn frame(&mut self, media: MediaTime, picture: Picture) -> Frame {
        let first = *self.first.get_or_insert(media);
        let (wall, clock) = self.time.date_frame(media);
        let at = Moment { media: MediaTime::ZERO.plus(media.since(first)), wall };
        Frame { camera: self.camera.clone(), at, clock, picture }
    }

    fn fault_of(&self, trouble: Trouble) -> CameraFault {
        match trouble {
            Trouble::NoVideo => CameraFault::NoVideo,
            Trouble::Codec(codec) => CameraFault::UnsupportedCodec(codec),
            Trouble::Gstreamer { error, .. } => CameraFault::Interrupted(self.url.redact(error.message())),
        }
    }

    #[cfg(test)]
    pub(crate) fn pipeline(&self) -> Option<&gst::Pipeline> {
        self.pictures.as_ref().map(Pictures::pipeline)
    }
}

impl Drop for RtspSource {
    fn drop(&mut self) {
        // What waits for more is handed on first.
        self.receiver = None;
        self.tap.iter().for_each(Tap::close);
    }
}

impl FrameSource for RtspSource {
    fn next_frame(&mut self, patience: Duration) -> Result<Next, IngestError> {
        let Some(pictures) = &self.pictures else { return Ok(Next::Ended) };
        let fault = match pictures.pull(patience) {
            Pulled::Picture(media, picture) => {
                self.room = None;
                return Ok(Next::Frame(self.frame(media, picture)));
            }
            Pulled::Waiting => {
                if pictures.feed().packets() > 0 {
                    self.room = None;
                }
                return Ok(Next::Waiting);
            }
            Pulled::Ended => self.ended.get().cloned(),
            Pulled::Failed(trouble) => Some(self.fault_of(trouble)),
        };
        (self.receiver, self.pictures) = (None, None);
        match fault {
            Some(fault) => Err(IngestError::Camera { camera: self.camera.clone(), fault }),
            None => Ok(Next::Ended),
        }
    }
}

impl Connection for RtspSource {
    fn progress(&self) -> Progress {
        let arrived = self.receiver.as_ref().map(|receiver| &receiver.arrived);
        let count = arrived.map(|arrived| Progress {
            is_playing: arrived.is_playing.load(Ordering::Relaxed),
            arrived: arrived.pictures.load(Ordering::Relaxed),
            answers: arrived.answers.load(Ordering::Relaxed),
            pictures: self.pictures.as_ref().map(|pictures| pictures.feed().pictures()).unwrap_or_default(),
        });
        count.unwrap_or_default()
    }

    fn gives_frames(&self) -> bool {
        self.frames == Frames::Wanted
    }

    fn note(&self) -> Option<String> {
        self.time.notes()
    }
}

#[cfg(test)]
mod tests;
