//! The sample tables of one track, filled sample by sample.

use mp4_atom::{Co64, Ctts, CttsEntry, Stsc, StscEntry, Stss, Stsz, StszSamples, Stts, SttsEntry};

use crate::moov::Tables;

/// Sample tables while they grow. A sample's duration is known when the next one comes.
#[derive(Debug, Default)]
pub(super) struct TableBuilder {
    first_dts: Option<i64>,
    last: Option<(i64, u32)>,
    durations: Vec<SttsEntry>,
    offsets: Vec<CttsEntry>,
    keyframes: Vec<u32>,
    sizes: Vec<u32>,
    /// Where each chunk begins, and how many samples are in it.
    chunks: Vec<(u64, u32)>,
}

/// A sample to add; times in ticks of the track, position in the data.
pub(super) struct NewSample {
    pub(super) dts: i64,
    /// How long it lasts unless the next one comes at another time.
    pub(super) duration: u32,
    pub(super) pts_offset: i32,
    pub(super) size_bytes: u32,
    pub(super) is_sync: bool,
    pub(super) position: u64,
    /// Whether it stands elsewhere than right behind the track's sample before.
    pub(super) begins_chunk: bool,
}

impl TableBuilder {
    pub(super) fn is_empty(&self) -> bool {
        self.sizes.is_empty()
    }

    /// When the first sample is decoded.
    pub(super) fn first_dts(&self) -> i64 {
        self.first_dts.unwrap_or(0)
    }

    /// When the last sample is decoded; `None` before the first.
    pub(super) fn last_dts(&self) -> Option<i64> {
        self.last.map(|(dts, _)| dts)
    }

    pub(super) fn push(&mut self, sample: &NewSample) {
        self.first_dts.get_or_insert(sample.dts);
        if let Some((before, _)) = self.last.replace((sample.dts, sample.duration)) {
            self.lasts(u32::try_from(sample.dts - before).unwrap_or(u32::MAX));
        }
        match self.offsets.last_mut() {
            Some(run) if run.sample_offset == i64::from(sample.pts_offset) => run.sample_count += 1,
            _ => self.offsets.push(CttsEntry { sample_count: 1, sample_offset: sample.pts_offset.into() }),
        }
        self.sizes.push(sample.size_bytes);
        if sample.is_sync {
            self.keyframes.push(u32::try_from(self.sizes.len()).unwrap_or(u32::MAX));
        }
        match self.chunks.last_mut() {
            Some((_, count)) if !sample.begins_chunk => *count += 1,
            _ => self.chunks.push((sample.position, 1)),
        }
    }

    /// The finished tables and the duration of the media. `data_at`: where the data begins in the file.
    pub(super) fn tables(&self, data_at: u64) -> (Tables, u64) {
        let mut durations = Self { durations: self.durations.clone(), ..Self::default() };
        if let Some((_, duration)) = self.last {
            durations.lasts(duration);
        }
        let shifted = self.offsets.iter().any(|run| run.sample_offset != 0);
        let all_sync = self.keyframes.len() == self.sizes.len();
        let stts = Stts { entries: durations.durations };
        let ticks =
            stts.entries.iter().map(|run| u64::from(run.sample_count) * u64::from(run.sample_delta)).sum();
        let tables = Tables {
            stts,
            ctts: shifted.then(|| Ctts { entries: self.offsets.clone() }),
            stss: (!all_sync).then(|| Stss { entries: self.keyframes.clone() }),
            stsc: Stsc { entries: self.chunk_runs() },
            stsz: Stsz { samples: StszSamples::Different { sizes: self.sizes.clone() } },
            co64: Co64 { entries: self.chunks.iter().map(|(position, _)| data_at + position).collect() },
        };
        (tables, ticks)
    }

    fn lasts(&mut self, duration: u32) {
        match self.durations.last_mut() {
            Some(run) if run.sample_delta == duration => run.sample_count += 1,
            _ => self.durations.push(SttsEntry { sample_count: 1, sample_delta: duration }),
        }
    }

    fn chunk_runs(&self) -> Vec<StscEntry> {
        let mut runs: Vec<StscEntry> = Vec::new();
        for (first_chunk, (_, samples_per_chunk)) in (1..).zip(&self.chunks) {
            if runs.last().is_none_or(|run| run.samples_per_chunk != *samples_per_chunk) {
                let samples_per_chunk = *samples_per_chunk;
                runs.push(StscEntry { first_chunk, samples_per_chunk, sample_description_index: 1 });
            }
        }
        runs
    }
}
