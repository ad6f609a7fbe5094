//! Galleries of garments, enrolled and used by the real executable. The models are the small graphs of `models`'
//! tests, to which a pink square is a person and a garment is its mean colour.

use std::path::Path;
use std::process::Command;

use anjian_tests::{Finished, checkout, clip, run};
use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// A black picture of `size` with a box of one colour, 128 wide, in its upper left corner.
fn picture(folder: &Path, name: &str, size: &str, box_height: u32, colour: &str) -> Result<()> {
    let filter =
        format!("color=c=black:s={size},format=rgb24,drawbox=w=128:h={box_height}:c={colour}:t=fill");
    let arguments = ["-v", "error", "-y", "-f", "lavfi", "-i", &filter, "-frames:v", "1", name];
    let status = Command::new("ffmpeg").args(arguments).current_dir(folder).status();
    ensure!(status.context("ffmpeg is missing: run scripts/setup --tests")?.success(), "ffmpeg failed");
    Ok(())
}

fn write_config(folder: &Path, more: &str) -> Result<()> {
    let catalogue = checkout().join("models/tests/data/catalogue.toml");
    let models =
        format!("[model]\nname = \"red_cells\"\nheadwear = \"mean_odds\"\ncatalogue = {catalogue:?}\n");
    Ok(std::fs::write(folder.join("anjian.toml"), format!("{models}{more}"))?)
}

const RULE: &str =
    "[[camera]]\nid = \"room\"\n[[camera.rule]]\nbehaviour = \"no_anti_static\"\ngallery = \"pink\"\n";

fn enrol(folder: &Path, arguments: &[&str]) -> Result<Finished> {
    let fixed = ["enrol", "--config", "anjian.toml", "--gallery", "pink"];
    run(folder, &[&fixed, arguments].concat())
}

#[test]
fn garments_are_enrolled_and_the_rule_begins_to_judge() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    write_config(folder, RULE)?;
    picture(folder, "pink.png", "512x256", 128, "0xFF00FF")?;
    picture(folder, "pale.png", "512x256", 128, "0xFF60FF")?;
    picture(folder, "green.png", "128x256", 256, "0x00FF00")?;
    let analyze = ["analyze", &clip("yard-all-well").display().to_string(), "--config", "anjian.toml"];
    let refused = run(folder, &analyze)?;
    assert_eq!(refused.code, 2, "{}", refused.stderr);
    assert!(refused.stderr.contains("anjian enrol --gallery pink"), "{}", refused.stderr);

    let enrolled = enrol(folder, &["pink.png", "green.png", "absent.png", "pale.png"])?;
    assert_eq!(enrolled.code, 1, "two pictures show nobody: {}", enrolled.stderr);
    assert!(enrolled.stdout.contains("added: 2, approved: 2, unapproved: 0"), "{}", enrolled.stdout);
    assert!(enrolled.stderr.contains("green.png: nobody was found"), "{}", enrolled.stderr);
    assert!(enrolled.stderr.contains("absent.png"), "{}", enrolled.stderr);

    let again = enrol(folder, &["pink.png"])?;
    assert!(again.code == 1 && again.stderr.contains("in the gallery already"), "{}", again.stderr);
    let unapproved = enrol(folder, &["--unapproved", "--cut-out", "green.png"])?;
    assert_eq!(unapproved.code, 0, "{}", unapproved.stderr);
    assert!(unapproved.stdout.contains("approved: 2, unapproved: 1"), "{}", unapproved.stdout);

    let written = std::fs::read_to_string(folder.join("anjian-data/galleries/pink.json"))?;
    let gallery: Value = serde_json::from_str(&written)?;
    assert_eq!(gallery["model"], "mean_colour@6956548e7dc0");
    assert_eq!(gallery["approved"][1]["origin"], "pale.png");
    let checked = run(folder, &["check", "--config", "anjian.toml"])?;
    assert_eq!(checked.code, 0, "{}", checked.stderr);
    assert!(checked.stdout.contains("red_cells@e77c5e054502+mean_colour@6956548e7dc0"), "{}", checked.stdout);
    Ok(())
}

#[test]
fn a_gallery_of_another_model_is_refused() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    write_config(folder, RULE)?;
    picture(folder, "pink.png", "512x256", 128, "0xFF00FF")?;
    assert_eq!(enrol(folder, &["pink.png"])?.code, 0);
    let path = folder.join("anjian-data/galleries/pink.json");
    let other = std::fs::read_to_string(&path)?.replace("mean_colour@6956548e7dc0", "coat@000000000000");
    std::fs::write(&path, other)?;
    let refused = run(folder, &["check", "--config", "anjian.toml"])?;
    assert_eq!(refused.code, 2, "{}", refused.stderr);
    assert!(
        refused.stderr.contains("coat@000000000000") && refused.stderr.contains("--replace"),
        "{}",
        refused.stderr
    );
    let refused = enrol(folder, &["pink.png"])?;
    assert!(refused.code == 2 && refused.stderr.contains("--replace"), "{}", refused.stderr);
    assert_eq!(enrol(folder, &["--replace", "pink.png"])?.code, 0);
    assert_eq!(run(folder, &["check", "--config", "anjian.toml"])?.code, 0);

    write_config(folder, &RULE.replace("[[camera]]", "garment = \"\"\n[[camera]]"))?;
    let refused = run(folder, &["check", "--config", "anjian.toml"])?;
    assert!(refused.code == 2 && refused.stderr.contains("model.garment"), "{}", refused.stderr);
    Ok(())
}
