//! `anjian analyze`: which Run an analysis is, what it takes the place of, and how it knows the time.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anjian_domain::{CloseReason, RunOutcome, StartSource, SystemClock, Viewer, ViolationId, WallTime};
use anjian_indexer::{Index, RunRow, ViolationQuery, ViolationRow};
use anjian_tests::{Finished, clip, executable, run, wait_for};
use anyhow::{Context, Result, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;
use tokio::runtime::Runtime;

const START: &str = "2026-03-01T08:00:00Z";

/// A folder in which whoever is in the picture is one too many.
struct Place {
    folder: TempDir,
    runtime: Runtime,
}

impl Place {
    fn new() -> Result<Self> {
        let place = Self { folder: tempfile::tempdir()?, runtime: Runtime::new()? };
        place.configure("hold_s = 0")?;
        Ok(place)
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn configure(&self, keys: &str) -> Result<()> {
        let rule = format!("[[camera.rule]]\nbehaviour = \"overcrowding\"\nmax_persons = 0\n{keys}\n");
        Ok(fs::write(self.path("a.toml"), format!("data_dir = \"data\"\n[[camera]]\nid = \"yard\"\n{rule}"))?)
    }

    /// So many seconds of a clip with people in it, with further arguments of ffmpeg.
    fn film(&self, name: &str, from_s: u32, seconds: u32, arguments: &[&str]) -> Result<()> {
        let mut ffmpeg = Command::new("ffmpeg");
        ffmpeg.args(["-v", "error", "-y", "-ss", &from_s.to_string(), "-i"]);
        ffmpeg.arg(clip("loading-bay-hat-off")).args(["-t", &seconds.to_string(), "-an"]);
        let done = ffmpeg.args(arguments).arg(self.path(name)).status();
        ensure!(done.context("ffmpeg is missing: run scripts/setup --tests")?.success(), "ffmpeg failed");
        Ok(())
    }

    fn analyze(&self, arguments: &[&str]) -> Result<Finished> {
        run(self.folder.path(), &[&["analyze", "--config", "a.toml"], arguments].concat())
    }

    fn analyzed(&self, arguments: &[&str]) -> Result<(String, Vec<ViolationRow>)> {
        let done = self.analyze(arguments)?;
        ensure!(done.code == 0, "{}", done.stderr);
        Ok((done.stderr, self.listed()?))
    }

    fn index(&self) -> Result<Index> {
        Ok(self.runtime.block_on(Index::open(&self.path("data"), Arc::new(SystemClock)))?)
    }

    /// The violations that lists show.
    fn listed(&self) -> Result<Vec<ViolationRow>> {
        let (index, query) = (self.index()?, ViolationQuery::default());
        Ok(self.runtime.block_on(index.search_violations(&Viewer::local(), &query))?.items)
    }

    fn run_of(&self, violation: ViolationId) -> Result<RunRow> {
        let index = self.index()?;
        let found = self.runtime.block_on(index.violation(&Viewer::local(), violation))?;
        Ok(found.context("the violation is gone")?.run)
    }
}

fn start() -> WallTime {
    START.parse().expect("a constant")
}

#[test]
fn the_same_footage_is_analysed_once_wherever_it_lies() -> Result<()> {
    let place = Place::new()?;
    place.film("second.mp4", 0, 1, &["-c", "copy"])?;
    let (_, first) = place.analyzed(&["second.mp4", "--start", START])?;
    ensure!(!first.is_empty(), "people stand there");
    let found = place.run_of(first[0].id)?;
    assert_eq!((found.outcome, found.start_source), (Some(RunOutcome::Complete), Some(StartSource::Given)));

    fs::create_dir(place.path("moved"))?;
    fs::rename(place.path("second.mp4"), place.path("moved/again.mp4"))?;
    let moved = ["moved/again.mp4", "--start", START];
    assert_eq!(place.analyzed(&moved)?.1, first, "a moved file is the same Run");
    assert!(place.run_of(first[0].id)?.source.ends_with("moved/again.mp4"), "and lies there now");

    for keys in
        ["hold_s = 0.1", "hold_s = 0\n[[camera.zone]]\nid = \"far\"\npoints = [[0, 0], [1, 0], [1, 1]]"]
    {
        place.configure(keys)?;
        let before = place.listed()?;
        let after = place.analyzed(&moved)?.1;
        let is_same = keys.contains("zone");
        assert_eq!(after.len(), first.len(), "{keys}: nothing is there twice");
        assert_eq!(after == first, is_same, "{keys}: a zone that no rule names decides nothing");
        let superseded = place.run_of(before[0].id)?.superseded_by;
        assert_eq!(superseded, Some(after[0].run), "{keys}");
    }
    assert_eq!(
        place.run_of(first[0].id)?.superseded_by,
        None,
        "the first setting again is the first Run again"
    );
    let checked = run(place.folder.path(), &["check", "--config", "a.toml"])?;
    assert_eq!(checked.code, 0, "{} {}", checked.stdout, checked.stderr);
    Ok(())
}

/// Starts an analysis and ends it as soon as it has found something; answers how it ended.
fn cut(place: &Place, file: &str, signal: Signal) -> Result<std::process::Output> {
    let child = Command::new(executable("anjian")?)
        .args(["analyze", "--config", "a.toml", file, "--start", START])
        .current_dir(place.folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    wait_for("a violation", Duration::from_secs(60), || {
        // The row comes after the picture.
        let is_found =
            has_evidence(&place.path("data/evidence")) && place.listed().is_ok_and(|rows| !rows.is_empty());
        is_found.then_some(())
    })?;
    kill(Pid::from_raw(i32::try_from(child.id())?), signal)?;
    Ok(child.wait_with_output()?)
}

/// Whether there is a picture in the folder, however deep.
fn has_evidence(folder: &Path) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.into_iter().any(|path| {
        if path.is_dir() { has_evidence(&path) } else { path.extension().is_some_and(|end| end == "jpg") }
    })
}

#[test]
fn a_run_that_was_stopped_or_killed_is_unfinished_until_it_is_made_again() -> Result<()> {
    let whole = {
        let place = Place::new()?;
        place.film("long.mp4", 0, 12, &["-c", "copy"])?;
        place.analyzed(&["long.mp4", "--start", START])?.1
    };
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGKILL] {
        let place = Place::new()?;
        place.film("long.mp4", 0, 12, &["-c", "copy"])?;
        let ended = cut(&place, "long.mp4", signal)?;
        let told = String::from_utf8(ended.stderr)?;
        let part = place.listed()?;
        let run = place.run_of(part[0].id)?;
        if signal == Signal::SIGKILL {
            assert_eq!((run.outcome, run.ended_at), (None, None));
        } else {
            assert_eq!(ended.status.code(), Some(1), "{told}");
            assert!(told.contains("unfinished") && told.contains("stopped before the end"), "{told}");
            assert_eq!(
                (run.outcome, part[0].close_reason),
                (Some(RunOutcome::Stopped), Some(CloseReason::Interrupted))
            );
        }
        assert_ne!(part, whole, "it was cut");
        assert_eq!(
            place.analyzed(&["long.mp4", "--start", START])?.1,
            whole,
            "{signal}: nothing of the cut is left"
        );
        assert_eq!(place.run_of(part[0].id)?.outcome, Some(RunOutcome::Complete), "{signal}");
    }
    Ok(())
}

#[test]
fn a_file_that_says_no_time_is_told_and_gives_way_to_a_start() -> Result<()> {
    let place = Place::new()?;
    place.film("plain.mp4", 0, 1, &["-c", "copy", "-map_metadata", "-1"])?;
    let (told, guessed) = place.analyzed(&["plain.mp4"])?;
    assert!(told.contains("warning: plain.mp4: nothing says when it was recorded"), "{told}");
    assert!(told.contains("--start"), "{told}");
    let run = place.run_of(guessed[0].id)?;
    assert_eq!(run.start_source, Some(StartSource::Modified));

    // Copying changes the time of the file, and nothing else.
    fs::copy(place.path("plain.mp4"), place.path("copy.mp4"))?;
    let later = fs::metadata(place.path("plain.mp4"))?.modified()? + Duration::from_secs(3_600);
    File::options().write(true).open(place.path("copy.mp4"))?.set_modified(later)?;
    let (told, copied) = place.analyzed(&["copy.mp4"])?;
    assert!(told.contains("warning: copy.mp4"), "{told}");
    assert_eq!(copied, guessed, "a copied file is the same Run");

    let (told, given) = place.analyzed(&["copy.mp4", "--start", START])?;
    assert!(!told.contains("warning"), "{told}");
    assert_eq!((given.len(), place.run_of(given[0].id)?.started_at), (guessed.len(), start()));
    assert_eq!(place.run_of(guessed[0].id)?.superseded_by, Some(given[0].run), "a guess gives way");
    assert_eq!(place.analyzed(&["plain.mp4"])?.1, given, "what was given once is known");

    place.film("tagged.mp4", 1, 1, &["-c", "copy", "-metadata", "creation_time=2026-02-01T00:00:00Z"])?;
    let (told, both) = place.analyzed(&["tagged.mp4"])?;
    assert!(!told.contains("warning") && told.contains("as the file says"), "{told}");
    let tagged = both.iter().find(|row| row.run != given[0].run).context("of the tagged file")?;
    let run = place.run_of(tagged.id)?;
    assert_eq!(run.start_source, Some(StartSource::Container));
    assert_eq!(run.started_at.to_string(), "2026-02-01T00:00:00Z");
    Ok(())
}

#[test]
fn files_follow_each_other_from_one_start() -> Result<()> {
    let place = Place::new()?;
    place.film("a.mp4", 0, 2, &["-c:v", "libx264"])?;
    place.film("b.mp4", 2, 1, &["-c:v", "libx264"])?;
    let (told, found) = place.analyzed(&["a.mp4", "b.mp4", "--start", START])?;
    assert!(told.contains("b.mp4: begins 2026-03-01T08:00:02"), "{told}");
    assert!(told.contains("after the file before"), "{told}");
    let runs: Vec<_> = found.iter().map(|row| place.run_of(row.id)).collect::<Result<_>>()?;
    let mut starts: Vec<_> = runs.iter().map(|run| (run.started_at, run.start_source)).collect();
    starts.dedup();
    let [(second, Some(StartSource::Follows)), (first, Some(StartSource::Given))] = starts[..] else {
        anyhow::bail!("{starts:?}")
    };
    assert_eq!(first, start());
    assert!(second.since(first).abs_diff(Duration::from_secs(2)) < Duration::from_millis(100), "{second}");

    fs::write(place.path("broken.mp4"), "this is not a video")?;
    let done = place.analyze(&["broken.mp4", "b.mp4", "--start", START])?;
    assert_eq!(done.code, 1, "{}", done.stderr);
    assert!(done.stderr.contains("error: b.mp4: its start is unknown"), "{}", done.stderr);
    assert_eq!(place.listed()?, found, "nothing was placed by guessing");
    Ok(())
}
