//! Small clips, made once with ffmpeg.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

/// Pictures of 322x242, so that rows are padded; 25 a second, a keyframe every two seconds, B-frames.
const PICTURES: &[&str] = &["-f", "lavfi", "-i", "testsrc2=size=322x242:rate=25"];
const H264: &[&str] = &["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-g", "50"];
const H265: &[&str] = &[
    "-c:v",
    "libx265",
    "-preset",
    "ultrafast",
    "-pix_fmt",
    "yuv420p",
    "-x265-params",
    "keyint=50:min-keyint=50:log-level=error:pools=1",
    "-tag:v",
    "hvc1",
];

/// Runs ffmpeg to make a file; says clearly what is missing.
#[track_caller]
pub(crate) fn ffmpeg(arguments: &[&str], output: &Path) {
    let made = Command::new("ffmpeg")
        .args(["-nostdin", "-loglevel", "error", "-y"])
        .args(arguments)
        .arg(output)
        .stdin(Stdio::null())
        .output()
        .expect("ffmpeg makes the clips of these tests: run apt-get install ffmpeg");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// Checks cases beside each other: cameras play in real time, so that most of the time of a case is waiting.
pub(crate) fn at_once<T: Sync>(cases: &[T], check: impl Fn(&T) + Sync) {
    std::thread::scope(|scope| {
        for case in cases {
            scope.spawn(|| check(case));
        }
    });
}

/// A clip of so many seconds; `codec` is h264 or h265, `extension` names the container.
pub(crate) fn clip(codec: &str, extension: &str, seconds: u32) -> PathBuf {
    static MAKING: Mutex<()> = Mutex::new(());
    let _one_at_a_time = MAKING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let path = folder.join(format!("{codec}-{seconds}s.{extension}"));
    if !path.exists() {
        let unfinished = folder.join(format!("unfinished-{}.{extension}", std::process::id()));
        let seconds = seconds.to_string();
        let encoder = if codec == "h264" { H264 } else { H265 };
        ffmpeg(&[PICTURES, &["-t", &seconds], encoder].concat(), &unfinished);
        std::fs::rename(&unfinished, &path).unwrap();
    }
    path
}
