//! Second looks: what analysis wants to know beyond boxes, and what models and measurements answer.
//!
//! Analysis asks after each frame ([`Look`]), and whoever holds the picture answers from the same one ([`Seen`]). A
//! look that nobody can answer is simply not answered: nothing here says that an answer must come.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{NormBox, TrackId};

/// What a look is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LookKind {
    /// What is on somebody's head.
    Headwear,
    /// What somebody wears on torso and legs.
    Garment,
    /// How a source of light looks.
    Light,
}

impl LookKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Headwear, Self::Garment, Self::Light];

    /// The name in files and answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Headwear => "headwear",
            Self::Garment => "garment",
            Self::Light => "light",
        }
    }
}

/// A question about one place of a frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look {
    /// What is asked.
    pub kind: LookKind,
    /// About whom; `None` for a light.
    pub track: Option<TrackId>,
    /// The person, as seen in this frame; `None` for a light, and where only a head was seen.
    pub person: Option<NormBox>,
    /// The person's head, where one was seen in this frame.
    pub head: Option<NormBox>,
    /// What to look at: the head, or the person where no head was seen, for headwear; the person for a garment; the
    /// detection for a light.
    pub bounds: NormBox,
}

/// How likely each state of a head is: calibrated probabilities that add up to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct HeadwearOdds {
    /// A hard hat is worn, 0..1.
    pub helmet: f32,
    /// Nothing is worn, 0..1.
    pub bare: f32,
    /// A cap, hood or scarf is worn, 0..1.
    pub other: f32,
    /// The head cannot be seen well enough, 0..1.
    pub hidden: f32,
}

impl HeadwearOdds {
    /// From odds in the order helmet, bare, other, hidden; divided by their sum. `None` when one is negative or not
    /// a number, or all are 0.
    #[must_use]
    pub fn new(odds: [f32; 4]) -> Option<Self> {
        let sum: f32 = odds.iter().sum();
        let is_valid = odds.iter().all(|odd| *odd >= 0.0) && sum.is_finite() && sum > 0.0;
        let [helmet, bare, other, hidden] = odds.map(|odd| odd / sum);
        is_valid.then_some(Self { helmet, bare, other, hidden })
    }
}

/// Where a model puts the look of something: a direction, so its length is 1. Cheap to clone: the values are shared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<f32>", into = "Vec<f32>")]
pub struct Embedding(Arc<[f32]>);

/// Why values are no direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "{length} values of an embedding have no direction: they are all 0, too large, or one is not a number"
)]
pub struct EmbeddingError {
    length: usize,
}

impl Embedding {
    /// Values of any length above 0, brought to length 1.
    ///
    /// # Errors
    /// When the values have no direction.
    pub fn new(values: &[f32]) -> Result<Self, EmbeddingError> {
        let length = values.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt();
        if !length.is_finite() || length < 1e-12 {
            return Err(EmbeddingError { length: values.len() });
        }
        Ok(Self(values.iter().map(|value| (f64::from(*value) / length) as f32).collect()))
    }

    /// The direction, as long as its model makes it.
    #[must_use]
    pub fn values(&self) -> &[f32] {
        &self.0
    }

    /// Cosine of the angle between two looks, -1..1; `None` when they are of different models (not equally many
    /// values).
    #[must_use]
    pub fn cosine(&self, other: &Self) -> Option<f32> {
        if self.0.len() != other.0.len() {
            return None;
        }
        let products = self.0.iter().zip(other.0.iter()).map(|(a, b)| f64::from(*a) * f64::from(*b));
        Some(products.sum::<f64>().clamp(-1.0, 1.0) as f32)
    }
}

impl TryFrom<Vec<f32>> for Embedding {
    type Error = EmbeddingError;
    fn try_from(values: Vec<f32>) -> Result<Self, EmbeddingError> {
        Self::new(&values)
    }
}

impl From<Embedding> for Vec<f32> {
    fn from(embedding: Embedding) -> Self {
        embedding.0.to_vec()
    }
}

/// How the pixels of a light look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LightMeasure {
    /// Mean luma of the box, 0..1.
    pub luma: f32,
    /// Share of the box's pixels whose luma is above 0.92, 0..1.
    pub burnt: f32,
    /// Mean of (blue - red) / 255 where it is above 0, over the pixels with a luma above 0.6, 0..1.
    pub blue: f32,
    /// Mean of (red - blue) / 255 where it is above 0, over the pixels with a luma above 0.6, 0..1.
    pub warm: f32,
    /// Mean luma of the ring between the box and the box grown to twice its sides, 0..1.
    pub surround_luma: f32,
}

/// What a look found.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// To [`LookKind::Headwear`].
    Headwear(HeadwearOdds),
    /// To [`LookKind::Garment`].
    Garment(Embedding),
    /// To [`LookKind::Light`].
    Light(LightMeasure),
}

/// A look and its answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// What was asked.
    pub look: Look,
    /// What was found.
    pub answer: Answer,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odds_add_up_to_one_or_are_refused() {
        let odds = HeadwearOdds::new([2.0, 1.0, 1.0, 0.0]).unwrap();
        assert_eq!([odds.helmet, odds.bare, odds.other, odds.hidden], [0.5, 0.25, 0.25, 0.0]);
        for bad in
            [[0.0; 4], [-0.1, 0.5, 0.5, 0.1], [f32::NAN, 1.0, 0.0, 0.0], [f32::INFINITY, 0.0, 0.0, 0.0]]
        {
            assert_eq!(HeadwearOdds::new(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn embeddings_are_directions() {
        let cosine = |a: &[f32], b: &[f32]| Embedding::new(a).unwrap().cosine(&Embedding::new(b).unwrap());
        for (a, b, expected) in [
            (&[3.0, 0.0][..], &[5.0, 0.0][..], Some(1.0)),
            (&[1.0, 0.0], &[0.0, 1.0], Some(0.0)),
            (&[1.0, 0.0], &[-2.0, 0.0], Some(-1.0)),
            (&[1.0, 0.0], &[1.0, 0.0, 0.0], None),
        ] {
            assert_eq!(cosine(a, b), expected, "{a:?} and {b:?}");
        }
        for bad in [&[][..], &[0.0, 0.0], &[f32::NAN, 1.0], &[f32::INFINITY, 1.0]] {
            assert!(Embedding::new(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn embeddings_are_written_as_lists() {
        let read: Embedding = serde_json::from_str("[3.0, 4.0]").unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), "[0.6,0.8]");
        assert!(serde_json::from_str::<Embedding>("[]").unwrap_err().to_string().contains("no direction"));
    }
}
