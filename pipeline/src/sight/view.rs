//! A picture reduced to what tells whether a camera sees: a small luma picture, and a few measures of the full one.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hasher};

use anjian_domain::{Frame, Moment, Picture};

/// Size of the reduced picture.
pub(super) const WIDTH: usize = 160;
/// Size of the reduced picture.
pub(super) const HEIGHT: usize = 90;
/// Fine detail is measured in one of so many rows.
const ROW_STEP: usize = 4;
/// Detail that is weaker than this is noise or compression, luma steps.
const NOISE: i32 = 12;

/// See the module.
pub(crate) struct View {
    /// When it was taken.
    pub(crate) at: Moment,
    /// (90, 160), u8, mean luma of each block, 16..=235 from cameras.
    pub(super) luma: Vec<u8>,
    /// (90, 160), u8, how much a block differs from its right and lower neighbour, luma steps.
    pub(super) edges: Vec<u8>,
    /// Equal for equal pictures, at full size.
    pub(super) digest: u64,
    /// Fine detail of the full picture, mean luma steps.
    pub(super) detail: f32,
}

impl View {
    pub(super) fn of(frame: &Frame) -> Self {
        let (width, height) = (frame.picture.width_px() as usize, frame.picture.height_px() as usize);
        let full = luma_of(&frame.picture);
        let luma = reduce(&full, width, height);
        let edges = edges(&luma);
        Self { at: frame.at, edges, luma, digest: digest(&full), detail: detail(&full, width) }
    }

    /// The luma that so many of the blocks stay below or at, 0..=1.
    pub(super) fn luma_quantile(&self, share: f32) -> u8 {
        let mut counts = [0_usize; 256];
        for luma in &self.luma {
            counts[usize::from(*luma)] += 1;
        }
        let wanted = self.luma.len() as f32 * share;
        let mut seen = 0;
        let reached = counts.iter().position(|count| {
            seen += count;
            seen as f32 >= wanted
        });
        reached.and_then(|luma| u8::try_from(luma).ok()).unwrap_or(u8::MAX)
    }

    /// The share of blocks with an edge of at least so many luma steps, 0..=1.
    pub(super) fn edge_share(&self, at_least: u8) -> f32 {
        let count = self.edges.iter().filter(|edge| **edge >= at_least).count();
        count as f32 / self.edges.len() as f32
    }

    /// Mean of the edges, luma steps.
    pub(super) fn mean_edge(&self) -> f32 {
        self.edges.iter().map(|edge| f32::from(*edge)).sum::<f32>() / self.edges.len() as f32
    }
}

/// (90, 160), u8, mean luma of each block.
pub(crate) fn small_luma(picture: &Picture) -> Vec<u8> {
    reduce(&luma_of(picture), picture.width_px() as usize, picture.height_px() as usize)
}

/// The whole luma plane, row by row.
fn luma_of(picture: &Picture) -> Cow<'_, [u8]> {
    match picture.planes() {
        Some([luma, _, _]) => Cow::Borrowed(luma),
        None => Cow::Owned(green(picture)),
    }
}

/// Green is most of what the eye takes for brightness; pictures that are not from a camera come as BGR.
fn green(picture: &Picture) -> Vec<u8> {
    picture.bytes().iter().skip(1).step_by(3).copied().collect()
}

fn digest(luma: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(luma);
    hasher.finish()
}

/// The pixels that a block covers along one side; a picture smaller than the reduced one repeats its pixels.
fn block(index: usize, blocks: usize, pixels: usize) -> std::ops::Range<usize> {
    let start = index * pixels / blocks;
    start..((index + 1) * pixels / blocks).max(start + 1)
}

/// Mean luma of blocks.
fn reduce(luma: &[u8], width: usize, height: usize) -> Vec<u8> {
    let mut reduced = Vec::with_capacity(WIDTH * HEIGHT);
    let mut columns = vec![0_u32; width];
    for row in 0..HEIGHT {
        let lines = block(row, HEIGHT, height);
        columns.fill(0);
        for line in luma[lines.start * width..lines.end * width].chunks_exact(width) {
            for (sum, pixel) in columns.iter_mut().zip(line) {
                *sum += u32::from(*pixel);
            }
        }
        for column in 0..WIDTH {
            let pixels = block(column, WIDTH, width);
            let count = (pixels.len() * lines.len()) as u32;
            let sum: u32 = columns[pixels].iter().sum();
            reduced.push(u8::try_from(sum / count).unwrap_or(u8::MAX));
        }
    }
    reduced
}

fn edges(luma: &[u8]) -> Vec<u8> {
    let mut edges = vec![0; WIDTH * HEIGHT];
    for row in 0..HEIGHT - 1 {
        for column in 0..WIDTH - 1 {
            let at = row * WIDTH + column;
            let (here, right, below) = (luma[at], luma[at + 1], luma[at + WIDTH]);
            edges[at] = here.abs_diff(right).saturating_add(here.abs_diff(below));
        }
    }
    edges
}

/// Second differences over two pixels: strong where something is sharp, gone where it is blurred.
fn detail(luma: &[u8], width: usize) -> f32 {
    let (mut sum, mut count) = (0_u64, 0_u64);
    for line in luma.chunks_exact(width).step_by(ROW_STEP) {
        for pixels in line.windows(5) {
            let bend = 2 * i32::from(pixels[2]) - i32::from(pixels[0]) - i32::from(pixels[4]);
            sum += u64::from((bend.abs() - NOISE).max(0).unsigned_abs());
        }
        count += line.len().saturating_sub(4) as u64;
    }
    sum as f32 / count.max(1) as f32
}
