//! `anjian eval`: how well a model does on labelled pictures.

use std::path::PathBuf;

use anjian_models::eval::{EvalSettings, evaluate, parse_names};

use super::ModelArguments;
use crate::output::{Usage, print, progress};

/// Score the model on YOLO-labelled pictures.
#[derive(clap::Args)]
pub struct Arguments {
    /// Folder of pictures
    #[arg(long, value_name = "DIR")]
    images: PathBuf,
    /// Folder of label files, one `<picture>.txt` each
    #[arg(long, value_name = "DIR")]
    labels: PathBuf,
    /// What the class numbers in the label files mean, such as 0=head,1=helmet
    #[arg(long, value_name = "NAMES")]
    names: String,
    /// Overlap (intersection over union) from which a box counts as found
    #[arg(long, default_value_t = 0.5)]
    iou: f32,
    /// Print one JSON object instead of a table
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    model: ModelArguments,
}

/// Goes through every picture; a damaged one ends the evaluation, because a score without it would mislead.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let settings = EvalSettings {
        images: arguments.images.clone(),
        labels: arguments.labels.clone(),
        names: parse_names(&arguments.names).map_err(|error| Usage(format!("--names: {error}")))?,
        iou: arguments.iou,
        threads: std::thread::available_parallelism().map_or(1, usize::from),
    };
    let (catalogue, runtime) = arguments.model.open()?;
    let bar = progress(0, "scoring");
    let evaluation = evaluate(&catalogue, &arguments.model.name, &runtime, &settings, &mut |done, total| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    })?;
    bar.finish_and_clear();
    let text = if arguments.json { serde_json::to_string(&evaluation)? } else { evaluation.table() };
    print(&text)
}
