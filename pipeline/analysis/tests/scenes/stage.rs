//! A stage for scripted scenes: actors who walk, hide and change hats, seen by a detector that errs as told.

use anjian_analysis::{CameraAnalysis, CameraPlan, Gallery, RuleSettings};
use anjian_domain::{
    Answer, CameraId, Class, CloseReason, Detection, Detections, MediaTime, Moment, NormBox, Permit, RunId,
    Score, Seen, Violation, ViolationUpdate, WallTime,
};
use serde_json::{Value, json};

/// What an actor wears from some second on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    Worn,
    Bare,
    Cap,
    /// The head is turned away or covered.
    HeadHidden,
    /// Bare, and a helmet at the hip.
    HatInHand,
    /// A helmet at the hip, the head not found.
    HatInHandHeadHidden,
    /// The helmet or the bare head alone, the body not found.
    OnlyHelmet,
    OnlyBareHead,
}

/// Somebody on the stage. Sizes and places are shares of the picture.
#[derive(Debug, Clone)]
pub(crate) struct Actor {
    /// Second, and where the feet are; between them the actor walks straight.
    stations: Vec<(f64, f32, f32)>,
    looks: Vec<(f64, Look)>,
    /// From, to: the detector sees nothing of the actor.
    unseen: Vec<(f64, f64)>,
    /// From, to: only the upper half of the body is seen.
    halved: Vec<(f64, f64)>,
    wrong_share: f64,
    missed_share: f64,
    jitter: f32,
    score: f32,
}

const WIDTH: f32 = 0.06;
const HEIGHT: f32 = 0.4;

impl Actor {
    pub(crate) fn standing(x: f32, y: f32, look: Look) -> Self {
        Self {
            stations: vec![(0.0, x, y)],
            looks: vec![(0.0, look)],
            unseen: Vec::new(),
            halved: Vec::new(),
            wrong_share: 0.0,
            missed_share: 0.0,
            jitter: 0.004,
            score: 0.9,
        }
    }

    /// Is at a place at a second.
    pub(crate) fn at(mut self, second: f64, x: f32, y: f32) -> Self {
        self.stations.push((second, x, y));
        self
    }

    pub(crate) fn from(mut self, second: f64, look: Look) -> Self {
        self.looks.push((second, look));
        self
    }

    pub(crate) fn unseen(mut self, from: f64, to: f64) -> Self {
        self.unseen.push((from, to));
        self
    }

    pub(crate) fn halved(mut self, from: f64, to: f64) -> Self {
        self.halved.push((from, to));
        self
    }

    /// The detector calls a bare head a helmet and a helmet a bare head with this probability.
    pub(crate) fn mistaken(mut self, share: f64) -> Self {
        self.wrong_share = share;
        self
    }

    /// The detector misses the actor with this probability.
    pub(crate) fn missed(mut self, share: f64) -> Self {
        self.missed_share = share;
        self
    }

    pub(crate) fn scored(mut self, score: f32) -> Self {
        self.score = score;
        self
    }

    fn feet(&self, second: f64) -> (f32, f32) {
        let before =
            self.stations.iter().rev().find(|station| station.0 <= second).unwrap_or(&self.stations[0]);
        let Some(after) = self.stations.iter().find(|station| station.0 > second) else {
            return (before.1, before.2);
        };
        let share = ((second - before.0) / (after.0 - before.0)) as f32;
        (before.1 + share * (after.1 - before.1), before.2 + share * (after.2 - before.2))
    }

    fn look(&self, second: f64) -> Look {
        self.looks.iter().rev().find(|(from, _)| *from <= second).map_or(Look::HeadHidden, |(_, look)| *look)
    }

    /// What the detector sees, `dice` deciding its mistakes.
    fn detections(&self, second: f64, dice: &mut Dice) -> Vec<Detection> {
        let [shake_x, shake_y] =
            [dice.roll(), dice.roll()].map(|roll| (roll as f32 - 0.5) * 2.0 * self.jitter);
        let (is_wrong, is_missed) = (dice.roll() < self.wrong_share, dice.roll() < self.missed_share);
        if is_missed || self.unseen.iter().any(|(from, to)| (*from..*to).contains(&second)) {
            return Vec::new();
        }
        let (x, y) = self.feet(second);
        let (x, y) = (x + shake_x, y + shake_y);
        let is_halved = self.halved.iter().any(|(from, to)| (*from..*to).contains(&second));
        let bottom = if is_halved { y - HEIGHT / 2.0 } else { y };
        let body = (Class::Person, [x - WIDTH / 2.0, y - HEIGHT, x + WIDTH / 2.0, bottom]);
        let top = y - HEIGHT;
        let head = |class| (class, [x - WIDTH / 5.0, top, x + WIDTH / 5.0, top + HEIGHT / 7.0]);
        let in_hand =
            (Class::Helmet, [x - WIDTH * 0.6, y - 0.5 * HEIGHT, x - WIDTH * 0.2, y - 0.36 * HEIGHT]);
        let bare = if is_wrong { Class::Helmet } else { Class::Head };
        let worn = if is_wrong { Class::Head } else { Class::Helmet };
        let boxes = match self.look(second) {
            Look::Worn => vec![body, head(worn)],
            Look::Bare => vec![body, head(bare)],
            Look::Cap => vec![body, head(Class::OtherHeadwear)],
            Look::HeadHidden => vec![body],
            Look::HatInHand => vec![body, head(bare), in_hand],
            Look::HatInHandHeadHidden => vec![body, in_hand],
            Look::OnlyHelmet => vec![head(worn)],
            Look::OnlyBareHead => vec![head(bare)],
        };
        let seen = boxes.into_iter().filter_map(|(class, [left, top, right, bottom])| {
            let bounds = NormBox::clipped(left, top, right, bottom)?;
            Some(Detection { class, score: Score::new(self.score)?, bounds })
        });
        seen.collect()
    }
}

/// Numbers that look random and are always the same (SplitMix64).
#[derive(Debug, Clone)]
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// 0..1.
    pub(crate) fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// One camera, its rules, and what happens in front of it.
#[derive(Debug, Clone)]
pub(crate) struct Stage {
    pub(crate) rules: Value,
    pub(crate) zones: Value,
    pub(crate) permits: Vec<Permit>,
    pub(crate) galleries: Vec<Gallery>,
    pub(crate) time_zone: String,
    pub(crate) starts: WallTime,
    pub(crate) fps: f64,
    /// From, to: no frames arrive.
    pub(crate) dark: Vec<(f64, f64)>,
    pub(crate) seed: u64,
}

/// A violation, in seconds of the scene.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Told {
    pub(crate) violation: Violation,
    pub(crate) opened_s: f64,
    /// When analysis said that it opened.
    pub(crate) decided_s: f64,
    /// When it closed and why; every violation closes when the scene ends.
    pub(crate) closed_s: f64,
    pub(crate) reason: CloseReason,
    pub(crate) subjects: Vec<NormBox>,
    pub(crate) opened_path_s: Vec<f64>,
    pub(crate) closed_path_s: Vec<f64>,
}

impl Stage {
    /// 5 frames a second, the given rules, and the zones `left` and `right`, halves of the picture.
    pub(crate) fn with(rules: Value) -> Self {
        Self {
            rules,
            zones: json!([
                { "id": "left", "points": [[0.0, 0.0], [0.5, 0.0], [0.5, 1.0], [0.0, 1.0]] },
                { "id": "right", "points": [[0.5, 0.0], [1.0, 0.0], [1.0, 1.0], [0.5, 1.0]] },
            ]),
            permits: Vec::new(),
            galleries: Vec::new(),
            time_zone: "UTC".to_owned(),
            starts: "2026-03-02T08:00:00Z".parse().unwrap(),
            fps: 5.0,
            dark: Vec::new(),
            seed: 1,
        }
    }

    pub(crate) fn plan(&self) -> CameraPlan {
        let rules: Vec<RuleSettings> = serde_json::from_value(self.rules.clone()).unwrap();
        CameraPlan {
            run: RunId("018f0000-0000-7000-8000-000000000001".parse().unwrap()),
            site: "plant".parse().unwrap(),
            camera: camera(),
            model: "scripted@000000000000".to_owned(),
            time_zone: jiff::tz::TimeZone::get(&self.time_zone).unwrap(),
            zones: serde_json::from_value(self.zones.clone()).unwrap(),
            rules,
            permits: self.permits.clone(),
            galleries: self.galleries.clone(),
        }
    }

    /// What the detector sees of the actors until the curtain falls.
    pub(crate) fn frames(&self, seconds: f64, actors: &[Actor]) -> Vec<Detections> {
        let count = (seconds * self.fps).round() as u64;
        let is_dark = |second: f64| self.dark.iter().any(|(from, to)| (*from..*to).contains(&second));
        // Actors have dice of their own, so that one more actor changes nothing for the others.
        let mut dice: Vec<_> = (0..actors.len()).map(|index| Dice(self.seed * 1000 + index as u64)).collect();
        let mut frames = Vec::new();
        for frame in 0..=count {
            let second = frame as f64 / self.fps;
            let seen = actors.iter().zip(&mut dice).map(|(actor, dice)| actor.detections(second, dice));
            let items: Vec<Detection> = seen.flatten().collect();
            if !is_dark(second) {
                frames.push(Detections { camera: camera(), at: self.moment(second), items });
            }
        }
        frames
    }

    pub(crate) fn moment(&self, second: f64) -> Moment {
        let micros = (second * 1e6).round() as u64;
        let media = MediaTime::from_nanos(micros * 1000);
        Moment { media, wall: self.starts.plus(std::time::Duration::from_micros(micros)) }
    }

    /// Plays the scene to its end.
    pub(crate) fn play(&self, seconds: f64, actors: &[Actor]) -> Vec<Told> {
        self.judge(&self.frames(seconds, actors))
    }

    /// Judges frames, and closes what is open after the last.
    pub(crate) fn judge(&self, frames: &[Detections]) -> Vec<Told> {
        self.judge_looking(frames, |_, _| None)
    }

    /// [`Stage::judge`] with second looks: `answer` is given the second and the look.
    pub(crate) fn judge_looking(
        &self,
        frames: &[Detections],
        mut answer: impl FnMut(f64, &anjian_domain::Look) -> Option<Answer>,
    ) -> Vec<Told> {
        let mut analysis = CameraAnalysis::new(self.plan()).unwrap();
        let mut told: Vec<Told> = Vec::new();
        for frame in frames {
            let looks = analysis.follow(frame);
            let seen = looks.into_iter().filter_map(|look| {
                let answer = answer(seconds(frame.at), &look)?;
                Some(Seen { look, answer })
            });
            let updates = analysis.judge(&seen.collect::<Vec<_>>());
            note(&mut told, frame.at, updates);
            let open = analysis.open_violations().count();
            assert_eq!(open, told.iter().filter(|told| told.violation.closed.is_none()).count());
        }
        let end = frames.last().map_or(self.moment(0.0), |frame| frame.at);
        note(&mut told, end, analysis.finish(CloseReason::SourceEnded));
        assert!(told.iter().all(|told| told.violation.closed.is_some()));
        assert_eq!(analysis.open_violations().count(), 0);
        told
    }
}

fn note(told: &mut Vec<Told>, at: Moment, updates: Vec<ViolationUpdate>) {
    let times = |path: &[anjian_domain::TrackPoint]| path.iter().map(|point| seconds(point.at)).collect();
    for update in updates {
        match update {
            ViolationUpdate::Opened { violation, subjects, path } => told.push(Told {
                opened_s: seconds(violation.opened),
                decided_s: seconds(at),
                closed_s: f64::NAN,
                reason: CloseReason::Interrupted,
                violation,
                subjects,
                opened_path_s: times(&path),
                closed_path_s: Vec::new(),
            }),
            ViolationUpdate::Closed { violation, path } => {
                let opened = told.iter_mut().find(|told| told.violation.id == violation.id);
                let opened = opened.expect("closed, but never opened");
                assert_eq!(opened.violation.closed, None, "closed twice");
                let (moment, reason) = violation.closed.unwrap();
                (opened.closed_s, opened.reason) = (seconds(moment), reason);
                opened.closed_path_s = times(&path);
                opened.violation = violation;
            }
        }
    }
}

pub(crate) fn camera() -> CameraId {
    "gate".parse().unwrap()
}

fn seconds(moment: Moment) -> f64 {
    moment.media.as_secs_f64()
}

/// Checks violations against `(opened_s, closed_s, reason)`, each to within one frame at five a second.
#[track_caller]
pub(crate) fn check(name: &str, told: &[Told], expected: &[(f64, f64, CloseReason)]) {
    let found: Vec<_> = told.iter().map(|told| (told.opened_s, told.closed_s, told.reason)).collect();
    let is_near = |a: f64, b: f64| (a - b).abs() < 0.21;
    let fits = found.len() == expected.len()
        && found.iter().zip(expected).all(|(found, expected)| {
            is_near(found.0, expected.0) && is_near(found.1, expected.1) && found.2 == expected.2
        });
    assert!(fits, "{name}: found {found:?}, expected {expected:?}");
}
