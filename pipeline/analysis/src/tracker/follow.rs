//! Follows people from frame to frame: who of the new frame is which track.

use anjian_domain::{HeadwearOdds, MediaTime, TrackId};

use super::association;
use super::settings::TrackerSettings;
use super::track::{Track, TrackState};
use crate::assignment::best_pairs;
use crate::people::Person;

/// Raised whenever people or tracks are found, or taken to be in a zone, otherwise with the same settings; part of every
/// rule's version.
pub(crate) const REVISION: u32 = 5;
/// More people than this in one picture are not followed; those who came first are.
const MOST_TRACKS: usize = 256;
/// Least similarity to a sure detection.
const LEAST_SIMILARITY: f32 = 0.2;
/// Least similarity to an unsure one: it has to lie where somebody is expected.
const LEAST_SIMILARITY_UNSURE: f32 = 0.4;
/// A track that was lost for long gives way to one that was just seen.
const LOST_DISCOUNT: f64 = 0.25;

/// Follows people.
#[derive(Debug)]
pub(crate) struct Tracker {
    settings: TrackerSettings,
    /// By id.
    tracks: Vec<Track>,
    newest_id: u64,
    last: Option<MediaTime>,
}

impl Tracker {
    pub(crate) const fn new(settings: TrackerSettings) -> Self {
        Self { settings, tracks: Vec::new(), newest_id: 0, last: None }
    }

    /// The tracks after the last frame, by id.
    pub(crate) fn tracks(&self) -> &[Track] {
        &self.tracks
    }

    /// Takes in what a second look at somebody's head in the last frame said.
    pub(crate) fn answer_head_look(&mut self, id: TrackId, odds: HeadwearOdds) {
        if let Ok(position) = self.tracks.binary_search_by_key(&id, Track::id) {
            self.tracks[position].answer_head_look(odds);
        }
    }

    /// Forgets everybody; ids go on.
    pub(crate) fn restart(&mut self) {
        self.tracks.clear();
        self.last = None;
    }

    /// Takes in the people of the next frame; `at` must be later than before.
    pub(crate) fn advance(&mut self, at: MediaTime, people: &[Person]) {
        let elapsed_s = self.last.map_or(0.0, |last| at.since(last).as_secs_f64());
        self.last = Some(at);
        for track in &mut self.tracks {
            track.motion.predict(elapsed_s);
        }
        let mut round = Round::new(&self.tracks, people);
        let TrackerSettings { high_score, low_score, .. } = self.settings;
        let is_sure = |person: &Person| f64::from(person.score.value()) >= high_score;
        let is_unsure = |person: &Person| (low_score..high_score).contains(&f64::from(person.score.value()));
        let is_believed = |track: &Track| track.state() != TrackState::Tentative;
        round.pair(LEAST_SIMILARITY, is_believed, is_sure, |track| self.discount(track, at));
        round.pair(LEAST_SIMILARITY_UNSURE, |track| track.state() == TrackState::Seen, is_unsure, |_| 1.0);
        round.pair(LEAST_SIMILARITY, |track| !is_believed(track), is_sure, |_| 1.0);
        let (partners, unpaired) = round.finish();
        self.update(at, elapsed_s, people, &partners);
        for person in unpaired.into_iter().map(|index| &people[index]).filter(|person| is_sure(person)) {
            self.begin(at, person);
        }
    }

    fn discount(&self, track: &Track, at: MediaTime) -> f32 {
        let lost_share = (track.unseen_s(at) / self.settings.lost_s.max(f64::EPSILON)).min(1.0);
        let discount = if track.state() == TrackState::Lost { LOST_DISCOUNT * lost_share } else { 0.0 };
        (1.0 - discount) as f32
    }

    /// `partners` has the person of each track, if any.
    fn update(&mut self, at: MediaTime, elapsed_s: f64, people: &[Person], partners: &[Option<usize>]) {
        let mut partner_of = partners.iter();
        let settings = self.settings;
        self.tracks.retain_mut(|track| match partner_of.next().copied().flatten() {
            Some(person) => {
                track.see(at, &people[person], &settings);
                true
            }
            None => track.miss(at, elapsed_s, &settings),
        });
    }

    fn begin(&mut self, at: MediaTime, person: &Person) {
        if self.tracks.len() < MOST_TRACKS {
            self.newest_id += 1;
            self.tracks.push(Track::new(TrackId(self.newest_id), at, person));
        }
    }
}

/// Who of the new frame is which track, found in several passes over those who are left.
struct Round<'a> {
    tracks: &'a [Track],
    people: &'a [Person],
    /// The person of each track.
    partners: Vec<Option<usize>>,
    is_taken: Vec<bool>,
}

impl<'a> Round<'a> {
    fn new(tracks: &'a [Track], people: &'a [Person]) -> Self {
        Self { tracks, people, partners: vec![None; tracks.len()], is_taken: vec![false; people.len()] }
    }

    fn pair(
        &mut self,
        least: f32,
        is_track_wanted: impl Fn(&Track) -> bool,
        is_person_wanted: impl Fn(&Person) -> bool,
        discount: impl Fn(&Track) -> f32,
    ) {
        let rows: Vec<_> = (0..self.tracks.len())
            .filter(|row| self.partners[*row].is_none() && is_track_wanted(&self.tracks[*row]))
            .filter_map(|row| Some((row, self.tracks[row].motion.bounds()?, discount(&self.tracks[row]))))
            .collect();
        let columns: Vec<_> = (0..self.people.len())
            .filter(|column| !self.is_taken[*column] && is_person_wanted(&self.people[*column]))
            .collect();
        let pairs = best_pairs(rows.len(), columns.len(), |row, column| {
            let (track, predicted, discount) = rows[row];
            let seen = self.people[columns[column]].bounds;
            let motion = &self.tracks[track].motion;
            Some(discount * association::similarity(motion, predicted, seen)).filter(|value| *value >= least)
        });
        for (row, column) in pairs {
            self.partners[rows[row].0] = Some(columns[column]);
            self.is_taken[columns[column]] = true;
        }
    }

    /// The person of each track, and the people who are nobody's.
    fn finish(self) -> (Vec<Option<usize>>, Vec<usize>) {
        let unpaired = (0..self.people.len()).filter(|person| !self.is_taken[*person]).collect();
        (self.partners, unpaired)
    }
}

#[cfg(test)]
mod tests {
    use anjian_domain::{NormBox, Score};

    use super::*;

    fn person(left: f32, score: f32) -> Person {
        Person {
            bounds: NormBox::new(left, 0.3, left + 0.05, 0.7).unwrap(),
            score: Score::new(score).unwrap(),
            is_estimated: false,
            head: None,
        }
    }

    /// Feeds one row of people a frame and tells the ids of the tracks after each, `?` when not believed, `-` when lost.
    #[track_caller]
    fn check(name: &str, interval_ms: u64, frames: &[&[(f32, f32)]], expected: &[&str]) {
        let mut tracker = Tracker::new(TrackerSettings::default());
        let mut told = Vec::new();
        for (index, frame) in (1u64..).zip(frames) {
            let people: Vec<_> = frame.iter().map(|(left, score)| person(*left, *score)).collect();
            tracker.advance(MediaTime::from_millis(index * interval_ms), &people);
            let marks = tracker.tracks().iter().map(|track| match track.state() {
                TrackState::Tentative => format!("{}?", track.id()),
                TrackState::Seen => track.id().to_string(),
                TrackState::Lost => format!("{}-", track.id()),
            });
            told.push(marks.collect::<Vec<_>>().join(" "));
        }
        assert_eq!(told, expected, "{name}");
    }

    #[test]
    fn tracks_live_and_die() {
        let here: &[(f32, f32)] = &[(0.4, 0.9)];
        let unsure: &[(f32, f32)] = &[(0.4, 0.2)];
        let below: &[(f32, f32)] = &[(0.4, 0.05)];
        let none: &[(f32, f32)] = &[];
        check("believed after three", 200, &[here, here, here], &["1?", "1?", "1"]);
        check("after two, a second apart", 1000, &[here, here], &["1?", "1"]);
        check("nobody begins unsure", 200, &[unsure, unsure], &["", ""]);
        check(
            "unsure ones go on",
            200,
            &[here, here, here, unsure, unsure, below],
            &["1?", "1?", "1", "1", "1", "1-"],
        );
        check(
            "unsure ones find nobody who is lost",
            200,
            &[here, here, here, none, unsure],
            &["1?", "1?", "1", "1-", "1-"],
        );
        check(
            "not believed, forgotten soon",
            200,
            &[here, none, none, none, none, here],
            &["1?", "1?", "1?", "1?", "", "2?"],
        );
        let lost = [here, here, here, none, none, none, none, here];
        check("lost and found", 500, &lost, &["1?", "1?", "1", "1-", "1-", "1-", "1-", "1"]);
        let gone = [here, here, here, none, none, none, here];
        check("lost for good", 750, &gone, &["1?", "1?", "1", "1-", "1-", "", "2?"]);
    }

    #[test]
    fn a_walk_of_more_than_a_width_between_frames() {
        let steps = [0.1f32, 0.165, 0.23, 0.295, 0.36];
        let frames: Vec<Vec<(f32, f32)>> = steps.iter().map(|left| vec![(*left, 0.9)]).collect();
        let frames: Vec<&[(f32, f32)]> = frames.iter().map(Vec::as_slice).collect();
        check("two a second", 500, &frames, &["1?", "1?", "1", "1", "1"]);
    }

    #[test]
    fn neighbours_keep_their_ids() {
        let frames: Vec<Vec<(f32, f32)>> = (0u8..6)
            .map(|step| {
                (0u8..4).map(|who| (f32::from(who).mul_add(0.06, f32::from(step) * 0.03), 0.9)).collect()
            })
            .collect();
        let frames: Vec<&[(f32, f32)]> = frames.iter().map(Vec::as_slice).collect();
        let all = "1 2 3 4";
        check("a row on the march", 200, &frames, &["1? 2? 3? 4?", "1? 2? 3? 4?", all, all, all, all]);
    }
}
