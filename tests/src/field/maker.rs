//! Makes the files of the cases: with ffmpeg, and by editing bytes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::clip;

/// Four seconds with people in them, 640x360, ten pictures a second, a keyframe each second.
const BASE: &[&str] =
    &["-t", "4", "-an", "-vf", "scale=640:360", "-c:v", "libx264", "-preset", "veryfast", "-g", "10"];

/// A folder with the files that others are made of, and those that are analysed.
pub(super) struct Maker {
    /// Where the analysed ones lie.
    pub(super) folder: PathBuf,
    parts: PathBuf,
}

impl Maker {
    /// Makes what the others are made of.
    pub(super) fn new(folder: &Path) -> Result<Self> {
        let maker = Self { folder: folder.join("files"), parts: folder.join("parts") };
        fs::create_dir_all(&maker.folder)?;
        fs::create_dir_all(&maker.parts)?;
        let source = clip("loading-bay-hat-off");
        let source = source.to_str().context("a path in UTF-8")?;
        maker.ffmpeg(&["-i", source], BASE, &maker.parts.join("base.mp4"))?;
        Ok(maker)
    }

    fn ffmpeg(&self, input: &[&str], arguments: &[&str], to: &Path) -> Result<()> {
        let mut ffmpeg = Command::new("ffmpeg");
        ffmpeg
            .args(["-nostdin", "-v", "error", "-y"])
            .args(input)
            .args(arguments)
            .arg(to)
            .current_dir(&self.parts);
        let done = ffmpeg.output().context("ffmpeg is missing: run scripts/setup --tests")?;
        ensure!(done.status.success(), "{}: {}", to.display(), String::from_utf8_lossy(&done.stderr));
        Ok(())
    }

    /// The base clip, through ffmpeg with these arguments.
    pub(super) fn film(&self, name: &str, arguments: &[&str]) -> Result<()> {
        self.ffmpeg(&["-i", "base.mp4"], arguments, &self.at(name)?)
    }

    /// Something else than the base clip.
    pub(super) fn other(&self, name: &str, input: &[&str], arguments: &[&str]) -> Result<()> {
        self.ffmpeg(input, arguments, &self.at(name)?)
    }

    /// The base clip through ffmpeg, and then its bytes edited.
    pub(super) fn edited(&self, name: &str, arguments: &[&str], edit: impl Fn(&mut Vec<u8>)) -> Result<()> {
        self.film(name, arguments)?;
        let mut bytes = fs::read(self.folder.join(name))?;
        edit(&mut bytes);
        Ok(fs::write(self.folder.join(name), bytes)?)
    }

    /// These bytes.
    pub(super) fn bytes(&self, name: &str, bytes: &[u8]) -> Result<()> {
        Ok(fs::write(self.at(name)?, bytes)?)
    }

    /// The path of a file, with its folders made.
    fn at(&self, name: &str) -> Result<PathBuf> {
        let path = self.folder.join(name);
        fs::create_dir_all(path.parent().context("a file has a folder")?)?;
        Ok(path)
    }
}

/// Bytes that look like no format, the same at each run.
pub(super) fn noise(count: u32) -> Vec<u8> {
    (0..count).map(|number| number.wrapping_mul(2_654_435_761).to_be_bytes()[0] | 1).collect()
}

/// Fills a stretch of a file, given in parts of its length.
pub(super) fn fill(bytes: &mut [u8], from: f64, to: f64, value: u8) {
    let at = |part: f64| (bytes.len() as f64 * part) as usize;
    let (from, to) = (at(from), at(to));
    bytes[from..to].fill(value);
}

/// Flips every `step`th byte of a stretch.
pub(super) fn flip(bytes: &mut [u8], from: f64, to: f64, step: usize) {
    let at = |part: f64| (bytes.len() as f64 * part) as usize;
    let (from, to) = (at(from), at(to));
    bytes[from..to].iter_mut().step_by(step).for_each(|byte| *byte ^= 0xff);
}

/// Takes whole packets out of a transport stream, between two parts of its length.
pub(super) fn lose_packets(bytes: &mut Vec<u8>, from: f64, to: f64) {
    let packets = bytes.len() / 188;
    let at = |part: f64| (packets as f64 * part) as usize * 188;
    bytes.drain(at(from)..at(to));
}

/// Where the boxes of this name begin that lie at the top of an MP4.
pub(super) fn boxes(bytes: &[u8], name: &[u8; 4]) -> Vec<(usize, usize)> {
    let (mut at, mut found) = (0, Vec::new());
    while let Some(header) = bytes.get(at..at + 8) {
        let size = u32::from_be_bytes([header[0], header[1], header[2], header[3]]) as usize;
        if header[4..8] == *name {
            found.push((at, size));
        }
        at += size.max(8);
    }
    found
}
