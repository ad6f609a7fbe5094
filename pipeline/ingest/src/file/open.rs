//! Opens a file with libav, and says in a person's words why it cannot.

use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Once};

use ffmpeg_next as av;
use ffmpeg_next::format;
use ffmpeg_next::format::context::{Input, StreamIo};

use super::bytes::{Bytes, Progress};
use super::diagnosis;
use super::outline::{Outline, outline};
use crate::FileFault;

/// What is opened: containers and bare streams of video. Playlists and lists of pictures are not, because they open
/// other files.
const FORMATS: &str = "mov,matroska,mpegts,mpeg,mpegvideo,m4v,avi,flv,live_flv,asf,asf_o,h264,hevc,mjpeg,vc1,vc1test,dhav,mxf,\
     nut,ogg,dv,rm,wtv,ivf,obu,av1,gxf,h261,h263,cavsvideo,mp3,aac,wav,flac,ac3,amr,aiff,w64";

/// How much is read to find out what a file holds.
const PROBE_BYTES: &str = "20000000";

/// A file that libav has opened.
pub(super) struct Opened {
    pub(super) input: Input,
    pub(super) outline: Outline,
}

/// Opens a file. `progress` can stop that.
pub(super) fn open(path: &Path, progress: &Arc<Progress>) -> Result<Opened, FileFault> {
    silence();
    let outline = outline(path)?;
    let file = File::open(path).map_err(|error| FileFault::unreadable(&error))?;
    let bytes = Bytes::new(file, outline.size_bytes, &outline.holes, Arc::clone(progress));
    let opened = StreamIo::from_read_seek_with_capacity(bytes, 64 << 10).and_then(|io| {
        let options = [("format_whitelist", FORMATS), ("probesize", PROBE_BYTES)];
        let options = options.into_iter().collect::<av::Dictionary<'_>>();
        let stop = Arc::clone(progress);
        let unwanted = move || stop.is_unwanted();
        format::input_from_stream_with_interrupt(io, Some(&name_of(path)), Some(options), unwanted)
    });
    match opened {
        Ok(input) => Ok(Opened { input, outline }),
        Err(_) if progress.is_unwanted() => Err(FileFault::Stopped),
        Err(_) => Err(match progress.take_fault() {
            Some(error) => FileFault::unreadable(&error),
            None if outline.lacks_index => FileFault::NoIndex,
            None => diagnosis::of_unopened(path),
        }),
    }
}

/// The ending of a name is all that libav needs of it.
fn name_of(path: &Path) -> String {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let ending: String = ending.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
    format!("footage.{ending}")
}

/// libav writes to standard error what this crate says itself.
fn silence() {
    static SILENCED: Once = Once::new();
    SILENCED.call_once(|| av::log::set_level(av::log::Level::Quiet));
}
