//! Files that appear whole or not at all: evidence, clips, galleries. Recordings are not written so, because they are
//! read while they grow.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::TempPath;

/// End of the name of a file that is being written.
const PARTIAL: &str = ".partial";

/// A file that is being written, and that nobody sees under its name yet.
///
/// Guarantees, each of which callers rely on:
/// - The bytes go to `NAME.partial` in the same folder. One that a killed process left there is replaced; `check` names
///   it as a file without a row until then.
/// - The bytes are on disk before the name is: [`finish`](Self::finish) syncs the file, then renames it.
/// - A file of that name is replaced in one step. Readers see the old bytes or the new ones.
/// - The name survives a power failure: the folder is synced after the renaming, before `finish` returns.
/// - An error, or dropping this unfinished, removes `NAME.partial` and leaves what the name held before.
///
/// Two that write the same name at once would share one `NAME.partial`: the caller sees to it that there is one.
#[derive(Debug)]
pub struct WholeFile {
    file: File,
    partial: TempPath,
    path: PathBuf,
}

impl WholeFile {
    /// Begins to write the file. Its folder must be there.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn create(path: &Path) -> io::Result<Self> {
        let name = Self::partial_of(path);
        let file = File::create(&name)?;
        Ok(Self { file, partial: TempPath::try_from_path(name)?, path: path.to_owned() })
    }

    /// Where the bytes of the file go until it has its name.
    #[must_use]
    pub fn partial_of(path: &Path) -> PathBuf {
        let mut name = path.as_os_str().to_owned();
        name.push(PARTIAL);
        name.into()
    }

    /// What has been written so far.
    #[must_use]
    pub const fn file(&self) -> &File {
        &self.file
    }

    /// Gives the file its name. When this returns without an error, a power failure takes neither.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn finish(self) -> io::Result<()> {
        self.file.sync_all()?;
        self.partial.persist(&self.path)?;
        // An empty path is the parent of a bare name.
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Writes a small file as a [`WholeFile`].
///
/// # Errors
/// When the file system refuses. Nothing is left of the bytes then.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = WholeFile::create(path)?;
    file.write_all(bytes)?;
    file.finish()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let names =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_keeps_its_old_bytes_until_the_new_ones_are_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("white.json");
        write_whole(&path, b"old").unwrap();
        fs::write(folder.path().join("white.json.partial"), "of a process that was killed").unwrap();
        let mut file = WholeFile::create(&path).unwrap();
        file.write_all(b"ne").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"old");
        file.write_all(b"w").unwrap();
        assert_eq!(names(folder.path()), ["white.json", "white.json.partial"]);
        file.finish().unwrap();
        assert_eq!((fs::read(&path).unwrap(), names(folder.path()).len()), (b"new".to_vec(), 1));
    }

    #[test]
    fn what_cannot_be_finished_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("snapshot.jpg");
        drop(WholeFile::create(&path).unwrap());
        assert_eq!(names(folder.path()), [""; 0]);
        // Whatever is written to /dev/full fails as on a full disk.
        symlink("/dev/full", folder.path().join("snapshot.jpg.partial")).unwrap();
        let error = write_whole(&path, b"picture").unwrap_err();
        assert_eq!((error.kind(), names(folder.path()).len()), (io::ErrorKind::StorageFull, 0));
        fs::create_dir(&path).unwrap();
        write_whole(&path, b"picture").unwrap_err();
        assert_eq!(names(folder.path()), ["snapshot.jpg"], "a folder is not replaced");
    }
}
