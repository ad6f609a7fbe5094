use std::collections::BTreeSet;

use anjian_domain::ErrorKind;

use super::*;

#[track_caller]
fn check(change: (&str, &str), said: &[&str]) {
    assert!(BUILT_IN.contains(change.0), "{} is not in the catalogue", change.0);
    let text = BUILT_IN.replacen(change.0, change.1, 1);
    let error = Catalogue::parse(Origin::File("my.toml".into()), &text).unwrap_err();
    let message = error.to_string();
    assert!(message.contains("my.toml"), "{message}");
    assert!(said.iter().all(|part| message.contains(part)), "{message}");
    assert_eq!(error.kind(), ErrorKind::Invalid);
}

#[test]
fn impossible_entries_name_catalogue_model_and_key() {
    let nano = "head_helmet_person_nano";
    check((&format!("name = {nano:?}"), "name = \"a b\""), &["a b", "key name"]);
    check(("sha256 = \"14e", "sha256 = \"xyz"), &[nano, "key sha256", "64 hex"]);
    check(("width_px = 640", "width_px = 600"), &[nano, "key input.width_px", "multiple of 32"]);
    check(("height_px = 640", "height_px = 0"), &[nano, "key input.height_px"]);
    check(("head = \"yolox\"", "head = \"yolox\"\nbranches = 0"), &[nano, "key branches", "from 1 to"]);
    check(("name = \"head\"", "name = \"hat\""), &[nano, "key class.name", "hat", "other_headwear"]);
    check(("name = \"head\"", "name = \"helmet\""), &[nano, "helmet stands twice"]);
    check(("threshold = 0.61", "threshold = 61.0"), &[nano, "key class.threshold", "61"]);
    check(("threshold = 0.61", "threshold = 0.0"), &[nano, "key class.threshold", "head"]);
    check(
        ("threshold = 0.61", "threshold = 0.61\nvideo_threshold = 0.7"),
        &[nano, "key class.video_threshold", "at most 0.61"],
    );
    check(("iou = 0.5", "iou = 0"), &[nano, "key suppress.iou"]);
    check(
        ("classes = [\"head\", \"helmet\"]", "classes = [\"head\"]"),
        &[nano, "helmet must stand in exactly one"],
    );
    check(("classes = [\"person\"]", "classes = [\"person\", \"smoke\"]"), &[nano, "smoke is no class"]);
    check(("licence = \"Apache-2.0\"", "licence = \" \""), &[nano, "key licence"]);
}

#[test]
fn syntax_errors_name_line_and_key() {
    check(("head = \"yolox\"", "head = \"ssd\""), &["ssd", "line 8"]);
    check(("[model.input]", "weight = 3\n[model.input]"), &["weight"]);
    check(("padding = 114", "padding = 300"), &["padding"]);
    check(("file = ", "fil = "), &["fil"]);
}

#[test]
fn a_size_is_the_same_model_with_another_input() {
    let size = |text: &str| format!("[[model.size]]\nname = {text}\n\n# In the order of the channels");
    let text = BUILT_IN.replacen(
        "# In the order of the channels",
        &size("\"wide\"\nwidth_px = 1280\nheight_px = 736"),
        1,
    );
    let catalogue = Catalogue::parse(Origin::BuiltIn, &text).unwrap();
    let (nano, wide) =
        (catalogue.model("head_helmet_person_nano").unwrap(), catalogue.model("wide").unwrap());
    assert_eq!((wide.input.width_px, wide.input.height_px), (1280, 736));
    assert_eq!(*nano, Model { name: nano.name.clone(), input: nano.input, ..wide.clone() });
    for (written, said) in [
        ("\"w/ide\"\nwidth_px = 1280\nheight_px = 736", ["key size.name", "letters"]),
        ("\"wide\"\nwidth_px = 1280\nheight_px = 720", ["key size.height_px", "multiple of 32"]),
        ("\"site_nano\"\nwidth_px = 1280\nheight_px = 736", ["site_nano", "stands twice"]),
    ] {
        check(("# In the order of the channels", &size(written)), &said);
    }
}

#[test]
fn a_variant_is_the_same_network_with_other_weights() {
    let catalogue = Catalogue::built_in().unwrap();
    for model in ["site_nano", "site_fire"].map(|name| catalogue.model(name).unwrap()) {
        let quantised = catalogue.model(&format!("{}_int8", model.name)).unwrap();
        let Model { name, file, sha256, .. } = quantised.clone();
        assert_ne!(model.sha256, sha256);
        assert_eq!(*quantised, Model { name, file, sha256, ..model.clone() });
    }
    let name = "name = \"site_nano_int8\"";
    check((name, "name = \"site_nano\""), &["site_nano", "stands twice"]);
    check((name, "name = \"int 8\""), &["site_nano", "key variant.name"]);
    let file = "file = \"weights/site_nano_int8.onnx\"";
    check((file, "file = \"\""), &["site_nano", "key variant.file", "empty"]);
    check(
        (&format!("{file}\nsha256 = \""), &format!("{file}\nsha256 = \"xyz")),
        &["key variant.sha256", "64 hex"],
    );
}

#[test]
fn a_name_stands_once() {
    let twice = format!("{BUILT_IN}\n{BUILT_IN}");
    let error = Catalogue::parse(Origin::BuiltIn, &twice).unwrap_err().to_string();
    assert!(error.contains("stands twice"), "{error}");
}

#[test]
fn every_built_in_model_is_in_the_executable_with_its_digest_and_a_card() {
    let catalogue = Catalogue::built_in().unwrap();
    let (models, looks) = (catalogue.models().iter(), catalogue.second_looks().iter());
    let files: Vec<File<'_>> = models.map(File::from).chain(looks.map(File::from)).collect();
    let distinct: BTreeSet<_> = files.iter().map(|file| file.file).collect();
    assert_eq!(distinct.len(), WEIGHTS.len());
    for file in files {
        catalogue.weights(&file).unwrap();
        let card = file.file.replace("weights/", "cards/").replace(".onnx", ".md");
        let card = Path::new(env!("CARGO_MANIFEST_DIR")).join(card);
        let card = std::fs::read_to_string(&card).unwrap();
        assert!(card.contains(file.sha256), "the card of {} is of other weights", file.model);
    }
}

const LOOK: &str = "[[second_look]]
name = \"coat\"
file = \"coat.onnx\"
sha256 = \"14e26419ed9e0ac94bd4e654a6ab1009ea5e05b9fb4d81648bb6e9ba4febb122\"
kind = \"garment\"
width_px = 96
height_px = 192
calibration = { scale = 12.0, offset = 0.6 }
licence = \"Apache-2.0\"
origin = \"a test\"
";

#[test]
fn impossible_second_looks_name_catalogue_model_and_key() {
    let parse = |text: &str| Catalogue::parse(Origin::File("my.toml".into()), text);
    let known = parse(&format!("{BUILT_IN}\n{LOOK}")).unwrap();
    let coat = known.second_look(LookKind::Garment, "coat").unwrap();
    assert_eq!((coat.id().as_str(), coat.width_px), ("coat@14e26419ed9e", 96));
    for (from, to, said) in [
        ("name = \"coat\"", "name = \"a coat\"", "key name"),
        ("name = \"coat\"", "name = \"head_helmet_person_nano\"", "stands twice"),
        ("\"14e", "\"4e", "key sha256: must be 64"),
        ("\"garment\"", "\"headwear\"", "key calibration: headwear gives"),
        ("\"garment\"", "\"light\"", "key kind: light is measured"),
        ("\"garment\"", "\"shoes\"", "shoes"),
        ("width_px = 96", "width_px = 0", "key width_px: 0"),
        ("height_px = 192", "height_px = 4000", "key height_px: 4000"),
        ("scale = 12.0", "scale = 0.0", "key calibration: scale 0"),
        ("offset = 0.6", "offset = 6.0", "offset 6"),
        ("calibration = { scale = 12.0, offset = 0.6 }\n", "", "key calibration: a garment needs"),
        ("licence = \"Apache-2.0\"", "licence = \"\"", "key licence"),
    ] {
        assert!(LOOK.contains(from), "{from} is not in the entry");
        let text = format!("{BUILT_IN}\n{}", LOOK.replacen(from, to, 1));
        let error = parse(&text).unwrap_err().to_string();
        assert!(error.contains("my.toml") && error.contains(said), "{error} does not say {said}");
    }
    let unknown = known.second_look(LookKind::Garment, "hat").unwrap_err().to_string();
    assert!(unknown.contains("\"hat\": it has garment_lite, coat"), "{unknown}");
    let bare = Catalogue::parse(Origin::File("my.toml".into()), LOOK).unwrap();
    assert_eq!(bare.default_second_look(LookKind::Garment), Some(coat));
    assert!(bare.second_look(LookKind::Headwear, "coat").unwrap_err().to_string().contains("has none"));
}

#[test]
fn unknown_names_list_the_known_ones() {
    let error = Catalogue::built_in().unwrap().model("huge").unwrap_err().to_string();
    assert!(error.contains("huge") && error.contains("head_helmet_person_nano"), "{error}");
}
