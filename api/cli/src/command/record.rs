//! `anjian record`: records, and nothing else. No model is loaded and no page served.

use std::path::PathBuf;
use std::sync::Arc;

use anjian_indexer::IndexSink;
use anjian_ingest::Vitals;
use anjian_pipeline::{LiveSource, RecordRuns, RecordedOnly};

use crate::config::Config;
use crate::output::{Usage, tell};
use crate::upkeep::Upkeep;
use crate::wiring;

/// Record the configured cameras, and nothing else.
#[derive(clap::Args)]
pub struct Arguments {
    /// The configuration
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

/// Runs until SIGINT or SIGTERM.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let config = Config::load(&arguments.config)?;
    anjian_ingest::init()?;
    let runtime = wiring::async_runtime()?;
    let index = runtime.block_on(wiring::claim_index(&config))?;
    let sink = Arc::new(IndexSink::new(index.clone(), runtime.handle().clone()));
    let vitals = Vitals::new(wiring::clock());
    let sources: Vec<_> = config
        .cameras
        .iter()
        .filter_map(|camera| wiring::recorded_camera(&config, camera, sink.clone(), &vitals))
        .map(|camera| Box::new(RecordedOnly(camera)) as Box<dyn LiveSource>)
        .collect();
    if sources.is_empty() {
        return Err(Usage(
            "no camera is to be recorded: give one a main stream and record = true".to_owned(),
        )
        .into());
    }
    let count = sources.len();
    let rules = Arc::new(wiring::case_rules(&config)?);
    let upkeep = Upkeep::start(&index, runtime.handle(), wiring::clock(), &vitals, &rules)?;
    let runs = RecordRuns::start(sources, sink, &wiring::clock(), &vitals)?;
    tell(&format!("Anjian is recording {count} cameras to {}", config.recordings_folder().display()));
    runtime.block_on(wiring::shutdown());
    tell("Stopping: finishing the open segments.");
    runs.stop();
    upkeep.stop();
    Ok(())
}
