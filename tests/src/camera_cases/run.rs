//! Records an odd camera, and judges what came of it.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anjian_domain::{CameraState, CameraStatus, Clock, RecordingState, SystemClock};
use anjian_footage::scan;
use anjian_ingest::{FrameSettings, LiveCamera, RecordSettings, Recording, StopSignal, Vitals};
use anyhow::{Context, Result};

use super::case::{Case, Expected};
use super::each::each;
use super::ledger::{Ledger, Told};
use crate::odd_camera::{OddCamera, Seen};
use crate::pass;

/// What is on its way when the camera sent its last picture.
const LAST_PICTURES: Duration = Duration::from_millis(1500);

/// No case takes longer.
const CASE_MAX: Duration = Duration::from_secs(100);

/// A gap between two files that is none.
const SEAM: Duration = Duration::from_millis(100);

/// By how much the recording may be longer or shorter than what was sent.
const LENGTH_SLACK: Duration = Duration::from_millis(1500);

/// What came of a case.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Pictures in the files.
    pub stored: u64,
    /// What the camera did.
    pub seen: Seen,
    /// What differs from what was expected; empty when nothing does.
    pub faults: Vec<String>,
    /// For the table.
    pub summary: String,
}

/// What a run leaves.
struct Evidence {
    told: Told,
    statuses: Vec<CameraStatus>,
    seen: Seen,
    stored: u64,
    heard: u64,
    length: Duration,
    longest_gap: Duration,
}

/// Runs cases, so many at a time; outcomes in the order of the cases.
#[must_use]
pub fn run_all(cases: &[Case], at_once: usize) -> Vec<Result<Outcome>> {
    each(cases, at_once, &run)
}

/// Runs a case.
///
/// # Errors
/// When camera or recording cannot be set up, or a file cannot be read.
pub fn run(case: &Case) -> Result<Outcome> {
    let camera = OddCamera::start(case.script.clone())?;
    let evidence = record(case, &camera)?;
    let faults = judge(case, &evidence);
    let summary = summary(case, &evidence);
    Ok(Outcome { stored: evidence.stored, seen: evidence.seen, faults, summary })
}

fn record(case: &Case, camera: &OddCamera) -> Result<Evidence> {
    let root = tempfile::tempdir()?;
    let ledger = Arc::new(Ledger::default());
    let settings =
        RecordSettings { segment: Duration::from_secs(2), ..RecordSettings::new(root.path().into()) };
    let recording = Recording { settings, sink: Arc::clone(&ledger) as _, vitals: Vitals::default() };
    let live = live_camera(case, camera)?;
    let (stop, statuses) = (StopSignal::new(), Mutex::new(Vec::<CameraStatus>::new()));
    std::thread::scope(|scope| {
        let mut on_status = |status| statuses.lock().unwrap_or_else(PoisonError::into_inner).push(status);
        let (clock, recording, stopping) = (SystemClock::shared(), &recording, &stop);
        scope.spawn(move || live.record(recording, &clock, stopping, &mut on_status));
        let until = SystemClock.monotonic() + CASE_MAX;
        let is_done = || match case.expected {
            Expected::Reason(_) | Expected::Status(_) => {
                let statuses = statuses.lock().unwrap_or_else(PoisonError::into_inner);
                statuses.iter().any(|status| status.reason.is_some())
            }
            _ => camera.seen().complete > 0,
        };
        while !is_done() && SystemClock.monotonic() < until {
            pass(Duration::from_millis(50));
        }
        pass(LAST_PICTURES);
        stop.stop();
    });
    let statuses = statuses.into_inner().unwrap_or_else(PoisonError::into_inner);
    evidence(root.path(), ledger.told(), statuses, camera.seen())
}

fn live_camera(case: &Case, camera: &OddCamera) -> Result<LiveCamera> {
    let main = camera.url().parse().ok().context("no address")?;
    let live = LiveCamera::new(main, FrameSettings::new("odd".parse().ok().context("no name")?));
    let answer_max = case.answer_max.unwrap_or(live.answer_max);
    Ok(LiveCamera { transport: case.transport, answer_max, ..live })
}

fn evidence(root: &Path, told: Told, statuses: Vec<CameraStatus>, seen: Seen) -> Result<Evidence> {
    let (mut stored, mut heard, mut length, mut longest_gap) = (0, 0, Duration::ZERO, Duration::ZERO);
    for segment in &told.segments {
        let file = scan(&root.join(&segment.path)).with_context(|| segment.path.clone())?;
        stored += file.video.len() as u64;
        heard += file.audio.len() as u64;
        length += file.duration();
    }
    for pair in told.segments.windows(2) {
        longest_gap = longest_gap.max(pair[1].start.since(pair[0].end()));
    }
    Ok(Evidence { told, statuses, seen, stored, heard, length, longest_gap })
}

fn judge(case: &Case, evidence: &Evidence) -> Vec<String> {
    let reasons = || evidence.statuses.iter().filter_map(|status| status.reason.as_deref());
    let mut faults = Vec::new();
    match case.expected {
        Expected::Reason(expected) => {
            if !reasons().any(|reason| reason.contains(expected)) {
                faults.push(format!("no reason with {expected:?}: {:?}", reasons().collect::<Vec<_>>()));
            }
        }
        Expected::Status(status) => {
            let names = |reason: &str| reason.contains(&format!("({status})")) && reason.contains(": ");
            if !reasons().any(names) {
                faults.push(format!("no reason with {status}: {:?}", reasons().collect::<Vec<_>>()));
            }
        }
        Expected::AllWithNote(note) => {
            check_pictures(case, evidence, &mut faults);
            if !notes(evidence).any(|found| found.contains(note)) {
                faults.push(format!("no note with {note:?}: {:?}", notes(evidence).collect::<Vec<_>>()));
            }
        }
        Expected::AllWithSound => {
            check_pictures(case, evidence, &mut faults);
            if evidence.heard * 2 < evidence.stored {
                faults.push(format!("{} packets of sound", evidence.heard));
            }
        }
        Expected::All | Expected::AllWithHole => check_pictures(case, evidence, &mut faults),
    }
    faults
}

/// Reasons that stand beside a state in which all is well.
fn notes(evidence: &Evidence) -> impl Iterator<Item = &str> {
    let live = evidence.statuses.iter().filter(|status| status.state == CameraState::Live);
    let recording = evidence.told.changes.iter().filter(|change| change.state == RecordingState::Recording);
    live.filter_map(|status| status.reason.as_deref())
        .chain(recording.filter_map(|change| change.reason.as_deref()))
}

fn check_pictures(case: &Case, evidence: &Evidence, faults: &mut Vec<String>) {
    let mut fault = |is_so: bool, text: String| faults.extend(is_so.then_some(text));
    let (stored, sent) = (evidence.stored, evidence.seen.pictures);
    fault(stored != sent || sent == 0, format!("{stored} of {sent} pictures stored"));
    fault(evidence.seen.plays != 1, format!("{} connections", evidence.seen.plays));
    let mut states: Vec<CameraState> = evidence.statuses.iter().map(|status| status.state).collect();
    states.dedup();
    let good = [CameraState::Connecting, CameraState::Live, CameraState::Stopped];
    fault(states != good, format!("states {states:?}"));
    let is_bad = |state: RecordingState| {
        !matches!(state, RecordingState::Waiting | RecordingState::Recording | RecordingState::Stopped)
    };
    let bad: Vec<_> = evidence.told.changes.iter().filter(|change| is_bad(change.state)).collect();
    fault(!bad.is_empty(), format!("recording {bad:?}"));
    if case.expected == Expected::AllWithHole {
        return;
    }
    let gap = evidence.longest_gap;
    fault(gap > SEAM, format!("a hole of {gap:?}"));
    let sent = case.script.interval * case.script.pictures;
    let length = evidence.length;
    let off = length.abs_diff(sent);
    fault(off > LENGTH_SLACK.max(case.script.interval * 2), format!("{length:?} recorded of {sent:?}"));
}

fn summary(case: &Case, evidence: &Evidence) -> String {
    match case.expected {
        Expected::Reason(_) | Expected::Status(_) => {
            let reason = evidence.statuses.iter().find_map(|status| status.reason.clone());
            reason.map_or_else(|| "no reason".to_owned(), |reason| lasting(&reason))
        }
        _ => {
            let (stored, sent) = (evidence.stored, evidence.seen.pictures);
            let note =
                notes(evidence).next().map(|note| format!("; note: {}", lasting(note))).unwrap_or_default();
            let sound = if evidence.heard > 0 { ", with sound" } else { "" };
            format!("{stored} of {sent} pictures{sound}{note}")
        }
    }
}

/// Without what differs from run to run: ports, and differences of clocks.
fn lasting(text: &str) -> String {
    let words = text.split(' ').map(|word| {
        let digits = word.chars().filter(char::is_ascii_digit).count();
        let is_seconds = word.ends_with('s') && word.starts_with(|letter: char| letter.is_ascii_digit());
        if digits >= 4 || is_seconds && digits > 2 { "…" } else { word }
    });
    words.collect::<Vec<_>>().join(" ")
}
