//! `anjian detect`: what the model sees in pictures.

use std::path::{Path, PathBuf};

use anjian_domain::{Detection, NormBox};
use anjian_models::{Detector, Tiles, annotate, read_picture, write_picture};
use anyhow::Context;
use serde::Serialize;

use super::ModelArguments;
use crate::output::{AlreadyTold, JsonLines, tell, with_causes};

/// Print what the model sees in pictures.
#[derive(clap::Args)]
pub struct Arguments {
    /// Pictures: JPEG, PNG or WebP
    #[arg(required = true, value_name = "IMAGE")]
    images: Vec<PathBuf>,
    /// Write the detections here instead of to standard output
    #[arg(long, value_name = "FILE")]
    jsonl: Option<PathBuf>,
    /// Write each picture with its boxes into this folder
    #[arg(long, value_name = "DIR")]
    annotate: Option<PathBuf>,
    /// Look at this part a second time, enlarged: left,top,right,bottom, 0..1; as a camera's `tiles`; up to four times
    #[arg(long, value_name = "L,T,R,B", value_parser = tile)]
    tile: Vec<NormBox>,
    #[command(flatten)]
    model: ModelArguments,
}

fn tile(text: &str) -> anyhow::Result<NormBox> {
    let edges = text.split(',').map(|edge| edge.trim().parse()).collect::<Result<Vec<f32>, _>>()?;
    let edges = <[f32; 4]>::try_from(edges).map_err(|_| anyhow::anyhow!("four numbers are needed"))?;
    Ok(NormBox::try_from(edges)?)
}

/// One detection, one line; the box is normalised, 0..1 of the picture.
#[derive(Serialize)]
struct Line<'a> {
    image: &'a Path,
    class: &'a str,
    score: f32,
    left: f32,
    top: f32,
    right: f32,
    bottom: f32,
}

/// Goes through every picture; one that cannot be read is told and the others go on.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let tiles = Tiles::new(arguments.tile.clone()).context("--tile")?;
    let mut detector = arguments.model.load()?;
    let mut lines = JsonLines::create(arguments.jsonl.as_deref())?;
    if let Some(folder) = &arguments.annotate {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("--annotate: cannot create {}", folder.display()))?;
    }
    let mut failed = 0;
    for image in &arguments.images {
        if let Err(error) =
            detect(image, detector.as_mut(), &tiles, &mut lines, arguments.annotate.as_deref())
        {
            failed += 1;
            tell(&format!("error: {}", with_causes(&error)));
        }
    }
    if failed == 0 { Ok(()) } else { Err(AlreadyTold.into()) }
}

fn detect(
    image: &Path,
    detector: &mut dyn Detector,
    tiles: &Tiles,
    lines: &mut JsonLines,
    folder: Option<&Path>,
) -> anyhow::Result<()> {
    let picture = read_picture(image)?;
    let found = detector.detect(&picture, tiles)?;
    for detection in &found {
        lines.write(&line(image, detection))?;
    }
    if let Some(folder) = folder {
        let name = image.file_stem().unwrap_or_default();
        write_picture(&folder.join(name).with_extension("jpg"), &annotate(&picture, &found)?)?;
    }
    Ok(())
}

fn line<'a>(image: &'a Path, detection: &Detection) -> Line<'a> {
    let bounds = detection.bounds;
    Line {
        image,
        class: detection.class.as_str(),
        score: detection.score.value(),
        left: bounds.left(),
        top: bounds.top(),
        right: bounds.right(),
        bottom: bounds.bottom(),
    }
}
