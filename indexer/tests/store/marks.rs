//! Violations found by what officers made of them, and by words; and who finds nothing so.

use anjian_casework::calendar::Term;
use anjian_casework::case::{Act as Step, CaseState, Member, Proposal};
use anjian_casework::legal_card::LegalCard;
use anjian_casework::verdict::{Act, DismissReason, Finding, Policy, SecondSignPolicy, Way};
use anjian_casework::{Outcome, Version};
use anjian_domain::{Role, RunKind, Scope, Sites, Verdict, Viewer, ViolationId};
use anjian_indexer::{
    CaseMark, CaseQuery, CaseRules, CaseStep, GroupBy, LiveKind, Marks, VerdictAct, ViolationQuery,
};
use jiff::tz::TimeZone;

use crate::fixture::{Store, at};

fn wang() -> Viewer {
    Viewer::new("wang", Role::Inspector, Scope::Everything).unwrap()
}

fn enterprise() -> Viewer {
    let sites = Sites::new(["plant".parse().unwrap()]).unwrap();
    Viewer::new("safety-officer", Role::Enterprise, Scope::Sites(sites)).unwrap()
}

fn violation(store: &Store, camera: &str, seconds: u64) -> ViolationId {
    store.recorded(&store.run(RunKind::Live, camera), seconds).id
}

fn judge(store: &Store, id: ViolationId, finding: Finding, policy: Policy) {
    let act = Act::Judge { finding, change_reason: String::new() };
    let wanted = VerdictAct { act, seen: Version(0), way: Way::Single, shown: None };
    store.wait(store.index.act_on_verdict(&wang(), id, &wanted, policy)).unwrap();
}

fn dismissed(reason: DismissReason, words: &str) -> Finding {
    Finding::Dismissed { reason, words: words.to_owned() }
}

/// What a viewer finds, newest first; the counts of the same question agree.
fn found(store: &Store, viewer: &Viewer, query: &ViolationQuery) -> Vec<ViolationId> {
    let page = store.wait(store.index.search_violations(viewer, query)).unwrap();
    let found: Vec<_> = page.items.iter().map(|row| row.id).collect();
    let ranged = ViolationQuery { from: Some(at(0).wall), to: Some(at(3_600).wall), ..query.clone() };
    let groups = [
        (GroupBy::Behaviour, query),
        (GroupBy::Camera, query),
        (GroupBy::Hour(TimeZone::UTC), &ranged),
        (GroupBy::Day(TimeZone::get("Asia/Kathmandu").unwrap()), &ranged),
    ];
    for (group, query) in groups {
        let counts = store.wait(store.index.count_violations(viewer, query, group.clone())).unwrap();
        assert_eq!(counts.iter().map(|count| count.count).sum::<u64>(), found.len() as u64, "{group:?}");
    }
    found
}

fn marked(marks: Marks) -> ViolationQuery {
    ViolationQuery { marks, ..ViolationQuery::default() }
}

fn words(text: &str) -> ViolationQuery {
    ViolationQuery { words: Some(text.parse().unwrap()), ..ViolationQuery::default() }
}

pub(crate) fn reasons_and_signatures_are_found(store: &Store) {
    let [worn, lamp, waits] = [1, 2, 3].map(|seconds| violation(store, "gate", seconds));
    judge(store, worn, dismissed(DismissReason::HatWorn, ""), Policy::default());
    judge(store, lamp, dismissed(DismissReason::LampOrReflection, "车灯"), Policy::default());
    let twice = Policy { second_sign: SecondSignPolicy::Always, ..Policy::default() };
    judge(store, waits, Finding::Confirmed, twice);
    let reasons = |reasons: &[DismissReason]| marked(Marks { reasons: reasons.to_vec(), ..Marks::default() });
    let both = reasons(&[DismissReason::HatWorn, DismissReason::LampOrReflection]);
    let awaits = marked(Marks { awaits_second: true, ..Marks::default() });
    assert_eq!(found(store, &wang(), &reasons(&[DismissReason::HatWorn])), [worn]);
    assert_eq!(found(store, &wang(), &both), [lamp, worn]);
    assert_eq!(found(store, &wang(), &awaits), [], "it can still be undone");
    store.clock.set(at(60).wall);
    store.wait(store.index.settle_verdicts(twice)).unwrap();
    assert_eq!(found(store, &wang(), &awaits), [waits]);
    let first =
        store.wait(store.index.search_violations(&wang(), &ViolationQuery { limit: 1, ..both.clone() }));
    let cursor = first.unwrap().next_cursor;
    let second =
        store.wait(store.index.search_violations(&wang(), &ViolationQuery { cursor, ..both.clone() }));
    assert_eq!(second.unwrap().items[0].id, worn);
    for query in [&both, &awaits] {
        assert_eq!(found(store, &enterprise(), query), [], "what officers decide is their own");
    }
}

pub(crate) fn words_are_found_in_names_and_notes(store: &Store) {
    let [noted, plain] = [1, 2].map(|seconds| violation(store, "gate", seconds));
    let elsewhere = violation(store, "kiln", 3);
    judge(store, noted, dismissed(DismissReason::Other, "动火作业票已核对, Kiln area"), Policy::default());
    judge(store, elsewhere, dismissed(DismissReason::Other, "动火"), Policy::default());
    for (text, expected) in [
        ("动火", vec![elsewhere, noted]),
        ("作业票 动火", vec![noted]),
        ("火动", vec![]),
        ("gate", vec![plain, noted]),
        ("kiln", vec![elsewhere, noted]),
        ("\" OR 1=1 --", vec![]),
    ] {
        assert_eq!(found(store, &wang(), &words(text)), expected, "{text}");
    }
    let narrowed = ViolationQuery { cameras: vec!["gate".parse().unwrap()], ..words("kiln") };
    assert_eq!(found(store, &wang(), &narrowed), [noted]);
    store.judge(plain, Verdict::Confirmed);
    assert_eq!(found(store, &enterprise(), &words("动火")), [], "what officers wrote is their own");
    assert_eq!(found(store, &enterprise(), &words("gate")), [plain]);
}

pub(crate) fn violations_are_found_by_their_case(store: &Store) {
    let [cased, alone] = [1, 2].map(|seconds| violation(store, "gate", seconds));
    store.judge(cased, Verdict::Confirmed);
    store.judge(alone, Verdict::Confirmed);
    let rules = CaseRules { cards: LegalCard::examples(), ..CaseRules::default() };
    let cards = LegalCard::examples().iter().take(1).map(|card| card.id().clone()).collect();
    let proposal = Proposal { outcome: Outcome::Remind, term: Term::days(5).unwrap(), cards };
    let mut listening = store.listen();
    let case = store
        .wait(store.index.open_case(&wang(), &[Member::Violation(cased)].into(), &proposal, &rules))
        .unwrap();
    let update = listening.next().unwrap();
    assert!(matches!(update.kind, LiveKind::Case(row) if row.id == case), "cases are live");
    let seen = store.wait(store.index.live_since(&enterprise(), update.seq - 1, 9)).unwrap();
    assert_eq!(seen, [], "a draft is the officers' own");
    let cases = |cases: &[CaseMark]| marked(Marks { cases: cases.to_vec(), ..Marks::default() });
    let draft = CaseMark::Stage(CaseState::Draft);
    assert_eq!(found(store, &wang(), &cases(&[CaseMark::None])), [alone]);
    assert_eq!(found(store, &wang(), &cases(&[draft])), [cased]);
    assert_eq!(found(store, &wang(), &cases(&[draft, CaseMark::None])), [alone, cased]);
    assert_eq!(found(store, &wang(), &cases(&[CaseMark::Stage(CaseState::Closed)])), []);
    for marks in [draft, CaseMark::None] {
        assert_eq!(found(store, &enterprise(), &cases(&[marks])), []);
    }
    for (seen, act) in [(1, Step::Sign), (2, Step::Issue)] {
        let step = CaseStep { act, seen: Version(seen), words: String::new(), attachments: Vec::new() };
        store.wait(store.index.step_case(&wang(), case, &step, &rules)).unwrap();
    }
    let plead = CaseStep {
        act: Step::Plead,
        seen: Version(3),
        words: "当时已停工".to_owned(),
        attachments: Vec::new(),
    };
    store.wait(store.index.step_case(&enterprise(), case, &plead, &rules)).unwrap();
    let with =
        |text: &str| CaseQuery { words: Some(text.parse().unwrap()), limit: 9, ..CaseQuery::default() };
    for (viewer, text, expected) in
        [(wang(), "停工", 1), (enterprise(), "停工", 1), (wang(), "工停", 0), (wang(), "plant", 1)]
    {
        let page = store.wait(store.index.cases(&viewer, &with(text))).unwrap();
        assert_eq!(page.items.len(), expected, "{text}");
    }
    let mill = Sites::new(["mill".parse().unwrap()]).unwrap();
    let stranger = Viewer::new("other", Role::Enterprise, Scope::Sites(mill)).unwrap();
    assert!(store.wait(store.index.cases(&stranger, &with("停工"))).unwrap().items.is_empty());
    let updates = store.wait(store.index.live_since(&stranger, 0, 100)).unwrap();
    assert!(updates.iter().all(|update| !matches!(update.kind, LiveKind::Case(_))), "not even live");
    let updates = store.wait(store.index.live_since(&enterprise(), update.seq, 100)).unwrap();
    assert!(updates.iter().any(|update| matches!(update.kind, LiveKind::Case(_))), "from the notice on");
}
