//! No sequence of steps reaches an illegal state, whoever takes them and whatever changes in between.

use std::collections::BTreeSet;
use std::time::Duration;

use anjian_casework::Outcome;
use anjian_casework::case::{ARROWS, Act, Case, CaseState, EndReason, Member, Proof};
use proptest::prelude::*;
use proptest::strategy::ValueTree;

use super::desk::{Desk, actor, answer, give_back, propose, served, violation};

/// What happens: somebody takes a step, or the world changes.
#[derive(Debug, Clone)]
enum Event {
    Step(&'static str, Act),
    ByCamera(&'static str, u32),
    OnSite(&'static str),
    Wait(u64),
    /// The verdict of a violation is changed, or changed back.
    Verdict(u128),
    Grade(Option<Outcome>),
    Recuse(&'static str),
}

fn acts() -> impl Strategy<Value = Act> {
    let outcome = || prop::sample::select(Outcome::ALL);
    let term = || prop::option::of(1..30_u16);
    let upheld = prop::sample::subsequence(vec![violation(1), violation(2), violation(3)], 0..=2);
    let end =
        prop::sample::select(vec![EndReason::Discarded, EndReason::VerdictChanged, EndReason::PleaUpheld]);
    prop_oneof![
        2 => outcome().prop_map(propose),
        6 => Just(Act::Sign),
        4 => Just(Act::Issue),
        1 => (2..9_u32).prop_map(|day| served(&format!("2026-03-0{day}"))),
        2 => Just(Act::Acknowledge),
        3 => Just(Act::Plead),
        4 => (upheld, outcome(), term()).prop_map(|(upheld, outcome, days)| answer(&upheld, outcome, days)),
        4 => Just(Act::Rectify),
        2 => term().prop_map(give_back),
        1 => Just(Act::HandOver { to: "支队".to_owned() }),
        1 => Just(Act::RecordReceipt),
        3 => Just(Act::Close),
        1 => end.prop_map(Act::Withdraw),
        1 => (1..3_u128).prop_map(|number| Act::Drop(violation(number))),
    ]
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let names = || prop::sample::select(vec!["wang", "li", "zhao", "firm", "firm2", "program"]);
    let event = prop_oneof![
        30 => (names(), acts()).prop_map(|(name, act)| Event::Step(name, act)),
        3 => (names(), 0..8_u32).prop_map(|(name, hours)| Event::ByCamera(name, hours)),
        2 => names().prop_map(Event::OnSite),
        3 => (0..400_000_u64).prop_map(Event::Wait),
        1 => (1..3_u128).prop_map(Event::Verdict),
        1 => prop::option::of(prop::sample::select(Outcome::ALL)).prop_map(Event::Grade),
        1 => names().prop_map(Event::Recuse),
    ];
    prop::collection::vec(event, 0..120)
}

/// A draft, or a notice of each outcome that left.
fn beginning(number: usize) -> Desk {
    Outcome::ALL.get(number).map_or_else(Desk::new, |outcome| Desk::noticed(*outcome))
}

/// Takes an event to the desk: who takes which step, if it is one.
fn happen(desk: &mut Desk, event: &Event) -> Option<(&'static str, Act)> {
    match event {
        Event::Step(name, act) => return Some((name, act.clone())),
        Event::ByCamera(name, hours) => return Some((name, desk.by_camera(*hours))),
        Event::OnSite(name) => return Some((name, desk.on_site())),
        Event::Wait(seconds) => desk.now = desk.now.plus(Duration::from_secs(*seconds)),
        Event::Verdict(number) => {
            let member = violation(*number);
            if !desk.confirmed.remove(&member) {
                desk.confirmed.insert(member);
            }
        }
        Event::Grade(grade_allows) => desk.grade_allows = *grade_allows,
        Event::Recuse(name) => desk.recusals = actor(name).account().cloned().into_iter().collect(),
    }
    None
}

/// What holds of every case, however it came about.
fn check(case: &Case, desk: &Desk) -> Result<(), TestCaseError> {
    let is_told = !matches!(case.state, CaseState::Draft | CaseState::Withdrawn);
    prop_assert!(!is_told || case.notice.is_some());
    if let Some(notice) = &case.notice {
        let (signatures, asked) = (&case.signatures, case.proposal.as_ref().unwrap().outcome);
        let needed = if asked == Outcome::Remind { 1 } else { 2 };
        prop_assert!(signatures.len() >= needed);
        for (number, signature) in signatures.iter().enumerate() {
            prop_assert!(needed == 1 || signature.officer.certificate.is_some());
            let rest = &signatures[number + 1..];
            prop_assert!(!rest.iter().any(|other| other.officer.is_same_person(&signature.officer)));
        }
        prop_assert!(notice.outcome <= asked, "only lighter than what was signed");
    }
    if let Some(plea) = &case.plea {
        prop_assert!(case.outcome() <= Some(plea.outcome), "heavier after a plea");
        prop_assert!(case.ceiling() <= Some(plea.outcome));
    }
    prop_assert!(case.answer.is_none() || case.plea.is_some());
    prop_assert_eq!(case.ended.is_some(), case.state.is_over());
    check_proofs(case, desk)?;
    check_end(case)
}

fn check_proofs(case: &Case, desk: &Desk) -> Result<(), TestCaseError> {
    if case.proofs.is_empty() {
        return Ok(());
    }
    let proven: BTreeSet<Member> = case.proofs.iter().map(|proof| proof.member).collect();
    prop_assert_eq!(&proven, &case.members);
    let last = case.rectifications.last().unwrap();
    prop_assert!(last.returned.is_none());
    for proof in &case.proofs {
        if let Proof::Camera(camera) = &proof.proof {
            prop_assert!(camera.watched() >= desk.policy.quiet && camera.from() >= last.at);
        }
    }
    Ok(())
}

fn check_end(case: &Case) -> Result<(), TestCaseError> {
    let Some(ended) = &case.ended else { return Ok(()) };
    if case.state == CaseState::Closed {
        let is_own = ended.by.as_ref().is_some_and(|by| case.was_rectified_by(by));
        prop_assert!(!is_own, "closed by the rectifier");
        let is_order = case.outcome() == Some(Outcome::Order);
        prop_assert_eq!(is_order, !case.proofs.is_empty(), "an order is closed on proofs, others without");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_of_steps_reaches_an_illegal_state(start in 0..4_usize, events in events()) {
        let mut desk = beginning(start);
        for event in &events {
            let Some((name, act)) = happen(&mut desk, event) else { continue };
            let by = actor(name);
            let Ok(next) = desk.ask(&by, &act) else { continue };
            let before = &desk.case;
            prop_assert!(ARROWS.contains(&(before.state, act.step(), next.state)), "{} {}", before.state, act.step());
            prop_assert_eq!(next.version, before.version.next());
            let is_recused = by.account().is_some_and(|account| desk.recusals.include(account));
            prop_assert!(!is_recused || name.starts_with("firm"), "a recused officer acted");
            if let (Some(before), Some(next)) = (&before.notice, &next.notice) {
                prop_assert!(next.outcome <= before.outcome && next.deadline.due >= before.deadline.due);
            }
            if before.notice.is_none() && next.notice.is_some() {
                prop_assert!(next.outcome() <= desk.grade_allows && next.members.is_subset(&desk.confirmed));
            }
            check(&next, &desk)?;
            desk.case = next;
        }
    }

    #[test]
    fn accounts_that_changed_sides_never_judge_their_own_work(events in events(), is_on_site in any::<bool>()) {
        let mut desk = Desk::noticed(Outcome::Order).play(&[("firm", Act::Rectify)]);
        for event in &events {
            let Some((name, act)) = happen(&mut desk, event) else { continue };
            if let Ok(next) = desk.ask(&actor(name), &act) {
                desk.case = next;
            }
        }
        let proof = if is_on_site { desk.on_site() } else { desk.by_camera(5) };
        for act in [Act::Close, proof, give_back(None)] {
            prop_assert!(desk.ask(&super::desk::officer("firm"), &act).is_err(), "{act:?}");
        }
    }
}

/// The sequences above are worth something only if they get far.
#[test]
fn random_steps_reach_every_state() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut reached = BTreeSet::new();
    for number in 0..600 {
        let mut desk = beginning(number % 4);
        for event in &events().new_tree(&mut runner).unwrap().current() {
            let Some((name, act)) = happen(&mut desk, event) else { continue };
            if desk.take(name, &act).is_ok() {
                reached.insert(desk.case.state);
            }
        }
    }
    let missing: Vec<_> = CaseState::ALL.iter().filter(|state| !reached.contains(state)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
