//! One `[[second_look]]` of the catalogue: what a file of weights takes and gives, checked.
//!
//! What it is shown is not for the catalogue to say: crops belong to the kind, see `crop.rs`.

use anjian_domain::LookKind;
use serde::Deserialize;

use crate::model::model_id;
use crate::model_entry::{KeyProblem, check_digest, check_name, check_texts, refuse};

/// An ONNX model that looks again at a part of a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct SecondLookModel {
    /// Letters, digits, `_` and `-`; unique in the catalogue.
    pub name: String,
    /// The weights, relative to the catalogue.
    pub file: String,
    /// SHA-256 of the weights, 64 hexadecimal digits.
    pub sha256: String,
    /// What it answers. Input `crops` (n, 3, height, width), f32, RGB, 0..255, any n. Output: of headwear (n, 4),
    /// calibrated probabilities of helmet, bare, other and hidden; of a garment (n, any), a direction.
    pub kind: LookKind,
    /// Width of its input.
    pub width_px: u32,
    /// Height of its input.
    pub height_px: u32,
    /// How likenesses become probabilities; only a garment has it, and it must.
    pub calibration: Option<Calibration>,
    /// SPDX expression.
    pub licence: String,
    /// Who made it, from what.
    pub origin: String,
}

/// How a likeness s of garments becomes the probability that they match: 1 / (1 + exp(-scale (s -
/// offset))).
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// Steepness, above 0.
    pub scale: f32,
    /// The likeness at which both are equally likely, -2..1: unapproved garments make likenesses smaller.
    pub offset: f32,
}

impl SecondLookModel {
    /// The name with the first twelve digits of the digest: what a Run and a gallery record.
    #[must_use]
    pub fn id(&self) -> String {
        model_id(&self.name, &self.sha256)
    }
}

/// An entry as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecondLookEntry {
    pub(crate) name: String,
    file: String,
    sha256: String,
    kind: LookKind,
    width_px: u32,
    height_px: u32,
    calibration: Option<Calibration>,
    licence: String,
    origin: String,
}

impl SecondLookEntry {
    pub(crate) fn check(self) -> Result<SecondLookModel, KeyProblem> {
        let Self { name, file, sha256, kind, width_px, height_px, calibration, licence, origin } = self;
        check_name("name", &name)?;
        check_digest("sha256", &sha256)?;
        check_texts([("file", &file), ("licence", &licence), ("origin", &origin)])?;
        check_side("width_px", width_px)?;
        check_side("height_px", height_px)?;
        check_kind(kind, calibration)?;
        let sha256 = sha256.to_ascii_lowercase();
        Ok(SecondLookModel { name, file, sha256, kind, width_px, height_px, calibration, licence, origin })
    }
}

fn check_side(key: &str, side_px: u32) -> Result<(), KeyProblem> {
    if (8..=1024).contains(&side_px) {
        return Ok(());
    }
    refuse(key, format!("{side_px} must be from 8 to 1024"))
}

fn check_kind(kind: LookKind, calibration: Option<Calibration>) -> Result<(), KeyProblem> {
    match (kind, calibration) {
        (LookKind::Light, _) => {
            refuse("kind", "light is measured, no model looks at it: headwear or garment")
        }
        (LookKind::Headwear, Some(_)) => {
            refuse("calibration", "headwear gives probabilities already: remove it")
        }
        (LookKind::Garment, None) => refuse("calibration", "a garment needs { scale = …, offset = … }"),
        (LookKind::Garment, Some(Calibration { scale, offset }))
            if !(scale > 0.0 && scale.is_finite() && (-2.0..=1.0).contains(&offset)) =>
        {
            let problem = format!("scale {scale} must be above 0, offset {offset} from -2 to 1");
            refuse("calibration", problem)
        }
        _ => Ok(()),
    }
}
