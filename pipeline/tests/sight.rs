//! Sight on the sample clips: no clip is blind, and every fault that is put into one is named.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise, also in what it stands on")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use anjian_domain::{
    BlindCause, ClockReading, ColourMatrix, Frame, MediaTime, Moment, Picture, PixelFormat, SystemClock,
    WallTime,
};
use anjian_ingest::{AnalysisRate, FileSource, FrameSettings, FrameSource, Next};
use anjian_pipeline::{Mount, Sight};

fn samples() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../sample-videos")
}

fn clips() -> Vec<PathBuf> {
    let folders = std::fs::read_dir(samples()).unwrap().map(|entry| entry.unwrap().path().join("clip.mp4"));
    let mut clips: Vec<_> = folders.filter(|clip| clip.is_file()).collect();
    clips.sort();
    clips
}

/// One frame a second.
fn pictures(clip: &Path) -> Vec<Picture> {
    anjian_ingest::init().unwrap();
    let mut settings = FrameSettings::new("dock".parse().unwrap());
    settings.rate = AnalysisRate::new(1.0).unwrap();
    let mut source =
        FileSource::open(clip, &settings, Some(WallTime::EPOCH), &SystemClock::shared()).unwrap();
    let mut pictures = vec![];
    loop {
        match source.next_frame(Duration::from_secs(10)).unwrap() {
            Next::Frame(frame) => pictures.push(frame.picture),
            Next::Waiting => {}
            Next::Ended => return pictures,
        }
    }
}

/// The luma of each picture, over and over for so many seconds. Answers every cause that was told.
fn show(
    sight: &mut Sight,
    scene: &Scene,
    lumas: &[Vec<u8>],
    seconds: std::ops::Range<u64>,
) -> Vec<BlindCause> {
    let mut told = vec![];
    for second in seconds {
        let luma = &lumas[second as usize % lumas.len()];
        let bytes = [luma.as_slice(), &vec![128; luma.len() / 2]].concat();
        let (width_px, height_px) = (scene.width as u32, scene.height as u32);
        let matrix = ColourMatrix::Bt709;
        let picture = Picture::new(width_px, height_px, PixelFormat::I420, matrix, bytes).unwrap();
        let at = Moment { media: MediaTime::from_millis(second * 1000), wall: WallTime::EPOCH };
        let blindness = sight.observe(&Frame {
            camera: "dock".parse().unwrap(),
            at,
            clock: ClockReading::FOOTAGE,
            picture,
        });
        if let Some(blindness) = blindness
            && !told.contains(&blindness.cause)
        {
            told.push(blindness.cause);
        }
    }
    told
}

/// Luma of a clip, one picture a second.
struct Scene {
    width: usize,
    height: usize,
    lumas: Vec<Vec<u8>>,
}

impl Scene {
    fn of(clip: &Path) -> Self {
        let pictures = pictures(clip);
        let (width, height) = (pictures[0].width_px() as usize, pictures[0].height_px() as usize);
        let lumas = pictures.iter().map(|picture| picture.planes().unwrap()[0].to_vec()).collect();
        Self { width, height, lumas }
    }

    fn changed(&self, change: impl Fn(&Self, &[u8]) -> Vec<u8>) -> Vec<Vec<u8>> {
        self.lumas.iter().map(|luma| change(self, luma)).collect()
    }
}

/// A box filter, run twice: close to what a lens out of focus does.
fn blurred(scene: &Scene, luma: &[u8], radius: usize) -> Vec<u8> {
    let (width, height) = (scene.width, scene.height);
    let smooth = |luma: &[u8], starts: std::ops::Range<usize>, step: usize, length: usize, stride: usize| {
        let mut out = luma.to_vec();
        for start in starts.map(|line| line * step) {
            let mut sum: u32 = 0;
            for at in 0..length + radius {
                sum += if at < length { u32::from(luma[start + at * stride]) } else { 0 };
                sum -=
                    if at > 2 * radius { u32::from(luma[start + (at - 2 * radius - 1) * stride]) } else { 0 };
                if at >= radius {
                    let (first, last) = ((at - radius).saturating_sub(radius), at.min(length - 1));
                    out[start + (at - radius) * stride] = (sum / (last - first + 1) as u32) as u8;
                }
            }
        }
        out
    };
    let mut out = luma.to_vec();
    for _ in 0..2 {
        out = smooth(&out, 0..height, width, width, 1);
        out = smooth(&out, 0..width, 1, height, width);
    }
    out
}

/// Looks `share` of its width further to the right.
fn shifted(scene: &Scene, luma: &[u8], share: f32) -> Vec<u8> {
    let by = (scene.width as f32 * share) as usize;
    let turn = |row: &[u8]| [&row[by..], &row[..by]].concat();
    luma.chunks(scene.width).flat_map(turn).collect()
}

fn gradient(scene: &Scene) -> Vec<u8> {
    let (width, height) = (scene.width, scene.height);
    (0..width * height).map(|at| (50 + at % width * 90 / width + at / width * 30 / height) as u8).collect()
}

/// A copy of half the size, for tests that look at many pictures.
fn halved(scene: &Scene) -> Scene {
    let half = |luma: &Vec<u8>| -> Vec<u8> {
        let rows = luma.chunks(scene.width).step_by(2);
        rows.flat_map(|row| row.iter().step_by(2).copied()).collect()
    };
    Scene { width: scene.width / 2, height: scene.height / 2, lumas: scene.lumas.iter().map(half).collect() }
}

#[test]
fn no_sample_clip_is_blind() {
    for clip in clips() {
        let scene = Scene::of(&clip);
        let told = show(&mut Sight::new(Mount::Fixed), &scene, &scene.lumas, 0..90);
        assert_eq!(told, [], "{}", clip.display());
    }
}

#[test]
fn every_fault_in_a_sample_clip_is_named() {
    type Change = fn(&Scene, &[u8]) -> Vec<u8>;
    let faults: [(&str, Change, BlindCause); 7] = [
        ("no light", |_, luma| vec![16; luma.len()], BlindCause::Black),
        ("a bag", |scene, _| gradient(scene), BlindCause::Covered),
        ("one picture", |scene, _| scene.lumas[0].clone(), BlindCause::Frozen),
        ("out of focus", |scene, luma| blurred(scene, luma, 3), BlindCause::OutOfFocus),
        ("knocked a little", |scene, luma| shifted(scene, luma, 0.04), BlindCause::Moved),
        ("knocked a lot", |scene, luma| shifted(scene, luma, 0.2), BlindCause::Moved),
        ("turned away", |scene, luma| shifted(scene, luma, 0.5), BlindCause::Moved),
    ];
    for clip in ["loading-bay-hat-off", "workshop-crowd", "yard-all-well"] {
        let scene = halved(&Scene::of(&samples().join(clip).join("clip.mp4")));
        for (name, change, cause) in faults {
            let mut sight = Sight::new(Mount::Fixed);
            assert_eq!(show(&mut sight, &scene, &scene.lumas, 0..42), []);
            let told = show(&mut sight, &scene, &scene.changed(change), 42..84);
            assert_eq!(told, [cause], "{name}: {clip}");
        }
    }
}
