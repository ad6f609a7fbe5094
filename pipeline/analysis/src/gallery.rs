//! Galleries: the garments that a site approves, and how alike a garment is to them.
//!
//! Compares looks that a model has made; it sees no pixel and stores nothing.

use anjian_domain::Embedding;
use serde::{Deserialize, Serialize};

/// The looks of the garments that a site approves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gallery {
    /// Names it; rules name it too.
    pub name: String,
    /// Digest of its content; part of the version of every rule that uses it.
    pub version: String,
    /// The model that made the looks: looks of another one cannot be compared.
    pub model: String,
    /// What may be worn. 10 to 30 from different sides and lights serve best.
    pub approved: Vec<Embedding>,
    /// What must not be mistaken for it; may be empty.
    #[serde(default)]
    pub unapproved: Vec<Embedding>,
    /// How likeness becomes a probability.
    pub calibration: Calibration,
}

/// How likeness becomes a probability: a logistic curve, measured on garments that the model did not learn from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// How steep the curve is, per unit of likeness, above 0.
    pub scale: f32,
    /// The likeness at which both are equally probable, -2..1.
    pub offset: f32,
}

/// So many of the nearest approved looks decide: one alone may be a picture of somebody who was half hidden.
const NEAREST: usize = 3;

impl Gallery {
    /// Whether it can judge anything: it has approved looks, and all looks are of one kind.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        let Some(first) = self.approved.first() else { return false };
        let is_steep = self.calibration.scale.is_finite() && self.calibration.scale > 0.0;
        is_steep
            && self.calibration.offset.is_finite()
            && self.approved.iter().chain(&self.unapproved).all(|look| look.cosine(first).is_some())
    }

    /// How probable it is that a garment is one of the approved, 0..1; `None` when its look is of another model.
    #[must_use]
    pub fn match_probability(&self, garment: &Embedding) -> Option<f32> {
        let likeness = self.likeness(garment)?;
        let Calibration { scale, offset } = self.calibration;
        Some(1.0 / (1.0 + (-scale * (likeness - offset)).exp()))
    }

    /// Mean cosine with the nearest approved looks, less by how much nearer an unapproved one is.
    fn likeness(&self, garment: &Embedding) -> Option<f32> {
        let approved = nearest_first(&self.approved, garment)?;
        let unapproved = nearest_first(&self.unapproved, garment)?;
        let nearest = approved.iter().take(NEAREST);
        let mean = nearest.clone().sum::<f32>() / nearest.len() as f32;
        let best = approved.first()?;
        let worse = unapproved.first().map_or(0.0, |other| (other - best).max(0.0));
        Some(mean - worse)
    }
}

/// The cosines of a garment with each look, greatest first; `None` when one cannot be compared.
fn nearest_first(looks: &[Embedding], garment: &Embedding) -> Option<Vec<f32>> {
    let mut cosines: Vec<f32> = looks.iter().map(|look| look.cosine(garment)).collect::<Option<_>>()?;
    cosines.sort_by(|a, b| b.total_cmp(a));
    Some(cosines)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A look in the plane, `degrees` from white coveralls.
    fn look(degrees: f32) -> Embedding {
        let (y, x) = degrees.to_radians().sin_cos();
        Embedding::new(&[x, y]).unwrap()
    }

    fn gallery(approved: &[f32], unapproved: &[f32]) -> Gallery {
        Gallery {
            name: "white".to_owned(),
            version: "0123456789ab".to_owned(),
            model: "garment@0".to_owned(),
            approved: approved.iter().map(|degrees| look(*degrees)).collect(),
            unapproved: unapproved.iter().map(|degrees| look(*degrees)).collect(),
            calibration: Calibration { scale: 20.0, offset: 0.7 },
        }
    }

    #[test]
    fn likeness_becomes_probability() {
        let plain = gallery(&[0.0, 5.0, 10.0, 15.0], &[]);
        let strict = gallery(&[0.0, 5.0, 10.0, 15.0], &[60.0]);
        let one = gallery(&[0.0], &[]);
        for (name, gallery, degrees, expected) in [
            ("the same", &plain, 5.0, 0.99..=1.0),
            ("a fold", &plain, 25.0, 0.95..=1.0),
            ("something else", &plain, 80.0, 0.0..=0.05),
            ("nearer to what is not approved", &strict, 45.0, 0.3..=0.9),
            ("the same, though others are not approved", &strict, 5.0, 0.99..=1.0),
            ("one look is enough", &one, 5.0, 0.99..=1.0),
        ] {
            let probability = gallery.match_probability(&look(degrees)).unwrap();
            assert!(expected.contains(&probability), "{name}: {probability}");
        }
        let (with, without) = (strict.match_probability(&look(45.0)), plain.match_probability(&look(45.0)));
        assert!(with < without, "{with:?} {without:?}");
    }

    #[test]
    fn looks_of_another_model_are_not_compared() {
        let other = Embedding::new(&[1.0, 0.0, 0.0]).unwrap();
        assert_eq!(gallery(&[0.0], &[]).match_probability(&other), None);
        let mixed = Gallery { approved: vec![look(0.0), other], ..gallery(&[], &[]) };
        for (name, gallery, expected) in [
            ("whole", gallery(&[0.0], &[90.0]), true),
            ("empty", gallery(&[], &[90.0]), false),
            ("mixed", mixed, false),
            (
                "flat",
                Gallery { calibration: Calibration { scale: 0.0, offset: 0.5 }, ..gallery(&[0.0], &[]) },
                false,
            ),
        ] {
            assert_eq!(gallery.is_usable(), expected, "{name}");
        }
    }
}
