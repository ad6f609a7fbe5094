//! Tiles: rectangles of a picture that a detector sees a second time, enlarged, because what lies there is far away.
//!
//! Inside a tile the tile decides, and what its edge cuts is left to the whole picture. Which rectangles these are is
//! the camera's configuration; nothing here looks for them.

use anjian_domain::{Detection, NormBox};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// Each tile costs as much as the picture itself.
const MOST_TILES: usize = 4;
/// A smaller tile would be enlarged to blur.
const LEAST_SIDE: f32 = 0.05;
/// What comes so near to an inner edge is taken to be cut by it, as a share of the tile's side.
const MARGIN: f32 = 0.015;

/// The tiles of a camera; none, as a rule.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(try_from = "Vec<NormBox>")]
pub struct Tiles(Vec<NormBox>);

/// Why rectangles cannot be tiles.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum TileError {
    /// Too many.
    #[error("{0} tiles: {MOST_TILES} at most, each costs as much as the whole picture")]
    TooMany(usize),
    /// Too narrow or too low.
    #[error("a tile of {0:.3} x {1:.3}: a side must be at least {LEAST_SIDE}")]
    TooSmall(f32, f32),
}

impl Tiles {
    /// # Errors
    /// When there are more than four, or a side is below 0.05.
    pub fn new(tiles: Vec<NormBox>) -> Result<Self, TileError> {
        if tiles.len() > MOST_TILES {
            return Err(TileError::TooMany(tiles.len()));
        }
        match tiles.iter().find(|tile| tile.width().min(tile.height()) < LEAST_SIDE) {
            Some(tile) => Err(TileError::TooSmall(tile.width(), tile.height())),
            None => Ok(Self(tiles)),
        }
    }

    /// Name and digest, such as `tiles@14e26419ed9e`: part of what a Run records. `None` when there are none.
    #[must_use]
    pub fn id(&self) -> Option<String> {
        let mut digest = Sha256::new();
        for edge in self.0.iter().flat_map(|tile| <[f32; 4]>::from(*tile)) {
            digest.update(edge.to_le_bytes());
        }
        (!self.0.is_empty()).then(|| format!("tiles@{}", &hex::encode(digest.finalize())[..12]))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = NormBox> {
        self.0.iter().copied()
    }

    /// Whether something that the whole picture showed is for a tile to decide.
    pub(crate) fn decide(&self, seen: &Detection) -> bool {
        self.iter().any(|tile| holds(tile, seen.bounds, 2.0 * MARGIN))
    }
}

impl TryFrom<Vec<NormBox>> for Tiles {
    type Error = TileError;
    fn try_from(tiles: Vec<NormBox>) -> Result<Self, TileError> {
        Self::new(tiles)
    }
}

/// Whether a tile shows all of a box; both in the picture's coordinates.
pub(crate) fn shows(tile: NormBox, bounds: NormBox) -> bool {
    holds(tile, bounds, MARGIN)
}

/// An edge of the tile that is the picture's own cuts nothing.
fn holds(tile: NormBox, bounds: NormBox, margin: f32) -> bool {
    let (dx, dy) = (margin * tile.width(), margin * tile.height());
    (tile.left() <= 0.0 || bounds.left() > tile.left() + dx)
        && (tile.top() <= 0.0 || bounds.top() > tile.top() + dy)
        && (tile.right() >= 1.0 || bounds.right() < tile.right() - dx)
        && (tile.bottom() >= 1.0 || bounds.bottom() < tile.bottom() - dy)
}

#[cfg(test)]
mod tests {
    use anjian_domain::{Class, Score};

    use super::*;

    fn rect(edges: [f32; 4]) -> NormBox {
        edges.try_into().unwrap()
    }

    #[test]
    fn few_and_not_too_small() {
        assert_eq!(Tiles::new(vec![rect([0.1, 0.1, 0.5, 0.5]); 5]), Err(TileError::TooMany(5)));
        assert!(matches!(Tiles::new(vec![rect([0.1, 0.1, 0.12, 0.5])]), Err(TileError::TooSmall(..))));
        assert_eq!(Tiles::new(vec![]).unwrap(), Tiles::default());
    }

    #[test]
    fn the_id_tells_tiles_apart() {
        let ids =
            [vec![], vec![[0.1, 0.1, 0.5, 0.5]], vec![[0.1, 0.1, 0.5, 0.6]], vec![[0.1, 0.1, 0.5, 0.5]; 2]]
                .map(|tiles| Tiles::new(tiles.into_iter().map(rect).collect()).unwrap().id());
        assert_eq!(ids[0], None);
        let id = ids[1].as_deref().unwrap();
        assert!(id.starts_with("tiles@") && id.len() == 18, "{id}");
        assert!(ids[1] != ids[2] && ids[1] != ids[3] && ids[2] != ids[3]);
    }

    #[test]
    fn what_an_inner_edge_cuts_is_left_to_the_whole_picture() {
        let tile = rect([0.0, 0.2, 0.5, 0.6]);
        let tiles = Tiles::new(vec![tile]).unwrap();
        for (what, bounds, is_shown, is_decided) in [
            ("inside", [0.1, 0.3, 0.2, 0.5], true, true),
            ("cut above", [0.1, 0.2, 0.2, 0.5], false, false),
            ("cut at the right", [0.4, 0.3, 0.497, 0.5], false, false),
            ("at the picture's own edge", [0.0, 0.3, 0.2, 0.5], true, true),
            ("near the edge: both may say so", [0.4, 0.3, 0.489, 0.5], true, false),
            ("reaches out", [0.4, 0.3, 0.6, 0.5], false, false),
            ("elsewhere", [0.7, 0.7, 0.8, 0.9], false, false),
        ] {
            let seen =
                Detection { class: Class::Person, score: Score::new(0.9).unwrap(), bounds: rect(bounds) };
            assert_eq!((shows(tile, seen.bounds), tiles.decide(&seen)), (is_shown, is_decided), "{what}");
        }
    }
}
