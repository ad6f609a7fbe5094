//! What a model saw in one frame.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{CameraId, Moment, NormBox};

/// What a box contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// A whole person.
    Person,
    /// A bare head.
    Head,
    /// A head that wears a hard hat.
    Helmet,
    /// A head that wears something else: cap, hood, scarf.
    OtherHeadwear,
    /// An open flame.
    Flame,
    /// Smoke.
    Smoke,
    /// A welding arc.
    Arc,
    /// Sparks of grinding or cutting.
    Sparks,
}

/// A name that is no class.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a class: use {known}", known = Class::ALL.map(Class::as_str).join(", "))]
pub struct UnknownClass(pub String);

impl Class {
    /// Every class.
    pub const ALL: [Self; 8] = [
        Self::Person,
        Self::Head,
        Self::Helmet,
        Self::OtherHeadwear,
        Self::Flame,
        Self::Smoke,
        Self::Arc,
        Self::Sparks,
    ];

    /// The name in files and answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Head => "head",
            Self::Helmet => "helmet",
            Self::OtherHeadwear => "other_headwear",
            Self::Flame => "flame",
            Self::Smoke => "smoke",
            Self::Arc => "arc",
            Self::Sparks => "sparks",
        }
    }

    /// Whether something burns. Smoke may come from elsewhere.
    #[must_use]
    pub const fn is_fire(self) -> bool {
        matches!(self, Self::Arc | Self::Sparks | Self::Flame)
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Class {
    type Err = UnknownClass;
    fn from_str(text: &str) -> Result<Self, UnknownClass> {
        let named = Self::ALL.into_iter().find(|class| class.as_str() == text);
        named.ok_or_else(|| UnknownClass(text.to_owned()))
    }
}

/// How sure a model is, 0..1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f32", into = "f32")]
pub struct Score(f32);

impl Score {
    /// `None` outside 0..1 or when not a number.
    #[must_use]
    pub fn new(value: f32) -> Option<Self> {
        (0.0..=1.0).contains(&value).then_some(Self(value))
    }

    /// 0..1.
    #[must_use]
    pub const fn value(self) -> f32 {
        self.0
    }
}

impl TryFrom<f32> for Score {
    type Error = String;
    fn try_from(value: f32) -> Result<Self, String> {
        Self::new(value).ok_or_else(|| format!("score {value} is outside 0..1"))
    }
}

impl From<Score> for f32 {
    fn from(score: Score) -> Self {
        score.0
    }
}

/// A class, a score and a box in one frame.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Detection {
    /// What.
    pub class: Class,
    /// How sure.
    pub score: Score,
    /// Where.
    #[serde(rename = "box")]
    pub bounds: NormBox,
}

/// Everything that a model saw in one frame, and which frame that was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Detections {
    /// Whose frame.
    pub camera: CameraId,
    /// When.
    pub at: Moment,
    /// What, in no particular order.
    pub items: Vec<Detection>,
}
