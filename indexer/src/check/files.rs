//! Walks the evidence folder a batch at a time, so that a million files need no million paths in memory.

use std::fs::{DirEntry, ReadDir};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A file in the folder.
pub(crate) struct FoundFile {
    pub(crate) path: PathBuf,
    /// As a row would name it: in the folder, with forward slashes.
    pub(crate) stored_path: String,
    pub(crate) modified: SystemTime,
}

/// Some files, and what could not be read on the way to them. No files: the walk is over.
#[derive(Default)]
pub(crate) struct Batch {
    pub(crate) files: Vec<FoundFile>,
    pub(crate) unreadable: Vec<(PathBuf, String)>,
}

/// A walk that can be interrupted between batches. Holds one open folder a level.
pub(crate) struct FileWalk {
    root: PathBuf,
    next_folder: Option<PathBuf>,
    open_folders: Vec<(PathBuf, ReadDir)>,
}

impl FileWalk {
    pub(crate) fn new(root: &Path) -> Self {
        Self::below(root, root)
    }

    /// Only what lies in `folder`, which lies in `root`.
    pub(crate) fn below(root: &Path, folder: &Path) -> Self {
        Self { root: root.into(), next_folder: Some(folder.into()), open_folders: Vec::new() }
    }

    /// The next files, at most `most`, and the rest of the walk.
    pub(crate) fn take(mut self, most: usize) -> (Self, Batch) {
        let mut batch = Batch::default();
        while batch.files.len() < most {
            if let Some(folder) = self.next_folder.take() {
                match std::fs::read_dir(&folder) {
                    Ok(entries) => self.open_folders.push((folder, entries)),
                    Err(error) => note(&mut batch, &folder, &error),
                }
            }
            let Some((folder, entries)) = self.open_folders.last_mut() else { break };
            match entries.next() {
                Some(Ok(entry)) => self.take_entry(&entry, &mut batch),
                Some(Err(error)) => {
                    note(&mut batch, folder, &error);
                    self.open_folders.pop();
                }
                None => {
                    self.open_folders.pop();
                }
            }
        }
        (self, batch)
    }

    fn take_entry(&mut self, entry: &DirEntry, batch: &mut Batch) {
        let path = entry.path();
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            // A journal of states, or what a file manager leaves: no evidence and no media.
            return;
        }
        match entry.metadata() {
            Ok(found) if found.is_dir() => self.next_folder = Some(path),
            Ok(found) => {
                let relative = path.strip_prefix(&self.root).unwrap_or(&path);
                let names: Vec<_> = relative.iter().map(|name| name.to_string_lossy()).collect();
                let modified = found.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                batch.files.push(FoundFile { stored_path: names.join("/"), path, modified });
            }
            // Discarded by a recorder while we looked.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => note(batch, &path, &error),
        }
    }
}

fn note(batch: &mut Batch, path: &Path, error: &std::io::Error) {
    if error.kind() != std::io::ErrorKind::NotFound {
        batch.unreadable.push((path.into(), error.to_string()));
    }
}
