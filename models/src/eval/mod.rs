//! Scores a model of the catalogue on pictures with YOLO labels: what `anjian eval` prints.
//!
//! Average precision is the area under the precision-recall curve over all points (VOC 2010 and later; COCO's
//! 101-point mean lies within about half a point of it), at one overlap, over what is left when each class is suppressed
//! alone, as the field measures it. Precision, recall and F1 are of what the product reports: at the thresholds that the
//! model ships with, the classes of a group competing.

mod labels;
mod precision;
mod table;

use std::collections::BTreeMap;
use std::path::PathBuf;

use anjian_domain::{Class, Picture, Score};
use serde::Serialize;

use crate::session::Ranked;
use crate::{Catalogue, Model, ModelError, Reported, Runtime, SessionSettings, read_picture};

pub use labels::parse_names;
use precision::Tally;

/// Detections from this score on go into average precision; what lies below moves it by less than a thousandth.
const FLOOR: f32 = 0.01;

/// What to score on.
#[derive(Debug, Clone, PartialEq)]
pub struct EvalSettings {
    /// Folder of JPEG, PNG and WebP pictures.
    pub images: PathBuf,
    /// Folder of label files, `<stem of the picture>.txt`; a picture without one shows nothing.
    pub labels: PathBuf,
    /// What the numbers in the label files mean; see [`parse_names`]. Other numbers are left out and counted.
    pub names: Vec<(u32, Class)>,
    /// A box counts as found when it overlaps the label at least this much, above 0, at most 1.
    pub iou: f32,
    /// Threads for one picture.
    pub threads: usize,
}

/// How well a model did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// Pictures scored.
    pub images: usize,
    /// Of those, without a label file.
    pub images_without_labels: usize,
    /// Labels whose number has no name.
    pub boxes_left_out: usize,
    /// Overlap from which a box counts as found.
    pub iou: f32,
    /// Name and digest.
    pub model: String,
    /// By name of the class.
    pub classes: BTreeMap<Class, ClassEvaluation>,
}

/// How well a model did on one class.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ClassEvaluation {
    /// Average precision, 0..1, this class suppressed alone; `None` without labels.
    pub ap: Option<f64>,
    /// Share of the detections that are right, 0..1, at the shipped threshold; `None` without detections.
    pub precision: Option<f64>,
    /// Share of the labels that were found, 0..1, at the shipped threshold; `None` without labels.
    pub recall: Option<f64>,
    /// Harmonic mean of both, 0..1; `None` without labels.
    pub f1: Option<f64>,
    /// The shipped threshold.
    pub threshold: f32,
    /// Labels.
    pub boxes: usize,
    /// Detections at the shipped threshold.
    pub detections: usize,
}

/// Scores `model` of `catalogue`; calls `progress` with pictures done and pictures in all.
///
/// # Errors
/// When a name is not given by the model, there are no pictures, or a picture or label file is damaged.
pub fn evaluate(
    catalogue: &Catalogue,
    model: &str,
    runtime: &Runtime,
    settings: &EvalSettings,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Evaluation, ModelError> {
    let description = catalogue.model(model)?;
    check(description, settings)?;
    let reported = Score::new(FLOOR).map_or(Reported::Pictures, Reported::From);
    let session = SessionSettings { threads: settings.threads, reported };
    let mut detector = catalogue.load_ranking(model, runtime, session)?;
    let count = tally(&mut |picture| detector.rank(picture), settings, progress)?;
    let judge = |(class, tallies): (Class, Tallies)| {
        let threshold = description.threshold(class).map_or(0.0, Score::value);
        (class, ClassEvaluation::new(&tallies, threshold))
    };
    Ok(Evaluation {
        images: count.images,
        images_without_labels: count.images_without_labels,
        boxes_left_out: count.boxes_left_out,
        iou: settings.iou,
        model: description.id(),
        classes: count.classes.into_iter().map(judge).collect(),
    })
}

fn check(model: &Model, settings: &EvalSettings) -> Result<(), ModelError> {
    if !(settings.iou > 0.0 && settings.iou <= 1.0) {
        return Err(ModelError::Evaluation(format!(
            "an iou of {} must be above 0 and at most 1",
            settings.iou
        )));
    }
    if settings.names.is_empty() {
        return Err(ModelError::Evaluation("no names were given; write 0=head,1=helmet".to_owned()));
    }
    if !settings.labels.is_dir() {
        let folder = settings.labels.display();
        return Err(ModelError::Evaluation(format!("{folder} is no folder of label files")));
    }
    for (_, class) in &settings.names {
        if model.threshold(*class).is_none() {
            let given: Vec<_> = model.classes.iter().map(|channel| channel.class.as_str()).collect();
            let problem =
                format!("model {} does not give {class}: it gives {}", model.name, given.join(", "));
            return Err(ModelError::Evaluation(problem));
        }
    }
    Ok(())
}

#[derive(Debug, Default)]
struct Count {
    images: usize,
    images_without_labels: usize,
    boxes_left_out: usize,
    classes: BTreeMap<Class, Tallies>,
}

/// One class, as its average precision and as its figures at a threshold count it.
#[derive(Debug, Default)]
struct Tallies {
    alone: Tally,
    together: Tally,
}

fn tally(
    rank: &mut dyn FnMut(&Picture) -> Result<Ranked, ModelError>,
    settings: &EvalSettings,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Count, ModelError> {
    let pictures = labels::pictures(&settings.images)?;
    let mut count = Count { images: pictures.len(), ..Count::default() };
    count.classes.extend(settings.names.iter().map(|(_, class)| (*class, Tallies::default())));
    for (done, path) in (1..).zip(&pictures) {
        let labels = labels::labels_of(path, &settings.labels, &settings.names)?;
        count.images_without_labels += usize::from(labels.is_none());
        let labels = labels.unwrap_or_default();
        count.boxes_left_out += labels.left_out;
        let ranked = rank(&read_picture(path)?)?;
        for (class, tallies) in &mut count.classes {
            tallies.alone.add(*class, &ranked.alone, &labels.boxes, settings.iou);
            tallies.together.add(*class, &ranked.together, &labels.boxes, settings.iou);
        }
        progress(done, pictures.len());
    }
    Ok(count)
}

impl ClassEvaluation {
    fn new(tallies: &Tallies, threshold: f32) -> Self {
        let at = tallies.together.at(threshold);
        Self {
            ap: tallies.alone.average_precision(),
            precision: at.precision,
            recall: at.recall,
            f1: at.f1,
            threshold,
            boxes: tallies.together.boxes,
            detections: at.detections,
        }
    }
}

#[cfg(test)]
mod tests {
    use anjian_domain::{Detection, NormBox};

    use super::*;

    /// Sees a head in the left half of every picture, sure of it in proportion to the picture's first byte, and half as
    /// sure a helmet, which loses against the head.
    fn left_half(picture: &Picture) -> Ranked {
        let bounds = NormBox::new(0.0, 0.0, 0.5, 1.0).unwrap();
        let sure = f32::from(picture.bytes()[0]) / 255.0;
        let of = |class, score| Detection { class, score: Score::new(score).unwrap(), bounds };
        let head = of(Class::Head, sure);
        Ranked { together: vec![head], alone: vec![head, of(Class::Helmet, sure / 2.0)] }
    }

    fn dataset(pictures: &[(&str, u8, Option<&str>)]) -> (tempfile::TempDir, EvalSettings) {
        let folder = tempfile::tempdir().unwrap();
        let settings = EvalSettings {
            images: folder.path().join("images"),
            labels: folder.path().join("labels"),
            names: parse_names("0=head,1=helmet").unwrap(),
            iou: 0.5,
            threads: 1,
        };
        std::fs::create_dir_all(&settings.images).unwrap();
        std::fs::create_dir_all(&settings.labels).unwrap();
        for (stem, grey, labels) in pictures {
            let format = anjian_domain::PixelFormat::Bgr;
            let picture = Picture::new(4, 4, format, Default::default(), vec![*grey; 48]).unwrap();
            crate::write_picture(&settings.images.join(format!("{stem}.png")), &picture).unwrap();
            if let Some(text) = labels {
                std::fs::write(settings.labels.join(format!("{stem}.txt")), text).unwrap();
            }
        }
        (folder, settings)
    }

    #[test]
    fn counts_pictures_labels_and_hits() {
        let left = "0 0.25 0.5 0.5 1\n";
        let right = "0 0.75 0.5 0.5 1\n1 0.25 0.5 0.5 1\n9 0.5 0.5 0.1 0.1\n";
        let (_folder, settings) = dataset(&[
            ("a.b", 230, Some(left)),
            ("c", 180, Some(right)),
            ("d", 100, Some(left)),
            ("e", 60, None),
        ]);
        let mut calls = Vec::new();
        let mut rank = |picture: &Picture| Ok(left_half(picture));
        let count = tally(&mut rank, &settings, &mut |done, all| calls.push((done, all))).unwrap();
        assert_eq!((count.images, count.images_without_labels, count.boxes_left_out), (4, 1, 1));
        assert_eq!(calls, [(1, 4), (2, 4), (3, 4), (4, 4)]);
        let head = ClassEvaluation::new(&count.classes[&Class::Head], 0.5);
        assert_eq!((head.boxes, head.detections), (3, 2));
        assert_eq!((head.precision, head.recall), (Some(0.5), Some(1.0 / 3.0)));
        assert_eq!(head.ap, Some((1.0 + 2.0 / 3.0) / 3.0));
        let helmet = ClassEvaluation::new(&count.classes[&Class::Helmet], 0.5);
        assert_eq!((helmet.boxes, helmet.detections, helmet.ap), (1, 0, Some(0.5)));
    }

    #[test]
    fn impossible_requests_are_refused_before_any_work() {
        let (_folder, right) = dataset(&[("a", 0, None)]);
        let catalogue = Catalogue::built_in().unwrap();
        let model = &catalogue.models()[0];
        assert!(check(model, &right).is_ok());
        let smoke = EvalSettings { names: vec![(0, Class::Smoke)], ..right.clone() };
        let nothing = EvalSettings { names: Vec::new(), ..right.clone() };
        let overlap = EvalSettings { iou: 1.5, ..right.clone() };
        let nowhere = EvalSettings { labels: PathBuf::from("/nowhere"), ..right };
        for (settings, said) in
            [(smoke, "does not give smoke"), (nothing, "names"), (overlap, "1.5"), (nowhere, "/nowhere")]
        {
            let error = check(model, &settings).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
    }
}
