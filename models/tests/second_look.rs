//! Second looks in ONNX Runtime: graphs whose answers are known beforehand.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use anjian_domain::{Answer, ColourMatrix, Look, LookKind, NormBox, Picture, PixelFormat};
use anjian_models::{Catalogue, ModelError, Runtime, SecondLook, SessionSettings};

const WIDTH: usize = 400;
const HEIGHT: usize = 300;

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

fn load_from(catalogue: &Path, kind: LookKind, name: &str) -> Result<Box<dyn SecondLook>, ModelError> {
    let runtime = Runtime::find(None).expect("run scripts/setup first");
    let catalogue = Catalogue::from_file(catalogue)?;
    catalogue.load_second_look(catalogue.second_look(kind, name)?, &runtime, SessionSettings::default())
}

fn load(kind: LookKind, name: &str) -> Result<Box<dyn SecondLook>, ModelError> {
    load_from(&data("catalogue.toml"), kind, name)
}

/// Each third of the width in one colour.
fn stripes(bgr: [[u8; 3]; 3]) -> Picture {
    let bytes = (0..HEIGHT).flat_map(|_| (0..WIDTH).flat_map(|x| bgr[x * 3 / WIDTH])).collect();
    Picture::new(WIDTH as u32, HEIGHT as u32, PixelFormat::Bgr, ColourMatrix::default(), bytes).unwrap()
}

/// `[left, top, right, bottom]` in pixels.
fn look(kind: LookKind, [left, top, right, bottom]: [f32; 4]) -> Look {
    let (width, height) = (WIDTH as f32, HEIGHT as f32);
    let bounds = NormBox::new(left / width, top / height, right / width, bottom / height).unwrap();
    let (head, person) = if kind == LookKind::Headwear { (Some(bounds), None) } else { (None, Some(bounds)) };
    Look { kind, track: None, person, head, bounds }
}

#[test]
fn headwear_is_answered_for_each_head() {
    let mut second = load(LookKind::Headwear, "mean_odds").unwrap();
    assert_eq!((second.kind(), second.model()), (LookKind::Headwear, "mean_odds@3bc6aa406d59"));
    let picture = stripes([[0, 0, 255], [0, 255, 0], [255, 0, 0]]);
    let heads = [50.0, 200.0, 350.0].map(|x| look(LookKind::Headwear, [x, 100.0, x + 20.0, 120.0]));
    let small = look(LookKind::Headwear, [200.0, 100.0, 205.0, 105.0]);
    let coat = look(LookKind::Garment, [40.0, 50.0, 100.0, 250.0]);
    let looks = [heads[0], coat, small, heads[1], heads[2]];
    let found = second.look(&picture, &looks).unwrap();
    let odds = found.iter().map(|answer| match answer {
        Some(Answer::Headwear(odds)) => Some([odds.helmet, odds.bare, odds.other, odds.hidden]),
        None => None,
        other => panic!("{other:?} to a question about headwear"),
    });
    let expected =
        [Some([0.8, 0.0, 0.0, 0.2]), None, None, Some([0.0, 0.8, 0.0, 0.2]), Some([0.0, 0.0, 0.8, 0.2])];
    for (found, expected) in odds.zip(expected) {
        let is_near = |(a, b): ([f32; 4], [f32; 4])| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 0.01);
        assert!(found.zip(expected).map_or(found == expected, is_near), "{found:?} not {expected:?}");
    }
    assert_eq!(second.look(&picture, &looks).unwrap(), found, "the same again");
}

#[test]
fn a_crowd_is_answered_in_its_order() {
    let mut second = load(LookKind::Headwear, "mean_odds").unwrap();
    let picture = stripes([[0, 0, 255], [0, 255, 0], [255, 0, 0]]);
    let at = |index: usize| if index.is_multiple_of(3) { 50.0 } else { 350.0 };
    let looks: Vec<_> =
        (0..40).map(|index| look(LookKind::Headwear, [at(index), 90.0, at(index) + 20.0, 110.0])).collect();
    for (index, answer) in second.look(&picture, &looks).unwrap().into_iter().enumerate() {
        let Some(Answer::Headwear(odds)) = answer else { panic!("no answer to look {index}") };
        assert_eq!(odds.helmet > 0.5, index.is_multiple_of(3), "{index}: {odds:?}");
    }
    assert_eq!(second.look(&picture, &[]).unwrap(), []);
}

#[test]
fn garments_of_one_colour_are_alike() {
    let mut second = load(LookKind::Garment, "mean_colour").unwrap();
    let picture = stripes([[10, 10, 200], [10, 10, 200], [200, 10, 10]]);
    let people = [10.0, 150.0, 300.0].map(|x| look(LookKind::Garment, [x, 50.0, x + 60.0, 250.0]));
    let found = second.look(&picture, &people).unwrap();
    let garments: Vec<_> = found
        .into_iter()
        .map(|answer| match answer {
            Some(Answer::Garment(embedding)) => embedding,
            other => panic!("{other:?} to a question about a garment"),
        })
        .collect();
    assert!(garments[0].cosine(&garments[1]).unwrap() > 0.999);
    assert!(garments[0].cosine(&garments[2]).unwrap() < 0.2);
}

#[test]
fn every_shipped_second_look_answers() {
    let catalogue = Catalogue::built_in().unwrap();
    let runtime = Runtime::find(None).unwrap();
    let picture = stripes([[60, 60, 60], [200, 180, 160], [90, 60, 200]]);
    for model in catalogue.second_looks() {
        let mut second = catalogue.load_second_look(model, &runtime, SessionSettings::default()).unwrap();
        let looks = [look(model.kind, [100.0, 20.0, 180.0, 260.0]), look(model.kind, [5.0, 5.0, 8.0, 8.0])];
        let found = second.look(&picture, &looks).unwrap();
        assert!(found[0].is_some() && found[1].is_none(), "{}: {found:?}", model.name);
    }
}

#[test]
fn wrong_second_looks_are_told_at_load() {
    let said = |kind, name: &str| load(kind, name).err().unwrap().to_string();
    let raw = said(LookKind::Headwear, "raw_odds");
    assert!(raw.contains("raw_odds.onnx") && raw.contains("add up to 1"), "{raw}");
    assert!(said(LookKind::Headwear, "mean_colour").contains("it has mean_odds, raw_odds"));

    let text = fs::read_to_string(data("catalogue.toml")).unwrap();
    for (from, to, name, expected) in [
        ("sha256 = \"3bc", "sha256 = \"3bd", "mean_odds", "model \"mean_odds\", key sha256"),
        ("mean_odds.onnx\"", "absent.onnx\"", "mean_odds", "absent.onnx"),
        ("width_px = 96\nheight_px = 96", "width_px = 64\nheight_px = 64", "mean_odds", "(any, 3, 64, 64)"),
        // A detector's graph, and one that gives three values a crop.
        (
            "mean_odds.onnx\"\nsha256 = \"3bc6aa406d597f9366af956da3ab8a5ac512b100ba30b51102da8606e43ff556",
            "wrong_rank.onnx\"\nsha256 = \"430d5ad13741e61cdccb641316d5447692a24e57b82cb488ddf5be7ffdb63d9a",
            "mean_odds",
            "wrong_rank.onnx: expected one f32 input (any, 3, 96, 96)",
        ),
        (
            "mean_odds.onnx\"\nsha256 = \"3bc6aa406d597f9366af956da3ab8a5ac512b100ba30b51102da8606e43ff556\"\nkind = \"headwear\"\nwidth_px = 96\nheight_px = 96",
            "mean_colour.onnx\"\nsha256 = \"6956548e7dc0dc08eeb93ed4833e5d54b18ad85949a6b9544c5a8e11ab8b9a0c\"\nkind = \"headwear\"\nwidth_px = 96\nheight_px = 192",
            "mean_odds",
            "f32 output (2, 4) for 2 crops",
        ),
    ] {
        assert!(text.contains(from), "{from} is not in the catalogue");
        let folder = tempfile::tempdir().unwrap();
        for graph in ["mean_odds.onnx", "mean_colour.onnx", "wrong_rank.onnx"] {
            fs::copy(data(graph), folder.path().join(graph)).unwrap();
        }
        let catalogue = folder.path().join("catalogue.toml");
        fs::write(&catalogue, text.replacen(from, to, 1)).unwrap();
        let error = load_from(&catalogue, LookKind::Headwear, name).err().unwrap().to_string();
        assert!(error.contains(expected), "{error} does not say {expected}");
    }
}
