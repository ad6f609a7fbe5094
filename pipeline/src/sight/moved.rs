//! The camera looks somewhere else than when it was set up: turned, sagged, or knocked aside.
//!
//! Compares where edges are with where they were. Light changes how strong edges are and adds shadows, but leaves the
//! scene in its place; a camera that moved shows the same edges elsewhere, or other edges altogether. A new view is
//! never accepted by itself: zones lie wrong in it until somebody has looked, and a start of the product learns anew.

use std::time::Duration;

use anjian_domain::BlindCause;

use super::fault::{Fault, Reading};
use super::view::{HEIGHT, View, WIDTH};

/// Size of the edge map: half the reduced picture.
const COLUMNS: usize = WIDTH / 2;
const ROWS: usize = HEIGHT / 2;
/// An edge is no more than this, so that one lamp does not outweigh the scene; luma steps.
const STRONGEST: u8 = 48;
/// Correlation with the reference from which on the view is the same. In the sample clips, people and light leave 0.81
/// at least, and a shift by three hundredths of the width no more than 0.66.
const SAME: f32 = 0.68;
/// Correlation below which two views have nothing in common; different sample clips reach 0.31 in any position.
const NOTHING: f32 = 0.35;
/// Correlation that a shifted view has to reach, and by how much it has to be better than the unshifted one.
const SHIFTED: f32 = 0.4;
const BETTER: f32 = 0.15;
/// How far a shift is looked for: a quarter of the picture, every other block, because neighbours are alike.
const FARTHEST_X: isize = 20;
const FARTHEST_Y: isize = 10;
const SHIFT_STEP: usize = 2;
/// Looks that make the reference.
const LESSONS: u32 = 40;
/// How quickly the reference follows the light, a share of the difference with each look: minutes.
const ADAPT: f32 = 0.005;
/// With less than this share of the reference's edges, the light is too poor for a verdict.
const ENOUGH_LIGHT: f32 = 0.4;
/// Mean edge below which there is nothing to compare, luma steps.
const LEAST_EDGE: f32 = 0.8;

#[derive(Default)]
pub(super) struct Moved {
    reference: Vec<f32>,
    lessons: u32,
}

impl Moved {
    fn learn(&mut self, map: &[f32]) {
        self.lessons = (self.lessons + 1).min(LESSONS);
        let weight = if self.lessons < LESSONS { 1.0 / self.lessons as f32 } else { ADAPT };
        self.reference.resize(map.len(), 0.0);
        for (known, new) in self.reference.iter_mut().zip(map) {
            *known += (new - *known) * weight;
        }
    }

    /// Whether the same edges stand elsewhere, or others altogether.
    fn is_elsewhere(&self, map: &[f32], unshifted: f32) -> bool {
        let best = self.best_shifted(map);
        let is_shifted = best >= SHIFTED && best >= unshifted + BETTER;
        is_shifted || best.max(unshifted) < NOTHING
    }

    fn best_shifted(&self, map: &[f32]) -> f32 {
        let mut best: f32 = -1.0;
        for y in (-FARTHEST_Y..=FARTHEST_Y).step_by(SHIFT_STEP) {
            for x in (-FARTHEST_X..=FARTHEST_X).step_by(SHIFT_STEP).filter(|x| *x != 0 || y != 0) {
                best = best.max(correlation(&self.reference, map, x, y));
            }
        }
        best
    }
}

impl Fault for Moved {
    fn cause(&self) -> BlindCause {
        BlindCause::Moved
    }

    fn look(&mut self, view: &View) -> Reading {
        let map = edge_map(view);
        if mean(&map) < LEAST_EDGE {
            return Reading::Unsure;
        }
        if self.lessons < LESSONS {
            self.learn(&map);
            return Reading::Clear;
        }
        let unshifted = correlation(&self.reference, &map, 0, 0);
        if unshifted >= SAME {
            self.learn(&map);
            return Reading::Clear;
        }
        if mean(&map) < mean(&self.reference) * ENOUGH_LIGHT {
            return Reading::Unsure;
        }
        if self.is_elsewhere(&map, unshifted) {
            return Reading::Suspect;
        }
        self.learn(&map);
        Reading::Clear
    }

    fn hold(&self) -> Duration {
        Duration::from_secs(30)
    }

    fn release(&self) -> Duration {
        Duration::from_secs(10)
    }
}

fn mean(map: &[f32]) -> f32 {
    map.iter().sum::<f32>() / map.len() as f32
}

/// (45, 80), mean edge of four blocks.
fn edge_map(view: &View) -> Vec<f32> {
    let mut map = Vec::with_capacity(COLUMNS * ROWS);
    for row in 0..ROWS {
        for column in 0..COLUMNS {
            let at = row * 2 * WIDTH + column * 2;
            let four = [at, at + 1, at + WIDTH, at + WIDTH + 1];
            map.push(four.iter().map(|at| f32::from(view.edges[*at].min(STRONGEST))).sum::<f32>() / 4.0);
        }
    }
    map
}

/// Correlation of what both show when `map` is `x`, `y` blocks off, -1..=1; 0 where one of them shows nothing.
fn correlation(reference: &[f32], map: &[f32], x: isize, y: isize) -> f32 {
    let (from_x, to_x) = overlap(x);
    let (from_y, to_y) = overlap(y);
    let (width, height) = (COLUMNS - x.unsigned_abs(), ROWS - y.unsigned_abs());
    let (mut a, mut b, mut aa, mut bb, mut ab) = (0.0_f32, 0.0_f32, 0.0_f32, 0.0_f32, 0.0_f32);
    for row in 0..height {
        let ours = &reference[(from_y + row) * COLUMNS + from_x..][..width];
        let theirs = &map[(to_y + row) * COLUMNS + to_x..][..width];
        for (our, their) in ours.iter().zip(theirs) {
            a += our;
            b += their;
            aa += our * our;
            bb += their * their;
            ab += our * their;
        }
    }
    let [a, b, aa, bb, ab] = [a, b, aa, bb, ab].map(|sum| sum / (width * height) as f32);
    let spread = ((aa - a * a) * (bb - b * b)).max(0.0).sqrt();
    if spread < 1e-3 { 0.0 } else { (ab - a * b) / spread }
}

/// Where the shared part begins on either side.
fn overlap(shift: isize) -> (usize, usize) {
    if shift >= 0 { (0, shift.unsigned_abs()) } else { (shift.unsigned_abs(), 0) }
}
