//! `anjian keys`: the keys with which this installation signs.

use std::path::PathBuf;
use std::sync::Arc;

use anjian_domain::SystemClock;
use anjian_indexer::{Index, PublicKey};
use clap::Subcommand;

use crate::config::Config;
use crate::output::print;
use crate::wiring;

/// List or rotate the keys that sign checkpoints of the audit.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
    /// The configuration
    #[arg(long, value_name = "FILE", global = true, default_value = "anjian.toml")]
    config: PathBuf,
}

#[derive(Subcommand)]
enum What {
    /// Print each public key, the newest first
    List,
    /// Make a new key; it signs from now on, and the old ones still verify
    Rotate,
}

/// Prints the keys, or makes a new one.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let config = Config::load(&arguments.config)?;
    wiring::async_runtime()?.block_on(async {
        let clock = Arc::new(SystemClock);
        let index = match arguments.what {
            What::List => Index::open_existing(&config.data_dir, &config.store.database, clock).await?,
            What::Rotate => Index::open_on(&config.data_dir, &config.store.database, clock).await?,
        };
        if matches!(arguments.what, What::Rotate) {
            index.rotate_key().await?;
        }
        index.signing_keys().await?.iter().try_for_each(|key| print(&line(key)))
    })
}

fn line(key: &PublicKey) -> String {
    let PublicKey { id, algorithm, public, made_at, retired_at } = key;
    let state = retired_at.map_or("signs".to_owned(), |at| format!("retired {at}"));
    format!("{id} {algorithm} {public} made {made_at}, {state}")
}
