//! `anjian check`: is the configuration right, and do index and files agree?

use std::path::PathBuf;
use std::sync::Arc;

use anjian_domain::SystemClock;
use anjian_indexer::{Index, IndexError};

use crate::config::Config;
use crate::output::{AlreadyTold, print, progress, tell};
use crate::wiring;

/// Validate a configuration and compare index and files.
#[derive(clap::Args)]
pub struct Arguments {
    /// The configuration
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

/// Changes nothing. Fails when anything is wrong.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let config = Config::load(&arguments.config)?;
    anjian_ingest::init()?;
    wiring::load_detectors(&config.model, 1)?;
    let (cameras, sites) = (config.cameras.len(), config.sites.len());
    print(&format!(
        "{}: valid; sites: {sites}, cameras: {cameras}, model: {}",
        arguments.config.display(),
        config.model.name
    ))?;
    if !config.data_dir.exists() {
        return print(&format!("{}: nothing is stored yet", config.data_dir.display()));
    }
    wiring::async_runtime()?.block_on(compare(&config))
}

async fn compare(config: &Config) -> anyhow::Result<()> {
    let index = match Index::open_existing(&config.data_dir, Arc::new(SystemClock)).await {
        Err(IndexError::Missing { .. }) => {
            return print(&format!("{}: nothing is stored yet", config.data_dir.display()));
        }
        opened => opened?,
    };
    let bar = progress(0, "comparing index and files");
    let report = index
        .check(&mut |step| {
            bar.set_length(step.total);
            bar.set_position(step.done);
        })
        .await?;
    bar.finish_and_clear();
    for finding in &report.findings {
        tell(&format!("{}: {finding}", config.data_dir.display()));
    }
    let found = report.findings.len() as u64 + report.unlisted;
    print(&format!(
        "violations: {}, evidence files compared: {}, findings: {found}",
        report.violations, report.files
    ))?;
    if report.is_clean() { Ok(()) } else { Err(AlreadyTold.into()) }
}
