//! The command line as a contract: exit codes, and what is said about wrong input.

use std::path::Path;
use std::process::Command;

use anjian_tests::{clip, run};
use anyhow::{Context, Result, ensure};
use serde_json::Value;

fn ffmpeg(folder: &Path, arguments: &[&str]) -> Result<()> {
    let status =
        Command::new("ffmpeg").args(["-v", "error", "-y"]).args(arguments).current_dir(folder).status();
    ensure!(status.context("ffmpeg is missing: run scripts/setup --tests")?.success(), "ffmpeg failed");
    Ok(())
}

#[test]
fn wrong_usage_and_configuration_end_with_2() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let write = |text: &str| std::fs::write(folder.path().join("anjian.toml"), text);
    for (text, place, reason) in [
        ("colour = \"red\"", "anjian.toml:1:", "colour"),
        (
            "[[camera]]\nid = \"a\"\n[[camera.zone]]\nid = \"z\"\npoints = [[0, 0], [1, 1]]",
            "anjian.toml:5:",
            "at least 3 points",
        ),
        ("[[camera]]\nid = \"a\"\nmain = \"10.0.0.5\"", "anjian.toml:3:", "not a URL"),
        ("[[camera]]\nid = \"a\"\n[[camera]]\nid = \"a\"", "anjian.toml: camera[1].id:", "used twice"),
        ("data_dir = \"~/anjian\"", "anjian.toml: data_dir:", "only a shell replaces"),
        (
            "[server]\nlisten = \"0.0.0.0:8760\"",
            "anjian.toml: server.listen:",
            "allow_plain_http_beyond_loopback",
        ),
        (
            "[server]\ntls_certificate = \"cert.pem\"\ntls_key = \"key.pem\"",
            "server.tls_certificate:",
            "cert.pem cannot be read",
        ),
    ] {
        write(text)?;
        for command in ["check", "serve"] {
            let refused = run(folder.path(), &[command, "--config", "anjian.toml"])?;
            assert_eq!(refused.code, 2, "{command} {text:?}: {}", refused.stderr);
            assert!(refused.stderr.contains(place) && refused.stderr.contains(reason), "{}", refused.stderr);
        }
    }
    assert_eq!(run(folder.path(), &["serve"])?.code, 2, "no configuration was named");
    assert_eq!(run(folder.path(), &["dance"])?.code, 2);
    Ok(())
}

#[test]
fn check_refuses_what_this_machine_cannot_do_and_tells_its_doubts() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let check = |text: &str| {
        std::fs::write(folder.path().join("anjian.toml"), text)?;
        run(folder.path(), &["check", "--config", "anjian.toml"])
    };
    for (text, reason) in [
        (
            "[recording]\nmin_free_gb = 1000000",
            "anjian.toml: recording.min_free_gb: 1000000 GB cannot stay free",
        ),
        ("data_dir = \"/proc/anjian\"", "anjian.toml: data_dir: nothing can be written in /proc"),
        ("data_dir = \"anjian.toml\"", "anjian.toml: data_dir: anjian.toml cannot be a folder"),
    ] {
        let refused = check(text)?;
        assert_eq!(refused.code, 2, "{text:?}: {}", refused.stderr);
        assert!(refused.stderr.contains(reason), "{text:?}: {}", refused.stderr);
    }
    let doubted = check("[server]\nlisten = \"127.0.0.1:0\"\n[[camera]]\nid = \"yard\"\n")?;
    assert_eq!(doubted.code, 0, "{}", doubted.stderr);
    for reason in [
        "anjian.toml: warning: server.listen: port 0",
        "anjian.toml: warning: camera[0].main: camera \"yard\"",
    ] {
        assert!(doubted.stderr.contains(reason), "{}", doubted.stderr);
    }
    Ok(())
}

#[test]
fn a_missing_model_is_refused_with_its_key_and_name() -> Result<()> {
    let folder = tempfile::tempdir()?;
    for (text, key) in [
        ("[model]\nname = \"no-such-model\"", "model.name"),
        ("[model]\nfire = \"no-such-model\"", "model.fire"),
        ("[[camera]]\nid = \"a\"\n[[camera]]\nid = \"b\"\nmodel = \"no-such-model\"", "camera[1].model"),
    ] {
        std::fs::write(folder.path().join("anjian.toml"), text)?;
        let refused = run(folder.path(), &["check", "--config", "anjian.toml"])?;
        assert_eq!(refused.code, 2, "{}", refused.stderr);
        let is_told =
            [key, "no-such-model", "site_nano_1280"].iter().all(|part| refused.stderr.contains(part));
        assert!(is_told, "{}", refused.stderr);
    }
    Ok(())
}

#[test]
fn a_camera_has_the_detector_that_it_needs() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let text = "[[camera]]\nid = \"near\"\n[[camera]]\nid = \"far\"\nmodel = \"site_nano_1280\"\n\
                [[camera.rule]]\nbehaviour = \"overcrowding\"\nmax_persons = 0\nhold_s = 0\n[[camera]]\nid = \"welding\"\n\
                [[camera.rule]]\nbehaviour = \"hot_work\"\n";
    std::fs::write(folder.path().join("anjian.toml"), text)?;
    // A second with people in it is enough for a violation.
    let video = clip("loading-bay-hat-off").display().to_string();
    ffmpeg(folder.path(), &["-i", &video, "-t", "1", "-c", "copy", "second.mp4"])?;
    let checked = run(folder.path(), &["check", "--config", "anjian.toml"])?;
    let far = run(folder.path(), &["analyze", "second.mp4", "--config", "anjian.toml", "--camera", "far"])?;
    for (done, model) in [
        (&checked, "site_nano@"),
        (&checked, "site_nano_1280@"),
        (&checked, "site_fire@"),
        (&far, "\"site_nano_1280@"),
    ] {
        assert_eq!(done.code, 0, "{}", done.stderr);
        assert!(done.stdout.contains(model), "{model}: {}", done.stdout);
    }
    Ok(())
}

#[test]
fn broken_footage_gives_one_error_each_and_the_rest_goes_on() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = |name: &str| folder.path().join(name);
    let good = clip("loading-bay-hat-off");
    let bytes = std::fs::read(&good)?;
    std::fs::write(path("truncated.mp4"), &bytes[..bytes.len() / 3])?;
    std::fs::write(path("empty.mp4"), "")?;
    std::fs::write(path("text.mp4"), "this is not a video\n".repeat(100))?;
    ffmpeg(folder.path(), &["-f", "lavfi", "-i", "sine=duration=1", "-c:a", "aac", "audio.mp4"])?;
    std::fs::write(path("a.toml"), "[[camera]]\nid = \"yard\"\n")?;
    let good = good.display().to_string();
    let broken = ["truncated.mp4", "empty.mp4", "text.mp4", "audio.mp4", "missing.mp4"];
    let mut arguments = vec!["analyze"];
    arguments.extend(broken);
    arguments.extend([good.as_str(), "--config", "a.toml"]);
    let finished = run(folder.path(), &arguments)?;
    assert_eq!(finished.code, 1, "{}", finished.stderr);
    for name in broken {
        let told =
            finished.stderr.lines().filter(|line| line.starts_with("error: ") && line.contains(name)).count();
        assert_eq!(told, 1, "{name}: {}", finished.stderr);
    }
    assert!(finished.stderr.contains("frames judged"), "the good clip was analysed: {}", finished.stderr);
    Ok(())
}

#[test]
fn a_cause_is_told_once() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let missing = run(folder.path(), &["detect", "missing.png"])?;
    assert_eq!(missing.code, 1, "{}", missing.stderr);
    assert_eq!(missing.stderr.matches("No such file").count(), 1, "{}", missing.stderr);
    Ok(())
}

#[test]
fn detect_and_eval_read_the_same_pictures() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (images, labels) = (folder.path().join("images"), folder.path().join("labels"));
    std::fs::create_dir_all(&images)?;
    std::fs::create_dir_all(&labels)?;
    let video = clip("loading-bay-hat-off").display().to_string();
    ffmpeg(folder.path(), &["-i", &video, "-frames:v", "1", "images/yard.png"])?;
    let detected =
        run(folder.path(), &["detect", "images/yard.png", "--jsonl", "found.jsonl", "--annotate", "drawn"])?;
    assert_eq!(detected.code, 0, "{}", detected.stderr);
    assert!(folder.path().join("drawn/yard.jpg").is_file());
    let text = std::fs::read_to_string(folder.path().join("found.jsonl"))?;
    let found: Vec<Value> = text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let helmets: Vec<_> = found.iter().filter(|line| line["class"] == "helmet").collect();
    assert!(!helmets.is_empty(), "people with helmets stand there: {text}");

    // The detections themselves as labels: every one must be found again.
    let lines: String = helmets.iter().map(|line| yolo_line(line)).collect();
    std::fs::write(labels.join("yard.txt"), lines)?;
    let arguments = ["eval", "--images", "images", "--labels", "labels", "--names", "0=helmet", "--json"];
    let scored = run(folder.path(), &arguments)?;
    assert_eq!(scored.code, 0, "{}", scored.stderr);
    let scored: Value = serde_json::from_str(&scored.stdout)?;
    assert_eq!(scored["classes"]["helmet"]["recall"], 1.0, "{scored}");
    assert_eq!(scored["classes"]["helmet"]["precision"], 1.0, "{scored}");
    Ok(())
}

/// That it measures everything it promises; how much is this machine's business.
#[test]
fn the_benchmark_reports_every_figure() -> Result<()> {
    let video = clip("workshop-crowd").display().to_string();
    let arguments = ["bench", "--seconds", "1", "--cameras", "2", "--json", "--clip", &video];
    let measured = run(tempfile::tempdir()?.path(), &arguments)?;
    assert_eq!(measured.code, 0, "{}", measured.stderr);
    let report: Value = serde_json::from_str(&measured.stdout)?;
    for key in [
        "/decode/cpu_ms_per_frame",
        "/inference/cpu_ms_per_frame",
        "/pipeline/times_real_time",
        "/cpu_cores_per_camera",
        "/recording/cpu_cores_per_camera",
        "/recording/memory_bytes_per_camera",
        "/recording/written_bytes",
        "/recording_ffmpeg/memory_bytes_per_camera",
    ] {
        let figure =
            report.pointer(key).and_then(Value::as_f64).with_context(|| format!("no {key}: {report}"))?;
        assert!(figure > 0.0, "{key}: {report}");
    }
    for key in
        ["cameras_carried", "resident_bytes_per_camera", "capture_to_event_p50_ms", "capture_to_event_p99_ms"]
    {
        assert!(report.get(key).is_some_and(|figure| !figure.is_null()), "{key}: {report}");
    }
    Ok(())
}

fn yolo_line(line: &Value) -> String {
    let [left, top, right, bottom] =
        ["left", "top", "right", "bottom"].map(|side| line[side].as_f64().unwrap_or(f64::NAN));
    format!(
        "0 {} {} {} {}\n",
        f64::midpoint(left, right),
        f64::midpoint(top, bottom),
        right - left,
        bottom - top
    )
}
