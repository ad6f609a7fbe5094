//! Whether something bright behaves like fire: it lasts, it flickers, and it keeps no rhythm.
//!
//! A lamp, a glint or a vest is as large and as bright as a moment ago, but for the trembling of its box. A beacon goes
//! off and on in a rhythm. Flicker is measured from one observation to the next, and its middle value counts: what
//! grows steadily (headlights that come nearer) or jumps once (a lamp that is switched on) does not flicker.
//!
//! What this cannot tell from fire: a lamp that swells and fades for longer than `persist_s` at a time.

use anjian_domain::{LightMeasure, MediaTime};

use super::glow::{Glow, Sample};
use super::settings::Settings;
use crate::clock::lasted_s;

/// Flicker is measured between observations at least so far apart, seconds: five a second, somewhat irregular.
pub(super) const PACE_S: f64 = 0.18;
/// Between two observations of an unbroken fire there are at most so many seconds...
const LONGEST_BREAK_S: f64 = 0.65;
/// ...or this many frames. A little more, for frames that come late.
const LONGEST_BREAK_FRAMES: f64 = 2.2;
/// Trembling beyond this multiple of the box noise is flicker.
const NOISE_FACTOR: f64 = 2.0;
/// What stays a little below each threshold flickers all the same, when everything varies at once: the root of the sum of
/// squares, in thresholds. Lamps whose boxes tremble reach less than half.
const TOGETHER: f64 = 1.25;
/// An arc lights up what is round it: its light varies by so many thresholds together. Lamps that look like arcs reach half.
const FLARING: f64 = 2.0;
/// A beat of a rhythm is no more than so many frames longer than another: each end is met a frame early or late.
const RHYTHM_FRAMES: f64 = 2.1;
/// Beats that make a rhythm.
const LEAST_BEATS: usize = 3;

/// Whether the newest frames, oldest first, show a fire; `born` is when it was first seen.
pub(super) fn is_fire(history: &[Sample], born: MediaTime, settings: &Settings) -> bool {
    let glows = glows(history);
    glows.len() >= settings.min_observations as usize
        && has_persisted(history, born, settings)
        && flickers(&glows, is_slow(frame_s(history), settings), settings)
}

/// The mean time from one frame to the next, seconds; 0 of fewer than two.
fn frame_s(history: &[Sample]) -> f64 {
    let (Some(oldest), Some(newest)) = (history.first(), history.last()) else { return 0.0 };
    newest.at.since(oldest.at).as_secs_f64() / (history.len() - 1).max(1) as f64
}

/// Whether blinking cannot be told from burning.
fn is_slow(frame_s: f64, settings: &Settings) -> bool {
    frame_s > 1.05 / settings.min_fps.max(f64::EPSILON)
}

/// How the fire looked, at most every [`PACE_S`]: what is slower than a fast camera must not look calm to it.
fn glows(history: &[Sample]) -> Vec<Glow> {
    let mut last: Option<MediaTime> = None;
    let mut glows = Vec::new();
    for sample in history {
        let is_due = last.is_none_or(|last| sample.at.since(last).as_secs_f64() >= PACE_S);
        if let Some(glow) = sample.glow.filter(|_| is_due) {
            glows.push(glow);
            last = Some(sample.at);
        }
    }
    glows
}

fn has_persisted(history: &[Sample], born: MediaTime, settings: &Settings) -> bool {
    let (Some(oldest), Some(newest)) = (history.first(), history.last()) else { return false };
    let age_s = lasted_s(oldest.at, newest.at);
    let frame_s = frame_s(history);
    let age_of = |sample: &Sample| lasted_s(sample.at, newest.at);
    let recent = history.iter().filter(|sample| age_of(sample) <= settings.persist_s).count();
    // A slow camera looks back further.
    let window =
        &history[history.len() - recent.max(settings.min_observations as usize).min(history.len())..];
    if is_slow(frame_s, settings) {
        return share(window) >= 1.0;
    }
    let is_steady = share(history) >= 1.0;
    share(window) >= settings.min_share
        && share(history) >= settings.min_share
        && longest_run_s(history, LONGEST_BREAK_S.max(LONGEST_BREAK_FRAMES * frame_s)) >= settings.persist_s
        && (is_steady || (age_s >= settings.beacon_s && !has_rhythm(history, born, frame_s)))
}

/// Share of frames that show the fire, 0..1.
fn share(samples: &[Sample]) -> f64 {
    let burning = samples.iter().filter(|sample| sample.glow.is_some()).count();
    burning as f64 / samples.len().max(1) as f64
}

/// The longest time, seconds, in which the fire was never out of sight for longer than `longest_break_s`.
fn longest_run_s(history: &[Sample], longest_break_s: f64) -> f64 {
    let burning = history.iter().filter(|sample| sample.glow.is_some()).map(|sample| sample.at);
    let mut run: Option<(MediaTime, MediaTime)> = None;
    let mut longest_s = 0.0f64;
    for at in burning {
        let unbroken = run.filter(|(_, last)| at.since(*last).as_secs_f64() <= longest_break_s);
        let first = unbroken.map_or(at, |(first, _)| first);
        longest_s = longest_s.max(lasted_s(first, at));
        run = Some((first, at));
    }
    longest_s
}

/// Whether it goes on at even intervals.
fn has_rhythm(history: &[Sample], born: MediaTime, frame_s: f64) -> bool {
    let is_onset = |pair: &&[Sample]| pair[0].glow.is_none() && pair[1].glow.is_some();
    // What is older than the history may have begun before it.
    let first = history.first().map(|sample| sample.at).filter(|at| *at == born);
    let later = history.windows(2).filter(is_onset).map(|pair| pair[1].at);
    let onsets: Vec<_> = first.into_iter().chain(later).collect();
    let beats = onsets.windows(2).map(|pair| pair[1].since(pair[0]).as_secs_f64());
    let (shortest, longest) = beats.fold((f64::MAX, 0.0f64), |(a, b), beat| (a.min(beat), b.max(beat)));
    onsets.len() >= LEAST_BEATS && longest - shortest <= RHYTHM_FRAMES * frame_s
}

/// Whether shape or light varies. On a slow camera both have to: between two of its frames a lamp's box may tremble, and
/// what else shines may change. What the model mostly takes for an arc has to flare: burnt-out lamps look like arcs, and their
/// boxes tremble.
fn flickers(glows: &[Glow], is_slow: bool, settings: &Settings) -> bool {
    let strictness = strictness(glows.len());
    let areas: Vec<f64> = glows.iter().map(|glow| f64::from(glow.bounds.area()).ln()).collect();
    let heights: Vec<f64> = glows.iter().map(|glow| f64::from(glow.bounds.height()).ln()).collect();
    let [width_noise, height_noise] = side_noise(glows, settings.box_noise).map(|noise| NOISE_FACTOR * noise);
    // What does not vary at all is below a threshold of 0 too, and must not be no number.
    let over = |values: &[f64], least: f64| match jitter(values) {
        0.0 => 0.0,
        varied => varied / (strictness * least),
    };
    let shape = [
        over(&areas, settings.flicker_area.hypot(width_noise).hypot(height_noise)),
        over(&heights, settings.flicker_height.hypot(height_noise)),
    ];
    let lights: Vec<LightMeasure> = glows.iter().filter_map(|glow| glow.light).collect();
    if lights.len() < settings.min_observations as usize {
        return is_restless(&shape);
    }
    let series = |part: fn(&LightMeasure) -> f32| -> Vec<f64> {
        lights.iter().map(|light| f64::from(part(light))).collect()
    };
    let light = [
        over(&series(|light| light.luma), settings.flicker_luma),
        over(&series(|light| light.burnt), settings.flicker_burnt),
        over(&series(|light| light.surround_luma), settings.flicker_surround),
    ];
    let is_arc = 2 * glows.iter().filter(|glow| glow.is_arc).count() > glows.len();
    let [of_shape, of_light] = [together(&shape), together(&light)];
    let is_light_restless = if is_arc { of_light > FLARING } else { of_light > 1.0 };
    match (is_slow, is_arc) {
        (true, _) => of_shape > 1.0 && is_light_restless,
        (false, true) => is_light_restless,
        (false, false) => is_restless(&shape) || is_restless(&light) || of_shape.hypot(of_light) > TOGETHER,
    }
}

/// Whether one of these reaches its threshold.
fn is_restless(over: &[f64]) -> bool {
    over.iter().any(|over| *over > 1.0)
}

/// The root of the sum of squares.
fn together(over: &[f64]) -> f64 {
    over.iter().map(|over| over * over).sum::<f64>().sqrt()
}

/// Few observations scatter widely, so they must say it louder.
pub(super) fn strictness(observations: usize) -> f64 {
    1.0 + 4.0 / observations.saturating_sub(2).max(1) as f64
}

/// Standard deviation of independent values, from the middle one of their second differences: trends and single jumps
/// do not count. 0 of fewer than three values.
pub(super) fn jitter(values: &[f64]) -> f64 {
    let mut bends: Vec<f64> =
        values.windows(3).map(|three| (three[0] - 2.0 * three[1] + three[2]).abs()).collect();
    if bends.is_empty() {
        return 0.0;
    }
    bends.sort_by(f64::total_cmp);
    let middle = f64::midpoint(bends[(bends.len() - 1) / 2], bends[bends.len() / 2]);
    // A second difference varies by the root of 6; half of a normal distribution lies within 0.6745 of its deviation.
    middle / (0.6745 * 6f64.sqrt())
}

/// Deviations of the logarithms of width and height, when each edge of a box trembles by `box_noise`.
fn side_noise(glows: &[Glow], box_noise: f64) -> [f64; 2] {
    let middle = |part: fn(&Glow) -> f32| {
        let mut values: Vec<f32> = glows.iter().map(part).collect();
        values.sort_by(f32::total_cmp);
        f64::from(values.get(values.len() / 2).copied().unwrap_or(1.0))
    };
    let sides = [middle(|glow| glow.bounds.width()), middle(|glow| glow.bounds.height())];
    sides.map(|side| box_noise * 2f64.sqrt() / side)
}

#[cfg(test)]
mod tests {
    use anjian_domain::NormBox;

    use super::super::settings::SPEC;
    use super::*;
    use crate::rules::read;

    fn defaults() -> Settings {
        read::settings(&SPEC, serde_json::Map::new()).unwrap()
    }

    #[test]
    fn jitter_sees_noise_and_neither_trends_nor_jumps() {
        let line: Vec<f64> = (0..20).map(|step| f64::from(step) * 0.5).collect();
        let jump: Vec<f64> = (0..20).map(|step| if step < 4 { 0.0 } else { 3.0 }).collect();
        let wild: Vec<f64> = (0..20).map(|step| f64::from(step * step * 7 % 13) / 13.0).collect();
        for (name, values, expected) in [
            ("a line", &line, 0.0..=1e-9),
            ("a jump", &jump, 0.0..=1e-9),
            ("noise", &wild, 0.2..=0.6),
            ("too little", &vec![1.0, 5.0], 0.0..=0.0),
        ] {
            assert!(expected.contains(&jitter(values)), "{name}: {}", jitter(values));
        }
    }

    /// Twenty frames, `every_s` apart, of something whose height and luma vary by so much.
    fn shining(every_s: f64, is_arc: bool, height: f32, luma: f32) -> Vec<Sample> {
        let wild = |step: u16, by: f32| by * (f32::from(step * step * 7 % 13) / 13.0 - 0.5);
        let sample = |step: u16| {
            let bounds = NormBox::new(0.4, 0.4, 0.45, 0.5 + wild(step, height)).unwrap();
            let luma = 0.8 + wild(step, luma);
            let light = LightMeasure { luma, burnt: 0.5, blue: 0.1, warm: 0.1, surround_luma: 0.3 };
            let at = MediaTime::from_millis((f64::from(step) * every_s * 1000.0) as u64);
            Sample { at, glow: Some(Glow { bounds, score: 0.8, is_arc, light: Some(light) }) }
        };
        (0..20).map(sample).collect()
    }

    #[test]
    fn what_has_to_vary() {
        for (name, height, luma, flame, slow_flame, arc, slow_arc) in [
            ("a lamp", 0.0, 0.0, false, false, false, false),
            ("a box that trembles", 0.1, 0.0, true, false, false, false),
            ("a light that changes", 0.0, 0.4, true, false, true, false),
            ("a light that changes less", 0.0, 0.1, true, false, false, false),
            ("a fire", 0.1, 0.4, true, true, true, true),
            ("a fire that lights up less", 0.1, 0.1, true, true, false, false),
            ("a little of one", 0.006, 0.0, false, false, false, false),
            ("a little of the other", 0.0, 0.06, false, false, false, false),
            ("a little of both", 0.006, 0.06, true, false, false, false),
        ] {
            for (every_s, is_arc, expected) in
                [(0.2, false, flame), (1.0, false, slow_flame), (0.2, true, arc), (1.0, true, slow_arc)]
            {
                let samples = shining(every_s, is_arc, height, luma);
                let found = is_fire(&samples, MediaTime::ZERO, &defaults());
                assert_eq!(
                    found,
                    expected,
                    "{name}, every {every_s} s, {}",
                    if is_arc { "an arc" } else { "a flame" }
                );
            }
        }
    }

    #[test]
    fn a_threshold_of_zero_believes_the_least_and_hides_nothing() {
        let settings = Settings { flicker_burnt: 0.0, flicker_surround: 0.0, ..defaults() };
        // Neither burnt share nor luma around varies here, luma does.
        for (luma, expected) in [(0.4, true), (0.0, false)] {
            let found = is_fire(&shining(0.2, true, 0.0, luma), MediaTime::ZERO, &settings);
            assert_eq!(found, expected, "an arc whose luma varies by {luma}");
        }
    }

    /// `#` burns, `.` does not; five frames a second.
    fn samples(pattern: &str) -> Vec<Sample> {
        let bounds = NormBox::new(0.4, 0.4, 0.42, 0.44).unwrap();
        let glow = Glow { bounds, score: 0.8, is_arc: false, light: None };
        let frames = (0u64..).zip(pattern.chars());
        frames
            .map(|(frame, mark)| Sample {
                at: MediaTime::from_millis(frame * 200),
                glow: (mark == '#').then_some(glow),
            })
            .collect()
    }

    #[test]
    fn what_goes_off_and_on_is_watched_for_a_rhythm() {
        for (name, pattern, expected) in [
            ("burns for a second", "######", true),
            ("half of the time in a second is too early to say", "##.#.##", false),
            ("misses without rhythm", "###.######.##.##########", true),
            ("one miss in a long time", "##########.#########", true),
            ("on and off every half second", "###..###..###..###..#", false),
            ("twice a second", "#.##.#.##.#.##.#.##.#.##", false),
            ("long breaks", "##########..###....######..###", true),
            ("bursts", "####....###......####....####.....###", false),
            ("mostly off", "#...#....#..#.....#..#..#", false),
        ] {
            let found = has_persisted(&samples(pattern), MediaTime::ZERO, &defaults());
            assert_eq!(found, expected, "{name}");
        }
    }
}
