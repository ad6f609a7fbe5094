//! One person: the window of what was seen, and the violation that is open, if any.

use std::collections::VecDeque;

use anjian_domain::{CloseReason, MediaTime, Moment, NormBox, TrackId, TrackPoint};

use super::reading::{Reading, Source, Thresholds, Told};
use crate::Track;
use crate::clock::lasted_s;
use crate::rules::finding::{BreachKey, Finding, mean_score};
use crate::rules::path::Path;

/// More observations than this are not kept in a window, however long it is.
const MOST_OBSERVATIONS: usize = 512;
/// To find `min_observations` a window looks back no further than so many times `window_s`.
const FURTHEST_WINDOWS: f64 = 5.0;

/// What is known of one person.
#[derive(Debug)]
pub(super) struct PersonState {
    /// Oldest first; only observations that tell something.
    window: VecDeque<Observation>,
    episode: Option<Episode>,
    last_inside: MediaTime,
    last_bounds: NormBox,
}

#[derive(Debug, Clone, Copy)]
struct Observation {
    at: Moment,
    told: Told,
    score: f32,
    bounds: NormBox,
}

/// A violation that is open.
#[derive(Debug)]
struct Episode {
    /// The track that opened it; another one may carry it on.
    track: TrackId,
    opened: MediaTime,
    last_broken: Moment,
    path: Path,
}

impl PersonState {
    pub(super) const fn new(at: Moment, bounds: NormBox) -> Self {
        Self { window: VecDeque::new(), episode: None, last_inside: at.media, last_bounds: bounds }
    }

    pub(super) const fn is_open(&self) -> bool {
        self.episode.is_some()
    }

    /// The track that the open violation names.
    pub(super) fn names(&self) -> Option<TrackId> {
        self.episode.as_ref().map(|episode| episode.track)
    }

    pub(super) const fn last_inside(&self) -> MediaTime {
        self.last_inside
    }

    pub(super) const fn last_bounds(&self) -> NormBox {
        self.last_bounds
    }

    /// Takes in one observation inside the zone.
    pub(super) fn note(
        &mut self,
        at: Moment,
        track: &Track,
        reading: Option<Reading>,
        thresholds: &Thresholds,
    ) {
        self.last_inside = at.media;
        self.last_bounds = track.bounds();
        if let Some(episode) = &mut self.episode {
            episode.path.push(TrackPoint { at, bounds: track.bounds() });
            if reading.is_some_and(|reading| reading.told == Told::Broken) {
                episode.last_broken = at;
            }
        }
        if let Some(Reading { told, score, source: Source::Observed, .. }) = reading {
            self.window.push_back(Observation { at, told, score, bounds: track.bounds() });
        }
        self.slide(at.media, thresholds);
    }

    /// Begins the window anew.
    pub(super) fn forget(&mut self) {
        self.window.clear();
    }

    /// Drops what is older than the window, but for what is needed to have enough observations.
    fn slide(&mut self, now: MediaTime, thresholds: &Thresholds) {
        let age_s = |observation: &Observation| lasted_s(observation.at.media, now);
        let enough = (f64::from(thresholds.min_observations) / thresholds.breach_share).ceil() as usize;
        while let Some(oldest) = self.window.front() {
            let is_spare = self.window.len() > enough
                && self.window.get(1).is_some_and(|second| age_s(second) >= thresholds.window_s);
            let is_ancient = age_s(oldest) > FURTHEST_WINDOWS * thresholds.window_s;
            if !is_spare && !is_ancient && self.window.len() <= MOST_OBSERVATIONS {
                break;
            }
            self.window.pop_front();
        }
        if self.episode.is_none() {
            self.begin_broken();
        }
    }

    /// While nothing is open, the window begins with a breach; where the rule was mostly kept, it begins anew.
    fn begin_broken(&mut self) {
        if self.count(Told::Kept) > self.count(Told::Broken) {
            self.window.clear();
        }
        while self.window.front().is_some_and(|oldest| oldest.told == Told::Kept) {
            self.window.pop_front();
        }
    }

    fn count(&self, told: Told) -> usize {
        self.window.iter().filter(|observation| observation.told == told).count()
    }

    /// 0 when nothing was told.
    fn share(&self, told: Told) -> f64 {
        self.count(told) as f64 / self.window.len().max(1) as f64
    }

    /// Opens a violation when the rule has mostly been broken for long enough.
    pub(super) fn open_if_broken(
        &mut self,
        at: Moment,
        track: &Track,
        subject: Option<NormBox>,
        thresholds: &Thresholds,
    ) -> Option<Finding> {
        let first = self.window.front()?;
        let has_lasted = lasted_s(first.at.media, at.media) >= thresholds.window_s;
        let is_seen_enough = self.count(Told::Broken) >= thresholds.min_observations as usize;
        if !has_lasted || !is_seen_enough || self.share(Told::Broken) < thresholds.breach_share {
            return None;
        }
        let opened = first.at;
        let broken = self.window.iter().filter(|observation| observation.told == Told::Broken);
        let score = mean_score(broken.map(|observation| observation.score))?;
        let points = self.window.iter().map(|seen| TrackPoint { at: seen.at, bounds: seen.bounds });
        let points: Vec<TrackPoint> = points.collect();
        let mut path = Path::new();
        points.iter().for_each(|point| path.push(*point));
        self.episode = Some(Episode { track: track.id(), opened: opened.media, last_broken: at, path });
        let subjects = std::iter::once(track.bounds()).chain(subject).collect();
        Some(Finding::Began { track: Some(track.id()), opened, score, subjects, path: points })
    }

    /// Closes the open violation when the rule is kept again, or no breach was seen for long.
    pub(super) fn close_if_kept(&mut self, at: Moment, thresholds: &Thresholds) -> Option<Finding> {
        let last_broken = self.episode.as_ref()?.last_broken;
        let is_kept = self.share(Told::Kept) >= thresholds.kept_share;
        let is_hidden = lasted_s(last_broken.media, at.media) > thresholds.hidden_s;
        if !is_kept && !is_hidden {
            return None;
        }
        self.window.clear();
        self.episode.take().map(|episode| episode.end(CloseReason::Ended))
    }

    /// Carries on what another track began.
    pub(super) fn take_over(&mut self, lost: &mut Self) {
        self.episode = lost.episode.take();
        lost.window.append(&mut self.window);
        std::mem::swap(&mut self.window, &mut lost.window);
    }

    /// The person is gone.
    pub(super) fn end(self, reason: CloseReason) -> Option<Finding> {
        self.episode.map(|episode| episode.end(reason))
    }
}

impl Episode {
    fn end(self, reason: CloseReason) -> Finding {
        Finding::Ended {
            key: BreachKey { track: Some(self.track), opened: self.opened },
            last: self.last_broken,
            reason,
            path: self.path.until(self.last_broken.media),
        }
    }
}
