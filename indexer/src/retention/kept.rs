//! What is kept of violations that nobody confirmed, and what of it goes: by age, then by size of all. Clips go before
//! pictures, what an inspector dismissed before what nobody judged, the oldest first. Pure.

use anjian_domain::{Verdict, WallTime};

use crate::evidence::rows::{EvidenceKind, ExpiredBy};
use crate::recordings::settings::EvidenceLimits;

/// Files of a violation that go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    Clip,
    Pictures,
}

/// The order in which evidence goes for size.
pub(crate) const ORDER: [(Group, Verdict); 4] = [
    (Group::Clip, Verdict::Dismissed),
    (Group::Clip, Verdict::None),
    (Group::Pictures, Verdict::Dismissed),
    (Group::Pictures, Verdict::None),
];

/// A group of files that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    /// Of the violation; the order of recording.
    pub(crate) seq: i64,
    pub(crate) group: Group,
    /// When the violation opened: in the order of recording, or nearly so.
    pub(crate) opened: WallTime,
    /// When it ended; `None` while it goes on.
    pub(crate) ended: Option<WallTime>,
    pub(crate) verdict: Verdict,
    /// Whether a hold covers it.
    pub(crate) is_held: bool,
    /// Whether its camera was recorded then: pictures of other cameras are all that there is.
    pub(crate) is_recorded: bool,
    pub(crate) size_bytes: u64,
}

/// What of a list goes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) gone: Vec<(Kept, ExpiredBy)>,
    /// Whether nothing that comes later in its order has to go.
    pub(crate) is_enough: bool,
}

impl Group {
    pub(crate) const fn kinds(self) -> &'static [EvidenceKind] {
        match self {
            Self::Clip => &[EvidenceKind::Clip],
            Self::Pictures => &[EvidenceKind::Snapshot, EvidenceKind::SnapshotAnnotated],
        }
    }
}

impl Kept {
    /// When it ended, if policy may take it.
    fn may_go(&self) -> Option<WallTime> {
        let is_safe = self.verdict == Verdict::Confirmed || self.is_held || !self.is_recorded;
        self.ended.filter(|_| !is_safe)
    }
}

/// What of `kept`, in the order of recording, is older than it may be.
pub(crate) fn by_age(kept: Vec<Kept>, limits: &EvidenceLimits, now: WallTime) -> Choice {
    let Some(oldest) = limits.max_age.map(|age| now.minus(age)) else {
        return Choice { is_enough: true, ..Choice::default() };
    };
    let mut choice = Choice::default();
    for kept in kept {
        if kept.opened >= oldest {
            choice.is_enough = true;
            break;
        }
        if kept.may_go().is_some_and(|ended| ended < oldest) {
            choice.gone.push((kept, ExpiredBy::Age));
        }
    }
    choice
}

/// What of `kept`, in the order of recording, goes until `over_bytes` are freed.
pub(crate) fn by_size(kept: Vec<Kept>, over_bytes: u64) -> Choice {
    let mut choice = Choice::default();
    let mut freed = 0;
    for kept in kept {
        if freed >= over_bytes {
            choice.is_enough = true;
            break;
        }
        if kept.may_go().is_some() {
            freed += kept.size_bytes;
            choice.gone.push((kept, ExpiredBy::Size));
        }
    }
    choice.is_enough |= freed >= over_bytes;
    choice
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    const NOW_S: u64 = 1_000;

    fn at(seconds: u64) -> WallTime {
        WallTime::EPOCH.plus(Duration::from_secs(seconds))
    }

    prop_compose! {
        fn kept()(
            (group, verdict) in (0_usize..2, 0_usize..3),
            lasted in prop::option::weighted(0.9, 0_u64..300),
            (is_held, is_recorded) in (prop::bool::weighted(0.2), prop::bool::weighted(0.8)),
            size_bytes in 1_u64..100,
        ) -> Kept {
            Kept {
                seq: 0,
                group: [Group::Clip, Group::Pictures][group],
                opened: at(0),
                ended: lasted.map(at),
                verdict: Verdict::ALL[verdict],
                is_held,
                is_recorded,
                size_bytes,
            }
        }
    }

    /// One opens every ten seconds.
    fn in_order(kept: Vec<Kept>) -> Vec<Kept> {
        let place = |(number, kept): (u64, Kept)| Kept {
            seq: number.cast_signed(),
            opened: at(number * 10),
            ended: kept.ended.map(|ended| ended.plus(Duration::from_secs(number * 10))),
            ..kept
        };
        (0..).zip(kept).map(place).collect()
    }

    fn of(all: &[Kept], (group, verdict): (Group, Verdict)) -> Vec<Kept> {
        all.iter().filter(|kept| kept.group == group && kept.verdict == verdict).cloned().collect()
    }

    fn is_safe(kept: &Kept) -> bool {
        kept.verdict == Verdict::Confirmed || kept.is_held || !kept.is_recorded || kept.ended.is_none()
    }

    fn bytes<'k>(kept: impl IntoIterator<Item = &'k Kept>) -> u64 {
        kept.into_iter().map(|kept| kept.size_bytes).sum()
    }

    proptest! {
        /// Nothing confirmed, held, unrecorded or still going on goes, whatever the limit.
        #[test]
        fn what_is_safe_stays(all in prop::collection::vec(kept(), 0..60), age_s in 0_u64..1_200, over in 0_u64..4_000) {
            let all = in_order(all);
            let limits = EvidenceLimits { max_age: Some(Duration::from_secs(age_s)), ..EvidenceLimits::default() };
            for chosen in [by_age(all.clone(), &limits, at(NOW_S)), by_size(all.clone(), over)] {
                prop_assert!(chosen.gone.iter().all(|(kept, _)| !is_safe(kept)));
            }
        }

        /// Everything that is too old goes, and nothing that is not.
        #[test]
        fn age_takes_what_is_too_old(all in prop::collection::vec(kept(), 0..60), age_s in 0_u64..1_200) {
            let all = in_order(all);
            let age = Duration::from_secs(age_s);
            let limits = EvidenceLimits { max_age: Some(age), ..EvidenceLimits::default() };
            let gone: Vec<_> = by_age(all.clone(), &limits, at(NOW_S)).gone.into_iter().map(|(kept, _)| kept).collect();
            let is_old = |kept: &&Kept| kept.ended.is_some_and(|ended| ended < at(NOW_S).minus(age));
            let expected: Vec<_> = all.iter().filter(|kept| !is_safe(kept)).filter(is_old).cloned().collect();
            prop_assert_eq!(gone, expected);
        }

        /// In the order of going: enough goes if there is enough, no more than enough, and what goes is what comes first.
        #[test]
        fn size_takes_the_first_of_the_order(all in prop::collection::vec(kept(), 0..60), over in 0_u64..4_000) {
            let all = in_order(all);
            let mut gone: Vec<Kept> = Vec::new();
            for stage in ORDER {
                let freed = bytes(&gone);
                let choice = by_size(of(&all, stage), over.saturating_sub(freed));
                let is_kept = freed + bytes(choice.gone.iter().map(|(kept, _)| kept)) >= over;
                prop_assert_eq!(choice.is_enough, is_kept);
                gone.extend(choice.gone.into_iter().map(|(kept, _)| kept));
            }
            let ordered: Vec<Kept> =
                ORDER.into_iter().flat_map(|stage| of(&all, stage)).filter(|kept| !is_safe(kept)).collect();
            prop_assert_eq!(&ordered[..gone.len()], &gone[..]);
            prop_assert!(bytes(&gone) >= over || gone.len() == ordered.len(), "too little");
            prop_assert!(gone.split_last().is_none_or(|(_, before)| bytes(before) < over), "more than was needed");
        }
    }

    #[test]
    fn without_a_limit_nothing_goes() {
        assert_eq!(
            by_age(Vec::new(), &EvidenceLimits::default(), at(NOW_S)),
            Choice { is_enough: true, ..Choice::default() }
        );
        assert!(by_size(Vec::new(), 0).is_enough);
    }
}
