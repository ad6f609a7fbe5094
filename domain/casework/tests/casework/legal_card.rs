//! Legal-basis cards: the examples, and what is refused.

use std::collections::BTreeSet;

use anjian_casework::legal_card::{Basis, CardError, CardRef, CardStatus, LegalCard, Part, Provision};
use jiff::civil::date;

fn basis(wording: &str, provisions: &[(&str, &str)]) -> Basis {
    let provisions = provisions.iter().map(|(law, number)| Provision::new(law, number).unwrap()).collect();
    Basis { wording: wording.to_owned(), provisions }
}

fn card(version: u32, status: CardStatus, parts: [Basis; 3]) -> Result<LegalCard, CardError> {
    LegalCard::new(CardRef { behaviour: "hot_work".parse().unwrap(), version }, status, parts)
}

fn checked() -> CardStatus {
    CardStatus::Checked { checked_by: "lawyer".parse().unwrap(), checked_on: date(2026, 3, 1) }
}

fn parts() -> [Basis; 3] {
    ["违法", "措施", "处罚"].map(|wording| basis(wording, &[("中华人民共和国行政处罚法", "第三十三条")]))
}

#[test]
fn every_example_says_that_a_lawyer_must_check_it() {
    let cards = LegalCard::examples();
    let behaviours: BTreeSet<_> = cards.iter().map(|card| card.id().behaviour.as_str()).collect();
    assert_eq!(behaviours, BTreeSet::from(["hot_work", "no_anti_static", "no_hard_hat", "overcrowding"]));
    assert_eq!(cards.len(), 4);
    for card in &cards {
        assert!(card.is_example());
        for part in Part::ALL {
            let wording = &card.part(*part).wording;
            assert!(wording.starts_with("【示例，须经律师核对】"), "{part}: {wording}");
        }
    }
}

#[test]
fn cards_with_a_gap_are_refused() {
    let long = "长".repeat(1_001);
    let [breach, measure, penalty] = parts();
    assert!(card(1, checked(), parts()).is_ok());
    for (version, status, parts, expected) in [
        (0, checked(), parts(), "versions count from 1"),
        (1, checked(), [basis(" ", &[]), measure.clone(), penalty.clone()], "breach: a wording"),
        (1, CardStatus::Example, [breach.clone(), basis(&long, &[]), penalty], "measure: a wording"),
        (1, checked(), [breach, measure, basis("处罚", &[])], "penalty: a checked card names"),
    ] {
        assert!(card(version, status, parts).unwrap_err().to_string().contains(expected), "{expected}");
    }
    for (law, number) in [("", "第一条"), (long.as_str(), ""), ("法", long.as_str()), ("法", "第一条\n全文")]
    {
        assert!(Provision::new(law, number).is_err(), "{law}");
    }
    assert_eq!(Provision::new("安全生产法", "第一条").unwrap().to_string(), "《安全生产法》第一条");
}

#[test]
fn versions_follow_each_other() {
    let [first, second, third] = [1, 2, 3].map(|version| card(version, checked(), parts()).unwrap());
    assert!(second.follows(&first).is_ok() && third.follows(&second).is_ok());
    assert!(third.follows(&first).is_err() && first.follows(&first).is_err());
    let other = LegalCard::examples().remove(0);
    assert!(second.follows(&other).is_err(), "another behaviour");
}

#[test]
fn what_is_wrong_in_a_file_is_named() {
    let card = |head: &str| {
        let part = "wording = \"文\"\nprovisions = [{ law = \"法\" }]\n";
        format!(
            "[[card]]\nbehaviour = \"hot_work\"\nversion = 1\n{head}\n[card.breach]\n{part}[card.measure]\n{part}[card.penalty]\n{part}"
        )
    };
    let signed = "status = \"checked\"\nchecked_by = \"lawyer\"\nchecked_on = 2026-03-01";
    assert!(!LegalCard::from_toml(&card(signed)).unwrap()[0].is_example());
    for (head, expected) in [
        ("status = \"checked\"", "has checked_by and checked_on"),
        ("status = \"example\"\nchecked_on = 2026-03-01", "an example has neither"),
        ("status = \"checked\"\nchecked_by = \"lawyer\"\nchecked_on = \"soon\"", "is no date"),
        ("status = \"maybe\"", "maybe"),
        ("status = \"example\"\ntext = \"全文\"", "text"),
    ] {
        let refusal = LegalCard::from_toml(&card(head)).unwrap_err().to_string();
        assert!(refusal.contains(expected), "{head}: {refusal}");
    }
}
