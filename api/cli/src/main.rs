//! `anjian`: the one executable, and the only place that wires everything.
//!
//! Exit codes: 0 done, 1 failed, 2 wrong usage or configuration.

#![expect(
    unreachable_pub,
    reason = "an executable has no outside: `pub` says what a module offers to the others"
)]

mod accounts;
mod budget;
mod clock_watch;
mod command;
mod config;
mod examples;
mod file_time;
mod flaws;
mod footage_files;
mod footage_start;
mod gallery;
mod name_time;
mod output;
mod ports;
mod renewal;
mod run_id;
mod tailor;
mod upkeep;
mod wiring;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::gallery::GalleryProblem;
use crate::output::{AlreadyTold, LogLevel, Usage};
use crate::tailor::Unfit;

/// Also serves the C and C++ libraries (decoders, ONNX Runtime). Under glibc's allocator their buffers, taken on one thread
/// and given back on another, leave memory that grows for days.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Watches a site's cameras for safety violations and keeps evidence that can be defended.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the sample videos as RTSP cameras on loopback and run everything on them
    Demo(command::demo::Arguments),
    /// Watch the configured cameras and serve the page
    Serve(command::serve::Arguments),
    /// Record the configured cameras, and nothing else
    Record(command::record::Arguments),
    /// Validate a configuration and compare index and files
    Check(command::check::Arguments),
    /// List or rotate the keys that sign checkpoints of the audit
    Keys(command::keys::Arguments),
    /// Add, reset or list accounts
    Account(command::account::Arguments),
    /// Re-analyse recorded footage
    Analyze(command::analyze::Arguments),
    /// Copy a whole index from one database to another
    Store(command::store::Arguments),
    /// Add pictures of garments to a gallery
    Enrol(command::enrol::Arguments),
    /// Print what the model sees in pictures
    Detect(command::detect::Arguments),
    /// Score the model on YOLO-labelled pictures
    Eval(command::eval::Arguments),
    /// Measure this machine: decode, inference, whole pipeline, cameras carried
    Bench(command::bench::Arguments),
}

impl Command {
    const fn log_level(&self) -> LogLevel {
        match self {
            Self::Demo(_) | Self::Serve(_) | Self::Record(_) => LogLevel::Service,
            _ => LogLevel::Command,
        }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    output::start_log(arguments.command.log_level());
    let outcome = match arguments.command {
        Command::Demo(arguments) => command::demo::run(arguments),
        Command::Serve(arguments) => command::serve::run(&arguments),
        Command::Record(arguments) => command::record::run(&arguments),
        Command::Check(arguments) => command::check::run(&arguments),
        Command::Keys(arguments) => command::keys::run(&arguments),
        Command::Account(arguments) => command::account::run(arguments),
        Command::Analyze(arguments) => command::analyze::run(&arguments),
        Command::Store(arguments) => command::store::run(&arguments),
        Command::Enrol(arguments) => command::enrol::run(&arguments),
        Command::Detect(arguments) => command::detect::run(&arguments),
        Command::Eval(arguments) => command::eval::run(&arguments),
        Command::Bench(arguments) => command::bench::run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => report(&error),
    }
}

/// Tells an error with its causes and chooses the exit code.
fn report(error: &anyhow::Error) -> ExitCode {
    if !error.is::<AlreadyTold>() {
        output::tell(&format!("error: {}", output::with_causes(error)));
    }
    ExitCode::from(if is_usage_error(error) { 2 } else { 1 })
}

/// Whether an error lies in what a person asked for, rather than in what happened.
fn is_usage_error(error: &anyhow::Error) -> bool {
    error.is::<config::ConfigError>()
        || error.is::<Usage>()
        || error.downcast_ref::<GalleryProblem>().is_some_and(GalleryProblem::is_usage)
        || matches!(error.downcast_ref::<Unfit>(), Some(Unfit::NoModel))
}
