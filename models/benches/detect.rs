//! What a frame costs: shrinking 1080p into the input, and the whole way to Detections.
//!
//! `cargo bench -p anjian-models`. Needs ONNX Runtime (`scripts/setup`).

use std::hint::black_box;

use anjian_domain::{ColourMatrix, NormBox, Picture, PixelFormat};
use anjian_models::{Catalogue, Letterbox, Runtime, SessionSettings, Tiles};
use criterion::{Criterion, criterion_group, criterion_main};

const MODEL: &str = "site_nano";
const LARGER: &str = "site_nano_1280";

/// Not grey: resizing and the model take as long for any content, but a cache would not.
fn picture(width_px: u32, height_px: u32, format: PixelFormat) -> Picture {
    let pixels = width_px as usize * height_px as usize;
    let size_bytes = match format {
        PixelFormat::I420 => pixels * 3 / 2,
        PixelFormat::Bgr => pixels * 3,
    };
    let bytes = (0..size_bytes).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    Picture::new(width_px, height_px, format, ColourMatrix::Bt709, bytes).expect("as many bytes as pixels")
}

fn frames(criterion: &mut Criterion) {
    let catalogue = Catalogue::built_in().expect("the built-in catalogue is right");
    let input = catalogue.model(MODEL).expect("a built-in model").input;
    for (name, picture) in [
        ("letterbox 1080p I420", picture(1920, 1080, PixelFormat::I420)),
        ("letterbox 1080p BGR", picture(1920, 1080, PixelFormat::Bgr)),
        ("letterbox 360p I420", picture(640, 360, PixelFormat::I420)),
    ] {
        let mut letterbox = Letterbox::new(input);
        criterion.bench_function(name, |bencher| {
            bencher.iter(|| letterbox.apply(black_box(&picture)).expect("memory").1[[0, 0, 0, 0]]);
        });
    }
    let runtime = Runtime::find(None).expect("scripts/setup was run");
    let far = NormBox::new(0.2, 0.25, 0.8, 0.85).expect("a box");
    let tile = || Tiles::new(vec![far]).expect("large enough");
    for (name, model, side_px, tiles) in [
        ("detect 1080p I420 at 640x384", MODEL, [1920, 1080], Tiles::default()),
        ("detect 1080p I420 at 640x384, one tile", MODEL, [1920, 1080], tile()),
        ("detect 1080p I420 at 1280x736", LARGER, [1920, 1080], Tiles::default()),
        ("detect square at 640x640", MODEL, [1080, 1080], Tiles::default()),
    ] {
        let picture = picture(side_px[0], side_px[1], PixelFormat::I420);
        let mut detector =
            catalogue.load(model, &runtime, SessionSettings::default()).expect("a built-in model");
        criterion.bench_function(name, |bencher| {
            bencher.iter(|| detector.detect(black_box(&picture), &tiles).expect("memory"));
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(30);
    targets = frames
}
criterion_main!(benches);
