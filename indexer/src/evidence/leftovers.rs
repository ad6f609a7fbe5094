//! Files of evidence, and attachments, without a row: a process was killed between writing them and committing the row. Nothing refers to
//! them, and the violation was not answered as kept.

use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::attachments::row as attachments;
use crate::check::batch::BATCH;
use crate::check::files::{FileWalk, FoundFile};
use crate::engine::blocking::blocking;
use crate::{EvidenceKind, Index, IndexError};

/// Evidence is written on the day of its opening, or right after midnight: at the start so many of each camera's newest
/// days are looked through.
const DAYS: usize = 2;

impl Index {
    /// Removes what a killed process left of evidence. Call it once when the live system starts, before anything is
    /// recorded. Older leftovers are `check --repair`'s.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn remove_left_evidence(&self) -> Result<u64, IndexError> {
        let root = self.inner.evidence.root().to_path_buf();
        let days = blocking({
            let root = root.clone();
            move || Ok(newest_days(&root))
        });
        let mut removed = 0;
        for day in days.await? {
            let mut walk = FileWalk::below(&root, &day);
            loop {
                let (returned, batch) = blocking(move || Ok(walk.take(BATCH))).await?;
                walk = returned;
                if batch.files.is_empty() {
                    break;
                }
                for file in self.without_row(batch.files).await? {
                    removed += u64::from(is_ours(&file.stored_path) && self.remove_left(&file.path));
                }
            }
        }
        Ok(removed)
    }

    pub(crate) async fn without_row(&self, files: Vec<FoundFile>) -> Result<Vec<FoundFile>, IndexError> {
        let known = self.known_paths(files.iter().map(|file| file.stored_path.as_str())).await?;
        Ok(files.into_iter().filter(|file| !known.contains(&file.stored_path)).collect())
    }

    /// Deletes a file that no row names, and its folders where nothing else is in them.
    pub(crate) fn remove_left(&self, path: &Path) -> bool {
        let is_removed = std::fs::remove_file(path).is_ok();
        let root = self.inner.evidence.root();
        let folders = path.ancestors().skip(1).take_while(|folder| *folder != root);
        let _ = { folders }.try_for_each(std::fs::remove_dir);
        is_removed
    }
}

/// Whether a file has a name that evidence has, or had while it was written. Anything else was put there by a person.
pub(crate) fn is_ours(stored_path: &str) -> bool {
    if attachments::is_path(stored_path) {
        return true;
    }
    let Some((folder, name)) = stored_path.rsplit_once('/') else { return false };
    let is_violation = folder.rsplit('/').next().is_some_and(|id| Uuid::try_parse(id).is_ok());
    let name = name.strip_suffix(".partial").unwrap_or(name);
    is_violation && EvidenceKind::ALL.iter().any(|kind| kind.file_name() == name)
}

/// Each camera's newest folders of days. What cannot be read holds none.
fn newest_days(root: &Path) -> Vec<PathBuf> {
    newest(root, usize::MAX).iter().flat_map(|camera| newest_days_of(camera)).collect()
}

fn newest_days_of(camera: &Path) -> Vec<PathBuf> {
    let months = newest(camera, DAYS).into_iter().flat_map(|year| newest(&year, DAYS));
    months.flat_map(|month| newest(&month, DAYS)).take(DAYS).collect()
}

/// Folders in a folder, those with the greatest names first, at most so many.
fn newest(folder: &Path, most: usize) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<_> = entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    found.sort_unstable_by(|one, other| other.cmp(one));
    found.truncate(most);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_evidence_are_ours() {
        let id = "0199d2b4-8a3c-7c1e-9a51-0d2f6c7e4b11";
        for (path, expected) in [
            (format!("gate/2026/12/01/{id}/snapshot.jpg"), true),
            (format!("gate/2026/12/01/{id}/snapshot.jpg.partial"), true),
            (format!("gate/2026/12/01/{id}/notes.txt"), false),
            ("gate/2026/12/01/holiday/snapshot.jpg".to_owned(), false),
            ("snapshot.jpg".to_owned(), false),
            (format!("@attachments/2026/12/01/{id}"), true),
            (format!("@attachments/2026/12/01/{id}.partial"), true),
            ("@attachments/2026/12/01/notes.txt".to_owned(), false),
        ] {
            assert_eq!(is_ours(&path), expected, "{path}");
        }
    }

    #[test]
    fn the_newest_days_are_found_over_the_end_of_a_year() {
        let root = tempfile::tempdir().unwrap();
        for day in ["gate/2026/12/30", "gate/2026/12/31", "gate/2027/01/01", "yard/2025/03/04"] {
            std::fs::create_dir_all(root.path().join(day)).unwrap();
        }
        let days = newest_days(root.path());
        let mut days: Vec<_> = days.iter().map(|day| day.strip_prefix(root.path()).unwrap()).collect();
        days.sort();
        assert_eq!(days, ["gate/2026/12/31", "gate/2027/01/01", "yard/2025/03/04"].map(Path::new));
    }
}
