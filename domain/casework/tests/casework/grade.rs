//! Evidence grade: each fact alone turns evidence into a lead.

use std::time::Duration;

use anjian_casework::grade::{
    Clip, Digests, Facts, Finding, Item, Level, Limits, PersonHeight, Publication, Review, assess,
};
use anjian_casework::{Officer, Outcome};
use anjian_domain::Verdict;
use jiff::civil::date;
use proptest::prelude::*;

fn officer(account: &str, certificate: Option<&str>) -> Officer {
    Officer {
        account: account.parse().unwrap(),
        certificate: certificate.map(|number| number.parse().unwrap()),
    }
}

fn whole() -> Facts {
    let publication = Some(Publication { on: date(2026, 1, 5), place: "www.example.gov.cn".to_owned() });
    let review = Review {
        number: "审2026-017".to_owned(),
        reviewer: "法制科 赵".to_owned(),
        reviewed_on: date(2026, 1, 4),
        has_sign_picture: true,
        publication,
    };
    Facts {
        review: Some(review),
        used_on: date(2026, 2, 4),
        clock_offset: Some(Duration::from_millis(800)),
        clip: Clip::Whole,
        person_height: PersonHeight::Measured { height_px: 140 },
        digests: Digests::Intact,
        verdict: Verdict::Confirmed,
        officers: vec![officer("wang", Some("A1")), officer("li", Some("A2"))],
    }
}

fn publication(facts: &mut Facts) -> &mut Publication {
    facts.review.as_mut().unwrap().publication.as_mut().unwrap()
}

#[test]
fn each_fact_alone_makes_a_lead_of_evidence() {
    type Damage = fn(&mut Facts);
    let table: [(Damage, &[Item]); 16] = [
        (|_| (), &[]),
        (|facts| facts.review.as_mut().unwrap().number = " ".to_owned(), &[Item::ReviewNumber]),
        (|facts| facts.review.as_mut().unwrap().reviewer.clear(), &[Item::Reviewer]),
        (|facts| facts.review.as_mut().unwrap().reviewed_on = date(2026, 2, 5), &[Item::ReviewedBefore]),
        (|facts| facts.review.as_mut().unwrap().has_sign_picture = false, &[Item::Sign]),
        (|facts| publication(facts).place.clear(), &[Item::Published]),
        (|facts| publication(facts).on = date(2026, 1, 6), &[Item::PublishedLongEnough]),
        (|facts| facts.clock_offset = None, &[Item::Clock]),
        (|facts| facts.clock_offset = Some(Duration::from_secs(6)), &[Item::Clock]),
        (|facts| facts.clip = Clip::Gaps, &[Item::ClipWhole]),
        (|facts| facts.person_height = PersonHeight::Measured { height_px: 99 }, &[Item::PersonHeight]),
        (|facts| facts.digests = Digests::Unchecked, &[Item::Digests]),
        (|facts| facts.verdict = Verdict::Dismissed, &[Item::Confirmed]),
        (
            |facts| facts.officers = vec![officer("wang", Some("A1")), officer("li", None)],
            &[Item::TwoOfficers],
        ),
        (
            |facts| facts.officers = vec![officer("wang", Some("A1")), officer("li", Some("A1"))],
            &[Item::TwoOfficers],
        ),
        (
            |facts| facts.review = None,
            &[
                Item::ReviewNumber,
                Item::Reviewer,
                Item::ReviewedBefore,
                Item::Sign,
                Item::Published,
                Item::PublishedLongEnough,
            ],
        ),
    ];
    for (damage, missing) in table {
        let mut facts = whole();
        damage(&mut facts);
        let grade = assess(&facts, Limits::default());
        assert_eq!(grade.missing().collect::<Vec<_>>(), missing);
        assert_eq!(grade.level == Level::Evidence, missing.is_empty());
        let expected: &[Outcome] = match missing {
            [] => Outcome::ALL,
            [Item::Confirmed] => &[],
            _ => &[Outcome::Remind],
        };
        assert_eq!(grade.allowed(), expected, "{missing:?}");
        assert_eq!(grade.allowed().last().copied(), grade.heaviest());
    }
}

#[test]
fn what_nobody_asks_for_is_not_missing() {
    let mut facts = whole();
    facts.person_height = PersonHeight::NotAsked;
    publication(&mut facts).on = facts.used_on;
    let grade = assess(&facts, Limits { published_days: 0, ..Limits::default() });
    let not_asked = grade.checks.iter().filter(|check| check.finding == Finding::NotAsked);
    assert_eq!(
        not_asked.map(|check| check.item).collect::<Vec<_>>(),
        [Item::PublishedLongEnough, Item::PersonHeight]
    );
    assert_eq!(grade.level, Level::Evidence);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn without_a_review_record_only_a_reminder_is_allowed(
        height_px in 0..400_u32, offset_ms in 0..20_000_u64, verdict in 0..3_usize, published_days in 0..60_u16,
    ) {
        let facts = Facts {
            review: None,
            person_height: PersonHeight::Measured { height_px },
            clock_offset: Some(Duration::from_millis(offset_ms)),
            verdict: Verdict::ALL[verdict],
            ..whole()
        };
        let grade = assess(&facts, Limits { published_days, ..Limits::default() });
        prop_assert!(grade.heaviest() <= Some(Outcome::Remind));
        prop_assert_eq!(grade.checks.len(), Item::ALL.len());
    }
}
