//! Begins the process anew in place: on SIGHUP, so that a changed configuration counts, and when GStreamer left so many
//! pipelines behind that descriptors and memory run short. Whoever started the process keeps its number and its log.

use std::os::unix::process::CommandExt;
use std::process::Command;
use std::time::Duration;

use anjian_ingest::pipelines_left_behind;
use tokio::signal::unix::{SignalKind, signal};

use crate::config::Config;

/// Each holds some 5 threads and 20 descriptors.
const MOST_LEFT_BEHIND: usize = 16;
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// Why a running system ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It was asked to.
    Stop,
    /// It begins anew.
    Renewal,
}

/// Resolves when the process should begin anew. `config` is read again before: with one that is not right, what runs
/// goes on.
pub async fn needed(config: &std::path::Path) {
    tokio::select! {
        () = asked(config) => {}
        () = crowded() => {}
    }
}

async fn asked(config: &std::path::Path) {
    let Ok(mut hangup) = signal(SignalKind::hangup()) else { return std::future::pending().await };
    while hangup.recv().await.is_some() {
        match Config::load(config) {
            Ok(_) => {
                return tracing::info!("SIGHUP: the process begins anew with the configuration as it is now");
            }
            Err(error) => {
                tracing::error!(%error, "SIGHUP: the configuration is not right, and the old one stays");
            }
        }
    }
    std::future::pending::<()>().await;
}

async fn crowded() {
    let mut look = tokio::time::interval(LOOK_EVERY);
    while pipelines_left_behind() < MOST_LEFT_BEHIND {
        look.tick().await;
    }
    tracing::error!(
        pipelines = pipelines_left_behind(),
        "too many pipelines do not end: the process begins anew to get their threads and descriptors back"
    );
}

/// Replaces the process by itself, with the same arguments. Comes back only when that fails.
pub fn begin_anew() -> anyhow::Error {
    let mut command = Command::new("/proc/self/exe");
    let error = command.args(std::env::args_os().skip(1)).exec();
    anyhow::Error::new(error).context("the process could not begin anew; start it again")
}
