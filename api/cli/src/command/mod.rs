//! One file a command of the executable.

use std::path::PathBuf;

use anjian_models::{Catalogue, Detector, Runtime, SessionSettings};

use crate::config::DEFAULT_MODEL;
use crate::wiring;

pub mod analyze;
pub mod bench;
pub mod check;
pub mod demo;
pub mod detect;
pub mod eval;
pub mod serve;

/// Which model a command without configuration uses.
#[derive(clap::Args)]
pub struct ModelArguments {
    /// A model of the catalogue
    #[arg(long = "model", value_name = "NAME", default_value = DEFAULT_MODEL, help = model_help())]
    name: String,
    /// A catalogue of your own instead of the built-in one
    #[arg(long, value_name = "FILE")]
    catalogue: Option<PathBuf>,
}

fn model_help() -> String {
    let names = Catalogue::built_in().map_or_else(
        |error| error.to_string(),
        |catalogue| catalogue.models().iter().map(|model| model.name.clone()).collect::<Vec<_>>().join(", "),
    );
    format!("A model of the catalogue; built in: {names}")
}

impl ModelArguments {
    fn open(&self) -> anyhow::Result<(Catalogue, Runtime)> {
        Ok((wiring::open_catalogue(self.catalogue.as_deref())?, Runtime::find(None)?))
    }

    fn load(&self) -> anyhow::Result<Box<dyn Detector>> {
        let (catalogue, runtime) = self.open()?;
        Ok(catalogue.load(&self.name, &runtime, SessionSettings::default())?)
    }
}
