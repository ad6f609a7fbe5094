//! Galleries of garments, enrolled and used by the real executable. The models are the small graphs of `models`'
//! tests, to which a pink square is a person and a garment is its mean colour.

use std::path::Path;
use std::process::Command;

use anjian_tests::{Finished, Server, checkout, clip, run};
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

fn models() -> String {
    let catalogue = checkout().join("models/tests/data/catalogue.toml");
    format!("[model]\nname = \"red_cells\"\nheadwear = \"mean_odds\"\ncatalogue = {catalogue:?}\n")
}

fn write_config(folder: &Path, more: &str) -> Result<()> {
    Ok(std::fs::write(folder.join("anjian.toml"), format!("{}{more}", models()))?)
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

/// Nobody answers there; rules of a watched camera are in use all the same.
const WATCHED: &str = "[[camera]]\nid = \"room\"\nmain = \"rtsp://127.0.0.1:9/none\"\n";

fn post(server: &Server, query: &str, picture: &Path) -> Result<(u16, Value)> {
    let bytes = std::fs::read(picture).with_context(|| picture.display().to_string())?;
    server.post(&format!("/api/v1/galleries/pink/garments{query}"), "image/png", bytes)
}

#[test]
fn garments_are_enrolled_through_a_running_server() -> Result<()> {
    let server = Server::start(&format!("{}{WATCHED}", models()))?;
    let folder = server.folder.path().to_owned();
    for (name, size, height, colour) in [
        ("pink.png", "512x256", 128, "0xFF00FF"),
        ("pale.png", "512x256", 128, "0xFF60FF"),
        ("rose.png", "512x256", 128, "0xFF30FF"),
        ("green.png", "128x256", 256, "0x00FF00"),
        ("blue.png", "128x256", 256, "0x0000FF"),
    ] {
        picture(&folder, name, size, height, colour)?;
    }
    // Two posts and a command at once: none is lost.
    let (posted, enrolled) = std::thread::scope(|scope| {
        let posts = ["pink.png", "pale.png"].map(|name| {
            let (server, path) = (&server, folder.join(name));
            scope.spawn(move || post(server, &format!("?origin={name}"), &path))
        });
        let enrolled = enrol(&folder, &["rose.png"]);
        (posts.map(|post| post.join().expect("a post panics on nothing")), enrolled)
    });
    let enrolled = enrolled?;
    assert_eq!(enrolled.code, 0, "{}", enrolled.stderr);
    for answer in posted {
        let (status, view) = answer?;
        assert_eq!(status, 201, "{view}\n{}", server.log());
        let edges: Vec<f64> =
            view["box"].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
        assert!(edges.len() == 4 && edges[2] < 0.5, "the pink square is in the left half: {view}");
        assert_eq!(view["version_in_use"], Value::Null);
    }
    let stored = &server.get("/api/v1/galleries")?["items"][0];
    assert_eq!((&stored["name"], &stored["approved"]), (&"pink".into(), &3.into()), "{stored}");

    let whole = std::fs::read(folder.join("pink.png"))?;
    let mut bomb = whole.clone();
    bomb[16..24].copy_from_slice(&[0, 0, 0x20, 0, 0, 0, 0x20, 0]);
    std::fs::write(folder.join("bomb.png"), bomb)?;
    std::fs::write(folder.join("torn.png"), &whole[..whole.len() / 2])?;
    std::fs::write(folder.join("words.png"), "no picture, just words")?;
    for (name, query, expected, says) in [
        ("pink.png", "", 409, "already, as approved"),
        ("pink.png", "?approved=false", 409, "already, as approved"),
        ("green.png", "", 422, "nobody was found"),
        ("bomb.png", "", 400, "8192x8192 pixels"),
        ("torn.png", "", 400, "ends in the middle"),
        ("words.png", "", 400, "neither JPEG"),
        ("green.png", "?approved=false&whole=true", 201, ""),
    ] {
        let (status, told) = post(&server, query, &folder.join(name))?;
        assert_eq!(status, expected, "{name}{query}: {told}");
        assert!(told["detail"].as_str().unwrap_or_default().contains(says), "{name}{query}: {told}");
    }

    // Rules judge by the gallery with which anjian began.
    let folder = server.kill()?;
    let config = folder.path().join("anjian.toml");
    let rule = "[[camera.rule]]\nbehaviour = \"no_anti_static\"\ngallery = \"pink\"\n";
    std::fs::write(&config, std::fs::read_to_string(&config)? + rule)?;
    let server = Server::start_in(folder)?;
    let stored = server.get("/api/v1/galleries")?["items"][0].clone();
    assert_eq!((&stored["approved"], &stored["unapproved"]), (&3.into(), &1.into()), "{stored}");
    assert_eq!(stored["version_in_use"], stored["version"]);
    let (status, more) = post(&server, "?whole=true", &server.folder.path().join("blue.png"))?;
    assert_eq!((status, &more["version_in_use"]), (201, &stored["version"]), "{more}");
    assert_ne!(more["version"], stored["version"]);
    server.stop()
}
