//! What a person sees in the terminal: results on standard output, everything else on standard error.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use tracing_subscriber::EnvFilter;

/// A wrong combination of arguments; ends the program with exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Usage(pub String);

/// Something failed that was already told; ends the program with exit code 1 and no further words.
#[derive(Debug, thiserror::Error)]
#[error("already told")]
pub struct AlreadyTold;

/// How much is logged when `ANJIAN_LOG` does not say.
#[derive(Debug, Clone, Copy)]
pub enum LogLevel {
    /// What a system that runs for months should tell.
    Service,
    /// Only what went wrong: the command prints its own results.
    Command,
}

/// Log lines go to standard error; `ANJIAN_LOG` (such as `anjian_ingest=debug`) chooses others than the default.
pub fn start_log(level: LogLevel) {
    let default = match level {
        LogLevel::Service => {
            "warn,anjian=info,anjian_api=info,anjian_indexer=info,anjian_pipeline=info,anjian_ingest=info"
        }
        LogLevel::Command => "warn",
    };
    let filter = EnvFilter::try_from_env("ANJIAN_LOG").unwrap_or_else(|_| EnvFilter::new(default));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    log.with_ansi(io::stderr().is_terminal()).with_target(false).init();
}

/// Causes that the message before them already contains are not repeated.
pub fn with_causes(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

/// A line for the person at the terminal. A closed standard error is no reason to fail.
pub fn tell(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Results: one JSON object a line, to a file or to standard output.
pub struct JsonLines {
    to: BufWriter<Box<dyn Write>>,
}

impl JsonLines {
    /// To `file`, which is replaced, or to standard output.
    pub fn create(file: Option<&Path>) -> anyhow::Result<Self> {
        let to: Box<dyn Write> = match file {
            None => Box::new(io::stdout()),
            Some(path) => {
                let file = File::create(path);
                Box::new(file.with_context(|| {
                    format!("cannot write {}: check folder and permissions", path.display())
                })?)
            }
        };
        Ok(Self { to: BufWriter::new(to) })
    }

    /// Writes one object; it can be read by others at once.
    pub fn write(&mut self, object: &impl Serialize) -> anyhow::Result<()> {
        serde_json::to_writer(&mut self.to, object)?;
        self.to.write_all(b"\n")?;
        Ok(self.to.flush()?)
    }
}

/// Prints to standard output.
pub fn print(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.write_all(b"\n")?;
    Ok(out.flush()?)
}

/// A progress bar over `total` steps.
pub fn progress(total: u64, what: &str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(total).with_style(style).with_message(what.to_owned())
}

/// A progress bar over the length of a recording, in seconds.
pub fn footage_progress(total: Option<Duration>, what: &str) -> ProgressBar {
    let style =
        ProgressStyle::with_template("{msg} {wide_bar} {pos} s/{len} s, {per_sec} of footage, {eta} left")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
    let length = total.map(|total| total.as_secs().max(1));
    ProgressBar::with_draw_target(length, indicatif::ProgressDrawTarget::stderr())
        .with_style(style)
        .with_message(what.to_owned())
}
