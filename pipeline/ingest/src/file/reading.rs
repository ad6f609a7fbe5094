//! Reads and decodes one file, on a thread of its own: the reader of the pictures decides how fast.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anjian_domain::{Flaw, MediaTime, Picture, WallTime};
use ffmpeg_next::error::EAGAIN;
use ffmpeg_next::format::context::Input;
use ffmpeg_next::frame::Video;
use ffmpeg_next::{Error, Packet, Stream, decoder, media};

use super::bytes::Progress;
use super::created::{CreatedAt, created_at};
use super::damage::{Damage, Seen};
use super::outline::Outline;
use super::take::Taker;
use super::timeline::Timeline;
use super::track::{Track, choose};
use super::{diagnosis, open};
use crate::{DecodeMode, FileFault, FrameSelection, FrameSettings};

/// A file whose packets fail one after another is given up.
const FAILURES_MAX: u32 = 1000;

/// Times of packets that wait for their picture. A decoder holds 16 back at most.
const WAITING_MAX: usize = 64;

/// How far a track may begin behind its file: what begins later has a time of its own.
const LATE_MAX_NS: i128 = 60_000_000_000;

/// From picture to picture, where nothing says it.
const STEP_NS: u64 = 40_000_000;

/// What is asked of a reading.
pub(super) struct Order {
    pub(super) path: PathBuf,
    pub(super) settings: FrameSettings,
    /// The present, by which creation times are judged.
    pub(super) now: WallTime,
}

/// What a reading has to say, in this order: `About` once, pictures, one end.
pub(super) enum Told {
    About(About),
    Picture(MediaTime, Picture),
    Ended(Result<(), FileFault>),
}

/// What is known of a file before its pictures.
#[derive(Debug, Clone)]
pub(super) struct About {
    pub(super) duration: Option<Duration>,
    pub(super) created: CreatedAt,
    pub(super) track: String,
    pub(super) is_rate_assumed: bool,
}

/// The flaws that were found so far.
pub(super) type Flaws = Arc<Mutex<Vec<Flaw>>>;

/// Reads a file to its end, or until nobody takes its pictures.
pub(super) fn read(order: &Order, progress: &Arc<Progress>, flaws: &Flaws, out: &SyncSender<Told>) {
    let end = open::open(&order.path, progress).and_then(|open::Opened { mut input, outline }| {
        let (track, decoder) = choose(&input)?;
        let about = about(&input, &track, order.now);
        let mut reading = Reading::new(order, &input, track, decoder, out);
        // Nobody listens any more when this fails, and then nothing is to be done.
        let _ = out.send(Told::About(about));
        let end = reading.read_all(&mut input, progress);
        reading.finish(&outline, end)
    });
    let end = end.map_err(|fault| match fault {
        FileFault::NoPicture => diagnosis::of_undecodable(&order.path, fault),
        other => other,
    });
    progress.moved();
    // As above.
    let _ = out.send(Told::Ended(end.map(|found| {
        *flaws.lock().unwrap_or_else(PoisonError::into_inner) = found;
    })));
}

fn about(input: &Input, track: &Track, now: WallTime) -> About {
    let stream = input.stream(track.index);
    let of_track = stream.as_ref().map(|stream| stream.metadata());
    let metadata = input.metadata();
    let tags: Vec<_> = metadata.iter().chain(of_track.iter().flat_map(|tags| tags.iter())).collect();
    let is_bare = matches!(input.format().name(), "h264" | "hevc" | "mjpeg" | "m4v" | "mpegvideo");
    let duration = u64::try_from(input.duration()).ok().filter(|micros| *micros > 0 && !is_bare);
    About {
        duration: duration.map(Duration::from_micros),
        created: created_at(&tags, now),
        track: track.description.clone(),
        is_rate_assumed: is_bare,
    }
}

struct Reading<'a> {
    track: Track,
    decoder: decoder::Video,
    timeline: Timeline,
    damage: Damage,
    selection: FrameSelection,
    decode: DecodeMode,
    taker: Taker,
    /// Stamps of packets that became no picture yet.
    waiting: VecDeque<i64>,
    /// The stamp of the last picture.
    shown: Option<i64>,
    /// When the newest packet is to be shown.
    newest: Option<i64>,
    has_picture: bool,
    out: &'a SyncSender<Told>,
}

/// Nobody takes pictures any more.
struct Unwanted;

impl<'a> Reading<'a> {
    fn new(
        order: &Order,
        input: &Input,
        track: Track,
        decoder: decoder::Video,
        out: &'a SyncSender<Told>,
    ) -> Self {
        Self {
            timeline: timeline(input, &track),
            track,
            decoder,
            damage: Damage::default(),
            selection: FrameSelection::new(order.settings.rate),
            decode: order.settings.decode,
            taker: Taker::default(),
            waiting: VecDeque::new(),
            shown: None,
            newest: None,
            has_picture: false,
            out,
        }
    }

    fn read_all(&mut self, input: &mut Input, progress: &Progress) -> Result<(), FileFault> {
        let mut failures = 0;
        loop {
            let mut packet = Packet::empty();
            let read = packet.read(input);
            progress.moved();
            if progress.is_unwanted() {
                return Err(FileFault::Stopped);
            }
            let fed = match read {
                Ok(()) if packet.stream() != self.track.index => Ok(()),
                Ok(()) => self.feed(&packet),
                Err(Error::Eof) => break,
                Err(_) if progress.has_fault() => break,
                Err(_) => {
                    self.damage.breaks();
                    failures += 1;
                    if failures > FAILURES_MAX {
                        break;
                    }
                    continue;
                }
            };
            failures = 0;
            fed.map_err(|Unwanted| FileFault::Stopped)?;
        }
        // Fails only when it was done before.
        let _ = self.decoder.send_eof();
        self.drain().map_err(|Unwanted| FileFault::Stopped)?;
        progress.take_fault().map_or(Ok(()), |error| Err(FileFault::unreadable(&error)))
    }

    fn feed(&mut self, packet: &Packet) -> Result<(), Unwanted> {
        let stamp = packet.pts().or_else(|| packet.dts());
        self.newest = self.newest.max(stamp);
        let is_blank = self.track.forbids_zeros && packet.data().is_some_and(has_blank);
        if packet.is_corrupt() || is_blank {
            self.damage.breaks();
        }
        if self.decode == DecodeMode::Keyframes && !packet.is_key() {
            return Ok(());
        }
        if let Some(stamp) = stamp {
            if self.waiting.len() == WAITING_MAX {
                self.waiting.pop_front();
            }
            self.waiting.push_back(stamp);
        }
        if self.decoder.send_packet(packet).is_err() {
            self.damage.breaks();
        }
        self.drain()
    }

    fn drain(&mut self) -> Result<(), Unwanted> {
        let mut frame = Video::empty();
        loop {
            match self.decoder.receive_frame(&mut frame) {
                Ok(()) => self.take(&frame)?,
                Err(Error::Eof | Error::Other { errno: EAGAIN }) => return Ok(()),
                // A packet of which nothing is left; the next one may be whole.
                Err(_) => {
                    self.damage.breaks();
                    return Ok(());
                }
            }
        }
    }

    fn take(&mut self, frame: &Video) -> Result<(), Unwanted> {
        let stamp = frame.timestamp();
        let has_lost_packets = stamp.is_some_and(|stamp| self.forget_until(stamp));
        let at = self.timeline.place(stamp);
        let seen = Seen {
            at,
            is_key: frame.is_key(),
            is_corrupt: frame.is_corrupt() || frame.has_decode_errors(),
            has_lost_packets,
        };
        if !self.damage.admits(seen) {
            return Ok(());
        }
        self.has_picture = true;
        if !self.selection.keeps(at) {
            return Ok(());
        }
        match self.taker.take(frame, &self.track) {
            Ok(picture) => self.out.send(Told::Picture(at, picture)).map_err(|_| Unwanted),
            Err(_) => {
                self.damage.breaks();
                Ok(())
            }
        }
    }

    /// Whether packets that were to be shown between the last picture and this one became none.
    fn forget_until(&mut self, stamp: i64) -> bool {
        let after = self.shown.replace(stamp).unwrap_or(i64::MIN);
        let is_lost = self.waiting.iter().any(|waiting| *waiting > after && *waiting < stamp);
        self.waiting.retain(|waiting| *waiting > stamp);
        is_lost
    }

    fn finish(mut self, outline: &Outline, end: Result<(), FileFault>) -> Result<Vec<Flaw>, FileFault> {
        end?;
        if !self.has_picture {
            return Err(FileFault::NoPicture);
        }
        let is_behind = self.newest > self.shown;
        let end = if is_behind { self.timeline.clone().place(self.newest) } else { self.timeline.last() };
        self.damage.end(end, outline.is_cut);
        Ok(self.damage.into_flaws())
    }
}

/// So many zeros in a row are a stretch of the disk that was never written. H.264 and H.265 code no such row, and their
/// decoders make pictures of it without a word.
const BLANK_BYTES: usize = 32;

/// Whether a packet has a stretch of zeros. Some encoders pad the end.
fn has_blank(packet: &[u8]) -> bool {
    let end = packet.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    end == 0
        || packet.get(..end).is_some_and(|coded| {
            coded.chunks_exact(BLANK_BYTES).any(|bytes| bytes.iter().all(|byte| *byte == 0))
        })
}

/// Nanoseconds at which a track begins, where it says so.
fn begin_ns(stream: &Stream<'_>) -> Option<i128> {
    let (tick, start) = (stream.time_base(), stream.start_time());
    let is_said = start != i64::MIN;
    let begin_ns = i128::from(start) * i128::from(tick.numerator()) * 1_000_000_000;
    is_said.then(|| begin_ns / i128::from(tick.denominator().max(1)))
}

fn timeline(input: &Input, track: &Track) -> Timeline {
    let Some(stream) = input.stream(track.index) else { return Timeline::new((1, 1000), None, STEP_NS) };
    let tick = (stream.time_base().numerator(), stream.time_base().denominator());
    let is_heard_or_seen =
        |stream: &Stream<'_>| matches!(stream.parameters().medium(), media::Type::Video | media::Type::Audio);
    let file_ns = input.streams().filter(is_heard_or_seen).filter_map(|stream| begin_ns(&stream)).min();
    // Sound may begin before the first picture.
    let origin_ns = begin_ns(&stream).zip(file_ns);
    let origin_ns = origin_ns.filter(|(track_ns, file_ns)| track_ns - file_ns < LATE_MAX_NS);
    let rates = [stream.avg_frame_rate(), stream.rate()];
    let rate = rates.into_iter().find(|rate| rate.numerator() > 0 && rate.denominator() > 0);
    let step_ns =
        rate.map(|rate| 1_000_000_000 * i64::from(rate.denominator()) / i64::from(rate.numerator()));
    let step_ns = step_ns.and_then(|step_ns| u64::try_from(step_ns).ok()).unwrap_or(STEP_NS);
    Timeline::new(tick, origin_ns.map(|(_, file_ns)| file_ns), step_ns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_that_were_never_written_are_seen() {
        let mut packet = vec![7; 400];
        assert!(!has_blank(&packet) && has_blank(&[0; 40]) && has_blank(&[]));
        packet[100..120].fill(0);
        packet[390..].fill(0);
        assert!(!has_blank(&packet), "short rows and padding");
        packet[100..170].fill(0);
        assert!(has_blank(&packet));
    }
}
