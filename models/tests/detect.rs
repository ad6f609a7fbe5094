//! Whole models in ONNX Runtime: graphs whose Detections are known beforehand, and the shipped one on a drawing.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use anjian_domain::{Class, ColourMatrix, Detection, NormBox, Picture, PixelFormat, Score};
use anjian_models::{
    Catalogue, Detector, ModelError, Reported, Runtime, SessionSettings, Tiles, read_picture,
};

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

fn load(name: &str, settings: SessionSettings) -> Result<Box<dyn Detector>, ModelError> {
    let runtime = Runtime::find(None).expect("run scripts/setup first");
    Catalogue::from_file(&data("catalogue.toml")).unwrap().load(name, &runtime, settings)
}

fn detect(detector: &mut Box<dyn Detector>, picture: &Picture) -> Vec<Detection> {
    detector.detect(picture, &Tiles::default()).unwrap()
}

/// Black, with a square of one colour: 128x64, which is what `red_cells` takes without resizing.
fn square(left_px: usize, top_px: usize, side_px: usize, bgr: [u8; 3]) -> Picture {
    let colour = |x: usize, y: usize| {
        let is_inside = (left_px..left_px + side_px).contains(&x) && (top_px..top_px + side_px).contains(&y);
        if is_inside { bgr } else { [0, 0, 0] }
    };
    let bytes = (0..64).flat_map(|y| (0..128).flat_map(move |x| colour(x, y))).collect();
    Picture::new(128, 64, PixelFormat::Bgr, ColourMatrix::default(), bytes).unwrap()
}

fn edges_px(seen: &Detection) -> [f32; 4] {
    let b = seen.bounds;
    [b.left() * 128.0, b.top() * 64.0, b.right() * 128.0, b.bottom() * 64.0]
}

#[track_caller]
fn check(found: &[Detection], expected: &[(Class, f32, [f32; 4])]) {
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (found, (class, score, edges)) in found.iter().zip(expected) {
        assert_eq!(found.class, *class, "{found:?}");
        assert!((found.score.value() - score).abs() < 0.005, "{found:?} instead of {score}");
        assert!(
            edges_px(found).iter().zip(edges).all(|(a, b)| (a - b).abs() < 0.01),
            "{found:?} instead of {edges:?}"
        );
    }
}

#[test]
fn boxes_lie_where_the_colour_is() {
    let mut detector = load("red_cells", SessionSettings::default()).unwrap();
    assert_eq!(detector.model(), "red_cells@e77c5e054502");
    // As large as a cell of the coarsest grid, and on one.
    let yellow = square(64, 32, 32, [0, 255, 255]);
    let pink = square(0, 0, 32, [230, 0, 255]);
    let found = [&yellow, &pink].map(|picture| detect(&mut detector, picture));
    let is_large = |seen: &&Detection| seen.bounds.height() > 0.4;
    let large = |found: &[Detection]| found.iter().filter(is_large).copied().collect::<Vec<_>>();
    check(&large(&found[0]), &[(Class::Helmet, 1.0, [64.0, 32.0, 96.0, 64.0])]);
    check(&large(&found[1]), &[(Class::Person, 0.9, [0.0, 0.0, 32.0, 32.0])]);
    assert_eq!(found, [&yellow, &pink].map(|picture| detect(&mut detector, picture)), "the same again");
}

/// Black, four times as large as the input, with a yellow square of 16 px.
fn far_square(left_px: usize, top_px: usize, format: PixelFormat) -> Picture {
    let plane = |side: usize, [dark, yellow]: [u8; 2]| {
        let inside = move |at: usize, from: usize| (from / side..(from + 16) / side).contains(&at);
        (0..256 / side).flat_map(move |y| {
            (0..512 / side).map(move |x| if inside(x, left_px) && inside(y, top_px) { yellow } else { dark })
        })
    };
    let bytes = match format {
        PixelFormat::Bgr => plane(1, [0, 255]).flat_map(|value| [0, value, value]).collect(),
        PixelFormat::I420 => {
            plane(1, [16, 210]).chain(plane(2, [128, 16])).chain(plane(2, [128, 146])).collect()
        }
    };
    Picture::new(512, 256, format, ColourMatrix::Bt601, bytes).unwrap()
}

#[test]
fn a_tile_shows_what_is_too_small_in_the_whole_picture() {
    let mut detector = load("red_cells", SessionSettings::default()).unwrap();
    // As large as the input, so that a cell of 16 px is one of the picture.
    let tiles = Tiles::new(vec![NormBox::new(0.25, 0.25, 0.5, 0.5).unwrap()]).unwrap();
    for format in [PixelFormat::Bgr, PixelFormat::I420] {
        let inside = far_square(160, 80, format);
        assert_eq!(detect(&mut detector, &inside), [], "{format:?}");
        let found = detector.detect(&inside, &tiles).unwrap();
        let expected = NormBox::new(160.0 / 512.0, 80.0 / 256.0, 176.0 / 512.0, 96.0 / 256.0).unwrap();
        assert!(found.iter().any(|seen| seen.bounds.iou(expected) > 0.999), "{format:?}: {found:?}");
        assert!(found.iter().all(|seen| seen.class == Class::Helmet && seen.score.value() > 0.95));
        let at_its_edge = far_square(128, 80, format);
        let found = detector.detect(&at_its_edge, &tiles).unwrap();
        assert!(found.iter().all(|seen| seen.bounds.left() > 0.25), "{format:?}: {found:?}");
    }
}

#[test]
fn a_rival_below_its_own_threshold_still_suppresses() {
    // Person 0.7, helmet 0.6 in the same place: the person is not sure enough, and hides the helmet all the same.
    let rivals = square(0, 0, 32, [179, 153, 255]);
    assert_eq!(detect(&mut load("red_cells", SessionSettings::default()).unwrap(), &rivals), []);
    let from = Reported::From(Score::new(0.3).unwrap());
    let settings = SessionSettings { reported: from, ..SessionSettings::default() };
    let all = detect(&mut load("red_cells", settings).unwrap(), &rivals);
    assert!(
        all.iter().all(|seen| seen.class == Class::Person && (0.3..0.75).contains(&seen.score.value())),
        "{all:?}"
    );
    assert!(!all.is_empty());
}

#[test]
fn video_is_reported_from_its_own_thresholds_on() {
    let folder = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(data("catalogue.toml")).unwrap();
    let text = text.replacen("threshold = 0.8", "threshold = 0.8\nvideo_threshold = 0.4", 1);
    fs::write(folder.path().join("catalogue.toml"), text).unwrap();
    fs::copy(data("red_cells.onnx"), folder.path().join("red_cells.onnx")).unwrap();
    let catalogue = Catalogue::from_file(&folder.path().join("catalogue.toml")).unwrap();
    // Person 0.6.
    let faint = square(0, 0, 32, [153, 0, 255]);
    for (reported, is_seen) in [(Reported::Pictures, false), (Reported::Video, true)] {
        let settings = SessionSettings { reported, ..SessionSettings::default() };
        let mut detector = catalogue.load("red_cells", &Runtime::find(None).unwrap(), settings).unwrap();
        assert_eq!(!detect(&mut detector, &faint).is_empty(), is_seen, "{reported:?}");
    }
}

#[test]
fn odd_pictures_are_no_trouble() {
    let mut detector = load("red_cells", SessionSettings::default()).unwrap();
    for (width_px, height_px) in [(1, 1), (10_000, 10), (3, 4000), (33, 31)] {
        let bytes = vec![0; width_px as usize * height_px as usize * 3];
        let picture =
            Picture::new(width_px, height_px, PixelFormat::Bgr, ColourMatrix::default(), bytes).unwrap();
        assert_eq!(detect(&mut detector, &picture), [], "{width_px}x{height_px}");
    }
}

/// A catalogue with one change, beside the same weights.
fn changed(from: &str, to: &str) -> (tempfile::TempDir, Result<Box<dyn Detector>, ModelError>) {
    let folder = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(data("catalogue.toml")).unwrap();
    assert!(text.contains(from), "{from} is not in the catalogue");
    fs::write(folder.path().join("catalogue.toml"), text.replacen(from, to, 1)).unwrap();
    fs::copy(data("red_cells.onnx"), folder.path().join("red_cells.onnx")).unwrap();
    let runtime = Runtime::find(None).unwrap();
    let catalogue = Catalogue::from_file(&folder.path().join("catalogue.toml")).unwrap();
    let loaded = catalogue.load("red_cells", &runtime, SessionSettings::default());
    (folder, loaded)
}

#[test]
fn wrong_models_are_told_at_load() {
    let rank = load("wrong_rank", SessionSettings::default()).err().unwrap().to_string();
    assert!(
        rank.contains("wrong_rank.onnx") && rank.contains("(1, 84, 6)") && rank.contains("64, 64"),
        "{rank}"
    );

    let person = "[[model.class]]\nname = \"person\"\nthreshold = 0.8\n";
    for (from, to, said) in [
        (
            person,
            format!(
                "{person}\n[[model.class]]\nname = \"head\"\nthreshold = 0.5\n[[model.suppress]]\nclasses = [\"head\"]\niou = 0.5\n"
            ),
            "3 classes",
        ),
        ("file = \"red_cells.onnx\"", "file = \"absent.onnx\"".to_owned(), "absent.onnx"),
        ("sha256 = \"e", "sha256 = \"d".to_owned(), "key sha256"),
    ] {
        let (_folder, loaded) = changed(from, &to);
        let error = loaded.err().unwrap().to_string();
        assert!(error.contains(said) && error.contains("red_cells"), "{error}");
    }
}

#[test]
fn a_graph_of_fixed_size_cannot_follow_the_picture() {
    let text =
        fs::read_to_string(data("catalogue.toml")).unwrap().replace("fit = \"fixed\"", "fit = \"picture\"");
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("catalogue.toml"), text).unwrap();
    fs::copy(data("wrong_rank.onnx"), folder.path().join("wrong_rank.onnx")).unwrap();
    let catalogue = Catalogue::from_file(&folder.path().join("catalogue.toml")).unwrap();
    let loaded = catalogue.load("wrong_rank", &Runtime::find(None).unwrap(), SessionSettings::default());
    let error = loaded.err().unwrap().to_string();
    assert!(error.contains("(1, 3, any, any)") && error.contains("wrong_rank.onnx"), "{error}");
}

#[test]
fn a_file_that_is_no_graph_is_told_at_load() {
    let (folder, _) = changed("threshold = 0.5", "threshold = 0.5");
    let text = fs::read_to_string(folder.path().join("catalogue.toml")).unwrap();
    // SHA-256 of "no graph".
    let digest = "3dedef457e43526d4d19c81bef4756864daf4602ab8df76e4e7e71caf0137661";
    let right = "e77c5e054502d45b6a47cb9a20181ec9efae09d319cd9456068c4adf161fab2b";
    fs::write(folder.path().join("catalogue.toml"), text.replace(right, digest)).unwrap();
    fs::write(folder.path().join("red_cells.onnx"), "no graph").unwrap();
    let catalogue = Catalogue::from_file(&folder.path().join("catalogue.toml")).unwrap();
    let loaded = catalogue.load("red_cells", &Runtime::find(None).unwrap(), SessionSettings::default());
    assert!(matches!(loaded.err(), Some(ModelError::Unloadable { file, .. }) if file == "red_cells.onnx"));
}

#[test]
fn the_shipped_model_sees_the_workers_of_a_drawing() {
    let catalogue = Catalogue::built_in().unwrap();
    let runtime = Runtime::find(None).unwrap();
    let mut detector =
        catalogue.load("head_helmet_person_nano", &runtime, SessionSettings::default()).unwrap();
    let found = detect(&mut detector, &read_picture(&data("workers.png")).unwrap());
    let expected = [
        (Class::Person, [0.734, 0.302, 0.887, 0.887]),
        (Class::Person, [0.167, 0.305, 0.300, 0.905]),
        (Class::Helmet, [0.758, 0.291, 0.866, 0.487]),
        (Class::Helmet, [0.186, 0.298, 0.285, 0.477]),
    ];
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (class, edges) in expected {
        let bounds = NormBox::try_from(edges).unwrap();
        let is_there = found.iter().any(|seen| seen.class == class && seen.bounds.iou(bounds) > 0.9);
        assert!(is_there, "no {class} at {edges:?} in {found:?}");
    }
}
