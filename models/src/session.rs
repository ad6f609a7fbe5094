//! Runs one ONNX model: checked at load, then letterbox, graph, head, suppression for each picture.

use anjian_domain::{Class, ColourMatrix, Detection, Picture, PixelFormat};
use ndarray::{Array4, ArrayView4, s};
use ort::session::Session;
use ort::value::{DynValue, TensorRef};

use crate::crop::Region;
use crate::detector::{Detector, Reported, SessionSettings};
use crate::graph::{inputs_text, only_input, open};
use crate::letterbox::{Fit, Letterbox};
use crate::model::{ClassChannel, Head, InputFit, Model, SuppressGroup};
use crate::suppress::{LEAST_SHARE, suppress};
use crate::yolox::{self, Floor};
use crate::{ModelError, Runtime, Tiles, tile};

/// A model in ONNX Runtime, with the buffers of one thread.
pub(crate) struct OnnxDetector {
    id: String,
    model: Model,
    session: Session,
    letterbox: Letterbox,
    /// What the head looks for.
    floors: Vec<Floor>,
    /// What is reported, in the same order.
    thresholds: Vec<Floor>,
    candidates: Vec<Detection>,
}

/// What is left of a picture's candidates; each the strongest first.
#[derive(Debug, Default)]
pub(crate) struct Ranked {
    /// The classes of a group competing, as the product has it.
    pub(crate) together: Vec<Detection>,
    /// Each class by itself, as average precision is measured.
    pub(crate) alone: Vec<Detection>,
}

impl OnnxDetector {
    pub(crate) fn load(
        model: Model,
        weights: &[u8],
        runtime: &Runtime,
        settings: SessionSettings,
    ) -> Result<Self, ModelError> {
        let session = open(weights, runtime, settings)
            .map_err(|source| ModelError::Unloadable { file: model.file.clone(), source })?;
        check_input(&model, &session)?;
        let thresholds = thresholds(&model, settings);
        let mut detector = Self {
            id: model.id(),
            session,
            letterbox: Letterbox::new(model.input),
            floors: floors(&model, &thresholds),
            thresholds,
            candidates: Vec::new(),
            model,
        };
        detector.try_blank_picture()?;
        Ok(detector)
    }
}

impl Detector for OnnxDetector {
    fn detect(&mut self, picture: &Picture, tiles: &Tiles) -> Result<Vec<Detection>, ModelError> {
        self.find_all(picture)?;
        self.candidates.retain(|seen| !tiles.decide(seen));
        for tile in tiles.iter() {
            let first = self.candidates.len();
            self.find(picture, Region::of(tile, picture))?;
            let of_tile = self.candidates.split_off(first);
            self.candidates.extend(of_tile.into_iter().filter(|seen| tile::shows(tile, seen.bounds)));
        }
        let mut kept = suppress(&self.candidates, &self.model.suppress);
        kept.retain(|seen| self.thresholds.iter().any(|least| reaches(seen, least)));
        Ok(kept)
    }

    fn model(&self) -> &str {
        &self.id
    }
}

impl OnnxDetector {
    /// What an evaluation counts, from one look at the picture.
    pub(crate) fn rank(&mut self, picture: &Picture) -> Result<Ranked, ModelError> {
        self.find_all(picture)?;
        let lonely = |group: &SuppressGroup| {
            let iou = group.iou;
            group
                .classes
                .iter()
                .map(move |class| SuppressGroup { classes: vec![*class], iou })
                .collect::<Vec<_>>()
        };
        let alone: Vec<_> = self.model.suppress.iter().flat_map(lonely).collect();
        Ok(Ranked {
            together: suppress(&self.candidates, &self.model.suppress),
            alone: suppress(&self.candidates, &alone),
        })
    }

    /// Makes what the whole picture shows the candidates.
    fn find_all(&mut self, picture: &Picture) -> Result<(), ModelError> {
        self.candidates.clear();
        self.find(picture, Region::whole(picture))
    }

    /// Adds what a part of the picture shows, above the floors, to the candidates.
    fn find(&mut self, picture: &Picture, part: Region) -> Result<(), ModelError> {
        let (fit, tensor) = self.letterbox.apply_part(picture, part)?;
        let Self { session, model, floors, candidates, .. } = self;
        let image = model.input.mirrored.then(|| mirror_image(&tensor));
        let mirrored =
            image.map(|image| run(session, model, &fit, &image.view(), <[f32]>::to_vec)).transpose()?;
        let place = |bounds| part.to_picture(bounds, picture);
        run(session, model, &fit, &tensor, |values| match model.head {
            Head::Yolox => {
                let mean = mirrored.map(|mirrored| yolox::mean(values, &mirrored, &fit, floors.len()));
                yolox::decode(mean.as_deref().unwrap_or(values), &fit, floors, place, candidates);
            }
        })
    }

    /// A wrong graph is told at load, not by the first frame of a camera at night. Wider than high, so that a graph
    /// whose sides are exchanged shows as well.
    fn try_blank_picture(&mut self) -> Result<(), ModelError> {
        let blank = blank_picture();
        self.detect(&blank, &Tiles::default()).map(drop)
    }
}

/// What the graph gives for an input, while it is there.
fn run<T>(
    session: &mut Session,
    model: &Model,
    fit: &Fit,
    input: &ArrayView4<'_, f32>,
    with: impl FnOnce(&[f32]) -> T,
) -> Result<T, ModelError> {
    let failed = |source| ModelError::Inference { model: model.id(), source };
    let input = TensorRef::from_array_view(input.view()).map_err(failed)?;
    let outputs = session.run(ort::inputs![input]).map_err(failed)?;
    head_values(model, fit, &outputs[0]).map(with)
}

/// Left and right exchanged, padding and all, so that cells lie on cells.
fn mirror_image(input: &ArrayView4<'_, f32>) -> Array4<f32> {
    input.slice(s![.., .., .., ..;-1]).as_standard_layout().into_owned()
}

fn reaches(seen: &Detection, least: &Floor) -> bool {
    seen.class == least.class && seen.score.value() >= least.score
}

fn blank_picture() -> Picture {
    let bytes = vec![114; 160 * 90 * 3];
    Picture::new(160, 90, PixelFormat::Bgr, ColourMatrix::default(), bytes).expect("as many bytes as pixels")
}

fn check_input(model: &Model, session: &Session) -> Result<(), ModelError> {
    let (height, width) = match model.input.fit {
        InputFit::Picture => (-1, -1),
        InputFit::Fixed => (i64::from(model.input.height_px), i64::from(model.input.width_px)),
    };
    let is_free_or = |side: i64, expected: i64| side == -1 || side == expected;
    let is_right = only_input(session).is_some_and(|[count, colours, h, w]| {
        is_free_or(count, 1) && colours == 3 && is_free_or(h, height) && is_free_or(w, width)
    });
    if is_right {
        return Ok(());
    }
    Err(ModelError::Shape {
        file: model.file.clone(),
        expected: format!("one f32 input (1, 3, {}, {})", side_text(height), side_text(width)),
        found: inputs_text(session),
    })
}

fn side_text(side: i64) -> String {
    if side == -1 { "any".to_owned() } else { side.to_string() }
}

/// The head's values, when their shape is the one that the catalogue asks for.
fn head_values<'v>(model: &Model, fit: &Fit, output: &'v DynValue) -> Result<&'v [f32], ModelError> {
    let [anchors, channels] = match model.head {
        Head::Yolox => yolox::output_shape(fit, model.branches, model.classes.len()),
    };
    let wrong = |found| ModelError::Shape {
        file: model.file.clone(),
        expected: format!(
            "f32 output (1, {anchors}, {channels}) for an input of {}x{}: {} classes",
            fit.input_width_px,
            fit.input_height_px,
            model.classes.len()
        ),
        found,
    };
    let Ok((shape, values)) = output.try_extract_tensor::<f32>() else {
        return Err(wrong(output.dtype().to_string()));
    };
    let is_right =
        shape.len() == 3 && shape[0] == 1 && shape[1..].iter().zip([anchors, channels]).all(is_equal);
    if is_right { Ok(values) } else { Err(wrong(format!("{shape:?}"))) }
}

fn is_equal((found, expected): (&i64, usize)) -> bool {
    usize::try_from(*found) == Ok(expected)
}

fn thresholds(model: &Model, settings: SessionSettings) -> Vec<Floor> {
    let score = |channel: &ClassChannel| match settings.reported {
        Reported::Pictures => channel.threshold.value(),
        Reported::Video => channel.video_threshold.value(),
        Reported::From(score) => score.value(),
    };
    model.classes.iter().map(|channel| Floor { class: channel.class, score: score(channel) }).collect()
}

/// A box competes from the lowest threshold of its group on, even below its own: a bare head that is not sure
/// enough to be reported still keeps a weaker "helmet" from being reported in its place. And it has a say about the
/// place of a stronger one, so the head looks for boxes nearly as sure.
fn floors(model: &Model, thresholds: &[Floor]) -> Vec<Floor> {
    let lowest = |class: Class| {
        let rivals = model.suppress.iter().filter(|group| group.classes.contains(&class));
        let rivals: Vec<_> = rivals.flat_map(|group| &group.classes).collect();
        let scores =
            thresholds.iter().filter(|other| rivals.contains(&&other.class)).map(|other| other.score);
        LEAST_SHARE * scores.fold(f32::INFINITY, f32::min)
    };
    thresholds.iter().map(|own| Floor { class: own.class, score: lowest(own.class) }).collect()
}
