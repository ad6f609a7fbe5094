//! Live and archive Runs over scripted frames.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise, also in what it stands on")]

mod stage;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anjian_domain::{
    BlindCause, CameraState, Clock, CloseReason, ErrorKind, ManualClock, PersonCount, RunKind, RunOutcome,
    Shortage, Violation, WallTime,
};
use anjian_ingest::{Ailing, FileFault, IngestError, StopSignal, Vitals};
use anjian_models::Detector;
use anjian_pipeline::archive::{self, ArchiveError, ArchiveReport};
use anjian_pipeline::{Eyes, LiveContext, LiveRuns, LiveSetup, LiveSource, Mount, SnapshotSource};
use stage::{
    LargePictures, MemorySink, MortalCamera, MortalDetector, Scene, ScriptCamera, ScriptDetector, ScriptFile,
    ScriptHats, camera_id, judge, judge_with, script,
};

/// Bare for four seconds, covered for four, gone for four.
const EPISODE: &[(Scene, usize)] =
    &[(Scene::Helmet, 10), (Scene::Bare, 20), (Scene::Helmet, 20), (Scene::Empty, 20)];

fn play_archive(
    parts: &[(Scene, usize)],
    end: Option<IngestError>,
) -> (Arc<MemorySink>, ArchiveReport, bool) {
    let (detector, _seen) = ScriptDetector::reporting();
    play_archive_with(parts, end, &mut Eyes::from(detector))
}

fn play_archive_with(
    parts: &[(Scene, usize)],
    end: Option<IngestError>,
    eyes: &mut Eyes,
) -> (Arc<MemorySink>, ArchiveReport, bool) {
    let sink = MemorySink::shared();
    let mut source = ScriptFile { frames: script(parts).into(), end };
    let mut report = ArchiveReport::default();
    let (stop, judge) = (StopSignal::new(), judge(RunKind::Archive));
    let outcome = archive::analyze(&mut source, eyes, judge, sink.as_ref(), &stop, &mut report, &mut |_| ());
    (sink, report, outcome.is_ok())
}

#[test]
fn frames_in_which_nothing_moves_are_left_out() {
    const QUIET: &[(Scene, usize)] = &[(Scene::Empty, 100), (Scene::Bare, 30), (Scene::Empty, 100)];
    let play = |is_gated| {
        let sink = MemorySink::shared();
        let mut source = ScriptFile { frames: script(QUIET).into(), end: None };
        let mut report = ArchiveReport::default();
        let (stop, mut eyes) = (StopSignal::new(), Eyes::from(ScriptDetector::reporting().0));
        let judge = judge_with(RunKind::Archive, is_gated);
        archive::analyze(&mut source, &mut eyes, judge, sink.as_ref(), &stop, &mut report, &mut |_| ())
            .unwrap();
        report
    };
    let (all, gated) = (play(false), play(true));
    assert_eq!((all.frames, all.gated_frames), (230, 0));
    assert_eq!(gated.frames + gated.gated_frames, 230);
    assert!((30..100).contains(&gated.frames), "{} of 230 frames judged", gated.frames);
    assert_eq!(gated.footage, all.footage);
    assert_eq!(all.violations.len(), 1);
    let spans =
        |report: &ArchiveReport| report.violations.iter().map(|v| (v.opened, v.closed)).collect::<Vec<_>>();
    assert_eq!(spans(&gated), spans(&all));
}

fn play_live(parts: &[(Scene, usize)]) -> Arc<MemorySink> {
    play_live_with(parts, None, SnapshotSource::JudgedFrame, Eyes::from)
}

fn play_live_with(
    parts: &[(Scene, usize)],
    refusals: Option<(u32, ErrorKind)>,
    snapshots: SnapshotSource,
    eyes: fn(Box<dyn Detector>) -> Eyes,
) -> Arc<MemorySink> {
    let sink = MemorySink::shared();
    *sink.refusals.lock().unwrap() = refusals;
    let (detector, seen) = ScriptDetector::reporting();
    let (played, all_played) = sync_channel(1);
    let camera = ScriptCamera { id: camera_id(), frames: script(parts), seen: Mutex::new(seen), played };
    watch(&sink, Box::new(camera), &all_played, snapshots, eyes(detector));
    sink
}

/// Live until all was played. Answers the threads that died.
fn watch(
    sink: &Arc<MemorySink>,
    source: Box<dyn LiveSource>,
    all_played: &Receiver<()>,
    snapshots: SnapshotSource,
    eyes: Eyes,
) -> Vec<Ailing> {
    let setup = LiveSetup {
        source,
        judge: judge(RunKind::Live),
        mount: Mount::Fixed,
        longest_step: Duration::from_secs(1),
        snapshots,
    };
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(WallTime::EPOCH));
    // A clock of its own: on the other an hour passes at once, and whoever lives so long is well again.
    let vitals = Vitals::new(Arc::new(ManualClock::new(WallTime::EPOCH)));
    let context = LiveContext {
        evidence: sink.clone(),
        cameras: sink.clone(),
        coverage: sink.clone(),
        main_pictures: Some(Arc::new(LargePictures)),
        clock: Arc::clone(&clock),
        vitals: vitals.clone(),
    };
    let runs = LiveRuns::start(vec![setup], vec![eyes], context).unwrap();
    all_played.recv().unwrap();
    runs.stop();
    vitals.ailing()
}

/// An episode that is watched by what panics here and there.
fn survive(sink: &Arc<MemorySink>, camera_deaths: u32, frame_of_death: Option<u32>) -> Vec<String> {
    let (detector, seen) = ScriptDetector::reporting();
    let (played, all_played) = sync_channel(1);
    let camera = ScriptCamera { id: camera_id(), frames: script(EPISODE), seen: Mutex::new(seen), played };
    let source = Box::new(MortalCamera { inner: camera, lives: AtomicU32::new(camera_deaths) });
    let detector: Box<dyn Detector> = Box::new(MortalDetector { inner: detector, frames: 0, frame_of_death });
    let ailing = watch(sink, source, &all_played, SnapshotSource::JudgedFrame, Eyes::from(detector));
    assert!(
        ailing.iter().all(|one| one.is_restarted && one.cause.contains("the test says so")),
        "{ailing:?}"
    );
    ailing.into_iter().map(|one| format!("{} {}", one.thread, one.deaths)).collect()
}

#[test]
fn threads_that_die_are_noticed_and_begin_again_and_nothing_is_lost() {
    let sink = MemorySink::shared();
    sink.panics.store(2, Ordering::SeqCst);
    let died = survive(&sink, 2, Some(40));
    assert_eq!(died, ["camera-dock 2", "detect-0 1", "evidence 2"]);
    assert_eq!(sink.opened.lock().unwrap().len(), 1, "the evidence in hand was tried again");
    assert_eq!(sink.closed.lock().unwrap().len(), 1);
    assert_eq!(sink.ended.lock().unwrap().len(), 1);
}

#[test]
fn evidence_on_which_the_thread_dies_again_and_again_is_given_up_and_the_rest_is_kept() {
    let sink = MemorySink::shared();
    sink.panics.store(3, Ordering::SeqCst);
    assert_eq!(survive(&sink, 0, None), ["evidence 3"]);
    assert!(sink.opened.lock().unwrap().is_empty(), "three times is enough");
    assert_eq!(sink.closed.lock().unwrap().len(), 1, "what came after it was kept");
}

#[test]
fn an_episode_is_one_violation_with_both_pictures() {
    let (sink, report, is_ok) = play_archive(EPISODE, None);
    assert!(is_ok);
    assert_eq!(report.frames, 70);
    let opened = sink.opened.lock().unwrap();
    let [(violation, evidence)] = opened.as_slice() else { panic!("{} violations", opened.len()) };
    assert_eq!(violation.opened.media.as_secs_f64(), 2.0, "the first bare frame");
    assert!(evidence.snapshot_at.media > violation.opened.media);
    for jpeg in [&evidence.clean_jpeg, &evidence.annotated_jpeg] {
        let header = turbojpeg::read_header(jpeg).unwrap();
        assert_eq!((header.width, header.height), (320, 180));
    }
    assert_ne!(evidence.clean_jpeg, evidence.annotated_jpeg);
    let [closed] = report.violations.as_slice() else { panic!("not closed once") };
    assert_eq!(closed.closed.unwrap().1, CloseReason::Ended);
}

#[test]
fn live_and_archive_judge_the_same_frames_alike() {
    let (archive, _, _) = play_archive(EPISODE, None);
    let live = play_live(EPISODE);
    let openings = |sink: &MemorySink| -> Vec<_> { sink.opened.lock().unwrap().clone() };
    let closings = |sink: &MemorySink| -> Vec<Violation> { sink.closed.lock().unwrap().clone() };
    assert_eq!(openings(&archive), openings(&live));
    assert_eq!(closings(&archive), closings(&live));
}

/// The detector sees a helmet all the time.
const FOOLED: &[(Scene, usize)] =
    &[(Scene::Helmet, 10), (Scene::BlackHair, 30), (Scene::Helmet, 20), (Scene::Empty, 20)];

#[test]
fn a_second_look_sees_through_black_hair_live_and_in_the_archive() {
    assert!(play_archive(FOOLED, None).0.opened.lock().unwrap().is_empty(), "nobody looks twice");
    let (detector, _seen) = ScriptDetector::reporting();
    let (archive, _, is_ok) = play_archive_with(FOOLED, None, &mut ScriptHats::with(detector));
    assert!(is_ok);
    let opened = archive.opened.lock().unwrap();
    let [(violation, evidence)] = opened.as_slice() else { panic!("{} violations", opened.len()) };
    let opened_s = violation.opened.media.as_secs_f64();
    assert!((2.0..=3.0).contains(&opened_s), "{opened_s} s: a second look comes every second");
    assert!(evidence.snapshot_at.media > violation.opened.media);

    let live = play_live_with(FOOLED, None, SnapshotSource::JudgedFrame, ScriptHats::with);
    assert_eq!(*opened, *live.opened.lock().unwrap());
    assert_eq!(*archive.closed.lock().unwrap(), *live.closed.lock().unwrap());
}

#[test]
fn a_second_look_that_fails_ends_an_archive_and_is_passed_over_live() {
    let broken =
        |detector| Eyes { detectors: vec![detector], looks: vec![Box::new(ScriptHats { patience: 1 })] };
    let (detector, _seen) = ScriptDetector::reporting();
    let (sink, report, is_ok) = play_archive_with(EPISODE, None, &mut broken(detector));
    assert!(!is_ok && report.frames < 20, "{} frames", report.frames);
    assert_eq!(outcomes(&sink), [RunOutcome::Failed]);

    let live = play_live_with(&[(Scene::Bare, 30)], None, SnapshotSource::JudgedFrame, broken);
    assert_eq!(live.opened.lock().unwrap().len(), 1, "the detector's own opinion stands");
}

#[test]
fn whatever_is_unavailable_delays_evidence_and_loses_none() {
    for shortage in [Shortage::Room, Shortage::Disk, Shortage::Descriptors, Shortage::Memory, Shortage::Busy]
    {
        let refusals = Some((3, ErrorKind::Unavailable(shortage)));
        let sink = play_live_with(EPISODE, refusals, SnapshotSource::JudgedFrame, Eyes::from);
        assert_eq!(sink.opened.lock().unwrap().len(), 1, "{shortage:?}");
        assert_eq!(sink.closed.lock().unwrap().len(), 1, "{shortage:?}: the closing waited for its opening");
    }
}

#[test]
fn evidence_that_is_refused_for_good_is_not_tried_again() {
    for kind in [ErrorKind::Refused, ErrorKind::Corrupt, ErrorKind::Invalid, ErrorKind::Missing] {
        let sink = play_live_with(EPISODE, Some((1, kind)), SnapshotSource::JudgedFrame, Eyes::from);
        assert!(sink.opened.lock().unwrap().is_empty(), "{kind:?}");
    }
}

#[test]
fn a_stop_closes_what_is_open_and_ends_the_run() {
    let sink = play_live(&[(Scene::Bare, 30)]);
    let closed = sink.closed.lock().unwrap();
    assert_eq!(closed.len(), 1);
    assert_eq!(closed[0].closed.unwrap().1, CloseReason::Interrupted);
    assert_eq!(outcomes(&sink), [RunOutcome::Complete], "a live Run has no end of its own");
    let last = sink.ended.lock().unwrap()[0].0.unwrap();
    assert_eq!(last.media.as_secs_f64(), 5.8);
    let states: Vec<_> = sink.statuses.lock().unwrap().iter().map(|status| status.state).collect();
    assert_eq!(states.last(), Some(&CameraState::Stopped));
}

#[test]
fn a_violation_seen_on_the_sub_stream_is_shown_in_full_size() {
    let sink = play_live_with(EPISODE, None, SnapshotSource::MainStream, Eyes::from);
    let opened = sink.opened.lock().unwrap();
    for jpeg in [&opened[0].1.clean_jpeg, &opened[0].1.annotated_jpeg] {
        let header = turbojpeg::read_header(jpeg).unwrap();
        assert_eq!((header.width, header.height), (640, 360));
    }
}

/// The pictures of the script are a grey wall: whoever looks at them is blind, and judges all the same.
#[test]
fn a_blind_camera_says_so_in_its_minutes() {
    let sink = play_live(EPISODE);
    assert_eq!(sink.opened.lock().unwrap().len(), 1);
    let minutes = sink.minutes.lock().unwrap();
    let analysed: Duration = minutes.iter().map(|minute| minute.analysed).sum();
    let blind: Duration = minutes.iter().map(|minute| minute.blind).sum();
    assert_eq!((analysed.as_millis(), blind.as_millis()), (13_800, 13_800), "seventy frames: {minutes:?}");
    assert_eq!(minutes[0].blind_cause, Some(BlindCause::Covered));
    assert_eq!(minutes[0].minute.to_string(), "2026-03-02T08:00:00Z");
    let somebody = PersonCount { picture: 1, zones: [("wall".parse().unwrap(), 1)].into() };
    assert_eq!(minutes[0].persons, Some(somebody), "one person came, in the left half");
}

#[test]
fn what_was_found_before_the_footage_broke_is_kept() {
    let broken = IngestError::File { path: "cut.mp4".into(), fault: FileFault::Empty };
    let (sink, report, is_ok) = play_archive(&[(Scene::Bare, 30)], Some(broken));
    assert!(!is_ok);
    assert_eq!(sink.opened.lock().unwrap().len(), 1);
    assert_eq!(report.violations[0].closed.unwrap().1, CloseReason::Interrupted);
    assert_eq!(outcomes(&sink), [RunOutcome::Failed]);
}

#[test]
fn an_archive_run_that_is_stopped_says_so_and_keeps_what_it_found() {
    let sink = MemorySink::shared();
    let mut source = ScriptFile { frames: script(EPISODE).into(), end: None };
    let mut report = ArchiveReport::default();
    let (stop, mut eyes) = (StopSignal::new(), Eyes::from(ScriptDetector::reporting().0));
    let mut frames = 0;
    let mut stop_while_bare = |_: &anjian_domain::Frame| {
        frames += 1;
        if frames == 25 {
            stop.stop();
        }
    };
    let judge = judge(RunKind::Archive);
    let outcome = archive::analyze(
        &mut source,
        &mut eyes,
        judge,
        sink.as_ref(),
        &stop,
        &mut report,
        &mut stop_while_bare,
    );
    assert!(matches!(outcome, Err(ArchiveError::Stopped)), "{outcome:?}");
    assert_eq!((report.frames, outcomes(&sink)), (25, vec![RunOutcome::Stopped]));
    assert_eq!(report.violations[0].closed.unwrap().1, CloseReason::Interrupted);
    assert_eq!(outcomes(&play_archive(EPISODE, None).0), [RunOutcome::Complete]);
}

fn outcomes(sink: &MemorySink) -> Vec<RunOutcome> {
    sink.ended.lock().unwrap().iter().map(|(_, outcome)| *outcome).collect()
}
