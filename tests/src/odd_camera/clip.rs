//! Access units of a moving test picture, made once by ffmpeg.

use std::collections::HashMap;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, ensure};

use super::codec::Codec;
use super::script::Scene;

/// Pictures from one keyframe to the next.
pub(super) const GROUP: u32 = 25;

/// The NAL units of a picture.
pub(super) type AccessUnit = Vec<Vec<u8>>;

/// A few seconds, to be repeated; begins with a keyframe.
#[derive(Debug)]
pub(super) struct Clip {
    pub(super) units: Vec<AccessUnit>,
    pub(super) parameter_sets: Vec<Vec<u8>>,
}

/// A clip of this size.
pub(super) fn clip(codec: Codec, scene: Scene, size: &'static str) -> Result<Arc<Clip>> {
    type Made = HashMap<(Codec, Scene, &'static str), Arc<Clip>>;
    static MADE: Mutex<Option<Made>> = Mutex::new(None);
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let made = made.get_or_insert_default();
    if let Some(clip) = made.get(&(codec, scene, size)) {
        return Ok(Arc::clone(clip));
    }
    let clip = Arc::new(make(codec, scene, size)?);
    made.insert((codec, scene, size), Arc::clone(&clip));
    Ok(clip)
}

fn make(codec: Codec, scene: Scene, size: &str) -> Result<Clip> {
    let options = format!("keyint={GROUP}:min-keyint={GROUP}:scenecut=0:bframes=0:repeat-headers=1:aud=1");
    let mut command = Command::new("ffmpeg");
    command.args(["-nostdin", "-v", "error"]);
    let seconds = match scene {
        Scene::Pattern => {
            command.args(["-f", "lavfi", "-i", &format!("testsrc2=size={size}:rate=25")]);
            2
        }
        Scene::HatComesOff => {
            command.arg("-i").arg(crate::clip("loading-bay-hat-off")).args(["-an", "-s", size, "-r", "25"]);
            14
        }
    };
    command.args(["-t", &seconds.to_string(), "-pix_fmt", "yuv420p", "-preset", "ultrafast"]);
    match codec {
        Codec::H264 => command.args(["-c:v", "libx264", "-x264-params", &options, "-f", "h264", "-"]),
        Codec::H265 => {
            let options = format!("{options}:log-level=none:pools=1");
            command.args(["-c:v", "libx265", "-x265-params", &options, "-f", "hevc", "-"])
        }
    };
    let output =
        command.stdin(Stdio::null()).output().context("ffmpeg is missing: run scripts/setup --tests")?;
    ensure!(output.status.success(), "ffmpeg: {}", String::from_utf8_lossy(&output.stderr));
    let mut units: Vec<AccessUnit> = Vec::new();
    for nal in nal_units(&output.stdout) {
        if codec.is_delimiter(nal) {
            units.push(Vec::new());
        } else if let Some(unit) = units.last_mut() {
            unit.push(nal.to_vec());
        }
    }
    ensure!(units.len() == seconds * GROUP as usize, "ffmpeg made {} pictures", units.len());
    let is_set = |nal: &&Vec<u8>| codec.is_parameter_set(nal);
    let parameter_sets = units[0].iter().filter(is_set).cloned().collect();
    Ok(Clip { units, parameter_sets })
}

/// What stands between start codes.
fn nal_units(stream: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut starts: Vec<usize> =
        (0..stream.len().saturating_sub(2)).filter(|at| stream[*at..].starts_with(&[0, 0, 1])).collect();
    starts.push(stream.len());
    let units: Vec<&[u8]> = starts
        .windows(2)
        .map(|pair| {
            let nal = &stream[pair[0] + 3..pair[1]];
            // The zero of a start code of four bytes belongs to the next.
            &nal[..nal.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1)]
        })
        .filter(|nal| !nal.is_empty())
        .collect();
    units.into_iter()
}
