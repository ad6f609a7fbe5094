//! Decode, inference and the whole pipeline, each alone, over a file.

use std::path::Path;
use std::time::Duration;

use anjian_domain::{
    Clock, EvidenceSink, Flaw, Frame, MediaTime, Moment, OpeningEvidence, Picture, Run, RunId, RunOutcome,
    SinkError, SystemClock, TrackPoint, Violation, WallTime,
};
use anjian_ingest::{FileSource, FrameSettings, FrameSource, Next, StopSignal};
use anjian_models::{Detector, Tiles};
use anjian_pipeline::archive::{self, ArchiveReport};
use anyhow::Context;
use serde::Serialize;

use super::usage::Stopwatch;
use super::whole::{self, Rules};
use crate::command::ModelArguments;
use crate::run_id::RunOrigin;
use crate::wiring;

/// Pictures that inference is measured on, over and over.
const PICTURES: usize = 40;
const PATIENCE: Duration = Duration::from_secs(10);

/// One stage: what a second of footage costs, and how fast it goes.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct StageFigures {
    /// Analysed frames.
    pub frames: u64,
    /// CPU milliseconds for one analysed frame.
    pub cpu_ms_per_frame: f64,
    /// Seconds of footage that pass in one second; for inference, at five frames a second.
    pub times_real_time: f64,
}

impl StageFigures {
    fn new(stopwatch: &Stopwatch, frames: u64, footage: Duration) -> anyhow::Result<Self> {
        let cpu_ms_per_frame = stopwatch.cpu()?.as_secs_f64() * 1e3 / frames.max(1) as f64;
        let times_real_time = footage.as_secs_f64() / stopwatch.wall().as_secs_f64();
        Ok(Self { frames, cpu_ms_per_frame, times_real_time })
    }
}

fn open(clip: &Path) -> anyhow::Result<FileSource> {
    Ok(FileSource::open(
        clip,
        &FrameSettings::new(whole::camera_id(0)),
        Some(WallTime::EPOCH),
        &wiring::clock(),
    )?)
}

/// Decodes every frame and hands over five a second.
pub fn decode(clip: &Path, at_least: Duration) -> anyhow::Result<StageFigures> {
    let stopwatch = Stopwatch::start()?;
    let (mut frames, mut footage) = (0, Duration::ZERO);
    while stopwatch.wall() < at_least {
        let mut last = MediaTime::ZERO;
        each_frame(clip, |frame| {
            frames += 1;
            last = frame.at.media;
            true
        })?;
        footage += last.since(MediaTime::ZERO);
    }
    StageFigures::new(&stopwatch, frames, footage)
}

/// Hands every analysed frame over until told `false`.
fn each_frame(clip: &Path, mut on_frame: impl FnMut(Frame) -> bool) -> anyhow::Result<()> {
    let mut source = open(clip)?;
    loop {
        match source.next_frame(PATIENCE)? {
            Next::Frame(frame) => {
                if !on_frame(frame) {
                    return Ok(());
                }
            }
            Next::Waiting => {}
            Next::Ended => return Ok(()),
        }
    }
}

/// Letterbox, model and suppression, one thread.
pub fn inference(
    clip: &Path,
    detector: &mut dyn Detector,
    at_least: Duration,
) -> anyhow::Result<StageFigures> {
    let mut pictures: Vec<Picture> = Vec::with_capacity(PICTURES);
    each_frame(clip, |frame| {
        pictures.push(frame.picture);
        pictures.len() < PICTURES
    })?;
    detector.detect(&pictures[0], &Tiles::default())?;
    let stopwatch = Stopwatch::start()?;
    let mut frames = 0;
    while stopwatch.wall() < at_least {
        detector.detect(&pictures[frames as usize % pictures.len()], &Tiles::default())?;
        frames += 1;
    }
    StageFigures::new(&stopwatch, frames, Duration::from_millis(200) * u32::try_from(frames)?)
}

/// An archive Run with the rules of a site, evidence rendered and thrown away; and the models it ran with.
pub fn whole(
    clip: &Path,
    model: &ModelArguments,
    at_least: Duration,
) -> anyhow::Result<(StageFigures, String)> {
    let mut config =
        whole::config(&["rtsp://127.0.0.1/unused".to_owned()], Path::new("unused"), Rules::Ordinary)?;
    model.apply_to(&mut config.model);
    let mut eyes = wiring::load_eyes(&config, 1)?.pop().context("no model was loaded")?;
    let model = eyes.model(&config.aim_of(&config.cameras[0]));
    let stopwatch = Stopwatch::start()?;
    let (mut frames, mut footage) = (0, Duration::ZERO);
    let until = SystemClock.monotonic() + at_least;
    while SystemClock.monotonic() < until {
        let mut source = open(clip)?;
        let origin = RunOrigin::live("bench".to_owned(), WallTime::EPOCH);
        let judge = wiring::judge(&config, &config.cameras[0], origin, &eyes)?;
        let mut report = ArchiveReport::default();
        let stop = StopSignal::new();
        archive::analyze(&mut source, &mut eyes, judge, &Nowhere, &stop, &mut report, &mut |_| ())?;
        frames += report.frames;
        footage += report.footage;
    }
    Ok((StageFigures::new(&stopwatch, frames, footage)?, model))
}

/// Keeps nothing: storing is measured in the live part.
struct Nowhere;

impl EvidenceSink for Nowhere {
    fn begin_run(&self, _run: &Run) -> Result<(), SinkError> {
        Ok(())
    }
    fn open_violation(&self, _violation: &Violation, _evidence: &OpeningEvidence) -> Result<(), SinkError> {
        Ok(())
    }
    fn close_violation(&self, _violation: &Violation, _path: &[TrackPoint]) -> Result<(), SinkError> {
        Ok(())
    }
    fn note_flaws(&self, _: RunId, _: &[Flaw]) -> Result<(), SinkError> {
        Ok(())
    }

    fn end_run(&self, _run: RunId, _last: Option<Moment>, _outcome: RunOutcome) -> Result<(), SinkError> {
        Ok(())
    }
}
