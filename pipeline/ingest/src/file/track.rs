//! Which track of a file is judged, and how its pictures are shown.

use ffmpeg_next::codec::{Id, packet, threading};
use ffmpeg_next::format::context::Input;
use ffmpeg_next::format::stream::Disposition;
use ffmpeg_next::{Rational, Stream, codec, decoder, media};

use crate::FileFault;
use crate::shape::Turn;

/// The track that is judged.
#[derive(Debug, Clone)]
pub(super) struct Track {
    pub(super) index: usize,
    pub(super) turn: Turn,
    /// Its codec escapes rows of zeros.
    pub(super) forbids_zeros: bool,
    /// Width and height of a pixel by the container; the pictures may say it as well.
    pub(super) pixel: (u32, u32),
    /// Which it is, and how its pictures are shown, for a person.
    pub(super) description: String,
}

/// Chooses the track that players choose, and opens its decoder.
pub(super) fn choose(input: &Input) -> Result<(Track, decoder::Video), FileFault> {
    let videos: Vec<Stream<'_>> = input.streams().filter(is_video).collect();
    let best = input.streams().best(media::Type::Video).filter(is_video).map(|stream| stream.index());
    let mut foreign = None;
    let in_order = videos.iter().filter(|video| Some(video.index()) == best);
    let in_order = in_order.chain(videos.iter().filter(|video| Some(video.index()) != best));
    for video in in_order {
        match open_decoder(video) {
            Ok(decoder) => return Ok((describe(video, &videos, &decoder), decoder)),
            Err(codec) => foreign = foreign.or(Some(codec)),
        }
    }
    Err(foreign.map_or(FileFault::NoVideo, FileFault::UnsupportedCodec))
}

/// The cover of an album is a picture, no video.
fn is_video(stream: &Stream<'_>) -> bool {
    stream.parameters().medium() == media::Type::Video
        && !stream.disposition().contains(Disposition::ATTACHED_PIC)
}

/// The decoder of a track; without one, the name of its codec.
fn open_decoder(video: &Stream<'_>) -> Result<decoder::Video, String> {
    let name = || codec_name(video.parameters().id());
    let mut context = codec::Context::from_parameters(video.parameters()).map_err(|_| name())?;
    // What goes wrong in a packet shows before the next one is sent.
    context.set_threading(threading::Config { count: 1, ..threading::Config::kind(threading::Type::None) });
    let mut decoder = context.decoder();
    decoder.set_packet_time_base(video.time_base());
    decoder.video().map_err(|_| name())
}

/// The name that people know a codec by.
pub(super) fn codec_name(id: Id) -> String {
    match id {
        Id::H264 => "H.264".to_owned(),
        Id::HEVC => "H.265".to_owned(),
        Id::MPEG4 => "MPEG-4".to_owned(),
        Id::None => "an unknown codec of".to_owned(),
        other => other.name().to_uppercase(),
    }
}

fn describe(video: &Stream<'_>, videos: &[Stream<'_>], decoder: &decoder::Video) -> Track {
    let turn = turn_of(video);
    let pixel = pixel_of(decoder.aspect_ratio());
    let number = videos.iter().position(|other| other.index() == video.index()).map_or(1, |index| index + 1);
    let mut description = format!(
        "video track {number} of {}, {} {}x{}",
        videos.len(),
        codec_name(video.parameters().id()),
        decoder.width(),
        decoder.height()
    );
    if pixel.0 != pixel.1 {
        description += &format!(", pixels {}:{}", pixel.0, pixel.1);
    }
    if let Some(words) = turn.in_words() {
        description += &format!(", {words}");
    }
    let forbids_zeros = matches!(video.parameters().id(), Id::H264 | Id::HEVC);
    Track { index: video.index(), turn, forbids_zeros, pixel, description }
}

/// How the container asks for the pictures to be turned.
fn turn_of(video: &Stream<'_>) -> Turn {
    let matrix = video.side_data().find(|data| data.kind() == packet::side_data::Type::DisplayMatrix);
    matrix.map_or_else(Turn::default, |matrix| turn_of_bytes(matrix.data()))
}

/// Of nine numbers in the byte order of the machine.
pub(super) fn turn_of_bytes(bytes: &[u8]) -> Turn {
    let mut matrix = [0; 9];
    for (number, bytes) in matrix.iter_mut().zip(bytes.chunks_exact(4)) {
        *number = bytes.try_into().map_or(0, i32::from_ne_bytes);
    }
    Turn::of_matrix(matrix)
}

/// Width and height of a pixel; one to one where nothing is said.
pub(super) fn pixel_of(aspect: Rational) -> (u32, u32) {
    let sides = u32::try_from(aspect.numerator()).ok().zip(u32::try_from(aspect.denominator()).ok());
    sides.filter(|(width, height)| *width > 0 && *height > 0).unwrap_or((1, 1))
}
