//! Galleries on disk: one JSON file each, written whole or not at all, by one process at a time.
//!
//! A file holds looks and where they come from, no pictures. Its digest is the gallery's version.

mod lock;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anjian_analysis::{Calibration, Gallery};
use anjian_api::GarmentSide;
use anjian_domain::Embedding;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use lock::GalleryLock;

/// So many approved garments let one strange picture do no harm.
pub const FEW: usize = 10;
/// More garments say nothing more, and each is compared with every look.
const MOST_SAMPLES: usize = 400;

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

/// The model that looks at garments now.
#[derive(Debug, Clone, PartialEq)]
pub struct GarmentModel {
    /// Name and digest.
    pub id: String,
    /// How its likenesses become probabilities.
    pub calibration: Calibration,
}

/// Why a gallery cannot be used, or does not take a garment.
#[derive(Debug, thiserror::Error)]
pub enum GalleryProblem {
    /// The same pixels were enrolled before.
    #[error("it is in the gallery already, as {}", .0.as_str())]
    Known(GarmentSide),
    /// As many as are allowed.
    #[error("the gallery {name:?} holds {most} garments, and no more are taken: 10 to 30 of them serve best")]
    Full {
        /// The gallery.
        name: String,
        /// So many.
        most: usize,
    },
    /// Looks of two models cannot be compared.
    #[error(
        "--gallery: {name:?} was enrolled with {enrolled_with}, and looks of {model} cannot be compared with it: enrol \
         its pictures anew with --replace"
    )]
    OtherModel {
        /// The gallery.
        name: String,
        /// Name and digest.
        enrolled_with: String,
        /// Name and digest of the one in use.
        model: String,
    },
    /// The file holds no gallery, or another one.
    #[error("{path}: {problem}", path = .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// The file cannot be read.
    #[error("cannot read {path}: {source}", path = .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The file, or its folder, cannot be written.
    #[error("cannot write {path}: {source}", path = .path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// Another process changes it for longer than was waited.
    #[error("the gallery {0:?} is being changed by another anjian: try again in a while")]
    Taken(String),
}

impl GalleryProblem {
    /// Whether it lies in what was asked for, rather than in what happened.
    pub const fn is_usage(&self) -> bool {
        matches!(self, Self::OtherModel { .. } | Self::Damaged { .. })
    }
}

impl GalleryFile {
    /// Where a gallery of that name lies.
    pub fn path(folder: &Path, name: &str) -> PathBuf {
        folder.join(name).with_extension("json")
    }

    /// The gallery as it is, or an empty one, for looks of that model.
    ///
    /// # Errors
    /// When it cannot be read, is damaged, or is of another model.
    pub fn open(folder: &Path, name: &str, model: &GarmentModel) -> Result<Self, GalleryProblem> {
        let path = Self::path(folder, name);
        let bytes = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::empty(name, model)),
            Err(source) => return Err(GalleryProblem::Read { path, source }),
            Ok(bytes) => bytes,
        };
        let file = parse(&bytes, &path).map_err(|problem| GalleryProblem::Damaged { path, problem })?.0;
        if file.model != model.id {
            let (enrolled_with, model) = (file.model, model.id.clone());
            return Err(GalleryProblem::OtherModel { name: file.name, enrolled_with, model });
        }
        Ok(Self { calibration: model.calibration, ..file })
    }

    /// A gallery without garments.
    pub fn empty(name: &str, model: &GarmentModel) -> Self {
        let GarmentModel { id, calibration } = model.clone();
        Self { name: name.to_owned(), model: id, calibration, approved: vec![], unapproved: vec![] }
    }

    /// Takes a garment that it does not have yet.
    ///
    /// # Errors
    /// When it has it, on either side, or has as many as are allowed.
    pub fn add(&mut self, sample: Sample, side: GarmentSide) -> Result<(), GalleryProblem> {
        for (known, samples) in
            [(GarmentSide::Approved, &self.approved), (GarmentSide::Unapproved, &self.unapproved)]
        {
            if samples.iter().any(|other| other.sha256 == sample.sha256) {
                return Err(GalleryProblem::Known(known));
            }
        }
        if self.approved.len() + self.unapproved.len() >= MOST_SAMPLES {
            return Err(GalleryProblem::Full { name: self.name.clone(), most: MOST_SAMPLES });
        }
        match side {
            GarmentSide::Approved => self.approved.push(sample),
            GarmentSide::Unapproved => self.unapproved.push(sample),
        }
        Ok(())
    }

    /// An approved garment that the others do not vouch for may be the wrong person's.
    pub fn remark_on(&self, sample: &Sample) -> Option<String> {
        let mut others = self.clone();
        others.approved.retain(|other| other.sha256 != sample.sha256);
        if others.approved.len() == self.approved.len() {
            return None;
        }
        let probability = others.into_gallery(String::new()).match_probability(&sample.look)?;
        (probability < 0.5).then(|| {
            let percent = probability * 100.0;
            format!(
                "unlike the other approved garments ({percent:.0} % a match): was the right person taken?"
            )
        })
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

/// Every gallery of the folder as rules use it, by name, and what is wrong with the files that are none.
pub fn load_all(folder: &Path) -> (Vec<Gallery>, Vec<String>) {
    let GalleryFiles { galleries, problems } = read_all(folder);
    let problem = |(file, problem): (String, String)| format!("{}: {problem}", folder.join(file).display());
    let galleries = galleries.into_iter().map(|(file, version)| file.into_gallery(version));
    (galleries.collect(), problems.into_iter().map(problem).collect())
}

/// What lies in a folder of galleries.
pub struct GalleryFiles {
    /// Each with its version, by name.
    pub galleries: Vec<(GalleryFile, String)>,
    /// Names of the files that are none, each with what is wrong.
    pub problems: Vec<(String, String)>,
}

/// Every gallery of the folder as it is stored.
pub fn read_all(folder: &Path) -> GalleryFiles {
    let mut found = GalleryFiles { galleries: vec![], problems: vec![] };
    for path in files(folder) {
        let read = fs::read(&path).map_err(|error| error.to_string());
        match read.and_then(|bytes| parse(&bytes, &path)) {
            Ok(gallery) => found.galleries.push(gallery),
            Err(problem) => {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                found.problems.push((name, problem));
            }
        }
    }
    found
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
    let file: GalleryFile = serde_json::from_slice(bytes)
        .map_err(|error| format!("not a gallery ({error}): restore it, or enrol it anew with --replace"))?;
    if path.file_stem().is_none_or(|stem| stem != file.name.as_str()) {
        return Err(format!("holds the gallery {:?}: name the file so", file.name));
    }
    Ok((file, version(bytes)))
}

fn version(bytes: &[u8]) -> String {
    hex::encode(&Sha256::digest(bytes)[..6])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> GarmentModel {
        GarmentModel { id: "coat@0".to_owned(), calibration: Calibration { scale: 10.0, offset: 0.5 } }
    }

    fn sample(sha256: &str, look: [f32; 2]) -> Sample {
        let look = Embedding::new(&look).unwrap();
        Sample { origin: "a.jpg".to_owned(), sha256: sha256.to_owned(), look }
    }

    fn file(name: &str) -> GalleryFile {
        let mut file = GalleryFile::empty(name, &model());
        file.add(sample("00", [0.6, 0.8]), GarmentSide::Approved).unwrap();
        file
    }

    fn save(folder: &Path, file: &GalleryFile) -> String {
        GalleryLock::take(folder, &file.name, std::time::Duration::ZERO, &anjian_domain::SystemClock)
            .unwrap()
            .save(file)
            .unwrap()
    }

    #[test]
    fn what_was_saved_is_loaded_under_its_version() {
        let folder = tempfile::tempdir().unwrap();
        let galleries = folder.path().join("galleries");
        let white = GalleryFile::open(&galleries, "white", &model()).unwrap();
        assert_eq!(white, GalleryFile::empty("white", &model()));
        assert_eq!(load_all(&galleries), (vec![], vec![]));
        let version = save(&galleries, &file("white"));
        assert_eq!(GalleryFile::open(&galleries, "white", &model()).unwrap(), file("white"));
        assert_eq!(load_all(&galleries), (vec![file("white").into_gallery(version.clone())], vec![]));
        assert!(version.len() == 12 && load_all(&galleries).0[0].is_usable());

        let mut more = file("white");
        more.add(sample("01", [1.0, 0.0]), GarmentSide::Unapproved).unwrap();
        assert_ne!(save(&galleries, &more), version, "another content is another version");
    }

    #[test]
    fn damaged_and_misnamed_files_are_named_and_the_others_serve() {
        let folder = tempfile::tempdir().unwrap();
        save(folder.path(), &file("white"));
        fs::write(folder.path().join("torn.json"), "{ \"name\": \"torn\"").unwrap();
        fs::copy(folder.path().join("white.json"), folder.path().join("blue.json")).unwrap();
        let (galleries, problems) = load_all(folder.path());
        assert_eq!(galleries.len(), 1);
        assert!(problems[0].contains("blue.json") && problems[0].contains("\"white\""), "{problems:?}");
        assert!(problems[1].contains("torn.json") && problems[1].contains("--replace"), "{problems:?}");
        let refused = GalleryFile::open(folder.path(), "torn", &model()).unwrap_err();
        assert!(refused.is_usage() && refused.to_string().contains("torn.json: not a gallery"), "{refused}");
    }

    #[test]
    fn a_gallery_of_another_model_is_not_opened() {
        let folder = tempfile::tempdir().unwrap();
        save(folder.path(), &file("white"));
        let newer = Calibration { scale: 12.0, offset: 0.4 };
        let newer = GarmentModel { calibration: newer, ..model() };
        assert_eq!(GalleryFile::open(folder.path(), "white", &newer).unwrap().calibration, newer.calibration);
        let other = GarmentModel { id: "coat@1".to_owned(), ..model() };
        let refused = GalleryFile::open(folder.path(), "white", &other).unwrap_err();
        assert!(refused.is_usage() && refused.to_string().contains("with coat@0, and looks of coat@1"));
    }

    #[test]
    fn a_picture_stands_once_on_one_side() {
        let mut gallery = GalleryFile::empty("white", &model());
        gallery.add(sample("1", [1.0, 0.0]), GarmentSide::Approved).unwrap();
        gallery.add(sample("2", [1.0, 0.0]), GarmentSide::Unapproved).unwrap();
        for (sha256, known) in [("1", "as approved"), ("2", "as unapproved")] {
            for side in [GarmentSide::Approved, GarmentSide::Unapproved] {
                let refused = gallery.add(sample(sha256, [1.0, 0.0]), side).unwrap_err().to_string();
                assert!(refused.ends_with(known), "{sha256} {side:?}: {refused}");
            }
        }
        assert_eq!((gallery.approved.len(), gallery.unapproved.len()), (1, 1));
        for number in 2..MOST_SAMPLES {
            gallery.add(sample(&format!("more {number}"), [1.0, 0.0]), GarmentSide::Approved).unwrap();
        }
        let full = gallery.add(sample("one more", [1.0, 0.0]), GarmentSide::Approved).unwrap_err();
        assert!(full.to_string().contains("400 garments"), "{full}");
    }

    #[test]
    fn a_garment_that_the_others_do_not_vouch_for_is_remarked() {
        let mut gallery = file("white");
        assert_eq!(
            gallery.remark_on(&sample("00", [0.6, 0.8])),
            None,
            "the first has nobody to compare with"
        );
        for (sample, is_remarked) in [(sample("01", [0.61, 0.79]), false), (sample("02", [0.8, -0.6]), true)]
        {
            gallery.add(sample.clone(), GarmentSide::Approved).unwrap();
            let remark = gallery.remark_on(&sample);
            assert_eq!(remark.is_some_and(|remark| remark.contains("(1 % a match)")), is_remarked);
        }
        let unapproved = sample("03", [0.8, -0.6]);
        gallery.add(unapproved.clone(), GarmentSide::Unapproved).unwrap();
        assert_eq!(gallery.remark_on(&unapproved), None, "nobody vouches for what is not approved");
    }
}
