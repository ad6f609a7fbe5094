//! What variants and sizes of a model see, beside what the model sees: frames of the sample clips.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

use anjian_domain::{Class, ColourMatrix, Detection, NormBox, Picture, PixelFormat, Score};
use anjian_models::{Catalogue, Reported, Runtime, SessionSettings, Tiles, read_picture};

/// A detection that must be in the other, too.
const SURE: f32 = 0.5;
/// From which score on it counts as being there.
const THERE: f32 = 0.3;
/// How little boxes and scores may differ in eight bits.
const INT8: Likeness = Likeness { least_iou: 0.85, most_between_scores: 0.12 };
/// And in a mirror, where only the rounding of pixels differs.
const MIRROR: Likeness = Likeness { least_iou: 0.98, most_between_scores: 0.01 };

#[derive(Clone, Copy)]
struct Likeness {
    least_iou: f32,
    most_between_scores: f32,
}

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
fn lacking<'a>(
    these: &'a [Detection],
    those: &'a [Detection],
    likeness: Likeness,
) -> impl Iterator<Item = &'a Detection> {
    let is_like = move |a: &Detection, b: &Detection| {
        a.class == b.class
            && a.bounds.iou(b.bounds) >= likeness.least_iou
            && (a.score.value() - b.score.value()).abs() <= likeness.most_between_scores
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
            let lost: Vec<_> = lacking(&full, &int8, INT8).collect();
            assert!(lost.is_empty(), "{}: {quantised} lacks {lost:?}, has {int8:?}", file.display());
            let added: Vec<_> = lacking(&int8, &full, INT8).collect();
            assert!(added.is_empty(), "{}: {quantised} adds {added:?} to {full:?}", file.display());
            classes.extend(full.iter().filter(|seen| seen.score.value() >= SURE).map(|seen| seen.class));
        }
    }
    for class in [Class::Person, Class::Head, Class::Helmet, Class::Flame, Class::Arc, Class::Sparks] {
        assert!(classes.contains(&class), "no frame has a sure {class}");
    }
}

/// The picture with left and right exchanged.
fn flipped(picture: &Picture) -> Picture {
    assert_eq!(picture.format(), PixelFormat::Bgr);
    let rows = picture.bytes().chunks_exact(3 * picture.width_px() as usize);
    let bytes = rows.flat_map(|row| row.chunks_exact(3).rev().flatten().copied()).collect();
    Picture::new(picture.width_px(), picture.height_px(), PixelFormat::Bgr, ColourMatrix::default(), bytes)
        .unwrap()
}

#[test]
fn a_mirrored_model_sees_the_same_in_a_mirror() {
    let frames = frames();
    let mirror = |(file, picture): &(PathBuf, Picture)| (file.clone(), flipped(picture));
    let mirrors: Vec<_> = frames.iter().map(mirror).collect();
    let unflip = |seen: Detection| {
        let bounds = seen.bounds;
        let bounds =
            NormBox::clipped(1.0 - bounds.right(), bounds.top(), 1.0 - bounds.left(), bounds.bottom());
        Detection { bounds: bounds.unwrap(), ..seen }
    };
    let differing = |model: &str| -> Vec<Detection> {
        let (here, there) = (seen_by(model, &frames), seen_by(model, &mirrors));
        let there = there.into_iter().map(|seen| seen.into_iter().map(unflip).collect::<Vec<_>>());
        here.iter()
            .zip(there)
            .flat_map(|(a, b)| lacking(a, &b, MIRROR).copied().collect::<Vec<_>>())
            .collect()
    };
    assert_eq!(differing("site_fire_mirrored"), []);
    assert!(!differing("site_fire").is_empty(), "the test sees no difference where there is one");
}
