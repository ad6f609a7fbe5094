//! From facts to the grade. A pure function: the same facts give the same grade.

use std::time::Duration;

use anjian_domain::Verdict;
use jiff::Span;
use serde::{Deserialize, Serialize};

use super::check::{Check, Finding, Item};
use super::facts::{Clip, Digests, Facts, Limits, PersonHeight, Review};
use crate::worded::worded;
use crate::{Officer, Outcome};

worded! {
    /// How far a violation's evidence carries.
    pub enum Level {
        /// A hint: nobody confirmed it, or something is missing that the law asks for.
        Lead = "lead", "线索", "Lead";
        /// Everything that the law asks for is there.
        Evidence = "evidence", "证据", "Evidence";
    }
}

/// The grade of one violation's evidence, with all that it follows from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grade {
    /// How far it carries.
    pub level: Level,
    /// Every demand, each once.
    pub checks: Vec<Check>,
}

/// The grade that facts add up to.
#[must_use]
pub fn assess(facts: &Facts, limits: Limits) -> Grade {
    let check = |item: &Item| Check { item: *item, finding: found(*item, facts, limits) };
    let checks: Vec<_> = Item::ALL.iter().map(check).collect();
    let is_whole = checks.iter().all(|check| check.finding != Finding::Missing);
    Grade { level: if is_whole { Level::Evidence } else { Level::Lead }, checks }
}

impl Grade {
    /// What is missing, in the order in which pages list it.
    pub fn missing(&self) -> impl Iterator<Item = Item> {
        self.with(Finding::Missing)
    }

    /// What is there.
    pub fn present(&self) -> impl Iterator<Item = Item> {
        self.with(Finding::Present)
    }

    fn with(&self, finding: Finding) -> impl Iterator<Item = Item> {
        self.checks.iter().filter(move |check| check.finding == finding).map(|check| check.item)
    }

    /// The heaviest outcome that it allows: none before a verdict, a reminder for a confirmed lead. Of a case with
    /// several violations the lightest counts.
    #[must_use]
    pub fn heaviest(&self) -> Option<Outcome> {
        let is_confirmed = self.present().any(|item| item == Item::Confirmed);
        match self.level {
            Level::Evidence => Some(Outcome::HandOver),
            Level::Lead if is_confirmed => Some(Outcome::Remind),
            Level::Lead => None,
        }
    }

    /// The outcomes that it allows, the lightest first.
    #[must_use]
    pub fn allowed(&self) -> &'static [Outcome] {
        match self.heaviest() {
            None => &[],
            Some(Outcome::Remind) => &[Outcome::Remind],
            Some(_) => Outcome::ALL,
        }
    }
}

fn found(item: Item, facts: &Facts, limits: Limits) -> Finding {
    let review = facts.review.as_ref();
    let reviewed = |holds: fn(&Review) -> bool| finding(review.is_some_and(holds));
    match item {
        Item::ReviewNumber => reviewed(|review| is_written(&review.number)),
        Item::Reviewer => reviewed(|review| is_written(&review.reviewer)),
        Item::ReviewedBefore => finding(review.is_some_and(|review| review.reviewed_on <= facts.used_on)),
        Item::Sign => reviewed(|review| review.has_sign_picture),
        Item::Published => finding(is_published(facts)),
        Item::PublishedLongEnough => published_long_enough(facts, limits),
        Item::Clock => finding(is_clock_right(facts, limits)),
        Item::ClipWhole => finding(facts.clip == Clip::Whole),
        Item::PersonHeight => person_height(facts.person_height, limits),
        Item::Digests => finding(facts.digests == Digests::Intact),
        Item::Confirmed => finding(facts.verdict == Verdict::Confirmed),
        Item::TwoOfficers => finding(has_two_officers(&facts.officers)),
    }
}

const fn finding(is_there: bool) -> Finding {
    if is_there { Finding::Present } else { Finding::Missing }
}

fn is_written(text: &str) -> bool {
    !text.trim().is_empty()
}

fn is_published(facts: &Facts) -> bool {
    let publication = facts.review.as_ref().and_then(|review| review.publication.as_ref());
    publication.is_some_and(|publication| is_written(&publication.place) && publication.on <= facts.used_on)
}

fn published_long_enough(facts: &Facts, limits: Limits) -> Finding {
    if limits.published_days == 0 {
        return Finding::NotAsked;
    }
    let days = Span::new().days(i64::from(limits.published_days));
    let publication = facts.review.as_ref().and_then(|review| review.publication.as_ref());
    finding(publication.is_some_and(|publication| publication.on.saturating_add(days) <= facts.used_on))
}

fn is_clock_right(facts: &Facts, limits: Limits) -> bool {
    let most = Duration::from_secs(u64::from(limits.clock_offset_s));
    facts.clock_offset.is_some_and(|offset| offset <= most)
}

const fn person_height(height: PersonHeight, limits: Limits) -> Finding {
    match height {
        PersonHeight::NotAsked => Finding::NotAsked,
        PersonHeight::Unknown => Finding::Missing,
        PersonHeight::Measured { height_px } => finding(height_px >= limits.person_height_px),
    }
}

/// Whether two different persons among the officers have certificates.
pub(crate) fn has_two_officers(officers: &[Officer]) -> bool {
    let certified = || officers.iter().filter(|officer| officer.certificate.is_some());
    certified().any(|one| certified().any(|other| !one.is_same_person(other)))
}
