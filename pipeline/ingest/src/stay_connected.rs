//! Keeps a live camera connected, with or without a recorder.

use std::sync::Arc;
use std::thread::ScopedJoinHandle;

use anjian_domain::{CameraStatus, Clock, Frame};

use crate::live_camera::LiveCamera;
use crate::recorder::Recorder;
use crate::rtsp::{Frames, RtspSource, Stream};
use crate::stream_clock::Lead;
use crate::sub_stream::SubStream;
use crate::supervise::{Connect, Connection, Reporter, Supervisor};
use crate::{CameraFault, DecodeMode, Recording, StopSignal};

impl LiveCamera {
    /// Connects, hands over frames, and connects again whenever that fails, until `stop`. Blocks; call it on a
    /// thread of the camera's own. `on_frame` and `on_status` are called on that thread and should return soon:
    /// while they run, newer frames replace older ones. `on_status` is told the first state, each change, and the
    /// last one, [`anjian_domain::CameraState::Stopped`].
    pub fn run(
        &self,
        clock: &Arc<dyn Clock>,
        stop: &StopSignal,
        on_frame: &mut dyn FnMut(Frame),
        on_status: &mut dyn FnMut(CameraStatus),
    ) {
        let (url, frames, time) = (self.analysed(), Frames::Wanted, Arc::default());
        let stream = Stream { url, frames, recorder: None, time, lead: Lead::Sets };
        self.supervise(&stream, clock, stop, on_frame, on_status);
    }

    /// As [`LiveCamera::run`], and records the main stream. Where a sub-stream is analysed, the main stream has a
    /// connection of its own, kept by the thread `connect-<camera>`; its troubles are told by the recorder. The open
    /// file is completed before this returns.
    pub fn run_and_record(
        &self,
        recording: &Recording,
        clock: &Arc<dyn Clock>,
        stop: &StopSignal,
        on_frame: &mut dyn FnMut(Frame),
        on_status: &mut dyn FnMut(CameraStatus),
    ) {
        let recorder = Recorder::new(self.frames.camera.clone(), recording, Arc::clone(clock));
        let time = Arc::clone(recorder.time());
        let name = format!("connect-{}", self.frames.camera);
        std::thread::scope(|scope| {
            let _running = recorder.start(scope);
            let Some(sub) = &self.sub else {
                let recorder = Some(&recorder);
                let stream =
                    Stream { url: &self.main, frames: Frames::Wanted, recorder, time, lead: Lead::Sets };
                return self.supervise(&stream, clock, stop, on_frame, on_status);
            };
            let main = std::thread::Builder::new().name(name.clone()).spawn_scoped(scope, || {
                let connect = || self.only_record(&recorder, clock, stop, &mut |_| ());
                recording.vitals.keep_alive(&name, stop, connect);
            });
            if let Err(error) = &main {
                recording.vitals.report_gone(&name, &error.to_string());
            }
            let stream =
                Stream { url: sub, frames: Frames::Wanted, recorder: None, time, lead: Lead::Follows };
            self.supervise(&stream, clock, stop, on_frame, on_status);
            // Before the recorder ends: what was sent up to the end is recorded.
            let _ = main.map(ScopedJoinHandle::join);
        });
    }

    /// Records the main stream and decodes nothing. Of `frames` only the camera counts. States are told as in
    /// [`LiveCamera::run`]; live means that pictures arrive which can be recorded.
    pub fn record(
        &self,
        recording: &Recording,
        clock: &Arc<dyn Clock>,
        stop: &StopSignal,
        on_status: &mut dyn FnMut(CameraStatus),
    ) {
        let recorder = Recorder::new(self.frames.camera.clone(), recording, Arc::clone(clock));
        std::thread::scope(|scope| {
            let _running = recorder.start(scope);
            self.only_record(&recorder, clock, stop, on_status);
        });
    }

    fn only_record(
        &self,
        recorder: &Recorder<'_>,
        clock: &Arc<dyn Clock>,
        stop: &StopSignal,
        on_status: &mut dyn FnMut(CameraStatus),
    ) {
        let (url, frames, time) = (&self.main, Frames::Unwanted, Arc::clone(recorder.time()));
        let stream = Stream { url, frames, recorder: Some(recorder), time, lead: Lead::Sets };
        self.supervise(&stream, clock, stop, &mut |_| (), on_status);
    }

    fn supervise(
        &self,
        stream: &Stream<'_>,
        clock: &Arc<dyn Clock>,
        stop: &StopSignal,
        on_frame: &mut dyn FnMut(Frame),
        on_status: &mut dyn FnMut(CameraStatus),
    ) {
        let camera = self.frames.camera.clone();
        let mut tell = |status: CameraStatus| {
            if let Some(recorder) = stream.recorder {
                recorder.hear(&status);
            }
            on_status(status);
        };
        let supervisor = Supervisor {
            camera: camera.clone(),
            decode: match stream.frames {
                Frames::Wanted => self.frames.decode,
                Frames::Unwanted => DecodeMode::All,
            },
            connect: &RtspConnect { camera: self, stream, clock, sub: SubStream::default() },
            clock: &**clock,
            stop,
            on_frame,
            reporter: Reporter::new(camera, &**clock, &mut tell),
        };
        supervisor.run();
    }
}

struct RtspConnect<'a> {
    camera: &'a LiveCamera,
    stream: &'a Stream<'a>,
    clock: &'a Arc<dyn Clock>,
    sub: SubStream,
}

impl RtspConnect<'_> {
    fn is_sub(&self) -> bool {
        self.camera.sub.as_ref() == Some(self.stream.url)
    }
}

impl Connect for RtspConnect<'_> {
    fn connect(&self) -> Result<Box<dyn Connection + '_>, CameraFault> {
        let replaced = self.sub.replaced(self.clock.monotonic()).filter(|_| self.is_sub());
        let Some(fault) = replaced else {
            return Ok(Box::new(RtspSource::open(self.camera, self.stream, self.clock)?));
        };
        let stream = Stream { url: &self.camera.main, ..self.stream.clone() };
        let source = RtspSource::open(self.camera, &stream, self.clock)?;
        source.note("sub", format!("the sub-stream fails ({fault}): the main stream is analysed instead"));
        Ok(Box::new(source))
    }

    fn ended(&self, fault: &CameraFault) {
        if self.is_sub() {
            self.sub.ended(fault, self.clock.monotonic());
        }
    }

    fn reason(&self, fault: &CameraFault) -> String {
        match (&self.camera.sub, self.is_sub() && !self.sub.is_replaced()) {
            (None, _) => fault.to_string(),
            (Some(_), true) => format!("sub-stream: {fault}"),
            (Some(_), false) => format!("main stream: {fault}"),
        }
    }
}
