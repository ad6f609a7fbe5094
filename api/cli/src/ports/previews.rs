//! H.264 copies of pieces of H.265 recordings, kept for as long as there is room.
//!
//! The folder is a cache: it is emptied at every start, the longest unused go when it is full.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anjian_api::PictureError;
use anjian_domain::Clock;

use super::refusal::{nobody_waits, refusal};
use super::turns::Turns;

/// Bytes that all previews may take together: some hours of one camera.
const MOST_BYTES: u64 = 1 << 30;
/// A preview that was asked for is read right after; it stays for so long at least.
const YOUNGEST: Duration = Duration::from_secs(60);

/// The cache.
pub(super) struct Previews {
    folder: PathBuf,
    turns: Turns,
    kept: Mutex<BTreeMap<String, Kept>>,
    most_bytes: u64,
    youngest: Duration,
    clock: Arc<dyn Clock>,
}

struct Kept {
    /// On the monotonic clock.
    used: Duration,
    size_bytes: u64,
}

impl Previews {
    /// Empties the folder, or makes it.
    pub(super) fn in_folder(folder: PathBuf, clock: Arc<dyn Clock>) -> io::Result<Self> {
        match fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => fs::create_dir_all(&folder)?,
        }
        let (turns, kept) = (Turns::default(), Mutex::default());
        Ok(Self { folder, turns, kept, most_bytes: MOST_BYTES, youngest: YOUNGEST, clock })
    }

    /// The preview of the piece that `parts` of `file` make up. Made now, unless it is there.
    pub(super) fn get(
        &self,
        file: &Path,
        parts: &[Range<u64>],
        key: &str,
        wanted: &AtomicBool,
    ) -> Result<PathBuf, PictureError> {
        let is_name = key.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
        if !is_name || key.is_empty() {
            return Err(PictureError::Failed("its name is not one".to_owned()));
        }
        let _turn = self.turns.take(key, wanted).ok_or_else(nobody_waits)?;
        let path = self.folder.join(format!("{key}.mp4"));
        if !self.touch(key) {
            self.make(file, parts, &path, wanted)?;
            let size_bytes = fs::metadata(&path).map_err(|error| unwritable(&error))?.len();
            self.lock().insert(key.to_owned(), Kept { used: self.clock.monotonic(), size_bytes });
            self.make_room();
        }
        Ok(path)
    }

    /// Whether it is there; notes that it was used.
    fn touch(&self, key: &str) -> bool {
        let mut kept = self.lock();
        kept.get_mut(key).map(|entry| entry.used = self.clock.monotonic()).is_some()
    }

    fn make(
        &self,
        file: &Path,
        parts: &[Range<u64>],
        path: &Path,
        wanted: &AtomicBool,
    ) -> Result<(), PictureError> {
        // Removed when this ends; what a killed process leaves goes with the next start.
        let piece = tempfile::NamedTempFile::new_in(&self.folder).map_err(|error| unwritable(&error))?;
        copy_parts(file, parts, piece.as_file()).map_err(|error| unwritable(&error))?;
        let made = anjian_ingest::preview(piece.path(), path, &*self.clock, wanted);
        made.map_err(|error| refusal(&error))
    }

    /// Removes the longest unused until the rest fits.
    fn make_room(&self) {
        let (now, mut kept) = (self.clock.monotonic(), self.lock());
        let mut bytes: u64 = kept.values().map(|entry| entry.size_bytes).sum();
        let mut by_age: Vec<_> = kept.iter().map(|(key, entry)| (entry.used, key.clone())).collect();
        by_age.sort();
        for (used, key) in by_age {
            if bytes <= self.most_bytes || now.saturating_sub(used) < self.youngest {
                return;
            }
            if fs::remove_file(self.folder.join(format!("{key}.mp4"))).is_ok() {
                bytes -= kept.remove(&key).map_or(0, |entry| entry.size_bytes);
            }
        }
    }

    /// The map is valid between any two statements, so a thread that died while it held the lock spoils nothing.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn copy_parts(file: &Path, parts: &[Range<u64>], mut to: &File) -> io::Result<()> {
    let mut from = File::open(file)?;
    for part in parts {
        from.seek(SeekFrom::Start(part.start))?;
        let length = part.end.saturating_sub(part.start);
        if io::copy(&mut Read::by_ref(&mut from).take(length), &mut to)? != length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(())
}

fn unwritable(error: &io::Error) -> PictureError {
    tracing::warn!(%error, "a preview could not be made");
    PictureError::Failed(format!("its file could not be read or written ({})", error.kind()))
}

#[cfg(test)]
mod tests {
    use anjian_domain::{ManualClock, SystemClock, WallTime};

    use super::*;

    #[test]
    fn parts_are_put_together() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        fs::write(&from, "0123456789").unwrap();
        copy_parts(&from, &[0..2, 5..8], &File::create(&to).unwrap()).unwrap();
        assert_eq!(fs::read_to_string(&to).unwrap(), "01567");
        let shorter = copy_parts(&from, &[0..1, 8..12], &File::create(&to).unwrap());
        assert!(shorter.is_err(), "the file is shorter");
    }

    #[test]
    fn the_longest_unused_go_first() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::new(WallTime::EPOCH));
        let mut previews = Previews::in_folder(folder.path().join("previews"), clock.clone()).unwrap();
        previews.most_bytes = 20;
        for (later_s, key) in [(0, "old"), (100, "older-but-used"), (100, "new"), (100, "newest")] {
            clock.advance(Duration::from_secs(later_s));
            fs::write(previews.folder.join(format!("{key}.mp4")), [0; 10]).unwrap();
            previews.lock().insert(key.to_owned(), Kept { used: clock.monotonic(), size_bytes: 10 });
        }
        assert!(previews.touch("older-but-used"));
        previews.make_room();
        let kept: Vec<_> = previews.lock().keys().cloned().collect();
        assert_eq!(kept, ["newest", "older-but-used"]);
        assert_eq!(fs::read_dir(&previews.folder).unwrap().count(), 2);
        previews.most_bytes = 0;
        previews.make_room();
        assert_eq!(previews.lock().len(), 2, "too young to go");
        clock.advance(YOUNGEST);
        previews.make_room();
        assert!(previews.lock().is_empty());
    }

    #[test]
    fn a_name_that_leads_elsewhere_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let previews = Previews::in_folder(folder.path().join("previews"), SystemClock::shared()).unwrap();
        for key in ["../evidence/x", "", "a/b"] {
            let refused = previews.get(Path::new("unused"), &[], key, &AtomicBool::new(true));
            assert!(matches!(refused, Err(PictureError::Failed(_))), "{key}");
        }
    }
}
