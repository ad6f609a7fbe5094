//! A decoder that is far too slow.

use std::path::Path;
use std::sync::Mutex;

use anjian_domain::{RecordedSpan, RecordingChange, Segment, SegmentSink, SinkError, SystemClock};

use gstreamer::prelude::*;

use super::*;
use crate::{ClipServer, FrameSettings, RecordSettings, Recording, Vitals};

/// How long the decoder takes for each picture of 40 ms.
const SLOW: Duration = Duration::from_millis(400);

/// Remembers complete files.
#[derive(Default)]
struct Files(Mutex<Vec<Segment>>);

impl SegmentSink for Files {
    fn recorded_spans(&self, _: &CameraId, _: Duration) -> Result<Vec<RecordedSpan>, SinkError> {
        Ok(vec![])
    }

    fn begin_segment(&self, _: &Segment) -> Result<(), SinkError> {
        Ok(())
    }

    fn end_segment(&self, segment: &Segment) -> Result<(), SinkError> {
        self.0.lock().unwrap().push(segment.clone());
        Ok(())
    }

    fn recording_changed(&self, _: &RecordingChange) -> Result<(), SinkError> {
        Ok(())
    }
}

/// A clip of a second, one keyframe.
fn make_clip(path: &Path) {
    crate::init().unwrap();
    let description = format!(
        "videotestsrc num-buffers=25 ! video/x-raw,width=64,height=48,framerate=25/1 ! x264enc key-int-max=25 \
         tune=zerolatency ! h264parse ! mp4mux ! filesink location={}",
        path.display()
    );
    let pipeline = gst::parse::launch(&description).unwrap();
    pipeline.set_state(gst::State::Playing).unwrap();
    let message = pipeline.bus().unwrap().timed_pop_filtered(
        gst::ClockTime::from_seconds(30),
        &[gst::MessageType::Eos, gst::MessageType::Error],
    );
    pipeline.set_state(gst::State::Null).unwrap();
    assert_eq!(message.map(|message| message.type_()), Some(gst::MessageType::Eos));
}

fn slow_down(element: &gst::Element) {
    if element.factory().is_some_and(|factory| factory.name() == "avdec_h264") {
        let entry = element.static_pad("sink").unwrap();
        entry.add_probe(gst::PadProbeType::BUFFER, |_, _| {
            SystemClock.sleep(SLOW);
            gst::PadProbeReturn::Ok
        });
    }
}

#[test]
fn a_slow_decoder_costs_the_recording_no_packet() {
    let folder = tempfile::tempdir().unwrap();
    let clip = folder.path().join("clip.mp4");
    make_clip(&clip);
    let server = ClipServer::builder().clip("/gate", &clip).start().unwrap();
    let frames = FrameSettings::new("gate".parse().unwrap());
    let camera = LiveCamera::new(server.url("/gate").parse().unwrap(), frames);
    let files = Arc::new(Files::default());
    let sink: Arc<dyn SegmentSink> = Arc::clone(&files) as _;
    let settings =
        RecordSettings { segment: Duration::from_secs(2), ..RecordSettings::new(folder.path().into()) };
    let recording = Recording { settings, sink, vitals: Vitals::default() };
    let recorder = Recorder::new("gate".parse().unwrap(), &recording, SystemClock::shared());
    let decoded = std::thread::scope(|scope| {
        let running = recorder.start(scope);
        let (frames, time) = (Frames::Wanted, Arc::clone(recorder.time()));
        let stream = Stream { url: &camera.main, frames, recorder: Some(&recorder), time, lead: Lead::Sets };
        let mut source = RtspSource::open(&camera, &stream, &SystemClock::shared()).unwrap();
        let pipeline = source.pipeline().unwrap();
        pipeline.connect_element_added(|_, element| slow_down(element));
        let deadline = SystemClock.monotonic() + Duration::from_secs(30);
        while files.0.lock().unwrap().len() < 3 && SystemClock.monotonic() < deadline {
            source.next_frame(Duration::from_millis(200)).unwrap();
        }
        let decoded = source.progress().pictures;
        drop(source);
        drop(running);
        decoded
    });
    let files = files.0.lock().unwrap();
    let path = |segment: &Segment| folder.path().join(&segment.path);
    let recorded: Vec<usize> = files
        .iter()
        .take(3)
        .map(|segment| anjian_footage::scan(&path(segment)).unwrap().video.len())
        .collect();
    assert_eq!(recorded, [50, 50, 50]);
    assert!(decoded < 40, "the decoder was slow: {decoded}");
}
