//! Drawn scenes with noise, and what can happen to them.

use anjian_domain::{
    BlindCause, ClockReading, ColourMatrix, Frame, MediaTime, Moment, Picture, PixelFormat, WallTime,
};
use proptest::prelude::*;

use super::{Mount, Sight};

const WIDTH: usize = 320;
const HEIGHT: usize = 180;

/// Numbers that look random and are always the same.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// Boxes of all sizes on a floor.
fn scene(seed: u64) -> Vec<u8> {
    let mut dice = Dice(seed);
    let mut luma = vec![90; WIDTH * HEIGHT];
    for _ in 0..160 {
        let (left, top) = (dice.below(WIDTH as u64 - 8) as usize, dice.below(HEIGHT as u64 - 8) as usize);
        let (width, height) = (3 + dice.below(36) as usize, 3 + dice.below(26) as usize);
        let shade = 30 + dice.below(190) as u8;
        for row in top..(top + height).min(HEIGHT) {
            luma[row * WIDTH + left..row * WIDTH + (left + width).min(WIDTH)].fill(shade);
        }
    }
    luma
}

fn noisy(luma: &[u8], seed: u64) -> Vec<u8> {
    let mut dice = Dice(seed ^ 0x5eed);
    luma.iter().map(|pixel| pixel.saturating_add(dice.below(5) as u8).saturating_sub(2)).collect()
}

fn shifted(luma: &[u8], by: usize) -> Vec<u8> {
    (0..HEIGHT * WIDTH).map(|at| luma[at - at % WIDTH + (at % WIDTH + by).min(WIDTH - 1)]).collect()
}

fn blurred(luma: &[u8], radius: usize) -> Vec<u8> {
    let lines = |luma: &[u8], length: usize, stride: usize, starts: Vec<usize>| {
        let mut out = luma.to_vec();
        for start in starts {
            for at in 0..length {
                let (from, to) = (at.saturating_sub(radius), (at + radius + 1).min(length));
                let sum: usize = (from..to).map(|near| usize::from(luma[start + near * stride])).sum();
                out[start + at * stride] = (sum / (to - from)) as u8;
            }
        }
        out
    };
    let across = lines(luma, WIDTH, 1, (0..HEIGHT).map(|row| row * WIDTH).collect());
    lines(&across, HEIGHT, WIDTH, (0..WIDTH).collect())
}

fn dimmed(luma: &[u8], percent: usize) -> Vec<u8> {
    luma.iter().map(|pixel| (16 + usize::from(pixel.saturating_sub(16)) * percent / 100) as u8).collect()
}

fn gradient() -> Vec<u8> {
    (0..WIDTH * HEIGHT).map(|at| (60 + (at % WIDTH) / 4 + (at / WIDTH) / 5) as u8).collect()
}

fn frame(luma: Vec<u8>, millis: u64) -> Frame {
    let bytes = [luma, vec![128; WIDTH * HEIGHT / 2]].concat();
    let picture =
        Picture::new(WIDTH as u32, HEIGHT as u32, PixelFormat::I420, ColourMatrix::Bt709, bytes).unwrap();
    let at = Moment { media: MediaTime::from_millis(millis), wall: WallTime::EPOCH };
    Frame { camera: "dock".parse().unwrap(), at, clock: ClockReading::FOOTAGE, picture }
}

/// Shows a noisy scene for forty seconds, what `picture` makes for a minute, and the scene again for twenty.
/// Answers what the camera was blind with in the end of each part.
fn play(sight: &mut Sight, picture: impl Fn(&[u8], u64) -> Vec<u8>) -> [Option<BlindCause>; 3] {
    let scene = scene(7);
    let mut second = 0;
    [(40, false), (60, true), (20, false)].map(|(seconds, is_odd)| {
        for _ in 0..seconds {
            let luma = if is_odd { picture(&scene, second) } else { noisy(&scene, second) };
            sight.observe(&frame(luma, second * 1000));
            second += 1;
        }
        sight.blindness().map(|blindness| blindness.cause)
    })
}

#[test]
fn every_fault_is_named_and_passes() {
    type Change = fn(&[u8], u64) -> Vec<u8>;
    let black: Change = |_, second| noisy(&[17; WIDTH * HEIGHT], second);
    let grey: Change = |_, second| noisy(&[120; WIDTH * HEIGHT], second);
    let bag: Change = |_, second| noisy(&gradient(), second);
    let same: Change = |luma, _| luma.to_vec();
    let cycle: Change = |luma, second| noisy(luma, second % 4);
    let knocked: Change = |luma, second| noisy(&shifted(luma, 36), second);
    let turned: Change = |_, second| noisy(&scene(99), second);
    let wet: Change = |luma, second| noisy(&blurred(luma, 3), second);
    for (name, change, cause) in [
        ("black", black, BlindCause::Black),
        ("a grey sheet", grey, BlindCause::Covered),
        ("a bag with light on one side", bag, BlindCause::Covered),
        ("one picture for ever", same, BlindCause::Frozen),
        ("one picture from keyframe to keyframe", cycle, BlindCause::Frozen),
        ("knocked aside", knocked, BlindCause::Moved),
        ("turned away", turned, BlindCause::Moved),
        ("a wet lens", wet, BlindCause::OutOfFocus),
    ] {
        let states = play(&mut Sight::new(Mount::Fixed), change);
        assert_eq!(states, [None, Some(cause), None], "{name}");
    }
}

#[test]
fn an_ordinary_change_is_no_fault() {
    type Change = fn(&[u8], u64) -> Vec<u8>;
    let dusk: Change = |luma, second| noisy(&dimmed(luma, 100 - (second - 40) as usize), second);
    let lights: Change = |luma, second| noisy(&dimmed(luma, 45), second);
    let film: Change = |luma, second| noisy(luma, second % 14);
    let wind: Change = |luma, second| noisy(&shifted(luma, (second % 2) as usize), second);
    let glimpse: Change =
        |luma, second| noisy(if second % 20 < 4 { &[17; WIDTH * HEIGHT] } else { luma }, second);
    for (name, change) in [
        ("dusk", dusk),
        ("lights off", lights),
        ("a film in a loop", film),
        ("wind", wind),
        ("a black glimpse now and then", glimpse),
    ] {
        assert_eq!(play(&mut Sight::new(Mount::Fixed), change), [None; 3], "{name}");
    }
}

#[test]
fn a_camera_that_turns_is_not_moved() {
    let turned = |_: &[u8], second| noisy(&scene(99), second);
    assert_eq!(play(&mut Sight::new(Mount::Turning), turned), [None; 3]);
}

#[test]
fn blindness_counts_from_the_first_picture_that_showed_it() {
    let mut sight = Sight::new(Mount::Fixed);
    for second in 0..30 {
        let luma = if second < 20 { noisy(&scene(7), second) } else { vec![16; WIDTH * HEIGHT] };
        sight.observe(&frame(luma, second * 1000));
    }
    let since = sight.blindness().unwrap().since;
    assert_eq!(since.media, MediaTime::from_millis(20_000));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever is shown, in whatever size: no panic, and never a verdict from too few pictures.
    #[test]
    fn any_pictures_can_be_looked_at(
        width in 1_u32..200, height in 1_u32..120, shades in prop::collection::vec(any::<u8>(), 1..20), step_ms in 0_u64..30_000,
    ) {
        let mut sight = Sight::new(Mount::Fixed);
        for (index, shade) in shades.iter().enumerate() {
            let bytes = vec![*shade; (width * height * 3) as usize];
            let picture = Picture::new(width, height, PixelFormat::Bgr, ColourMatrix::Bt601, bytes).unwrap();
            let at = Moment { media: MediaTime::from_millis(index as u64 * step_ms), wall: WallTime::EPOCH };
            let blindness = sight.observe(&Frame { camera: "dock".parse().unwrap(), at, clock: ClockReading::FOOTAGE, picture });
            if let Some(blindness) = blindness {
                prop_assert!(at.media.since(blindness.since.media).as_secs() >= 5);
            }
        }
    }
}
