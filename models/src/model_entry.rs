//! One entry of the catalogue as it is written, and the checks that make a [`Model`] of it.
//!
//! Reading files is [`crate::Catalogue`]'s part.

use anjian_domain::{Class, Score};
use serde::Deserialize;

use crate::model::{ClassChannel, Head, Input, Model, SuppressGroup};

/// More branches than this are a mistake.
const MOST_BRANCHES: usize = 4;

/// Why an entry is refused: the key, and what is wrong with it.
#[derive(Debug, PartialEq)]
pub(crate) struct KeyProblem {
    pub(crate) key: String,
    pub(crate) problem: String,
}

pub(crate) fn refuse<T>(key: impl Into<String>, problem: impl Into<String>) -> Result<T, KeyProblem> {
    Err(KeyProblem { key: key.into(), problem: problem.into() })
}

/// An entry as written. Classes and head are text here, so that a wrong one is told with its key.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ModelEntry {
    pub(crate) name: String,
    file: String,
    sha256: String,
    head: Head,
    #[serde(default = "one_branch")]
    branches: usize,
    input: Input,
    #[serde(default)]
    size: Vec<SizeEntry>,
    #[serde(default)]
    variant: Vec<VariantEntry>,
    class: Vec<ClassEntry>,
    suppress: Vec<SuppressEntry>,
    licence: String,
    origin: String,
}

const fn one_branch() -> usize {
    1
}

/// The same weights with another input, under a name of its own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SizeEntry {
    name: String,
    width_px: u32,
    height_px: u32,
    #[serde(default)]
    mirrored: bool,
}

/// The same network with fewer bits, under a name of its own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct VariantEntry {
    name: String,
    file: String,
    sha256: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClassEntry {
    name: String,
    threshold: f32,
    video_threshold: Option<f32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SuppressEntry {
    classes: Vec<String>,
    iou: f32,
}

impl ModelEntry {
    /// The model, and one more for each further size of its input and each variant of its weights.
    pub(crate) fn check(self) -> Result<Vec<Model>, KeyProblem> {
        check_name("name", &self.name)?;
        check_digest("sha256", &self.sha256)?;
        check_texts([("file", &self.file), ("licence", &self.licence), ("origin", &self.origin)])?;
        check_side("input.width_px", self.input.width_px)?;
        check_side("input.height_px", self.input.height_px)?;
        if !(1..=MOST_BRANCHES).contains(&self.branches) {
            return refuse("branches", format!("{} must be from 1 to {MOST_BRANCHES}", self.branches));
        }
        let classes = check_classes(&self.class)?;
        let suppress = check_suppress(&self.suppress, &classes)?;
        let Self { name, file, sha256, head, branches, input, size, variant, licence, origin, .. } = self;
        let sha256 = sha256.to_ascii_lowercase();
        let model = Model { name, file, sha256, head, branches, input, classes, suppress, licence, origin };
        let larger = size.into_iter().map(|size| size.check(&model));
        let others = variant.into_iter().map(|variant| variant.check(&model));
        let derived = larger.chain(others).collect::<Result<Vec<_>, _>>()?;
        Ok([model].into_iter().chain(derived).collect())
    }
}

impl SizeEntry {
    fn check(self, model: &Model) -> Result<Model, KeyProblem> {
        let Self { name, width_px, height_px, mirrored } = self;
        check_name("size.name", &name)?;
        check_side("size.width_px", width_px)?;
        check_side("size.height_px", height_px)?;
        Ok(Model { name, input: Input { width_px, height_px, mirrored, ..model.input }, ..model.clone() })
    }
}

impl VariantEntry {
    fn check(self, model: &Model) -> Result<Model, KeyProblem> {
        let Self { name, file, sha256 } = self;
        check_name("variant.name", &name)?;
        check_digest("variant.sha256", &sha256)?;
        check_texts([("variant.file", &file)])?;
        Ok(Model { name, file, sha256: sha256.to_ascii_lowercase(), ..model.clone() })
    }
}

/// The texts say something.
pub(crate) fn check_texts<const N: usize>(texts: [(&str, &String); N]) -> Result<(), KeyProblem> {
    match texts.iter().find(|(_, text)| text.trim().is_empty()) {
        Some((key, _)) => refuse(*key, "must not be empty"),
        None => Ok(()),
    }
}

pub(crate) fn check_digest(key: &str, sha256: &str) -> Result<(), KeyProblem> {
    if sha256.len() == 64 && sha256.chars().all(|c| c.is_ascii_hexdigit()) {
        return Ok(());
    }
    refuse(key, "must be 64 hexadecimal digits, as sha256sum prints them")
}

pub(crate) fn check_name(key: &str, name: &str) -> Result<(), KeyProblem> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if name.is_empty() || !name.chars().all(is_name) {
        return refuse(key, "must be letters, digits, _ and -");
    }
    Ok(())
}

fn check_side(key: &str, side_px: u32) -> Result<(), KeyProblem> {
    if side_px.is_multiple_of(32) && (32..=4096).contains(&side_px) {
        return Ok(());
    }
    refuse(key, format!("{side_px} must be a multiple of 32 from 32 to 4096"))
}

fn check_classes(entries: &[ClassEntry]) -> Result<Vec<ClassChannel>, KeyProblem> {
    if entries.is_empty() {
        return refuse("class", "at least one is needed");
    }
    let mut classes: Vec<ClassChannel> = Vec::new();
    for entry in entries {
        let class = parse_class("class.name", &entry.name)?;
        if classes.iter().any(|channel| channel.class == class) {
            return refuse("class.name", format!("{class} stands twice"));
        }
        let threshold = check_threshold("class.threshold", entry.threshold, 1.0, class)?;
        let video = entry.video_threshold.unwrap_or(entry.threshold);
        let video_threshold = check_threshold("class.video_threshold", video, entry.threshold, class)?;
        classes.push(ClassChannel { class, threshold, video_threshold });
    }
    Ok(classes)
}

fn check_threshold(key: &str, value: f32, most: f32, class: Class) -> Result<Score, KeyProblem> {
    let score = Score::new(value).filter(|score| score.value() > 0.0 && score.value() <= most);
    score.map_or_else(|| refuse(key, format!("{value} of {class} must be above 0 and at most {most}")), Ok)
}

fn parse_class(key: &str, name: &str) -> Result<Class, KeyProblem> {
    name.parse().or_else(|unknown: anjian_domain::UnknownClass| refuse(key, unknown.to_string()))
}

fn check_suppress(
    entries: &[SuppressEntry],
    classes: &[ClassChannel],
) -> Result<Vec<SuppressGroup>, KeyProblem> {
    let mut groups: Vec<SuppressGroup> = Vec::new();
    for entry in entries {
        if !(entry.iou > 0.0 && entry.iou <= 1.0) {
            return refuse("suppress.iou", format!("{} must be above 0 and at most 1", entry.iou));
        }
        let named = entry.classes.iter().map(|name| parse_class("suppress.classes", name));
        groups.push(SuppressGroup { classes: named.collect::<Result<_, _>>()?, iou: entry.iou });
    }
    let is_given = |class: &Class| classes.iter().any(|channel| channel.class == *class);
    if let Some(stranger) = groups.iter().flat_map(|group| &group.classes).find(|class| !is_given(class)) {
        return refuse("suppress.classes", format!("{stranger} is no class of this model"));
    }
    for ClassChannel { class, .. } in classes {
        let times = groups.iter().flat_map(|group| &group.classes).filter(|other| *other == class).count();
        if times != 1 {
            return refuse(
                "suppress.classes",
                format!("{class} must stand in exactly one group, stands in {times}"),
            );
        }
    }
    Ok(groups)
}
