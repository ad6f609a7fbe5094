//! Scripted connections and a clock that only the script moves: no network, no sleeping.

use std::collections::VecDeque;
use std::sync::Mutex;

use anjian_domain::{
    ClockReading, ColourMatrix, ManualClock, MediaTime, Moment, Picture, PixelFormat, WallTime,
};

use super::*;

#[derive(Debug, Clone)]
enum Step {
    /// So many frames, 200 ms apart.
    Frames(u32),
    /// Packets without pictures, for so many seconds.
    Packets(u32),
    /// Nothing, for so many seconds.
    Silence(u32),
    /// The camera ends the stream.
    End,
    /// The connection fails.
    Fail(CameraFault),
    /// The product is stopped.
    Stop,
}

/// Clock and script in one.
struct Script {
    clock: ManualClock,
    connections: Mutex<VecDeque<Vec<Step>>>,
    stop: StopSignal,
}

impl Connect for Script {
    fn connect(&self) -> Result<Box<dyn Connection + '_>, CameraFault> {
        let steps = self.connections.lock().unwrap().pop_front().expect("a script that ends with Stop");
        Ok(Box::new(Scripted {
            script: self,
            steps: steps.into(),
            progress: Progress { is_playing: true, ..Progress::default() },
        }))
    }
}

struct Scripted<'a> {
    script: &'a Script,
    steps: VecDeque<Step>,
    progress: Progress,
}

impl FrameSource for Scripted<'_> {
    fn next_frame(&mut self, _: Duration) -> Result<Next, IngestError> {
        let step = self.steps.pop_front().expect("a connection that ends");
        match step {
            Step::Frames(0) | Step::Packets(0) | Step::Silence(0) => {}
            Step::Frames(left) => self.steps.push_front(Step::Frames(left - 1)),
            Step::Packets(seconds) => self.seconds(seconds, 1, Step::Packets),
            Step::Silence(seconds) => self.seconds(seconds, 0, Step::Silence),
            Step::End => return Ok(Next::Ended),
            Step::Fail(fault) => return Err(IngestError::Camera { camera: camera(), fault }),
            Step::Stop => self.script.stop.stop(),
        }
        if !matches!(step, Step::Frames(1..)) {
            return Ok(Next::Waiting);
        }
        self.script.clock.advance(Duration::from_millis(200));
        let media = MediaTime::from_millis(self.progress.pictures * 200);
        let Progress { arrived, pictures, .. } = self.progress;
        self.progress = Progress { arrived: arrived + 1, pictures: pictures + 1, ..self.progress };
        Ok(Next::Frame(frame(Moment { media, wall: self.script.clock.now() })))
    }
}

impl Scripted<'_> {
    /// Lets a second pass, and leaves the rest of them for later.
    fn seconds(&mut self, seconds: u32, packets: u64, again: impl Fn(u32) -> Step) {
        self.script.clock.advance(Duration::from_secs(1));
        self.progress.arrived += packets;
        self.steps.push_front(again(seconds - 1));
    }
}

impl Connection for Scripted<'_> {
    fn progress(&self) -> Progress {
        self.progress
    }
}

fn camera() -> CameraId {
    "gate".parse().unwrap()
}

fn frame(at: Moment) -> Frame {
    let picture = Picture::new(2, 2, PixelFormat::I420, ColourMatrix::Bt601, vec![0; 6]).unwrap();
    Frame { camera: camera(), at, clock: ClockReading::FOOTAGE, picture }
}

/// What was told: `seconds state: reason`, and the frames.
fn supervise(connections: &[&[Step]], decode: DecodeMode) -> (Vec<String>, Vec<Frame>) {
    let script = Script {
        clock: ManualClock::new(WallTime::from_micros(1_700_000_000_000_000).unwrap()),
        connections: Mutex::new(connections.iter().map(|steps| steps.to_vec()).collect()),
        stop: StopSignal::new(),
    };
    let (mut told, mut frames) = (Vec::new(), Vec::new());
    let mut on_status = |status: CameraStatus| {
        let reason = status.reason.map(|reason| format!(": {reason}")).unwrap_or_default();
        let at_s = script.clock.monotonic().as_secs_f64();
        told.push(format!("{at_s:.1} {}{reason}", status.state.as_str()));
    };
    Supervisor {
        camera: camera(),
        decode,
        connect: &script,
        clock: &script.clock,
        stop: &script.stop,
        on_frame: &mut |frame| frames.push(frame),
        reporter: Reporter::new(camera(), &script.clock, &mut on_status),
    }
    .run();
    (told, frames)
}

#[track_caller]
fn check(connections: &[&[Step]], expected: &[&str]) -> Vec<Frame> {
    let (told, frames) = supervise(connections, DecodeMode::All);
    assert_eq!(told, expected);
    frames
}

#[test]
fn each_change_is_told_once() {
    let frames = check(
        &[&[Step::Silence(1), Step::Frames(3), Step::Stop]],
        &["0.0 connecting", "1.2 live", "1.6 stopped"],
    );
    assert_eq!(frames.len(), 3);
}

#[test]
fn a_camera_that_ends_or_breaks_is_back_soon_and_time_goes_on() {
    let broken = CameraFault::Interrupted("connection reset".to_owned());
    let refused = || CameraFault::Unreachable("connection refused".to_owned());
    let frames = check(
        &[
            &[Step::Frames(2), Step::End],
            &[Step::Frames(2), Step::Fail(broken)],
            &[Step::Fail(refused())],
            &[Step::Fail(refused())],
            &[Step::Frames(2), Step::Stop],
        ],
        &[
            "0.0 connecting",
            "0.2 live",
            "0.4 connecting: the camera ended the stream",
            "1.1 live",
            "1.3 connecting: the connection broke (connection reset)",
            "2.8 connecting: cannot connect (connection refused): check address, port and network",
            "5.0 live",
            "5.2 stopped",
        ],
    );
    let media_ms: Vec<u64> = frames.iter().map(|frame| frame.at.media.as_nanos() / 1_000_000).collect();
    assert_eq!(media_ms, [200, 400, 1100, 1300, 5000, 5200]);
}

#[test]
fn silence_is_noticed_after_five_seconds_and_told_before_trying_again() {
    check(
        &[&[Step::Frames(1), Step::Silence(9)], &[Step::Silence(9)], &[Step::Frames(1), Step::Stop]],
        &["0.0 connecting", "0.2 live", "5.2 stalled: nothing arrived for 5s", "11.9 live", "11.9 stopped"],
    );
}

#[test]
fn packets_that_never_become_pictures_are_told_as_failed_and_tried_soon() {
    let garbage = [Step::Packets(20)];
    let told = [
        "0.0 connecting",
        "10.0 failed: data arrives, but for 10s no picture could be decoded from it: check the camera's encoder",
        "21.7 live",
        "21.7 stopped",
    ];
    check(&[&garbage, &garbage, &[Step::Frames(1), Step::Stop]], &told);
}

#[test]
fn keyframes_may_be_rare() {
    let steps = [Step::Frames(1), Step::Packets(30), Step::Frames(1), Step::Stop];
    let (told, _) = supervise(&[&steps], DecodeMode::Keyframes);
    assert_eq!(told, ["0.0 connecting", "0.2 live", "30.4 stopped"]);
}

#[test]
fn what_needs_a_person_is_told_once_and_tried_rarely() {
    let refused = [Step::Fail(CameraFault::Unauthorised)];
    check(
        &[&refused, &refused, &[Step::Frames(1), Step::Stop]],
        &[
            "0.0 connecting",
            "0.0 failed: the camera refuses user or password: correct them in the configuration",
            "60.2 live",
            "60.2 stopped",
        ],
    );
}

#[test]
fn a_path_that_is_not_there_yet_is_tried_soon() {
    let missing = [Step::Fail(CameraFault::NoSuchPath)];
    check(
        &[&missing, &missing, &[Step::Frames(1), Step::Stop]],
        &[
            "0.0 connecting",
            "0.0 failed: the camera knows no such path (404): correct the path of its URL",
            "1.7 live",
            "1.7 stopped",
        ],
    );
}
