//! Verdicts: each refusal, and no sequence of acts that reaches an illegal state.

use std::time::Duration;

use anjian_casework::verdict::{
    Act, Context, DismissReason, Finding, Policy, Refusal, Second, SecondSignPolicy, VerdictState, Way,
    decide,
};
use anjian_casework::{Recusals, Version};
use anjian_domain::{Account, Verdict, WallTime};
use proptest::prelude::*;

const WINDOW: Duration = Duration::from_secs(30);

fn account(name: &str) -> Account {
    name.parse().unwrap()
}

fn at(seconds: u64) -> WallTime {
    WallTime::EPOCH.plus(Duration::from_secs(seconds))
}

fn confirm() -> Act {
    Act::Judge { finding: Finding::Confirmed, change_reason: "looked again".to_owned() }
}

fn dismiss(reason: DismissReason, words: &str) -> Act {
    let finding = Finding::Dismissed { reason, words: words.to_owned() };
    Act::Judge { finding, change_reason: "looked again".to_owned() }
}

/// Acts by "wang" or "li", each so many seconds after the beginning.
fn play(second_sign: SecondSignPolicy, acts: &[(&str, u64, Act)]) -> Result<VerdictState, Refusal> {
    let policy = Policy { second_sign, ..Policy::default() };
    let recusals: Recusals = [account("recused")].into_iter().collect();
    acts.iter().try_fold(VerdictState::default(), |state, (by, seconds, act)| {
        let (by, now, seen) = (&account(by), at(*seconds), state.version);
        decide(&state, act, &Context { by, recusals: &recusals, now, seen, way: Way::Single, policy })
    })
}

#[test]
fn verdicts_go_where_the_law_lets_them() {
    use SecondSignPolicy::{Confirmed, Never};
    let hat = || dismiss(DismissReason::HatWorn, "");
    let no_reason = Act::Judge { finding: Finding::Confirmed, change_reason: " ".to_owned() };
    let long = "好".repeat(2_001);
    for (policy, acts, expected) in [
        (Never, vec![("wang", 0, confirm())], Ok(Verdict::Confirmed)),
        (Never, vec![("wang", 0, confirm()), ("wang", 29, Act::Undo)], Ok(Verdict::None)),
        (Never, vec![("wang", 0, confirm()), ("wang", 30, Act::Undo)], Err(Refusal::WindowOver)),
        (Never, vec![("wang", 0, confirm()), ("li", 5, Act::Undo)], Err(Refusal::NotTheGiver)),
        (Never, vec![("wang", 0, confirm()), ("li", 5, hat())], Err(Refusal::WindowOpen)),
        (Never, vec![("wang", 0, confirm()), ("wang", 60, hat())], Ok(Verdict::Dismissed)),
        (Never, vec![("wang", 0, confirm()), ("wang", 60, confirm())], Err(Refusal::Same)),
        (Never, vec![("wang", 0, hat()), ("wang", 60, no_reason)], Err(Refusal::ChangeReasonMissing)),
        (
            Never,
            vec![("wang", 0, confirm()), ("li", 60, hat()), ("li", 70, Act::Undo)],
            Ok(Verdict::Confirmed),
        ),
        (Never, vec![("wang", 0, Act::Undo)], Err(Refusal::Unjudged)),
        (Never, vec![("wang", 0, dismiss(DismissReason::Other, " "))], Err(Refusal::WordsMissing)),
        (
            Never,
            vec![("wang", 0, dismiss(DismissReason::Unclear, &long))],
            Err(Refusal::TooLong { most: 2_000 }),
        ),
        (Never, vec![("recused", 0, confirm())], Err(Refusal::Recused)),
        (Never, vec![("wang", 0, confirm()), ("li", 60, Act::SignSecond)], Err(Refusal::NotAsked)),
        (Confirmed, vec![("wang", 0, confirm()), ("li", 60, Act::SignSecond)], Ok(Verdict::Confirmed)),
        (Confirmed, vec![("wang", 0, confirm()), ("wang", 60, Act::SignSecond)], Err(Refusal::SameOfficer)),
        (Confirmed, vec![("wang", 0, confirm()), ("li", 5, Act::SignSecond)], Err(Refusal::WindowOpen)),
        (Confirmed, vec![("wang", 0, hat()), ("li", 60, Act::SignSecond)], Err(Refusal::NotAsked)),
        (
            Confirmed,
            vec![("wang", 0, confirm()), ("li", 60, Act::SignSecond), ("zhao", 61, Act::SignSecond)],
            Err(Refusal::AlreadySigned),
        ),
    ] {
        let found = play(policy, &acts).map(|state| state.verdict());
        assert_eq!(found, expected, "{acts:?}");
    }
}

#[test]
fn nothing_is_confirmed_in_bulk_and_nothing_on_an_old_page() {
    let (by, recusals, state) = (&account("wang"), &Recusals::default(), VerdictState::default());
    let context = |way, seen| Context { by, recusals, now: at(0), seen, way, policy: Policy::default() };
    let bulk = context(Way::Bulk, Version(0));
    assert_eq!(decide(&state, &confirm(), &bulk), Err(Refusal::ConfirmInBulk));
    assert!(decide(&state, &dismiss(DismissReason::Duplicate, ""), &bulk).is_ok());
    let old = decide(&state, &confirm(), &context(Way::Single, Version(3)));
    assert_eq!(old, Err(Refusal::Changed { seen: Version(3), current: Version(0) }));
}

#[test]
fn outside_of_the_inbox_a_verdict_counts_when_it_stands() {
    let hat = dismiss(DismissReason::HatWorn, "");
    for (policy, acts, now, expected) in [
        (SecondSignPolicy::Never, vec![("wang", 0, confirm())], 29, Verdict::None),
        (SecondSignPolicy::Never, vec![("wang", 0, confirm())], 30, Verdict::Confirmed),
        (
            SecondSignPolicy::Never,
            vec![("wang", 0, confirm()), ("wang", 60, hat.clone())],
            70,
            Verdict::Confirmed,
        ),
        (SecondSignPolicy::Never, vec![("wang", 0, confirm()), ("wang", 60, hat)], 90, Verdict::Dismissed),
        (SecondSignPolicy::Confirmed, vec![("wang", 0, confirm())], 900, Verdict::None),
        // The confirmation in between never stood, so the dismissal before it counts all the time.
        (
            SecondSignPolicy::Confirmed,
            vec![
                ("wang", 0, dismiss(DismissReason::HatWorn, "")),
                ("wang", 60, confirm()),
                ("li", 120, dismiss(DismissReason::Unclear, "")),
            ],
            130,
            Verdict::Dismissed,
        ),
        (
            SecondSignPolicy::Confirmed,
            vec![("wang", 0, confirm()), ("li", 60, Act::SignSecond)],
            61,
            Verdict::Confirmed,
        ),
    ] {
        let state = play(policy, &acts).unwrap();
        assert_eq!(state.effective(at(now), WINDOW), expected, "{acts:?}");
    }
}

#[test]
fn states_are_read_as_they_are_written() {
    let acts = [
        ("wang", 0, dismiss(DismissReason::Other, "试验")),
        ("li", 60, confirm()),
        ("wang", 99, Act::SignSecond),
    ];
    let state = play(SecondSignPolicy::Always, &acts[..2]).unwrap();
    let written = serde_json::to_string(&state).unwrap();
    assert_eq!(serde_json::from_str::<VerdictState>(&written).unwrap(), state);
}

fn acts() -> impl Strategy<Value = Vec<(&'static str, u64, Act)>> {
    let finding = prop_oneof![
        Just(Finding::Confirmed),
        (prop::sample::select(DismissReason::ALL), prop::sample::select(vec!["", "词"]))
            .prop_map(|(reason, words)| Finding::Dismissed { reason, words: words.to_owned() }),
    ];
    let act = prop_oneof![
        3 => (finding, prop::sample::select(vec!["", "因为"]))
            .prop_map(|(finding, reason)| Act::Judge { finding, change_reason: reason.to_owned() }),
        1 => Just(Act::Undo),
        2 => Just(Act::SignSecond),
    ];
    let step = (prop::sample::select(vec!["wang", "li", "recused"]), 0..45_u64, act);
    prop::collection::vec(step, 0..40)
}

fn check(state: &VerdictState) -> Result<(), TestCaseError> {
    for judgement in state.standing.iter().chain(&state.replaced) {
        prop_assert_ne!(judgement.by.as_str(), "recused");
        if let Second::Signed { by, at } = &judgement.second {
            prop_assert_ne!(by, &judgement.by, "nobody signs twice");
            prop_assert!(!judgement.is_undoable(*at, WINDOW));
        }
        let is_mute = matches!(&judgement.finding, Finding::Dismissed { reason: DismissReason::Other, words } if words.is_empty());
        prop_assert!(!is_mute);
    }
    if let (Some(standing), Some(replaced)) = (&state.standing, state.replaced.last()) {
        prop_assert!(!standing.change_reason.is_empty());
        prop_assert!(standing.at >= replaced.at.plus(WINDOW), "replaced only beyond undo");
    }
    prop_assert!(state.standing.is_some() || state.replaced.is_empty());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_of_acts_reaches_an_illegal_state(steps in acts(), asks in 0..3_usize) {
        let second_sign = [SecondSignPolicy::Never, SecondSignPolicy::Confirmed, SecondSignPolicy::Always][asks];
        let policy = Policy { second_sign, ..Policy::default() };
        let recusals: Recusals = [account("recused")].into_iter().collect();
        let (mut state, mut seconds) = (VerdictState::default(), 0);
        for (by, wait, act) in steps {
            seconds += wait;
            let (by, now, seen) = (&account(by), at(seconds), state.version);
            let context = Context { by, recusals: &recusals, now, seen, way: Way::Single, policy };
            let before = state.effective(now, WINDOW);
            if let Ok(next) = decide(&state, &act, &context) {
                prop_assert_eq!(next.version, state.version.next());
                let is_signature = act == Act::SignSecond;
                prop_assert!(is_signature || next.effective(now, WINDOW) == before, "a change counts at once");
                state = next;
            }
            check(&state)?;
        }
    }
}
