//! Runs one second look: checked at load, then crops, graph and answers for the looks of each picture.

use anjian_domain::{
    Answer, ColourMatrix, Embedding, HeadwearOdds, Look, LookKind, NormBox, Picture, PixelFormat,
};
use ndarray::ArrayView4;
use ort::session::Session;
use ort::value::{DynValue, TensorRef};

use crate::crop::{Region, region};
use crate::cutter::Cutter;
use crate::detector::SessionSettings;
use crate::graph::{inputs_text, only_input, open};
use crate::second_look::SecondLook;
use crate::second_look_model::SecondLookModel;
use crate::{ModelError, Runtime};

/// Crops that go through the graph together. In a crowd they would take too much memory at once.
const MOST_CROPS: usize = 16;
/// helmet, bare, other, hidden.
const STATES: usize = 4;
/// Probabilities that miss 1 by more are none: the graph forgot to make them.
const SUM_TOLERANCE: f32 = 0.02;

/// A model in ONNX Runtime, with the buffers of one thread.
pub(crate) struct OnnxSecondLook {
    id: String,
    model: SecondLookModel,
    session: Session,
    cutter: Cutter,
    values: Vec<f32>,
}

impl OnnxSecondLook {
    pub(crate) fn load(
        model: SecondLookModel,
        weights: &[u8],
        runtime: &Runtime,
        settings: SessionSettings,
    ) -> Result<Self, ModelError> {
        let session = open(weights, runtime, settings)
            .map_err(|source| ModelError::Unloadable { file: model.file.clone(), source })?;
        check_input(&model, &session)?;
        let cutter = Cutter::new(model.width_px, model.height_px);
        let mut look = Self { id: model.id(), model, session, cutter, values: Vec::new() };
        look.try_plain_picture()?;
        Ok(look)
    }
}

impl SecondLook for OnnxSecondLook {
    fn kind(&self) -> LookKind {
        self.model.kind
    }

    fn look(&mut self, picture: &Picture, looks: &[Look]) -> Result<Vec<Option<Answer>>, ModelError> {
        let mut answers = vec![None; looks.len()];
        let fit: Vec<(usize, Region)> = looks
            .iter()
            .enumerate()
            .filter(|(_, look)| look.kind == self.model.kind)
            .filter_map(|(at, look)| Some((at, region(look, picture.width_px(), picture.height_px())?)))
            .collect();
        for some in fit.chunks(MOST_CROPS) {
            for ((at, _), rows) in some.iter().zip(self.rows(picture, some)?) {
                answers[*at] = answer(self.model.kind, &rows);
            }
        }
        Ok(answers)
    }

    fn model(&self) -> &str {
        &self.id
    }
}

impl OnnxSecondLook {
    /// What the graph gives for each region.
    fn rows(&mut self, picture: &Picture, regions: &[(usize, Region)]) -> Result<Vec<Vec<f32>>, ModelError> {
        let size = self.cutter.values();
        self.values.resize(size * regions.len(), 0.0);
        for ((_, region), values) in regions.iter().zip(self.values.chunks_exact_mut(size)) {
            self.cutter.cut(picture, *region, values)?;
        }
        let failed = |source| ModelError::Inference { model: self.id.clone(), source };
        let shape = (regions.len(), 3, self.model.height_px as usize, self.model.width_px as usize);
        let crops = ArrayView4::from_shape(shape, &self.values).expect("as many values as crops have");
        let crops = TensorRef::from_array_view(crops).map_err(failed)?;
        let outputs = self.session.run(ort::inputs![crops]).map_err(failed)?;
        let (length, values) = output_rows(&self.model, regions.len(), &outputs[0])?;
        Ok(values.chunks_exact(length).map(<[f32]>::to_vec).collect())
    }

    /// A wrong graph is told at load, not by the first person at night. Two crops, because a graph for one would pass.
    fn try_plain_picture(&mut self) -> Result<(), ModelError> {
        let picture = plain_picture();
        let whole = NormBox::new(0.0, 0.0, 1.0, 1.0).expect("the whole picture has an area");
        let kind = self.model.kind;
        let look = Look { kind, track: None, person: Some(whole), head: Some(whole), bounds: whole };
        let crop = region(&look, picture.width_px(), picture.height_px()).expect("a large picture");
        for row in self.rows(&picture, &[(0, crop), (1, crop)])? {
            if !is_believable(kind, &row) {
                let expected = match kind {
                    LookKind::Headwear => "four probabilities that add up to 1",
                    _ => "numbers, not all 0",
                };
                let (file, found) = (self.model.file.clone(), format!("{row:?}"));
                return Err(ModelError::Shape { file, expected: expected.to_owned(), found });
            }
        }
        Ok(())
    }
}

/// `None` for values that mean nothing.
fn answer(kind: LookKind, row: &[f32]) -> Option<Answer> {
    match kind {
        LookKind::Headwear => HeadwearOdds::new(row.try_into().ok()?).map(Answer::Headwear),
        LookKind::Garment => Embedding::new(row).ok().map(Answer::Garment),
        LookKind::Light => None,
    }
}

fn is_believable(kind: LookKind, row: &[f32]) -> bool {
    let is_sum_right = kind != LookKind::Headwear || (row.iter().sum::<f32>() - 1.0).abs() <= SUM_TOLERANCE;
    is_sum_right && answer(kind, row).is_some()
}

fn plain_picture() -> Picture {
    let bytes = vec![90; 128 * 192 * 3];
    Picture::new(128, 192, PixelFormat::Bgr, ColourMatrix::default(), bytes).expect("as many bytes as pixels")
}

fn check_input(model: &SecondLookModel, session: &Session) -> Result<(), ModelError> {
    let (height, width) = (i64::from(model.height_px), i64::from(model.width_px));
    let is_free_or = |side: i64, expected: i64| side == -1 || side == expected;
    let is_right = only_input(session).is_some_and(|[count, colours, h, w]| {
        count == -1 && colours == 3 && is_free_or(h, height) && is_free_or(w, width)
    });
    if is_right {
        return Ok(());
    }
    Err(ModelError::Shape {
        file: model.file.clone(),
        expected: format!("one f32 input (any, 3, {height}, {width})"),
        found: inputs_text(session),
    })
}

/// Length of a row, and all rows.
fn output_rows<'v>(
    model: &SecondLookModel,
    count: usize,
    output: &'v DynValue,
) -> Result<(usize, &'v [f32]), ModelError> {
    let length = match model.kind {
        LookKind::Headwear => Some(STATES),
        _ => None,
    };
    let wrong = |found| ModelError::Shape {
        file: model.file.clone(),
        expected: match length {
            Some(length) => format!("f32 output ({count}, {length}) for {count} crops"),
            None => format!("f32 output ({count}, any) for {count} crops"),
        },
        found,
    };
    let Ok((shape, values)) = output.try_extract_tensor::<f32>() else {
        return Err(wrong(output.dtype().to_string()));
    };
    match shape[..].iter().map(|side| usize::try_from(*side).unwrap_or(0)).collect::<Vec<_>>()[..] {
        [rows, found] if rows == count && found > 0 && length.is_none_or(|length| length == found) => {
            Ok((found, values))
        }
        _ => Err(wrong(format!("{shape:?}"))),
    }
}
