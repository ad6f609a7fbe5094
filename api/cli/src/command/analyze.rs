//! `anjian analyze`: recorded footage through model and rules, as fast as the machine allows.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anjian_domain::{Clock, Footage, StartSource, SystemClock, TrackId, Viewer, Violation, WallTime};
use anjian_indexer::{EvidenceKind, Index, IndexSink};
use anjian_ingest::{FileSource, FrameSettings, StopSignal};
use anjian_pipeline::Eyes;
use anjian_pipeline::archive::{self, ArchiveError, ArchiveReport};
use anyhow::{Context, bail};
use jiff::tz::TimeZone;
use serde::Serialize;
use tokio::runtime::Runtime;

use crate::config::{CameraConfig, Config};
use crate::file_time::{FileTimes, GivenStart, begins, named_moment};
use crate::flaws;
use crate::footage_files::FootageFiles;
use crate::footage_start::{Placing, in_words};
use crate::name_time::{NamePattern, time_in_name};
use crate::output::{AlreadyTold, JsonLines, Usage, footage_progress, tell, with_causes};
use crate::run_id::RunOrigin;
use crate::wiring;

/// Re-analyse recorded footage.
#[derive(clap::Args)]
pub struct Arguments {
    /// Video files, or folders of them: whatever ffmpeg reads, such as MP4, MKV, TS, AVI, PS, FLV, DAV
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The configuration with the camera's zones and rules
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Whose zones and rules hold; may be left out when one camera is configured
    #[arg(long, value_name = "ID")]
    camera: Option<String>,
    /// When the footage begins, such as 2026-03-01T08:00:00+08:00; without offset by the clock of the site; by default as
    /// the file says. Of several files the first begins then, and each other follows the one before
    #[arg(long, value_name = "RFC3339")]
    start: Option<GivenStart>,
    /// How the names of the files say when they begin, such as "CAM*_%Y%m%d-%H%M%S"; by default as recorders write them
    #[arg(long, value_name = "PATTERN")]
    name_time: Vec<NamePattern>,
    /// Write the violations here instead of to standard output
    #[arg(long, value_name = "FILE")]
    jsonl: Option<PathBuf>,
}

/// One violation, one line.
#[derive(Serialize)]
struct Line<'a> {
    behaviour: &'a str,
    camera: &'a str,
    zone: &'a str,
    rule_version: &'a str,
    model: &'a str,
    opened_at: WallTime,
    closed_at: Option<WallTime>,
    /// Seconds from the beginning of the footage.
    opened_s: f64,
    closed_s: Option<f64>,
    score: f32,
    track: Option<TrackId>,
    snapshot: Option<PathBuf>,
    /// Always null in this version: clips are cut from recordings, which come later.
    clip: Option<PathBuf>,
}

/// Everything that one file after the other needs.
struct FileAnalyzer<'a> {
    config: &'a Config,
    camera: &'a CameraConfig,
    placing: Placing,
    names: &'a [NamePattern],
    time_zone: TimeZone,
    runtime: Runtime,
    index: Index,
    eyes: Eyes,
    stop: StopSignal,
    lines: JsonLines,
}

/// Analyses every file; one that fails is told and the others go on.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let config = Config::load(&arguments.config)?;
    let camera = choose_camera(&config, arguments.camera.as_deref())?;
    let time_zone = TimeZone::get(&config.site_of(camera).time_zone)?;
    let start = arguments.start.map(|start| start.resolve(&time_zone)).transpose().map_err(Usage)?;
    if let Some((_, Some(remark))) = &start {
        tell(remark);
    }
    let (files, mut failed) = list_files(&arguments.paths)?;
    anjian_ingest::init()?;
    let eyes = wiring::load_eyes(&config, 1)?.pop().context("no model was loaded")?;
    let runtime = wiring::async_runtime()?;
    let index = runtime.block_on(wiring::open_index(&config))?;
    let lines = JsonLines::create(arguments.jsonl.as_deref())?;
    let stop = stop_when_asked(&runtime);
    let placing = Placing::new(start.map(|(at, _)| at));
    let names = arguments.name_time.as_slice();
    let mut analyzer = FileAnalyzer {
        config: &config,
        camera,
        placing,
        names,
        time_zone,
        runtime,
        index,
        eyes,
        stop,
        lines,
    };
    for (number, file) in files.iter().enumerate() {
        if analyzer.stop.is_stopped() {
            tell(&format!("stopped: {} of {} files were not analysed", files.len() - number, files.len()));
            failed += 1;
            break;
        }
        if let Err(error) = analyzer.analyze(file) {
            failed += 1;
            tell(&format!("error: {}", with_causes(&error)));
        }
    }
    if failed == 0 {
        return Ok(());
    }
    tell(&format!("not everything was analysed: see the {failed} errors above"));
    Err(AlreadyTold.into())
}

fn choose_camera<'a>(config: &'a Config, wanted: Option<&str>) -> Result<&'a CameraConfig, Usage> {
    let ids = || config.cameras.iter().map(|camera| camera.id.as_str()).collect::<Vec<_>>().join(", ");
    match (wanted, config.cameras.as_slice()) {
        (_, []) => Err(Usage("the configuration has no [[camera]]: add one with zones and rules".to_owned())),
        (Some(wanted), cameras) => cameras
            .iter()
            .find(|camera| camera.id.as_str() == wanted)
            .ok_or_else(|| Usage(format!("--camera: there is no camera {wanted:?}: use one of {}", ids()))),
        (None, [only]) => Ok(only),
        (None, _) => Err(Usage(format!("--camera: say whose zones and rules hold: one of {}", ids()))),
    }
}

/// The files, and how many of those that may be footage cannot be read. Says what is left out.
fn list_files(paths: &[PathBuf]) -> anyhow::Result<(Vec<PathBuf>, usize)> {
    let FootageFiles { files, left_out, unreadable } = FootageFiles::list(paths);
    for (path, reason) in left_out {
        tell(&format!("left out: {}: {reason}", path.display()));
    }
    for (path, reason) in &unreadable {
        tell(&format!("error: {}: {reason}", path.display()));
    }
    if files.is_empty() {
        let names: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
        return Err(Usage(format!("{}: no video file in there or in its folders", names.join(", "))).into());
    }
    Ok((files, unreadable.len()))
}

/// Ctrl-C and SIGTERM end the analysis in order: what was found is kept.
fn stop_when_asked(runtime: &Runtime) -> StopSignal {
    let stop = StopSignal::new();
    let signal = stop.clone();
    runtime.spawn(async move {
        wiring::shutdown().await;
        signal.stop();
    });
    stop
}

impl FileAnalyzer<'_> {
    fn analyze(&mut self, file: &Path) -> anyhow::Result<()> {
        let (mut source, footage) = self.open(file)?;
        let (start, start_source) = (source.start(), footage.start_source);
        let path = file.canonicalize().unwrap_or_else(|_| file.to_owned()).display().to_string();
        let origin = RunOrigin::archive(path, start, footage);
        let judge = wiring::judge(self.config, self.camera, origin, &self.eyes)?;
        let sink = IndexSink::new(self.index.clone(), self.runtime.handle().clone());
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let bar = footage_progress(source.duration(), &name);
        let begun = SystemClock.monotonic();
        let mut report = ArchiveReport::default();
        let outcome = archive::analyze(
            &mut source,
            &mut self.eyes,
            judge,
            &sink,
            &self.stop,
            &mut report,
            &mut |frame| bar.set_position(frame.at.media.as_secs_f64() as u64),
        );
        bar.finish_and_clear();
        if outcome.is_ok() {
            self.placing.file_ends(start.plus(report.footage));
        }
        for violation in &report.violations {
            self.write(violation)?;
        }
        tell(&format!("{name}: {}", source.track()));
        tell(&format!("{name}: begins {start}, {}", in_words(start_source)));
        tell(&summary(&name, &report, SystemClock.monotonic() - begun));
        flaws::lines(&report.flaws, start).iter().for_each(|line| tell(&format!("warning: {name}: {line}")));
        self.explain(file, outcome)?;
        match flaws::broken(&report.flaws) {
            Some(reason) => bail!("{}: {reason}", file.display()),
            None => Ok(()),
        }
    }

    /// Reads the file once for its digest, then opens it.
    fn open(&mut self, file: &Path) -> anyhow::Result<(FileSource, Footage)> {
        let given = self.placing.next(file)?;
        let camera = self.camera;
        let frames =
            FrameSettings { camera: camera.id.clone(), rate: camera.analysis_fps, decode: camera.decode };
        let sha256 = anjian_footage::digest(file)?.sha256;
        let mut source = FileSource::open(file, &frames, None, &wiring::clock())?;
        let (start, start_source) = match given {
            Some(given) => given,
            None => self.start_without_word(file, &source, &sha256)?,
        };
        if source.is_rate_assumed() {
            tell(&format!(
                "warning: {}: a bare stream of pictures without times: its own rate is taken, or 25 pictures a second",
                file.display()
            ));
        }
        if start_source == StartSource::Modified {
            tell(&format!(
                "warning: {}: nothing says when it was recorded: {start}, when the file was modified, is taken for its \
                 beginning; give --start if that is wrong",
                file.display()
            ));
        }
        source.begin_at(start);
        if let Some(duration) = source.duration() {
            self.placing.file_ends(start.plus(duration));
        }
        let footage = Footage { sha256, start_source, file_start: source.file_start().0 };
        Ok((source, footage))
    }

    /// The start that container and name say; else that of an earlier analysis of the same bytes, because copying a file
    /// changes its modification time; else that time.
    fn start_without_word(
        &self,
        file: &Path,
        source: &FileSource,
        sha256: &str,
    ) -> anyhow::Result<(WallTime, StartSource)> {
        let path = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
        let named = time_in_name(&path, self.names).and_then(|name| named_moment(name, &self.time_zone));
        let named = named.filter(|at| *at <= SystemClock.now());
        let times = FileTimes { created: source.created(), lasts: source.duration(), named };
        let (said, remark) = begins(times);
        if let Some(remark) = remark {
            tell(&format!("warning: {}: {remark}", file.display()));
        }
        if let Some(said) = said {
            return Ok(said);
        }
        let viewer = Viewer::local();
        let known = self.runtime.block_on(self.index.known_start(&viewer, &self.camera.id, sha256))?;
        if let Some((at, _)) = known {
            tell(&format!(
                "{}: an earlier analysis of the same bytes says that it begins {at}",
                file.display()
            ));
        }
        Ok(known.unwrap_or_else(|| source.file_start()))
    }

    fn write(&mut self, violation: &Violation) -> anyhow::Result<()> {
        // For the person at the terminal.
        let (viewer, kind) = (Viewer::local(), EvidenceKind::SnapshotAnnotated);
        let snapshot = self.runtime.block_on(self.index.evidence_file(&viewer, violation.id, kind))?;
        let closed = violation.closed.map(|(moment, _)| moment);
        self.lines.write(&Line {
            behaviour: violation.behaviour.as_str(),
            camera: violation.camera.as_str(),
            zone: violation.zone.as_str(),
            rule_version: &violation.rule_version,
            model: &violation.model,
            opened_at: violation.opened.wall,
            closed_at: closed.map(|moment| moment.wall),
            opened_s: violation.opened.media.as_secs_f64(),
            closed_s: closed.map(|moment| moment.media.as_secs_f64()),
            score: violation.score.value(),
            track: violation.track,
            snapshot: snapshot.and_then(|file| file.local().map(Path::to_owned)),
            clip: None,
        })
    }

    /// Ingest names the file itself; the other errors do not know it.
    fn explain(&self, file: &Path, outcome: Result<(), ArchiveError>) -> anyhow::Result<()> {
        match outcome {
            Err(ArchiveError::Ingest(error)) => Err(error.into()),
            other => other.with_context(|| file.display().to_string()),
        }
    }
}

fn summary(name: &str, report: &ArchiveReport, took: Duration) -> String {
    let (frames, still, violations) = (report.frames, report.gated_frames, report.violations.len());
    let rate = report.footage.as_secs_f64() / took.as_secs_f64().max(1e-3);
    let footage = report.footage.as_secs_f64();
    format!(
        "{name}: {footage:.1} s of footage, {frames} frames judged, {still} left out as still, violations: {violations}, {rate:.1} times real time"
    )
}
