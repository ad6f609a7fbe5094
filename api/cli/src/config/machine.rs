//! What a configuration meets on this machine: folders that can be written, a disk that is large enough, a certificate.

use std::io;
use std::path::{Path, PathBuf};

use super::Config;

const GB: f64 = 1e9;

impl Config {
    /// Everything that this machine cannot do, as `key: reason and what to do`. Leaves nothing behind. `disk_bytes` says
    /// how large the disk of a folder is.
    pub fn problems_here(&self, disk_bytes: &dyn Fn(&Path) -> io::Result<u64>) -> Vec<String> {
        let mut folders = vec![("data_dir", self.data_dir.clone())];
        folders.extend(self.galleries_dir.clone().map(|folder| ("galleries_dir", folder)));
        folders.extend(self.recording.folder.clone().map(|folder| ("recording.folder", folder)));
        let mut problems: Vec<String> =
            folders.iter().filter_map(|(key, folder)| unwritable(key, folder)).collect();
        problems.extend(self.small_disk(disk_bytes));
        problems.extend(self.server.load_tls().err().map(|error| error.to_string()));
        problems
    }

    fn small_disk(&self, disk_bytes: &dyn Fn(&Path) -> io::Result<u64>) -> Option<String> {
        let folder = existing(&self.recordings_folder());
        // A disk that cannot be asked is told of where it cannot be written.
        let disk_gb = disk_bytes(&folder).ok()? as f64 / GB;
        let free_gb = self.recording.min_free_gb;
        (free_gb >= disk_gb).then(|| {
            format!(
                "recording.min_free_gb: {free_gb} GB cannot stay free, because the disk of {} has {disk_gb:.1} GB: every \
                 recording would be deleted at once; give less",
                folder.display()
            )
        })
    }
}

/// Why nothing can be written in a folder, which may have to be made first.
fn unwritable(key: &str, folder: &Path) -> Option<String> {
    let there = existing(folder);
    if !there.is_dir() {
        let (folder, there) = (folder.display(), there.display());
        return Some(format!(
            "{key}: {folder} cannot be a folder, because {there} is a file: choose another"
        ));
    }
    // Has no name, or loses it at once.
    let error = tempfile::tempfile_in(&there).err()?;
    Some(format!(
        "{key}: nothing can be written in {} ({error}): let the account that runs anjian write there, or choose another \
         folder",
        there.display()
    ))
}

/// The folder, or the nearest above it that is there.
fn existing(folder: &Path) -> PathBuf {
    let there = folder.ancestors().find(|folder| folder.exists());
    there.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DISK_BYTES: u64 = 500_000_000_000;

    fn problems(text: &str, folder: &Path) -> Vec<String> {
        let text = text.replace("HERE", folder.to_str().unwrap());
        let config = Config::from_text(&text, Path::new("anjian.toml")).unwrap();
        config.problems_here(&|_| Ok(DISK_BYTES))
    }

    #[test]
    fn what_this_machine_cannot_do_is_told_with_its_key() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("file"), "").unwrap();
        std::fs::create_dir(folder.path().join("there")).unwrap();
        let table = [
            ("data_dir = \"HERE/there\"", None),
            ("data_dir = \"HERE/not/yet/there\"", None),
            ("data_dir = \"HERE/file/data\"", Some(("data_dir:", "file is a file"))),
            // Nobody, not even root, makes files there.
            ("data_dir = \"/proc/anjian\"", Some(("data_dir:", "nothing can be written in /proc"))),
            ("data_dir = \"HERE\"\n[recording]\nfolder = \"/proc\"", Some(("recording.folder:", "/proc"))),
            ("data_dir = \"HERE\"\ngalleries_dir = \"HERE/file\"", Some(("galleries_dir:", "is a file"))),
            ("data_dir = \"HERE\"\n[recording]\nmin_free_gb = 499", None),
            (
                "data_dir = \"HERE\"\n[recording]\nmin_free_gb = 500",
                Some(("recording.min_free_gb: 500 GB", "has 500.0 GB")),
            ),
            (
                "data_dir = \"HERE\"\n[server]\ntls_certificate = \"HERE/file\"\ntls_key = \"HERE/file\"",
                Some(("server.tls_certificate:", "file holds no certificate")),
            ),
        ];
        for (text, expected) in table {
            let found = problems(text, folder.path());
            assert_eq!(found.len(), usize::from(expected.is_some()), "{text}: {found:?}");
            if let Some((place, reason)) = expected {
                assert!(found[0].starts_with(place) && found[0].contains(reason), "{text}: {found:?}");
            }
        }
        let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(left.len(), 2, "nothing was made");
    }
}
