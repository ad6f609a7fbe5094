//! Galleries on disk: one JSON file each, written whole or not at all.
//!
//! A file holds looks and where they come from, no pictures. Its digest is the gallery's version.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anjian_analysis::{Calibration, Gallery};
use anjian_domain::Embedding;
use anyhow::Context;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::output::Usage;

/// What stands in the file of a gallery.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GalleryFile {
    /// As the file is called.
    pub name: String,
    /// Name and digest of the model that made the looks.
    pub model: String,
    /// How likeness becomes a probability, as the catalogue had it.
    pub calibration: Calibration,
    /// What may be worn.
    #[serde(default)]
    pub approved: Vec<Sample>,
    /// What must not be mistaken for it.
    #[serde(default)]
    pub unapproved: Vec<Sample>,
}

/// One enrolled garment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// File name of the picture, or camera and time.
    pub origin: String,
    /// SHA-256 of the pixels, and of the place in them, that were looked at.
    pub sha256: String,
    /// How the model sees it.
    pub look: Embedding,
}

impl GalleryFile {
    /// Where a gallery of that name lies.
    pub fn path(folder: &Path, name: &str) -> PathBuf {
        folder.join(name).with_extension("json")
    }

    /// `None` when there is none.
    pub fn load(folder: &Path, name: &str) -> anyhow::Result<Option<Self>> {
        let path = Self::path(folder, name);
        match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
            Ok(bytes) => Ok(Some(parse(&bytes, &path).map_err(Usage)?.0)),
        }
    }

    /// Replaces the file; answers the gallery's new version.
    pub fn save(&self, folder: &Path) -> anyhow::Result<String> {
        let path = Self::path(folder, &self.name);
        let text = serde_json::to_vec_pretty(self)?;
        write_whole(folder, &path, &text).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(version(&text))
    }

    /// The gallery as rules use it.
    pub fn into_gallery(self, version: String) -> Gallery {
        let Self { name, model, calibration, approved, unapproved } = self;
        let looks = |samples: Vec<Sample>| samples.into_iter().map(|sample| sample.look).collect();
        Gallery {
            name,
            version,
            model,
            approved: looks(approved),
            unapproved: looks(unapproved),
            calibration,
        }
    }
}

/// Every gallery of the folder, by name, and what is wrong with the files that are none.
pub fn load_all(folder: &Path) -> (Vec<Gallery>, Vec<String>) {
    let (mut galleries, mut problems) = (vec![], vec![]);
    for path in files(folder) {
        let read = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()));
        match read.and_then(|bytes| parse(&bytes, &path)) {
            Ok((file, version)) => galleries.push(file.into_gallery(version)),
            Err(problem) => problems.push(problem),
        }
    }
    (galleries, problems)
}

/// No folder, no galleries: it comes with the first.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return vec![] };
    let mut files: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
        .collect();
    files.sort();
    files
}

fn parse(bytes: &[u8], path: &Path) -> Result<(GalleryFile, String), String> {
    let file: GalleryFile = serde_json::from_slice(bytes).map_err(|error| {
        format!("{}: not a gallery ({error}): restore it, or enrol it anew with --replace", path.display())
    })?;
    if path.file_stem().is_none_or(|stem| stem != file.name.as_str()) {
        return Err(format!("{}: holds the gallery {:?}: name the file so", path.display(), file.name));
    }
    Ok((file, version(bytes)))
}

fn version(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes)[..6])
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A reader sees the old file or the new one, also after a power failure.
fn write_whole(folder: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let part = path.with_extension("json.part");
    let mut file = File::create(&part)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&part, path)?;
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str) -> GalleryFile {
        let look = Embedding::new(&[0.6, 0.8]).unwrap();
        let sample = Sample { origin: "a.jpg".to_owned(), sha256: "00".to_owned(), look };
        GalleryFile {
            name: name.to_owned(),
            model: "coat@0".to_owned(),
            calibration: Calibration { scale: 10.0, offset: 0.5 },
            approved: vec![sample],
            unapproved: vec![],
        }
    }

    #[test]
    fn what_was_saved_is_loaded_under_its_version() {
        let folder = tempfile::tempdir().unwrap();
        let galleries = folder.path().join("galleries");
        assert_eq!(GalleryFile::load(&galleries, "white").unwrap(), None);
        assert_eq!(load_all(&galleries), (vec![], vec![]));
        let version = file("white").save(&galleries).unwrap();
        assert_eq!(GalleryFile::load(&galleries, "white").unwrap(), Some(file("white")));
        assert_eq!(load_all(&galleries).0, [file("white").into_gallery(version.clone())]);
        assert!(version.len() == 12 && load_all(&galleries).0[0].is_usable());

        let mut more = file("white");
        more.unapproved = more.approved.clone();
        assert_ne!(more.save(&galleries).unwrap(), version, "another content is another version");
    }

    #[test]
    fn damaged_and_misnamed_files_are_named_and_the_others_serve() {
        let folder = tempfile::tempdir().unwrap();
        file("white").save(folder.path()).unwrap();
        fs::write(folder.path().join("torn.json"), "{ \"name\": \"torn\"").unwrap();
        fs::copy(folder.path().join("white.json"), folder.path().join("blue.json")).unwrap();
        let (galleries, problems) = load_all(folder.path());
        assert_eq!(galleries.len(), 1);
        assert!(problems[0].contains("blue.json") && problems[0].contains("\"white\""), "{problems:?}");
        assert!(problems[1].contains("torn.json") && problems[1].contains("--replace"), "{problems:?}");
    }
}
