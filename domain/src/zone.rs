//! Where a rule holds.

use serde::{Deserialize, Serialize};

use crate::{NormBox, Point, Polygon, ZoneId};

/// The point of a box that decides whether it is in a zone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    /// Where a standing person touches the ground.
    #[default]
    BottomCentre,
    /// The middle of the box: for things that do not stand on the ground.
    Centre,
    /// The top: for cameras that see only heads.
    TopCentre,
}

impl Anchor {
    /// This point of a box.
    #[must_use]
    pub fn of(self, bounds: NormBox) -> Point {
        let centre = bounds.centre();
        let y = match self {
            Self::BottomCentre => bounds.bottom(),
            Self::Centre => centre.y(),
            Self::TopCentre => bounds.top(),
        };
        Point::new(centre.x(), y).unwrap_or(centre)
    }
}

/// A polygon in a camera's picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Zone {
    /// Names the zone in its camera.
    pub id: ZoneId,
    /// What people call it; the id when empty.
    #[serde(default)]
    pub name: String,
    /// Its corners, `[[x, y], …]`, 0..1 of the picture, origin top left.
    pub points: Polygon,
    /// The point of a box that decides who is inside.
    #[serde(default)]
    pub anchor: Anchor,
}

impl Zone {
    /// Whether a box is inside.
    #[must_use]
    pub fn contains(&self, bounds: NormBox) -> bool {
        self.points.contains(self.anchor.of(bounds))
    }

    /// What people call it.
    #[must_use]
    pub fn label(&self) -> &str {
        if self.name.is_empty() { self.id.as_str() } else { &self.name }
    }
}
