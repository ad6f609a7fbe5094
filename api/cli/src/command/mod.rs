//! One file a command of the executable.

use std::ffi::OsString;
use std::path::PathBuf;

use anjian_models::{Catalogue, Detector, Runtime, SessionSettings};

use crate::config::{FIRE_MODEL, Model};
use crate::wiring;

pub mod account;
pub mod analyze;
pub mod audit;
pub mod bench;
pub mod check;
pub mod demo;
pub mod detect;
pub mod enrol;
pub mod eval;
pub mod keys;
pub mod record;
pub mod serve;
pub mod store;

/// Which model a command without configuration uses.
#[derive(clap::Args)]
pub struct ModelArguments {
    /// A model of the catalogue
    #[arg(long = "model", value_name = "NAME", default_value = FIRE_MODEL, help = model_help())]
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

    /// Puts the choice into a configuration.
    fn apply_to(&self, model: &mut Model) {
        model.serve_all(&self.name);
        model.catalogue.clone_from(&self.catalogue);
    }

    /// The choice as arguments of another process.
    fn as_arguments(&self) -> Vec<OsString> {
        let mut arguments = vec!["--model".into(), self.name.clone().into()];
        if let Some(catalogue) = &self.catalogue {
            arguments.extend(["--catalogue".into(), catalogue.clone().into_os_string()]);
        }
        arguments
    }

    fn load(&self) -> anyhow::Result<Box<dyn Detector>> {
        let (catalogue, runtime) = self.open()?;
        Ok(catalogue.load(&self.name, &runtime, SessionSettings::default())?)
    }
}
