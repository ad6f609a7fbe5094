//! `anjian check`: is the configuration right, and do index and files agree?

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anjian_domain::SystemClock;
use anjian_indexer::{CheckFinding, CheckProgress, CheckReport, Index, IndexError, RecordingSettings};
use anjian_pipeline::{Aim, DetectorSeat};
use indicatif::ProgressBar;

use crate::command::audit;
use crate::config::Config;
use crate::output::{AlreadyTold, Usage, print, progress, tell};
use crate::wiring;

/// Validate a configuration and compare index and files.
#[derive(clap::Args)]
pub struct Arguments {
    /// The configuration
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Mend recordings: cut torn ends off, adopt files without a row, drop rows without a file; and wrong counts
    #[arg(long)]
    repair: bool,
    /// Forget every row of a recording and make them again from the media files alone; stop anjian first
    #[arg(long, conflicts_with = "repair")]
    rebuild_segments: bool,
    /// Verify the audit alone: every entry is what was written
    #[arg(long, conflicts_with_all = ["repair", "rebuild_segments"])]
    audit: bool,
    /// A checkpoint that the audit must hold
    #[arg(long, value_name = "FILE", requires = "audit")]
    against: Option<PathBuf>,
}

/// What may be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Task {
    Compare,
    Repair,
    Rebuild,
}

impl Arguments {
    const fn task(&self) -> Task {
        match (self.repair, self.rebuild_segments) {
            (_, true) => Task::Rebuild,
            (true, false) => Task::Repair,
            (false, false) => Task::Compare,
        }
    }
}

/// Changes nothing, unless it is told to. Fails when anything is wrong that was not mended.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let config = Config::load(&arguments.config)?;
    if arguments.audit {
        return wiring::async_runtime()?.block_on(verify(&config, arguments.against.as_deref()));
    }
    doubt(&config, &arguments.config)?;
    anjian_ingest::init()?;
    let eyes = wiring::load_eyes(&config, 1)?;
    let aims =
        (0..config.detectors().len()).map(|seat| Aim { detector: DetectorSeat(seat), ..Aim::default() });
    let models: Vec<_> = eyes.iter().flat_map(|eyes| aims.clone().map(|aim| eyes.model(&aim))).collect();
    let (cameras, sites) = (config.cameras.len(), config.sites.len());
    print(&format!(
        "{}: valid; sites: {sites}, cameras: {cameras}, model: {}",
        arguments.config.display(),
        models.join(", ")
    ))?;
    if !config.data_dir.exists() {
        return nothing_stored(&config);
    }
    wiring::async_runtime()?.block_on(look(&config, arguments.task()))
}

/// Tells what is hardly meant.
///
/// # Errors
/// When this machine cannot do what is asked for.
fn doubt(config: &Config, file: &Path) -> Result<(), Usage> {
    let lines = |problems: Vec<String>, kind: &str| -> Vec<String> {
        problems.into_iter().map(|problem| format!("{}: {kind}{problem}", file.display())).collect()
    };
    lines(config.warnings(), "warning: ").iter().for_each(|line| tell(line));
    let problems = lines(config.problems_here(&anjian_indexer::disk_bytes), "");
    if problems.is_empty() { Ok(()) } else { Err(Usage(problems.join("\n"))) }
}

fn nothing_stored(config: &Config) -> anyhow::Result<()> {
    print(&format!("{}: nothing is stored yet", config.data_dir.display()))
}

async fn verify(config: &Config, against: Option<&Path>) -> anyhow::Result<()> {
    match Index::open_existing(&config.data_dir, &config.store.database, Arc::new(SystemClock)).await {
        Err(IndexError::Missing { .. }) => nothing_stored(config),
        opened => audit::verify(&opened?, against).await,
    }
}

async fn look(config: &Config, task: Task) -> anyhow::Result<()> {
    let index =
        match Index::open_existing(&config.data_dir, &config.store.database, Arc::new(SystemClock)).await {
            Err(IndexError::Missing { .. }) => return nothing_stored(config),
            opened => opened?,
        };
    wiring::set_bucket(config, &index)?;
    // Neither makes a folder that is not there (its disk may be missing), nor takes room for a reserve.
    let recordings = config.recordings_folder();
    if recordings.exists() {
        index.set_recording(RecordingSettings { reserve_bytes: 0, ..config.recording_settings() })?;
    } else if config.recording.folder.is_some() {
        return Err(Usage(format!(
            "recording.folder: {} is not there: is its disk missing?",
            recordings.display()
        ))
        .into());
    }
    match task {
        Task::Compare | Task::Repair => compare(config, &index, task).await,
        Task::Rebuild => rebuild(config, &index).await,
    }
}

fn follow(bar: &ProgressBar) -> impl FnMut(CheckProgress) + Send {
    let bar = bar.clone();
    move |step| {
        bar.set_length(step.total);
        bar.set_position(step.done);
    }
}

async fn compare(config: &Config, index: &Index, task: Task) -> anyhow::Result<()> {
    let bar = progress(0, "comparing index and files");
    let report = match task {
        Task::Repair => index.check_and_repair(&mut follow(&bar)).await?,
        _ => index.check(&mut follow(&bar)).await?,
    };
    bar.finish_and_clear();
    tell_findings(config, &report.findings);
    print(&summary(&report, task))?;
    if report.is_clean() { Ok(()) } else { Err(AlreadyTold.into()) }
}

fn tell_findings(config: &Config, findings: &[CheckFinding]) {
    for finding in findings {
        tell(&format!("{}: {finding}", config.data_dir.display()));
    }
}

fn summary(report: &CheckReport, task: Task) -> String {
    let CheckReport { violations, files, segments, clips, repaired, .. } = report;
    let found = report.findings.len() as u64 + report.unlisted;
    let mended = if task == Task::Repair { format!(", mended: {repaired}") } else { String::new() };
    format!(
        "violations: {violations}, evidence files compared: {files}, segments compared: {segments}, clips in them: \
         {clips}{mended}, findings: {found}"
    )
}

async fn rebuild(config: &Config, index: &Index) -> anyhow::Result<()> {
    let bar = progress(0, "reading recordings");
    let rebuilt = index.rebuild_segments(&mut follow(&bar)).await?;
    bar.finish_and_clear();
    tell_findings(config, &rebuilt.unusable);
    print(&format!(
        "segments found: {}, empty files deleted: {}, files that cannot be used: {}",
        rebuilt.segments,
        rebuilt.empty,
        rebuilt.unusable.len()
    ))?;
    if rebuilt.unusable.is_empty() { Ok(()) } else { Err(AlreadyTold.into()) }
}
