//! Cameras on loopback.

use std::time::Duration;

use anjian_domain::{CameraState, Clock, Frame, SystemClock};
use anjian_ingest::{
    AnalysisRate, CameraFault, CertificateCheck, ClipServer, DecodeMode, FrameSettings, FrameSource,
    IngestError, LiveCamera, Next, RtspSource, StopSignal, Transport,
};

use crate::clips::{at_once, clip};

pub(crate) fn camera(url: &str) -> LiveCamera {
    LiveCamera::new(url.parse().unwrap(), FrameSettings::new("gate".parse().unwrap()))
}

fn clip_server(codec: &str) -> ClipServer {
    ClipServer::builder().clip("/gate", &clip(codec, "mp4", 1)).start().unwrap()
}

/// So many frames of one connection, or why there are none.
fn frames(camera: &LiveCamera, count: usize) -> Result<Vec<Frame>, IngestError> {
    let mut source = RtspSource::connect(camera, &SystemClock::shared()).unwrap();
    let deadline = SystemClock.monotonic() + Duration::from_secs(20);
    let mut frames = Vec::new();
    while frames.len() < count {
        assert!(SystemClock.monotonic() < deadline, "{} of {count} frames", frames.len());
        match source.next_frame(Duration::from_millis(200))? {
            Next::Frame(frame) => frames.push(frame),
            Next::Waiting => {}
            Next::Ended => panic!("ended after {} frames", frames.len()),
        }
    }
    Ok(frames)
}

#[track_caller]
fn check_fault(camera: &LiveCamera, expected: impl Fn(&CameraFault) -> bool) {
    match frames(camera, 1) {
        Err(error @ IngestError::Camera { .. }) => {
            let text = error.to_string();
            assert!(!text.contains("s3cret"), "{text}");
            let IngestError::Camera { fault, .. } = error else { unreachable!() };
            assert!(expected(&fault), "{fault:?}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn clips_loop_in_time_over_tcp_and_udp() {
    let cases = [
        ("h264", Transport::Tcp),
        ("h265", Transport::Tcp),
        ("h264", Transport::Udp),
        ("h265", Transport::Udp),
    ];
    at_once(&cases, |&(codec, transport)| {
        let server = clip_server(codec);
        let began = SystemClock.monotonic();
        // Twelve frames at five a second: the clip of one second repeats twice.
        let frames = frames(&LiveCamera { transport, ..camera(&server.url("/gate")) }, 12).unwrap();
        let took = SystemClock.monotonic() - began;
        // A machine that is busy may lose some, but never gives two in an interval.
        assert!(frames.is_sorted_by(|a, b| a.at.wall <= b.at.wall), "{codec}");
        let step = |pair: &[Frame]| pair[1].at.media.since(pair[0].at.media);
        let shortest = frames.windows(2).map(step).min().unwrap();
        assert!(shortest > Duration::from_millis(50), "{codec}: {shortest:?}");
        let media = frames[11].at.media.since(frames[0].at.media);
        assert!(media > Duration::from_secs(2), "{codec}: {media:?}");
        assert!(took >= Duration::from_secs(2), "{codec} {transport:?}: not in real time, {took:?}");
        assert_eq!(frames[0].picture.width_px(), 322);
    });
}

#[test]
fn several_clients_each_see_the_clip_from_its_beginning() {
    let server = clip_server("h264");
    let mut camera = camera(&server.url("/gate"));
    // So rarely that even a busy machine has the first frame.
    camera.frames.rate = AnalysisRate::new(0.1).unwrap();
    let first = frames(&camera, 1).unwrap();
    let second = frames(&camera, 1).unwrap();
    assert!(first[0].picture == second[0].picture);
}

#[test]
fn digest_credentials() {
    let clip = clip("h264", "mp4", 1);
    let server = ClipServer::builder().clip("/gate", &clip).credentials("user@site", "s3cret: p@ss/w%rd#1");
    let server = server.start().unwrap();
    let url = |user: &str| server.url("/gate").replace("rtsp://", &format!("rtsp://{user}@"));
    let right = "user%40site:s3cret%3A%20p%40ss%2Fw%25rd%231";
    assert_eq!(frames(&camera(&url(right)), 1).unwrap().len(), 1);
    check_fault(&camera(&url("user%40site:s3cret")), |fault| *fault == CameraFault::Unauthorised);
    check_fault(&camera(&server.url("/gate")), |fault| *fault == CameraFault::Unauthorised);
}

#[test]
fn tls_with_a_certificate_of_its_own() {
    let signed = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let (certificate, key) = (signed.cert.pem(), signed.signing_key.serialize_pem());
    let server = ClipServer::builder().clip("/gate", &clip("h264", "mp4", 1)).tls(&certificate, &key);
    let server = server.start().unwrap();
    let strict = camera(&server.url("/gate"));
    check_fault(&strict, |fault| *fault == CameraFault::Certificate);
    let lax = LiveCamera { certificate: CertificateCheck::AcceptAny, ..strict };
    assert_eq!(frames(&lax, 2).unwrap().len(), 2);
}

#[test]
fn faults_have_names() {
    let server = clip_server("h264");
    check_fault(&camera(&server.url("/nowhere?pwd=s3cret")), |fault| *fault == CameraFault::NoSuchPath);
    let gone = server.url("/gate").replace("rtsp://", "rtsp://u:s3cret@");
    drop(server);
    check_fault(&camera(&gone), |fault| fault.to_string().contains("(connection refused at port "));
    check_fault(&camera("rtsp://u:s3cret@no-such-host.invalid/x"), |fault| {
        fault.to_string().contains("(the name no-such-host.invalid is not known)")
    });
}

#[test]
fn keyframes_only_and_the_sub_stream() {
    let server = ClipServer::builder()
        .clip("/main", &clip("h265", "mp4", 4))
        .clip("/sub", &clip("h264", "mp4", 1))
        .start()
        .unwrap();
    let mut camera = camera(&server.url("/main"));
    camera.sub = Some(server.url("/sub").parse().unwrap());
    camera.frames.decode = DecodeMode::Keyframes;
    camera.frames.rate = AnalysisRate::new(25.0).unwrap();
    let frames = frames(&camera, 3).unwrap();
    let step = frames[2].at.media.since(frames[1].at.media);
    assert!(step.abs_diff(Duration::from_secs(1)) < Duration::from_millis(300), "{step:?}");
}

#[test]
fn a_server_that_restarts_is_found_again_and_time_goes_on() {
    let server = clip_server("h264");
    let port = server.port();
    let camera = camera(&server.url("/gate"));
    let stop = StopSignal::new();
    let (mut server, mut states, mut moments) = (Some(server), Vec::new(), Vec::new());
    let mut on_frame = |frame: Frame| {
        moments.push(frame.at);
        match moments.len() {
            3 => {
                server = None;
                let again = ClipServer::builder().port(port).clip("/gate", &clip("h264", "mp4", 1));
                server = Some(again.start().unwrap());
            }
            9 => stop.stop(),
            _ => {}
        }
    };
    camera.run(&SystemClock::shared(), &stop, &mut on_frame, &mut |status| states.push(status.state));
    states.dedup();
    let back = [CameraState::Connecting, CameraState::Live];
    assert_eq!(states, [&back[..], &back, &[CameraState::Stopped]].concat());
    assert!(moments.is_sorted_by(|a, b| a.media < b.media && a.wall <= b.wall), "{moments:?}");
}

#[test]
fn garbage_is_told_as_such() {
    let server = ClipServer::builder().garbage("/gate").start().unwrap();
    let stop = StopSignal::new();
    let mut told = Vec::new();
    camera(&server.url("/gate")).run(
        &SystemClock::shared(),
        &stop,
        &mut |_| panic!("a picture in garbage"),
        &mut |status| {
            if status.state == CameraState::Failed {
                stop.stop();
            }
            told.push((status.state, status.reason));
        },
    );
    assert_eq!(told[1].0, CameraState::Failed);
    assert!(
        told[1].1.as_deref().is_some_and(|reason| reason.contains("no picture could be decoded")),
        "{told:?}"
    );
}
