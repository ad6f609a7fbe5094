//! The files that footage lies in: what was named, and what lies in folders, with what is left out.

use std::collections::BTreeSet;
use std::fs::{self, DirEntry};
use std::path::{Path, PathBuf};

/// Endings of footage. Whether a file holds footage is found out when it is opened.
const ENDINGS: [&str; 36] = [
    "mp4", "m4v", "mov", "3gp", "3g2", "qt", "mkv", "webm", "ts", "mts", "m2ts", "m2t", "tp", "avi", "mpg",
    "mpeg", "ps", "vob", "m2p", "dat", "flv", "f4v", "wmv", "asf", "dav", "h264", "264", "h265", "265",
    "hevc", "avc", "mjpeg", "mjpg", "mxf", "ogv", "dv",
];

/// Folders in folders, and no deeper.
const DEPTH_MAX: usize = 32;

/// What was found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct FootageFiles {
    /// In the order in which they are analysed: as named, in folders by name.
    pub files: Vec<PathBuf>,
    /// What is no footage, and why.
    pub left_out: Vec<(PathBuf, String)>,
    /// What may be footage and could not be read, and why.
    pub unreadable: Vec<(PathBuf, String)>,
}

impl FootageFiles {
    /// Files as named; a folder stands for the footage in it and in its folders.
    pub fn list(paths: &[PathBuf]) -> Self {
        let mut found = Self::default();
        for path in paths {
            if path.is_dir() {
                found.enter(path, &mut BTreeSet::new(), 0);
            } else {
                found.files.push(path.clone());
            }
        }
        found
    }

    fn enter(&mut self, folder: &Path, above: &mut BTreeSet<PathBuf>, depth: usize) {
        // A link to a folder above would lead round and round.
        let place = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        if depth > DEPTH_MAX || !above.insert(place.clone()) {
            self.unreadable.push((folder.to_owned(), "leads back to a folder above it".to_owned()));
            return;
        }
        let entries = fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<DirEntry>, _>>);
        match entries {
            Ok(mut entries) => {
                entries.sort_by_key(DirEntry::file_name);
                entries.iter().for_each(|entry| self.consider(&entry.path(), above, depth));
            }
            Err(error) => self.unreadable.push((folder.to_owned(), format!("cannot be read ({error})"))),
        }
        above.remove(&place);
    }

    fn consider(&mut self, path: &Path, above: &mut BTreeSet<PathBuf>, depth: usize) {
        let metadata = match fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) if path.is_symlink() => {
                let target = fs::read_link(path).unwrap_or_default();
                let reason = format!("is a link to {}, which cannot be read ({error})", target.display());
                return self.unreadable.push((path.to_owned(), reason));
            }
            Err(error) => {
                return self.unreadable.push((path.to_owned(), format!("cannot be read ({error})")));
            }
        };
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let reason = if name.starts_with('.') {
            "is hidden".to_owned()
        } else if metadata.is_dir() {
            return self.enter(path, above, depth + 1);
        } else if !metadata.is_file() {
            "is no file".to_owned()
        } else if has_footage_ending(path) {
            return self.files.push(path.to_owned());
        } else {
            "has no ending of footage; name it itself if it is".to_owned()
        };
        self.left_out.push((path.to_owned(), reason));
    }
}

fn has_footage_ending(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    ENDINGS.contains(&ending.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn folders_are_searched_and_what_is_left_out_is_named() {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        fs::create_dir_all(at("2026-03-01/08")).unwrap();
        for name in ["b.MP4", "2026-03-01/08/a.dav", "notes.txt", ".hidden.mp4", "2026-03-01/z.m2ts"] {
            fs::write(at(name), "x").unwrap();
        }
        symlink(at("gone.mp4"), at("link.mp4")).unwrap();
        symlink(place.path(), at("2026-03-01/round")).unwrap();
        symlink(at("b.MP4"), at("c.mp4")).unwrap();
        let found = FootageFiles::list(&[place.path().to_owned(), at("named.bin")]);
        let names = ["2026-03-01/08/a.dav", "2026-03-01/z.m2ts", "b.MP4", "c.mp4", "named.bin"];
        assert_eq!(found.files, names.map(at));
        let left_out: Vec<_> = found.left_out.iter().map(|(path, _)| path.clone()).collect();
        assert_eq!(left_out, [at(".hidden.mp4"), at("notes.txt")]);
        let unreadable: Vec<_> = found.unreadable.iter().map(|(path, _)| path.clone()).collect();
        assert_eq!(unreadable, [at("2026-03-01/round"), at("link.mp4")]);
        assert!(found.unreadable[1].1.contains("gone.mp4"), "{:?}", found.unreadable);
    }
}
