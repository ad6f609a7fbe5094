//! Segments of the bucket as local files, for decoders, which read nothing else.
//!
//! The folder is a cache: it is emptied at every start, and the longest unused go when it is full.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anjian_domain::{Place, Segment};
use futures_util::TryStreamExt;
use uuid::Uuid;

use crate::engine::blocking::blocking;
use crate::recordings::segment_key::key_of;
use crate::{Index, IndexError};

/// Bytes that all of them may take together.
const MOST_BYTES: u64 = 1 << 30;
/// A file that was fetched is read right after; it stays for so long at least.
const YOUNGEST: Duration = Duration::from_secs(60);

impl Index {
    /// A local file of a segment; one that lies in the bucket is fetched.
    ///
    /// # Errors
    /// [`IndexError::Elsewhere`] when it lies in the folder of another node; when it cannot be fetched.
    pub async fn segment_file(&self, segment: &Segment) -> Result<PathBuf, IndexError> {
        self.require_here(std::slice::from_ref(segment)).await?;
        let here = self.recordings_folder().join(&segment.path);
        if segment.place == Place::Here {
            // It may have been moved since its row was read.
            let path = here.clone();
            if self.bucket().is_none() || blocking(move || Ok(path.exists())).await? {
                return Ok(here);
            }
        }
        let _turn = self.inner.fetched.turn.lock().await;
        let file = self.inner.fetched.folder.join(&segment.path);
        let (kept, now) = (file.clone(), self.now());
        let is_there = blocking(move || Ok(touch(&kept, now).is_ok())).await?;
        if !is_there {
            self.fetch(segment, &file).await?;
        }
        Ok(file)
    }

    /// Empties the cache.
    ///
    /// # Errors
    /// When the folder cannot be deleted.
    pub async fn drop_fetched(&self) -> Result<(), IndexError> {
        let path = self.inner.fetched.folder.clone();
        blocking(move || match fs::remove_dir_all(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                Err(IndexError::File { doing: "delete", path, source })
            }
            _ => Ok(()),
        })
        .await
    }

    async fn fetch(&self, segment: &Segment, file: &Path) -> Result<(), IndexError> {
        let bucket = self.require_bucket()?;
        let root = self.inner.fetched.folder.clone();
        let partial = root.join(format!("{}.partial", Uuid::now_v7()));
        let unwritten = |path: &Path| {
            let path = path.to_owned();
            move |source| IndexError::File { doing: "write", path: path.clone(), source }
        };
        let failed = unwritten(&partial);
        let path = partial.clone();
        let mut opened = blocking(move || {
            fs::create_dir_all(&root).and_then(|()| fs::File::create(&path)).map_err(&failed)
        })
        .await?;
        let mut chunks = std::pin::pin!(bucket.stream(&key_of(&segment.path), 0..segment.size_bytes).await?);
        while let Some(chunk) = chunks.try_next().await? {
            let failed = unwritten(&partial);
            opened = blocking(move || opened.write_all(&chunk).map(|()| opened).map_err(failed)).await?;
        }
        let (root, failed, file) = (self.inner.fetched.folder.clone(), unwritten(file), file.to_owned());
        let now = self.now();
        blocking(move || {
            let folder = file.parent().unwrap_or(&root);
            fs::create_dir_all(folder).and_then(|()| fs::rename(&partial, &file)).map_err(failed)?;
            make_room(&root, now);
            Ok(())
        })
        .await
    }

    fn now(&self) -> SystemTime {
        let micros = u64::try_from(self.inner.clock.now().as_micros()).unwrap_or(0);
        SystemTime::UNIX_EPOCH + Duration::from_micros(micros)
    }
}

/// Notes that it was used.
fn touch(file: &Path, now: SystemTime) -> io::Result<()> {
    fs::File::options().append(true).open(file)?.set_modified(now)
}

/// What cannot be deleted stays until the next start.
fn make_room(root: &Path, now: SystemTime) {
    let mut files = vec![];
    list(root, &mut files);
    files.sort();
    let mut bytes: u64 = files.iter().map(|(_, size_bytes, _)| size_bytes).sum();
    for (used, size_bytes, path) in files {
        let is_young = now.duration_since(used).is_ok_and(|age| age < YOUNGEST);
        if bytes <= MOST_BYTES || is_young {
            return;
        }
        if fs::remove_file(path).is_ok() {
            bytes -= size_bytes;
        }
    }
}

fn list(folder: &Path, files: &mut Vec<(SystemTime, u64, PathBuf)>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.metadata() {
            Ok(found) if found.is_dir() => list(&entry.path(), files),
            Ok(found) => files.extend(found.modified().ok().map(|used| (used, found.len(), entry.path()))),
            Err(_) => {}
        }
    }
}
