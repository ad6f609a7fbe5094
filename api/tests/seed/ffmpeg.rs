//! Stills and thumbnails by ffmpeg, for pages that run without the executable's decoder. Previews are not made.

use std::io::Write;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anjian_api::{PictureError, PicturePort};

pub(crate) struct FfmpegPictures;

fn picture(command: &mut Command) -> Result<Vec<u8>, PictureError> {
    command.args(["-frames:v", "1", "-q:v", "3", "-f", "mjpeg", "-"]);
    let output = command.output().map_err(|error| PictureError::Failed(error.to_string()))?;
    if output.stdout.is_empty() {
        return Err(PictureError::Nothing("ffmpeg found no picture".to_owned()));
    }
    Ok(output.stdout)
}

impl PicturePort for FfmpegPictures {
    fn still(&self, file: &Path, offset: Duration, _: &AtomicBool) -> Result<Vec<u8>, PictureError> {
        let seconds = format!("{:.3}", offset.as_secs_f64());
        picture(Command::new("ffmpeg").args(["-v", "error", "-ss", &seconds, "-i"]).arg(file))
    }

    fn preview(&self, _: &Path, _: &[Range<u64>], _: &str, _: &AtomicBool) -> Result<PathBuf, PictureError> {
        Err(PictureError::Unavailable("made by the executable".to_owned()))
    }

    fn thumbnail(&self, jpeg: &[u8], width_px: u32) -> Result<Vec<u8>, PictureError> {
        let scale = format!("scale={width_px}:-1");
        let unwritable = |error: std::io::Error| PictureError::Failed(error.to_string());
        let mut file = tempfile::NamedTempFile::new().map_err(unwritable)?;
        file.write_all(jpeg).map_err(unwritable)?;
        picture(Command::new("ffmpeg").args(["-v", "error", "-i"]).arg(file.path()).args(["-vf", &scale]))
    }
}
