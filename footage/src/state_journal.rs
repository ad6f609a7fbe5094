//! What a recorder did while the index took no rows: a small file beside the media, one JSON object a line. A process that
//! is killed then loses no cause of a gap. Segments need no such file: their media says what they are.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anjian_domain::{CameraId, RecordingChange};

use crate::{FootageError, Result};

/// Begins with a dot: it is no media.
const NAME: &str = ".states.jsonl";
/// A recorder that changes its state so often has said enough.
const BYTES_MAX: u64 = 1 << 20;

/// The file of one camera.
#[derive(Debug, Clone)]
pub struct StateJournal {
    path: PathBuf,
}

impl StateJournal {
    /// Of a camera, in the folder of all recordings. Nothing is made yet.
    #[must_use]
    pub fn of(root: &Path, camera: &CameraId) -> Self {
        Self { path: root.join(camera.as_str()).join(NAME) }
    }

    /// Adds a change; it is safe on disk then. A full journal takes no more.
    ///
    /// # Errors
    /// When the file could not be written.
    pub fn append(&self, change: &RecordingChange) -> Result<()> {
        let failed = |source| self.failed("write", source);
        let mut line = serde_json::to_vec(change).map_err(|error| failed(error.into()))?;
        line.push(b'\n');
        let mut file = OpenOptions::new().create(true).append(true).open(&self.path).map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        if length + line.len() as u64 > BYTES_MAX {
            return Ok(());
        }
        // A torn line of a killed process ends here.
        let line = if length == 0 { line } else { [b"\n", line.as_slice()].concat() };
        file.write_all(&line).and_then(|()| file.sync_data()).map_err(failed)
    }

    /// Every change, in order; a torn line is left out. Empty when there is no journal.
    ///
    /// # Errors
    /// When the file could not be read.
    pub fn read(&self) -> Result<Vec<RecordingChange>> {
        match fs::read(&self.path) {
            Ok(bytes) => Ok(bytes
                .split(|byte| *byte == b'\n')
                .filter_map(|line| serde_json::from_slice(line).ok())
                .collect()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(self.failed("read", error)),
        }
    }

    /// Its changes are in the index.
    ///
    /// # Errors
    /// When the file could not be deleted.
    pub fn remove(&self) -> Result<()> {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(self.failed("delete", error)),
            _ => Ok(()),
        }
    }

    fn failed(&self, doing: &'static str, source: io::Error) -> FootageError {
        FootageError::Io { doing, path: self.path.clone(), source }
    }
}

#[cfg(test)]
mod tests {
    use anjian_domain::{RecordingState, WallTime};

    use super::*;

    fn change(state: RecordingState) -> RecordingChange {
        let reason = Some("the disk is full".to_owned());
        RecordingChange { camera: "gate".parse().unwrap(), state, since: WallTime::EPOCH, reason }
    }

    #[test]
    fn changes_are_read_back_in_order_without_a_torn_line() {
        let root = tempfile::tempdir().unwrap();
        let journal = StateJournal::of(root.path(), &"gate".parse().unwrap());
        assert!(journal.append(&change(RecordingState::Failed)).is_err(), "it makes no folder");
        fs::create_dir(root.path().join("gate")).unwrap();
        assert_eq!(journal.read().unwrap(), []);
        journal.append(&change(RecordingState::DiskFull)).unwrap();
        OpenOptions::new().append(true).open(&journal.path).unwrap().write_all(b"{\"camera\":\"ga").unwrap();
        journal.append(&change(RecordingState::Recording)).unwrap();
        let expected = [change(RecordingState::DiskFull), change(RecordingState::Recording)];
        assert_eq!(journal.read().unwrap(), expected);
        journal.remove().unwrap();
        journal.remove().unwrap();
        assert_eq!(journal.read().unwrap(), []);
    }

    #[test]
    fn a_journal_is_bounded() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("gate")).unwrap();
        let journal = StateJournal::of(root.path(), &"gate".parse().unwrap());
        fs::write(&journal.path, vec![b'\n'; usize::try_from(BYTES_MAX).unwrap()]).unwrap();
        journal.append(&change(RecordingState::Failed)).unwrap();
        assert_eq!(fs::metadata(&journal.path).unwrap().len(), BYTES_MAX);
    }
}
