//! Writes a segment while it is recorded.
//!
//! Holds at most one fragment in memory and writes it with one call, so that a kill can tear only the tail.
//! Reads no clock: times come with the samples. Decides neither when a segment ends nor what to do when the
//! disk is full.

use std::fs::{self, File};
use std::io::{ErrorKind, IoSlice, Seek, SeekFrom, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anjian_domain::Segment;
use sha2::{Digest as _, Sha256};

use crate::fragment::{Pending, PendingSample, encode_front};
use crate::moov::encode_init;
use crate::{FootageError, Result, Sample, SegmentHeader, TrackKind, Tracks, VIDEO_TIMESCALE};

/// A segment that is being written. Dropping it leaves a file that plays, as a kill does.
#[derive(Debug)]
pub struct SegmentWriter {
    path: PathBuf,
    file: File,
    segment: Segment,
    tracks: Tracks,
    fragment: Duration,
    sequence: u32,
    hash: Sha256,
    video: Line,
    audio: Line,
}

/// The samples of one track, as far as they were pushed.
#[derive(Debug)]
struct Line {
    timescale: u32,
    pending: Pending,
    /// Added to every time of decoding, so that the first is 0.
    shift: Option<i64>,
    last_dts: u64,
}

impl SegmentWriter {
    /// Makes the file `root/segment.path` and its folders, and writes everything before the first fragment.
    /// Codecs and size of `segment` are taken from `tracks`; its duration, size and digest are counted from
    /// nothing.
    ///
    /// A fragment is written when it holds `fragment` of pictures, and in front of every keyframe.
    ///
    /// # Errors
    /// When the file is there already or cannot be written, or `tracks` cannot be described.
    pub fn create(root: &Path, segment: Segment, tracks: Tracks, fragment: Duration) -> Result<Self> {
        let path = root.join(&segment.path);
        let refused = |reason: String| FootageError::bad_input(&path, reason);
        let mut init =
            encode_init(&tracks).map_err(|error| refused(format!("tracks cannot be described: {error}")))?;
        init.extend(SegmentHeader::of(&segment).encode().map_err(refused)?);
        let file = create_file(root, &path)?;
        let line = |timescale| Line { timescale, pending: Pending::default(), shift: None, last_dts: 0 };
        let mut writer = Self {
            fragment,
            video: line(VIDEO_TIMESCALE),
            audio: line(tracks.timescale(TrackKind::Audio)),
            segment: Segment {
                duration: Duration::ZERO,
                size_bytes: 0,
                sha256: None,
                video: tracks.video.codec,
                width_px: tracks.video.width_px,
                height_px: tracks.video.height_px,
                audio: tracks.audio.as_ref().map(|audio| audio.codec),
                ..segment
            },
            path,
            file,
            tracks,
            sequence: 0,
            hash: Sha256::new(),
        };
        if let Err(error) = writer.append(&[&init]) {
            // Without its beginning it is no segment, only a name that is taken.
            let _ = fs::remove_file(&writer.path);
            return Err(error);
        }
        Ok(writer)
    }

    /// Takes a copy of a sample, after writing the fragment before it if that is due.
    ///
    /// # Errors
    /// When that could not be written: the file is cut back to its last whole fragment, and everything held
    /// is lost; finish, and go on with a new segment at a keyframe. When the first picture is no keyframe, or
    /// there is no such track.
    pub fn push(&mut self, kind: TrackKind, sample: &Sample<'_>) -> Result<()> {
        match kind {
            TrackKind::Video => self.push_video(sample),
            TrackKind::Audio => self.push_audio(sample),
        }
    }

    /// Writes what is held, if anything: for a camera that falls silent.
    ///
    /// # Errors
    /// As [`SegmentWriter::push`].
    pub fn flush_fragment(&mut self) -> Result<()> {
        if self.video.pending.is_empty() && self.audio.pending.is_empty() {
            return Ok(());
        }
        let result = self.write_fragment();
        self.video.pending.clear();
        self.audio.pending.clear();
        result
    }

    /// What is on disk: duration and size so far.
    #[must_use]
    pub fn segment(&self) -> &Segment {
        &self.segment
    }

    /// How much is held and not yet written.
    #[must_use]
    pub fn pending(&self) -> Duration {
        self.video.held().max(self.audio.held())
    }

    /// Writes the rest, waits until it is safe on disk, and fills in duration, size and digest. `end_ns`:
    /// when the next picture begins, if that is known; the last one lasts until then.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self, end_ns: Option<i64>) -> Result<Segment> {
        if let Some(end_ns) = end_ns {
            self.video.end_at(ticks_of(end_ns, VIDEO_TIMESCALE));
        }
        self.flush_fragment()?;
        self.require_name()?;
        self.file.sync_all().map_err(|error| FootageError::io("sync", &self.path, error))?;
        self.segment.sha256 = Some(hex::encode(self.hash.finalize()));
        Ok(self.segment)
    }

    fn push_video(&mut self, sample: &Sample<'_>) -> Result<()> {
        if self.video.shift.is_none() && !sample.is_sync {
            return Err(FootageError::bad_input(&self.path, "the first picture is no keyframe"));
        }
        let dts = self.video.advance(sample);
        if !self.video.pending.is_empty() && (sample.is_sync || self.video.held() >= self.fragment) {
            self.flush_fragment()?;
        }
        self.video.hold(sample, dts).map_err(|reason| FootageError::bad_input(&self.path, reason))
    }

    fn push_audio(&mut self, sample: &Sample<'_>) -> Result<()> {
        if self.tracks.audio.is_none() {
            return Err(FootageError::bad_input(&self.path, "sound was given to a segment without sound"));
        }
        if sample.pts_ns < 0 {
            return Ok(());
        }
        let sound = Sample { is_sync: true, dts_ns: sample.pts_ns, ..*sample };
        let dts = self.audio.advance(&sound);
        // Pictures set the pace; only when none come, sound is written without them.
        if self.audio.held() >= self.fragment * 2 {
            self.flush_fragment()?;
        }
        self.audio.hold(&sound, dts).map_err(|reason| FootageError::bad_input(&self.path, reason))
    }

    fn write_fragment(&mut self) -> Result<()> {
        let front =
            encode_front(self.sequence, &self.video.pending, &self.audio.pending).map_err(|error| {
                FootageError::bad_input(&self.path, format!("a fragment cannot be described: {error}"))
            })?;
        let (video, audio) =
            (std::mem::take(&mut self.video.pending.data), std::mem::take(&mut self.audio.pending.data));
        let result = self.append(&[&front, &video, &audio]);
        // Back to where their room can be used again.
        (self.video.pending.data, self.audio.pending.data) = (video, audio);
        result?;
        self.sequence = self.sequence.wrapping_add(1);
        if let Some(last) = self.video.pending.samples.last() {
            self.segment.duration = duration_of(last.dts + u64::from(last.duration), VIDEO_TIMESCALE);
        }
        Ok(())
    }

    /// Appends `parts`, all or nothing.
    fn append(&mut self, parts: &[&[u8]]) -> Result<()> {
        if let Err(error) = write_all(&mut self.file, parts) {
            let whole = self.segment.size_bytes;
            // When this fails too, the torn tail stays, which everybody who reads can live with.
            let _ = self.file.set_len(whole).and_then(|()| self.file.seek(SeekFrom::Start(whole)));
            return Err(FootageError::io("write", &self.path, error));
        }
        self.require_name()?;
        for part in parts {
            self.hash.update(part);
            self.segment.size_bytes += part.len() as u64;
        }
        Ok(())
    }
}

impl SegmentWriter {
    /// The system goes on writing to a file that was deleted, and nobody would find what is in it.
    fn require_name(&self) -> Result<()> {
        let found = self.file.metadata().map_err(|error| FootageError::io("look at", &self.path, error))?;
        if found.nlink() == 0 {
            return Err(FootageError::io("go on writing", &self.path, ErrorKind::NotFound.into()));
        }
        Ok(())
    }
}

impl Line {
    /// The time of decoding of the next sample, which ends the one before it.
    fn advance(&mut self, sample: &Sample<'_>) -> u64 {
        let given = ticks_of(sample.dts_ns, self.timescale);
        let first = self.shift.is_none();
        // Sound begins where it begins; pictures may be decoded before the start, which a file cannot say.
        let shift = *self.shift.get_or_insert(if given < 0 { -given } else { 0 });
        let dts = u64::try_from(given.saturating_add(shift)).unwrap_or(0);
        // Decoders want times that grow; the time shown stays as it was given.
        let dts = if first { dts } else { dts.max(self.last_dts + 1) };
        self.last_dts = dts;
        if let Some(last) = self.pending.samples.last_mut() {
            last.duration = u32::try_from(dts - last.dts).unwrap_or(u32::MAX);
        }
        dts
    }

    fn hold(&mut self, sample: &Sample<'_>, dts: u64) -> std::result::Result<(), &'static str> {
        let pts_offset = ticks_of(sample.pts_ns, self.timescale).saturating_sub_unsigned(dts);
        let nominal = i64::try_from(sample.duration_ns).unwrap_or(i64::MAX);
        self.pending.samples.push(PendingSample {
            size_bytes: u32::try_from(sample.data.len()).map_err(|_| "a sample of more than 4 GiB")?,
            dts,
            duration: u32::try_from(ticks_of(nominal, self.timescale).max(1)).unwrap_or(u32::MAX),
            pts_offset: i32::try_from(pts_offset)
                .map_err(|_| "a picture is shown hours after it is decoded")?,
            is_sync: sample.is_sync,
        });
        self.pending.data.extend_from_slice(sample.data);
        Ok(())
    }

    fn end_at(&mut self, end: i64) {
        if let Some(last) = self.pending.samples.last_mut() {
            let rest = end.saturating_sub_unsigned(last.dts).max(1);
            last.duration = u32::try_from(rest).unwrap_or(u32::MAX);
        }
    }

    fn held(&self) -> Duration {
        duration_of(self.pending.ticks(), self.timescale)
    }
}

/// Nanoseconds in ticks, to the nearest.
fn ticks_of(nanos: i64, timescale: u32) -> i64 {
    const SECOND: i128 = 1_000_000_000;
    let ticks = (i128::from(nanos) * i128::from(timescale) + SECOND / 2).div_euclid(SECOND);
    i64::try_from(ticks).unwrap_or(i64::MAX)
}

/// Ticks as a duration, to the nearest nanosecond.
pub(crate) fn duration_of(ticks: u64, timescale: u32) -> Duration {
    let scale = u128::from(timescale.max(1));
    let nanos = (u128::from(ticks) * 1_000_000_000 + scale / 2) / scale;
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

/// A new file in a folder that is safe on disk, so that the file's name survives a power failure. The folder above
/// `root` is not made: where that is gone, the data folder was moved.
fn create_file(root: &Path, path: &Path) -> Result<File> {
    match fs::create_dir(root) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            return Err(FootageError::io("create the folder", root, error));
        }
        _ => {}
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|error| FootageError::io("create the folder", folder, error))?;
    let file = File::create_new(path).map_err(|error| FootageError::io("create", path, error))?;
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|error| FootageError::io("sync the folder", folder, error))?;
    Ok(file)
}

/// All parts with one call, where the system takes them at once.
fn write_all(file: &mut File, parts: &[&[u8]]) -> std::io::Result<()> {
    let mut slices: Vec<_> =
        parts.iter().filter(|part| !part.is_empty()).map(|part| IoSlice::new(part)).collect();
    let mut rest = slices.as_mut_slice();
    while !rest.is_empty() {
        match file.write_vectored(rest) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(count) => IoSlice::advance_slices(&mut rest, count),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
