//! Who changes a gallery: one thread of one process at a time.
//!
//! A lock file beside the gallery, which the system lets go with its process. The gallery itself is replaced by each
//! writing, so it cannot carry the lock.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anjian_domain::Clock;

use anjian_footage::write_whole;

use super::{GalleryFile, GalleryProblem, GarmentModel, version};

/// How often who waits tries again.
const GLANCE: Duration = Duration::from_millis(20);

/// A gallery that nobody else changes until this is dropped.
#[derive(Debug)]
pub struct GalleryLock {
    folder: PathBuf,
    name: String,
    _file: File,
}

impl GalleryLock {
    /// Waits for the others, no longer than `patience`.
    ///
    /// # Errors
    /// When they take longer, or the folder cannot be written.
    pub fn take(
        folder: &Path,
        name: &str,
        patience: Duration,
        clock: &dyn Clock,
    ) -> Result<Self, GalleryProblem> {
        let path = folder.join(name).with_extension("lock");
        let unwritable = |source| GalleryProblem::Write { path: path.clone(), source };
        fs::create_dir_all(folder).map_err(unwritable)?;
        let opened = File::options().write(true).create(true).truncate(false).open(&path);
        let file = opened.map_err(unwritable)?;
        let deadline = clock.monotonic().saturating_add(patience);
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { folder: folder.to_owned(), name: name.to_owned(), _file: file }),
                Err(TryLockError::WouldBlock) if clock.monotonic() < deadline => clock.sleep(GLANCE),
                Err(TryLockError::WouldBlock) => return Err(GalleryProblem::Taken(name.to_owned())),
                Err(TryLockError::Error(source)) => return Err(unwritable(source)),
            }
        }
    }

    /// The gallery as it is now, or an empty one, for looks of that model.
    ///
    /// # Errors
    /// As [`GalleryFile::open`].
    pub fn open(&self, model: &GarmentModel) -> Result<GalleryFile, GalleryProblem> {
        GalleryFile::open(&self.folder, &self.name, model)
    }

    /// Replaces the file; answers the gallery's new version.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self, gallery: &GalleryFile) -> Result<String, GalleryProblem> {
        let path = GalleryFile::path(&self.folder, &self.name);
        let text = serde_json::to_vec_pretty(gallery).map_err(io::Error::from);
        let written = text.and_then(|text| {
            write_whole(&path, &text)?;
            Ok(version(&text))
        });
        written.map_err(|source| GalleryProblem::Write { path, source })
    }
}

#[cfg(test)]
mod tests {
    use anjian_analysis::Calibration;
    use anjian_api::GarmentSide;
    use anjian_domain::{Embedding, ManualClock, SystemClock, WallTime};

    use super::*;
    use crate::gallery::Sample;

    const PATIENCE: Duration = Duration::from_secs(60);

    #[test]
    fn a_gallery_is_changed_by_one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = GalleryLock::take(folder.path(), "white", Duration::ZERO, &SystemClock).unwrap();
        let clock = ManualClock::new(WallTime::EPOCH);
        let second = GalleryLock::take(folder.path(), "white", PATIENCE, &clock).unwrap_err();
        assert!(matches!(&second, GalleryProblem::Taken(name) if name == "white"), "{second}");
        assert_eq!(clock.monotonic(), PATIENCE, "it waited");
        assert!(
            GalleryLock::take(folder.path(), "blue", Duration::ZERO, &SystemClock).is_ok(),
            "another gallery"
        );
        drop(first);
        assert!(GalleryLock::take(folder.path(), "white", Duration::ZERO, &SystemClock).is_ok());
    }

    #[test]
    fn what_many_add_at_once_is_all_kept() {
        let folder = tempfile::tempdir().unwrap();
        let calibration = Calibration { scale: 10.0, offset: 0.5 };
        let model = GarmentModel { id: "coat@0".to_owned(), calibration };
        let add = |number: usize| {
            let look = Embedding::new(&[1.0, 0.0]).unwrap();
            let sample = Sample { origin: number.to_string(), sha256: number.to_string(), look };
            let lock = GalleryLock::take(folder.path(), "white", PATIENCE, &SystemClock).unwrap();
            let mut gallery = lock.open(&model).unwrap();
            gallery.add(sample, GarmentSide::Approved).unwrap();
            lock.save(&gallery).unwrap();
        };
        std::thread::scope(|scope| {
            for thread in 0..4 {
                scope.spawn(move || (0..5).for_each(|number| add(thread * 5 + number)));
            }
        });
        assert_eq!(GalleryFile::open(folder.path(), "white", &model).unwrap().approved.len(), 20);
    }

    #[test]
    fn a_folder_that_takes_nothing_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let refused = GalleryLock::take(&file, "white", Duration::ZERO, &SystemClock).unwrap_err();
        assert!(refused.to_string().contains(&file.display().to_string()), "{refused}");
    }
}
