//! 区域超员: more persons in the zone than allowed, or fewer than required, for longer than allowed.
//!
//! Counts the tracks in the zone that are believed, also those out of sight for at most `unseen_s`.
//! - **Opens** when the limit has been broken for `hold_s`, seen from the first frame that broke it.
//! - **Closes** when it has been kept for `release_s`, or when the rule's other limit is broken. It closed with the last
//!   frame that broke it.
//!
//! A frame breaks the limit when its own count and the median over `smooth_s` both do, so one missed or one
//! invented person changes nothing. With an even number of counts the median nearer to compliance is taken.

use std::collections::VecDeque;

use anjian_domain::WhenAbsent::{Unset, Use};
use anjian_domain::{
    BehaviourSpec, Class, CloseReason, FramePolicy, KeySpec, MediaTime, Moment, Score, Words, unit,
};
use serde::{Deserialize, Serialize};

use super::finding::{BreachKey, Finding, mean_score};
use super::logic::{Given, LogicSettings, RuleLogic};
use super::registration::Registration;
use super::scene::Scene;
use crate::clock::lasted_s;
use crate::{Track, TrackState};

pub(super) const REGISTRATION: Registration = Registration::of::<Settings>(SPEC);

const SPEC: BehaviourSpec = BehaviourSpec {
    name: "overcrowding",
    title: Words::new("区域超员", "Overcrowded area"),
    help: Words::new(
        "区域内人数超过上限或少于下限，且超过允许的时间。",
        "More persons are in the zone than allowed, or fewer than required, for longer than allowed.",
    ),
    icon: "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 19a5.5 5.5 0 0 1 11 0M16 11a2.6 2.6 0 1 0-1-5M16.5 13.700a5 5 0 0 1 5 5.3",
    colour: "light-dark(#6741a8, #b99af0)",
    keys: KEYS,
    classes: &[Class::Person],
    looks: &[],
    frames: FramePolicy::RestWhenStill,
};

const KEYS: &[KeySpec] = &[
    KeySpec::whole("max_persons", 0..=200, Unset).unit(unit::PERSONS).help(
        "区域内人数超过此值即违规；与 `min_persons` 至少设置一项。",
        "More persons than this break the rule. Set this, `min_persons` or both.",
    ),
    KeySpec::whole("min_persons", 1..=200, Unset).unit(unit::PERSONS).help(
        "区域内人数少于此值即违规，如监护人或监考人缺席。",
        "Fewer persons than this break the rule: a missing fire watcher or invigilator.",
    ),
    KeySpec::number("hold_s", 0.0..=3600.0, Use(3.0)).unit(unit::SECONDS).help(
        "超限须持续这么久，才认定违规。",
        "How long the limit must be broken before a violation opens.",
    ),
    KeySpec::number("release_s", 0.0..=3600.0, Use(3.0))
        .unit(unit::SECONDS)
        .help("恢复合规须持续这么久，违规才结束。", "How long the limit must be kept before it closes."),
    KeySpec::number("smooth_s", 0.0..=10.0, Use(1.0)).unit(unit::SECONDS).help(
        "人数取这段时间内的中位数，个别漏检不影响结果。",
        "The count is the median over this time, so that a missed detection has no effect.",
    ),
    KeySpec::number("unseen_s", 0.0..=10.0, Use(1.0)).unit(unit::SECONDS).help(
        "人员看不见的时间不超过此值时仍计入人数。",
        "A person who is out of sight for at most this time still counts.",
    ),
];

/// Raised whenever this file judges differently with the same thresholds.
const REVISION: u32 = 3;
/// More counts than this are not kept, however long `smooth_s` is.
const MOST_COUNTS: usize = 512;
/// A new track that covers so much of where a lost one should be is the same person.
const SAME_PLACE: f32 = 0.3;

/// Thresholds; [`KEYS`] says what they mean.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    max_persons: Option<u32>,
    min_persons: Option<u32>,
    hold_s: f64,
    release_s: f64,
    smooth_s: f64,
    unseen_s: f64,
}

impl LogicSettings for Settings {
    fn check(&self) -> Result<(), String> {
        match (self.min_persons, self.max_persons) {
            (None, None) => Err("set `max_persons`, `min_persons` or both".to_owned()),
            (Some(min), Some(max)) if min > max => Err(format!(
                "`min_persons` = {min} is more than `max_persons` = {max}: nothing could satisfy both"
            )),
            _ => Ok(()),
        }
    }

    fn revision(&self) -> u32 {
        REVISION
    }

    fn logic(&self, _: &Given<'_>) -> Result<Box<dyn RuleLogic>, String> {
        let most = self.max_persons.map(Limit::AtMost);
        let least = self.min_persons.map(Limit::AtLeast);
        let limits = most.into_iter().chain(least).map(LimitState::new).collect();
        Ok(Box::new(Logic { settings: self.clone(), counts: VecDeque::new(), limits }))
    }
}

/// How many persons may be in the zone.
#[derive(Debug, Clone, Copy)]
enum Limit {
    AtMost(u32),
    AtLeast(u32),
}

/// What one frame says of a limit.
#[derive(Debug, Clone, Copy)]
struct Reading {
    /// The frame's own count breaks it.
    is_broken_now: bool,
    /// The median of the last counts does.
    is_broken_lately: bool,
    /// The rule's other limit is broken, so this one is surely kept.
    is_other_broken: bool,
}

impl Reading {
    const fn is_broken(&self) -> bool {
        self.is_broken_now && self.is_broken_lately
    }
}

impl Limit {
    fn read(self, count: u32, sorted: &[u32]) -> Reading {
        let is_broken_lately = self.is_broken_by(self.median(sorted));
        Reading { is_broken_now: self.is_broken_by(count), is_broken_lately, is_other_broken: false }
    }

    const fn is_broken_by(self, persons: u32) -> bool {
        match self {
            Self::AtMost(most) => persons > most,
            Self::AtLeast(least) => persons < least,
        }
    }

    /// The median of counts in order; of two middle ones the one nearer to compliance.
    fn median(self, sorted: &[u32]) -> u32 {
        let middle = match self {
            Self::AtMost(_) => sorted.len().saturating_sub(1) / 2,
            Self::AtLeast(_) => sorted.len() / 2,
        };
        sorted.get(middle).copied().unwrap_or(0)
    }
}

/// Counts persons and watches the limits.
struct Logic {
    settings: Settings,
    counts: VecDeque<(MediaTime, u32)>,
    limits: Vec<LimitState>,
}

impl RuleLogic for Logic {
    /// Too few persons break a minimum, and an empty picture shows too few.
    fn may_rest(&self) -> bool {
        self.settings.min_persons.is_none()
    }

    fn evaluate(&mut self, scene: &Scene<'_>) -> Vec<Finding> {
        let persons: Vec<&Track> =
            scene.inside.iter().filter(|track| self.is_present(track, scene)).copied().collect();
        let count = u32::try_from(persons.len()).unwrap_or(u32::MAX);
        self.remember(scene.at.media, count);
        let mut sorted: Vec<u32> = self.counts.iter().map(|(_, count)| *count).collect();
        sorted.sort_unstable();
        let readings: Vec<_> = self.limits.iter().map(|state| state.limit.read(count, &sorted)).collect();
        let is_any_broken = readings.iter().any(Reading::is_broken);
        let limits = self.limits.iter_mut().zip(readings);
        limits
            .filter_map(|(state, reading)| {
                let is_other_broken = is_any_broken && !reading.is_broken();
                state.evaluate(scene.at, Reading { is_other_broken, ..reading }, &persons, &self.settings)
            })
            .collect()
    }

    fn stop(&mut self, reason: CloseReason) -> Vec<Finding> {
        self.counts.clear();
        self.limits.iter_mut().filter_map(|state| state.stop(reason)).collect()
    }
}

impl Logic {
    /// Whether a track counts: believed, and in sight or hidden for a moment only.
    fn is_present(&self, track: &Track, scene: &Scene<'_>) -> bool {
        match track.state() {
            TrackState::Tentative => false,
            TrackState::Seen => true,
            TrackState::Lost => {
                let unseen_s = lasted_s(track.last_seen(), scene.at.media);
                unseen_s <= self.settings.unseen_s && !is_replaced(track, scene)
            }
        }
    }

    fn remember(&mut self, now: MediaTime, count: u32) {
        self.counts.push_back((now, count));
        let is_old = |(at, _): &(MediaTime, u32)| lasted_s(*at, now) > self.settings.smooth_s;
        while self.counts.len() > MOST_COUNTS || self.counts.front().is_some_and(is_old) {
            self.counts.pop_front();
        }
    }
}

/// Whether the person goes on under a new track: counting both would make a crowd of one.
fn is_replaced(lost: &Track, scene: &Scene<'_>) -> bool {
    scene.tracks.iter().any(|track| {
        track.state() == TrackState::Seen
            && track.first_seen() > lost.last_seen()
            && track.bounds().iou(lost.bounds()) > SAME_PLACE
    })
}

/// One limit, and the violation of it that is open.
#[derive(Debug)]
struct LimitState {
    limit: Limit,
    /// The first frame of a breach that has not lasted long enough yet.
    begun: Option<Moment>,
    open: Option<Open>,
}

/// A violation that is open.
#[derive(Debug, Clone, Copy)]
struct Open {
    opened: Moment,
    last: Moment,
}

impl LimitState {
    const fn new(limit: Limit) -> Self {
        Self { limit, begun: None, open: None }
    }

    fn evaluate(
        &mut self,
        at: Moment,
        reading: Reading,
        persons: &[&Track],
        settings: &Settings,
    ) -> Option<Finding> {
        let Reading { is_broken_now, is_broken_lately, is_other_broken } = reading;
        let is_broken = reading.is_broken();
        if let Some(open) = &mut self.open {
            if is_broken {
                open.last = at;
            }
            let is_kept =
                is_other_broken || (!is_broken && lasted_s(open.last.media, at.media) >= settings.release_s);
            return if is_kept { self.stop(CloseReason::Ended) } else { None };
        }
        if !is_broken_now && !is_broken_lately {
            self.begun = None;
        } else if is_broken_now {
            self.begun.get_or_insert(at);
        }
        let opened =
            self.begun.filter(|begun| is_broken && lasted_s(begun.media, at.media) >= settings.hold_s)?;
        Some(self.begin(opened, at, persons))
    }

    fn begin(&mut self, opened: Moment, at: Moment, persons: &[&Track]) -> Finding {
        self.begun = None;
        self.open = Some(Open { opened, last: at });
        // Nobody there leaves nothing to be unsure of.
        let nobody = || Score::new(1.0).expect("1 is a score");
        let score = mean_score(persons.iter().map(|track| track.score().value())).unwrap_or_else(nobody);
        let subjects = persons.iter().map(|track| track.bounds()).collect();
        Finding::Began { track: None, opened, score, subjects, path: Vec::new() }
    }

    /// Ends what is open and forgets the rest.
    fn stop(&mut self, reason: CloseReason) -> Option<Finding> {
        self.begun = None;
        let open = self.open.take()?;
        let key = BreachKey { track: None, opened: open.opened.media };
        Some(Finding::Ended { key, last: open.last, reason, path: Vec::new() })
    }
}
