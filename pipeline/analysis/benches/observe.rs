//! How long one frame takes: `cargo bench -p anjian-analysis`.

#![allow(clippy::unwrap_used, missing_docs, reason = "a bench that cannot go on stops")]

use std::hint::black_box;

use anjian_analysis::{CameraAnalysis, CameraPlan};
use anjian_domain::{Class, Detection, Detections, MediaTime, Moment, NormBox, RunId, Score, WallTime};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use serde_json::json;

/// A crowd in rows that overlap, everybody swaying: bodies and heads.
fn crowd(persons: u32, frame: u32) -> Vec<Detection> {
    let columns = f64::from(persons).sqrt().ceil() as u32;
    let step = 0.9 / columns as f32;
    let seen = (0..persons).flat_map(|person| {
        let sway = ((frame + 7 * person) as f32 / 5.0).sin() * 0.2 * step;
        let left = 0.02 + (person % columns) as f32 * step + sway;
        let top = 0.02 + (person / columns) as f32 * step * 0.8;
        let (width, height) = (1.2 * step, 1.6 * step);
        let class = if person % 3 == 0 { Class::Head } else { Class::Helmet };
        let head_left = left + 0.3 * width;
        [
            (Class::Person, [left, top, left + width, top + height]),
            (class, [head_left, top, head_left + 0.4 * width, top + height / 7.0]),
        ]
    });
    let detections = seen.filter_map(|(class, [left, top, right, bottom])| {
        let bounds = NormBox::clipped(left, top, right, bottom)?;
        Some(Detection { class, score: Score::new(0.8)?, bounds })
    });
    detections.collect()
}

fn plan() -> CameraPlan {
    let rules = json!([
        { "behaviour": "no_hard_hat" },
        { "behaviour": "overcrowding", "max_persons": 20 },
    ]);
    CameraPlan {
        run: RunId("018f0000-0000-7000-8000-000000000001".parse().unwrap()),
        site: "plant".parse().unwrap(),
        camera: "gate".parse().unwrap(),
        model: "scripted@000000000000".to_owned(),
        time_zone: jiff::tz::TimeZone::UTC,
        zones: Vec::new(),
        rules: serde_json::from_value(rules).unwrap(),
        permits: Vec::new(),
        galleries: Vec::new(),
    }
}

fn observe(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("observe");
    for persons in [1, 10, 50, 250] {
        let frames: Vec<_> = (0..200).map(|frame| crowd(persons, frame)).collect();
        let mut analysis = CameraAnalysis::new(plan()).unwrap();
        let mut frame = 0u32;
        group.bench_function(BenchmarkId::from_parameter(persons), |bencher| {
            bencher.iter(|| {
                frame += 1;
                let millis = u64::from(frame) * 200;
                let wall = WallTime::from_micros(millis as i64 * 1000).unwrap();
                let at = Moment { media: MediaTime::from_millis(millis), wall };
                let items = frames[frame as usize % frames.len()].clone();
                black_box(analysis.observe(&Detections { camera: "gate".parse().unwrap(), at, items }))
            });
        });
    }
    group.finish();
}

criterion_group!(benches, observe);
criterion_main!(benches);
