//! A folder as a bucket, of a NAS for instance. An object is a file under its key.
//!
//! Everything here blocks. The folder itself is never made: an empty mount point would take what belongs to the NAS.

use std::fs::{self, File};
use std::io::{self, Write};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use anjian_footage::WholeFile;
use bytes::Bytes;

use super::cause::Cause;
use super::source_file::SourceFile;

/// Memory that a copy takes.
const COPY_BYTES: u64 = 1024 * 1024;

/// The root of the keys.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) const fn new(root: PathBuf) -> Self {
        Self(root)
    }

    /// Whether it is there.
    pub(super) fn probe(&self) -> Result<(), Cause> {
        if self.0.is_dir() { Ok(()) } else { Err(Cause::Unmounted) }
    }

    /// Copies a file under that key; it appears whole and durable, or not at all.
    pub(super) fn put(
        &self,
        key: &str,
        mut source: SourceFile,
        size_bytes: u64,
        sha256: &str,
    ) -> Result<(), Cause> {
        self.probe()?;
        let path = self.0.join(key);
        if let Some(folder) = path.parent() {
            create_durable(&self.0, folder)?;
        }
        let mut copy = WholeFile::create(&path)?;
        loop {
            let part = source.read_part(COPY_BYTES)?;
            if part.is_empty() {
                break;
            }
            copy.write_all(&part)?;
        }
        source.verify(size_bytes, sha256)?;
        Ok(copy.finish()?)
    }

    pub(super) fn read(&self, key: &str, range: &Range<u64>) -> Result<Bytes, Cause> {
        let file = self.found(File::open(self.0.join(key)))?;
        let found = file.metadata()?.len();
        if found < range.end {
            return Err(Cause::Length { what: "the object", expected: range.end, found });
        }
        let mut bytes = vec![0; usize::try_from(range.end - range.start).unwrap_or_default()];
        file.read_exact_at(&mut bytes, range.start)?;
        Ok(bytes.into())
    }

    pub(super) fn size(&self, key: &str) -> Result<u64, Cause> {
        self.found(fs::metadata(self.0.join(key))).map(|metadata| metadata.len())
    }

    /// Deletes a file, and the folders that are empty then.
    pub(super) fn delete(&self, key: &str) -> Result<(), Cause> {
        let path = self.0.join(key);
        self.found(fs::remove_file(&path))?;
        let mut folders = path.ancestors().skip(1).take_while(|folder| *folder != self.0);
        // Stops at the first that still holds something.
        let _ = folders.try_for_each(fs::remove_dir);
        Ok(())
    }

    /// The next `limit` objects below `prefix` after that key, in the order of keys.
    pub(super) fn list(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, u64)>, Cause> {
        self.probe()?;
        let mut walk = Walk { root: &self.0, after: after.unwrap_or_default(), limit, found: Vec::new() };
        walk.enter(prefix)?;
        Ok(walk.found)
    }

    /// A file that is not there because nothing is, is not missing.
    fn found<T>(&self, result: io::Result<T>) -> Result<T, Cause> {
        match result {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.probe()?;
                Err(Cause::Disk(error))
            }
            result => Ok(result?),
        }
    }
}

/// Creates a folder and what is missing above it, below `root`. A new folder survives a power cut only when the one above it is
/// synced.
fn create_durable(root: &Path, folder: &Path) -> io::Result<()> {
    if folder == root {
        return Ok(());
    }
    match fs::create_dir(folder) {
        Ok(()) => folder.parent().map_or(Ok(()), |parent| File::open(parent)?.sync_all()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound && folder.parent() != Some(root) => {
            folder.parent().map_or(Ok(()), |parent| create_durable(root, parent))?;
            create_durable(root, folder)
        }
        Err(error) => Err(error),
    }
}

/// Whether it is a copy that is under way, or was when its process was killed.
fn is_partial(name: &str) -> bool {
    let ending = WholeFile::partial_of(Path::new(""));
    ending.to_str().is_some_and(|ending| name.ends_with(ending))
}

/// Goes through files in the order of their keys, and into folders only where keys after `after` can be.
struct Walk<'w> {
    root: &'w Path,
    after: &'w str,
    limit: usize,
    found: Vec<(String, u64)>,
}

impl Walk<'_> {
    fn enter(&mut self, folder: &str) -> io::Result<()> {
        for name in self.names(folder)? {
            if self.found.len() == self.limit {
                return Ok(());
            }
            let key = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            match key.strip_suffix('/') {
                // All of its keys begin with `key`.
                Some(inner) if key.as_str() > self.after || self.after.starts_with(&key) => {
                    self.enter(inner)?;
                }
                None if key.as_str() > self.after => self.add(key)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Files by their names, folders with a slash: so they sort as their keys do.
    fn names(&self, folder: &str) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(self.root.join(folder)) {
            // No such prefix, or its last object was deleted just now.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry?;
            // Other names are no keys: not ours.
            let Ok(name) = entry.file_name().into_string() else { continue };
            let kind = entry.file_type()?;
            if kind.is_dir() {
                names.push(name + "/");
            } else if kind.is_file() && !is_partial(&name) {
                names.push(name);
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    fn add(&mut self, key: String) -> io::Result<()> {
        match fs::metadata(self.root.join(&key)) {
            Ok(metadata) => self.found.push((key, metadata.len())),
            // Deleted just now.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }
}
