//! What a model's int8 variant sees, beside what the model sees: frames of the sample clips.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

use anjian_domain::{Class, Detection, Picture, Score};
use anjian_models::{Catalogue, Reported, Runtime, SessionSettings, Tiles, read_picture};

/// A detection that must be in the other, too.
const SURE: f32 = 0.5;
/// From which score on it counts as being there.
const THERE: f32 = 0.3;
const LEAST_IOU: f32 = 0.85;
const MOST_BETWEEN_SCORES: f32 = 0.12;

fn frames() -> Vec<(PathBuf, Picture)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/frames");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.map(|file| (file.clone(), read_picture(&file).unwrap())).collect()
}

/// What a model sees in each frame.
fn seen_by(model: &str, frames: &[(PathBuf, Picture)]) -> Vec<Vec<Detection>> {
    let reported = Reported::From(Score::new(THERE).unwrap());
    let settings = SessionSettings { reported, ..SessionSettings::default() };
    let runtime = Runtime::find(None).expect("run scripts/setup first");
    let mut detector = Catalogue::built_in().unwrap().load(model, &runtime, settings).unwrap();
    frames.iter().map(|(_, picture)| detector.detect(picture, &Tiles::default()).unwrap()).collect()
}

/// The sure ones among `these` that `those` lack.
fn lacking<'a>(these: &'a [Detection], those: &'a [Detection]) -> impl Iterator<Item = &'a Detection> {
    let is_like = |a: &Detection, b: &Detection| {
        a.class == b.class
            && a.bounds.iou(b.bounds) >= LEAST_IOU
            && (a.score.value() - b.score.value()).abs() <= MOST_BETWEEN_SCORES
    };
    let sure = these.iter().filter(|seen| seen.score.value() >= SURE);
    sure.filter(move |seen| !those.iter().any(|other| is_like(seen, other)))
}

#[test]
fn an_int8_variant_places_the_same_boxes() {
    let frames = frames();
    let mut classes = Vec::new();
    for model in ["site_nano", "site_fire"] {
        let quantised = format!("{model}_int8");
        let (full, int8) = (seen_by(model, &frames), seen_by(&quantised, &frames));
        assert_ne!(full, int8, "{quantised} is {model} itself");
        for (((file, _), full), int8) in frames.iter().zip(full).zip(int8) {
            let lost: Vec<_> = lacking(&full, &int8).collect();
            assert!(lost.is_empty(), "{}: {quantised} lacks {lost:?}, has {int8:?}", file.display());
            let added: Vec<_> = lacking(&int8, &full).collect();
            assert!(added.is_empty(), "{}: {quantised} adds {added:?} to {full:?}", file.display());
            classes.extend(full.iter().filter(|seen| seen.score.value() >= SURE).map(|seen| seen.class));
        }
    }
    for class in [Class::Person, Class::Head, Class::Helmet, Class::Flame, Class::Arc, Class::Sparks] {
        assert!(classes.contains(&class), "no frame has a sure {class}");
    }
}
