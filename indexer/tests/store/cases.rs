//! Cases: drafted, signed, noticed, pleaded, rectified, proven and closed; who sees them, and what they leave behind.

use std::collections::BTreeSet;
use std::time::Duration;

use anjian_casework::calendar::Term;
use anjian_casework::case::{Act, CaseState, EndReason, Member, Proposal, Refusal, Unproven};
use anjian_casework::grade::{Item, Publication, Review};
use anjian_casework::legal_card::LegalCard;
use anjian_casework::verdict::{self, DismissReason, Finding, Policy, Way};
use anjian_casework::{Outcome, Version};
use anjian_domain::{
    CameraMinute, CoverageSink, PersonCount, Role, RunKind, Scope, Sites, Verdict, Viewer, Violation,
    ViolationId,
};
use anjian_indexer::{
    AccountSettings, AttachmentId, AuditQuery, AuditReach, CaseError, CaseId, CaseProof, CaseQuery,
    CaseRules, CaseStep, VerdictAct, VerdictError,
};

use crate::accounts::{add, settings};
use crate::fixture::{Store, at};

const DAY_S: u64 = 24 * 3_600;

pub(crate) fn officer(name: &str) -> Viewer {
    Viewer::new(name, Role::Inspector, Scope::Everything).unwrap()
}

pub(crate) fn enterprise(site: &str) -> Viewer {
    let sites = Sites::new([site.parse().unwrap()]).unwrap();
    Viewer::new("safety-officer", Role::Enterprise, Scope::Sites(sites)).unwrap()
}

pub(crate) fn rules() -> CaseRules {
    let mut rules = CaseRules { cards: LegalCard::examples(), ..CaseRules::default() };
    rules.policy.quiet = Duration::from_secs(120);
    rules
}

pub(crate) fn proposal(outcome: Outcome) -> Proposal {
    let cards = LegalCard::examples().iter().take(1).map(|card| card.id().clone()).collect();
    Proposal { outcome, term: Term::days(5).unwrap(), cards }
}

/// A violation that is confirmed beyond undo.
pub(crate) fn confirmed(store: &Store, seconds: u64) -> ViolationId {
    let id = store.recorded(&store.run(RunKind::Live, "gate"), seconds).id;
    store.judge(id, Verdict::Confirmed);
    id
}

pub(crate) fn open(store: &Store, ids: &[ViolationId], outcome: Outcome) -> CaseId {
    let members = ids.iter().copied().map(Member::Violation).collect();
    store.wait(store.index.open_case(&officer("wang"), &members, &proposal(outcome), &rules())).unwrap()
}

pub(crate) fn step(
    store: &Store,
    viewer: &Viewer,
    id: CaseId,
    seen: u32,
    act: Act,
) -> Result<Version, CaseError> {
    step_with(store, viewer, id, seen, act, &[])
}

pub(crate) fn step_with(
    store: &Store,
    viewer: &Viewer,
    id: CaseId,
    seen: u32,
    act: Act,
    attachments: &[AttachmentId],
) -> Result<Version, CaseError> {
    let words =
        if matches!(act, Act::Plead | Act::Rectify) { "已加装护栏".to_owned() } else { String::new() };
    let wanted = CaseStep { act, seen: Version(seen), words, attachments: attachments.to_vec() };
    store.wait(store.index.step_case(viewer, id, &wanted, &rules()))
}

fn stage(store: &Store, id: CaseId) -> CaseState {
    store.wait(store.index.case(&officer("wang"), id)).unwrap().unwrap().row.stage
}

pub(crate) fn review() -> Review {
    Review {
        number: "审 2026-7".into(),
        reviewer: "赵".into(),
        reviewed_on: "2026-01-01".parse().unwrap(),
        has_sign_picture: true,
        publication: Some(Publication { on: "2026-01-01".parse().unwrap(), place: "官网".into() }),
    }
}

pub(crate) fn a_reminder_is_read_and_closed(store: &Store) {
    let (wang, plant) = (officer("wang"), enterprise("plant"));
    let id = open(store, &[confirmed(store, 0), confirmed(store, 9)], Outcome::Remind);
    assert!(store.wait(store.index.case(&plant, id)).unwrap().is_none(), "a draft is the officers' own");
    step(store, &wang, id, 1, Act::Sign).unwrap();
    step(store, &wang, id, 2, Act::Issue).unwrap();
    let seen = store.wait(store.index.case(&plant, id)).unwrap().unwrap();
    assert_eq!((seen.row.violations, seen.violations.len(), seen.row.stage), (2, 2, CaseState::Noticed));
    assert_eq!(seen.steps.len(), 1, "how it was drafted is not the enterprise's");
    assert!(store.wait(store.index.case(&enterprise("mill"), id)).unwrap().is_none());
    assert!(matches!(step(store, &enterprise("mill"), id, 3, Act::Acknowledge), Err(CaseError::Unknown)));
    step(store, &plant, id, 3, Act::Acknowledge).unwrap();
    step(store, &wang, id, 4, Act::Close).unwrap();
    let detail = store.wait(store.index.case(&wang, id)).unwrap().unwrap();
    assert_eq!(detail.case.ended.unwrap().reason, EndReason::Read);
    assert_eq!(
        detail.steps.iter().map(|step| step.step.as_str()).collect::<Vec<_>>(),
        ["propose", "sign", "issue", "acknowledge", "close"]
    );
    let query = AuditQuery { limit: 50, ..AuditQuery::default() };
    let entries = store.wait(store.index.audit(&store.viewer, AuditReach::All, &query)).unwrap();
    assert_eq!(entries.iter().filter(|entry| entry.object == id.to_string()).count(), 5);
    assert_eq!(deliveries(store, id), ["enterprise issue", "enterprise close"]);
}

fn deliveries(store: &Store, id: CaseId) -> Vec<String> {
    let rows = store.wait(store.index.deliveries(&officer("wang"), id)).unwrap();
    rows.iter().map(|row| format!("{} {}", row.audience, row.cause)).collect()
}

pub(crate) fn what_left_a_draft_is_not_shown_to_the_enterprise(store: &Store) {
    let (wang, ids) = (officer("wang"), [confirmed(store, 0), confirmed(store, 9)]);
    let id = open(store, &ids, Outcome::Remind);
    let members = BTreeSet::from([Member::Violation(ids[1])]);
    step(store, &wang, id, 1, Act::Propose { members, proposal: proposal(Outcome::Remind) }).unwrap();
    step(store, &wang, id, 2, Act::Sign).unwrap();
    step(store, &wang, id, 3, Act::Issue).unwrap();
    let seen = store.wait(store.index.case(&enterprise("plant"), id)).unwrap().unwrap();
    assert_eq!(seen.violations.iter().map(|one| one.row.id).collect::<Vec<_>>(), [ids[1]]);
    // It is free for another case.
    open(store, &ids[..1], Outcome::Remind);
}

pub(crate) fn a_violation_is_in_one_case_at_a_time(store: &Store) {
    let (wang, violation) = (officer("wang"), confirmed(store, 0));
    let id = open(store, &[violation], Outcome::Remind);
    let again = store.wait(store.index.open_case(
        &wang,
        &[Member::Violation(violation)].into(),
        &proposal(Outcome::Remind),
        &rules(),
    ));
    assert!(
        matches!(again, Err(CaseError::Bound(bound)) if bound == Member::Violation(violation)),
        "{again:?}"
    );
    step(store, &wang, id, 1, Act::Withdraw(EndReason::Discarded)).unwrap();
    let next = open(store, &[violation], Outcome::Remind);
    let of_it = CaseQuery { violation: Some(violation), limit: 10, ..CaseQuery::default() };
    let found = store.wait(store.index.cases(&wang, &of_it)).unwrap().items;
    assert_eq!(found.iter().map(|row| row.id).collect::<BTreeSet<_>>(), BTreeSet::from([id, next]));
    let open_only = CaseQuery { is_open_only: true, ..of_it };
    assert_eq!(store.wait(store.index.cases(&wang, &open_only)).unwrap().items.len(), 1);
    let missing = ViolationId(uuid::Uuid::from_u128(7));
    let none = store.wait(store.index.open_case(
        &wang,
        &[Member::Violation(missing)].into(),
        &proposal(Outcome::Remind),
        &rules(),
    ));
    assert!(matches!(none, Err(CaseError::NoMember(_))), "{none:?}");
}

pub(crate) fn an_order_needs_what_the_law_asks_for(store: &Store) {
    let (wang, li) = (officer("wang"), officer("li"));
    let violation = confirmed(store, 30 * DAY_S);
    let id = open(store, &[violation], Outcome::Order);
    assert!(matches!(
        step(store, &wang, id, 1, Act::Sign),
        Err(CaseError::Refused(Refusal::NoCertificate { .. }))
    ));
    for (viewer, certificate) in [(&wang, "ZF-1"), (&li, "ZF-2")] {
        add_officer(store, viewer, certificate);
    }
    step(store, &wang, id, 1, Act::Sign).unwrap();
    step(store, &li, id, 2, Act::Sign).unwrap();
    store.clock.set(at(31 * DAY_S).wall);
    let refused = step(store, &li, id, 3, Act::Issue);
    assert!(matches!(refused, Err(CaseError::Refused(Refusal::GradeTooLow { .. }))), "{refused:?}");
    let officers = store.wait(store.index.case(&li, id)).unwrap().unwrap().case.signatures;
    let officers: Vec<_> = officers.into_iter().map(|signature| signature.officer).collect();
    let grade = store.wait(store.index.grade(&li, violation, &officers, &rules())).unwrap().unwrap();
    let missing: Vec<Item> = grade.missing().collect();
    assert!(missing.contains(&Item::ReviewNumber) && missing.contains(&Item::ClipWhole), "{missing:?}");
    assert!(!missing.contains(&Item::TwoOfficers) && !missing.contains(&Item::Digests), "{missing:?}");
    let review = review();
    let gate = "gate".parse().unwrap();
    assert_eq!(store.wait(store.index.add_review(&store.viewer, &gate, &review, false)).unwrap(), 1);
    assert_eq!(store.wait(store.index.add_review(&store.viewer, &gate, &review, false)).unwrap(), 2);
    let grade = store.wait(store.index.grade(&li, violation, &officers, &rules())).unwrap().unwrap();
    let missing: Vec<Item> = grade.missing().collect();
    assert_eq!(missing, [Item::ClipWhole, Item::PersonHeight], "{grade:?}");
}

pub(crate) fn add_officer(store: &Store, viewer: &Viewer, certificate: &str) {
    let settings = AccountSettings { certificate: certificate.to_owned(), ..settings(Role::Inspector) };
    add(store, viewer.account(), &settings).unwrap();
}

/// An order about two violations that left, by two officers.
pub(crate) fn ordered(store: &Store) -> (CaseId, [ViolationId; 2]) {
    let (wang, li) = (officer("wang"), officer("li"));
    for (viewer, certificate) in [(&wang, "ZF-1"), (&li, "ZF-2")] {
        add_officer(store, viewer, certificate);
    }
    let review = review();
    store.wait(store.index.add_review(&store.viewer, &"gate".parse().unwrap(), &review, true)).unwrap();
    let run = store.run(RunKind::Live, "gate");
    let ids = [0, 9].map(|seconds| {
        // Nobody's height is asked for where no single person is meant.
        let violation = Violation { track: None, ..store.violation(&run, seconds) };
        store.record(&violation);
        store.judge(violation.id, Verdict::Confirmed);
        violation.id
    });
    let digest = "ab".repeat(32);
    store.raw(&format!(
        "UPDATE clip SET state = 'recorded', from_us = 1, to_us = 2, size_bytes = 1, sha256 = '{digest}'"
    ));
    let id = open(store, &ids, Outcome::Order);
    step(store, &wang, id, 1, Act::Sign).unwrap();
    step(store, &li, id, 2, Act::Sign).unwrap();
    step(store, &li, id, 3, Act::Issue).unwrap();
    (id, ids)
}

pub(crate) fn an_order_is_rectified_proven_and_closed(store: &Store) {
    let (id, ids) = ordered(store);
    let (wang, plant) = (officer("wang"), enterprise("plant"));
    store.clock.set(at(600).wall);
    assert!(matches!(
        store.wait(store.index.step_case(
            &plant,
            id,
            &CaseStep { act: Act::Rectify, seen: Version(4), words: " ".into(), attachments: vec![] },
            &rules()
        )),
        Err(CaseError::Words(_))
    ));
    step(store, &plant, id, 4, Act::Rectify).unwrap();
    let proofs = |store: &Store| store.wait(store.index.case_proofs(&wang, id, &rules())).unwrap().unwrap();
    store.clock.set(at(1_200).wall);
    assert!(matches!(proofs(store)[0].found, Err(Unproven::TooShort { watched_s: 0, .. })));
    for minute in 11..14 {
        let told = CameraMinute {
            camera: "gate".parse().unwrap(),
            minute: at(minute * 60).wall,
            analysed: Duration::from_secs(60),
            gated: Duration::ZERO,
            blind: Duration::ZERO,
            blind_cause: None,
            persons: Some(PersonCount { picture: 2, zones: [("dock".parse().unwrap(), 2)].into() }),
        };
        store.sink.add_minute(&told).unwrap();
    }
    let found = proofs(store);
    assert_eq!(found.iter().map(|proof| proof.violation).collect::<Vec<_>>(), ids);
    let proofs = CaseProof::all(&found).expect("both are proven");
    step(store, &wang, id, 5, Act::Recheck { proofs }).unwrap();
    step(store, &wang, id, 6, Act::Close).unwrap();
    assert_eq!(stage(store, id), CaseState::Closed);
    assert_eq!(
        deliveries(store, id),
        ["enterprise issue", "officers rectify", "enterprise recheck", "enterprise close"]
    );
}

pub(crate) fn a_plea_that_is_upheld_dismisses_the_violation(store: &Store) {
    let (id, [first, second]) = ordered(store);
    let plant = enterprise("plant");
    step(store, &plant, id, 4, Act::Plead).unwrap();
    let detail = store.wait(store.index.case(&officer("li"), id)).unwrap().unwrap();
    assert_eq!(detail.steps.last().unwrap().words, "已加装护栏");
    let answer = |outcome| Act::Answer {
        upheld: BTreeSet::from([Member::Violation(first)]),
        reasons: "确为作业票许可范围".into(),
        outcome,
        term: None,
    };
    let refused = step(store, &officer("li"), id, 5, answer(Outcome::HandOver));
    assert!(matches!(refused, Err(CaseError::Refused(Refusal::Heavier))), "{refused:?}");
    step(store, &officer("li"), id, 5, answer(Outcome::Remind)).unwrap();
    store.clock.set(at(300).wall);
    store.wait(store.index.settle_verdicts(Policy::default())).unwrap();
    let verdict =
        |of: ViolationId| store.wait(store.index.violation(&store.viewer, of)).unwrap().unwrap().row.verdict;
    assert_eq!([verdict(first), verdict(second)], [Verdict::Dismissed, Verdict::Confirmed]);
    let detail = store.wait(store.index.case(&plant, id)).unwrap().unwrap();
    let is_in: Vec<_> = detail.violations.iter().map(|violation| violation.is_in).collect();
    assert_eq!((is_in, detail.row.outcome), (vec![false, true], Some(Outcome::Remind)));
    // A later case about what remains may not be heavier.
    step(store, &plant, id, 6, Act::Acknowledge).unwrap();
    step(store, &officer("li"), id, 7, Act::Close).unwrap();
    let heavier = store.wait(store.index.open_case(
        &officer("li"),
        &[Member::Violation(second)].into(),
        &proposal(Outcome::Order),
        &rules(),
    ));
    assert!(matches!(heavier, Err(CaseError::Refused(Refusal::Heavier))), "{heavier:?}");
}

pub(crate) fn a_case_follows_the_verdicts_of_its_violations(store: &Store) {
    let (wang, ids) = (officer("wang"), [confirmed(store, 0), confirmed(store, 9)]);
    let id = open(store, &ids, Outcome::Remind);
    for (number, violation) in ids.into_iter().enumerate() {
        let finding = Finding::Dismissed { reason: DismissReason::Duplicate, words: String::new() };
        let act = verdict::Act::Judge { finding, change_reason: String::new() };
        let wanted = VerdictAct { act, seen: Version(0), way: Way::Single, shown: None };
        store.wait(store.index.act_on_verdict(&wang, violation, &wanted, Policy::default())).unwrap();
        store.clock.set(at(60 * (number as u64 + 1)).wall);
        store.wait(store.index.settle_verdicts(Policy::default())).unwrap();
        let row = store.wait(store.index.case(&wang, id)).unwrap().unwrap().row;
        let expected = [(CaseState::Draft, 1), (CaseState::Withdrawn, 1)][number];
        assert_eq!((row.stage, row.violations), expected);
    }
}

pub(crate) fn late_cases_escalate_and_reminders_end(store: &Store) {
    let (id, _) = ordered(store);
    let reminder = open(store, &[confirmed(store, 20)], Outcome::Remind);
    step(store, &officer("wang"), reminder, 1, Act::Sign).unwrap();
    step(store, &officer("wang"), reminder, 2, Act::Issue).unwrap();
    let mut causes = vec![];
    for day in 0..20 {
        store.clock.set(at(day * DAY_S).wall);
        store.wait(store.index.escalate_cases(&rules())).unwrap();
        let told = deliveries(store, id);
        causes = told.iter().filter_map(|told| Some(told.strip_prefix("officers ")?.to_owned())).collect();
    }
    assert_eq!(causes, ["due_soon", "due", "overdue", "overdue"]);
    assert_eq!(stage(store, reminder), CaseState::Closed);
    let due: Vec<_> = {
        let query =
            CaseQuery { due_before: Some("2027-01-01".parse().unwrap()), limit: 9, ..CaseQuery::default() };
        store.wait(store.index.cases(&officer("wang"), &query)).unwrap().items
    };
    assert_eq!(due.iter().map(|row| row.id).collect::<Vec<_>>(), [id]);
}

pub(crate) fn a_recused_officer_does_not_act(store: &Store) {
    let (wang, violation) = (officer("wang"), confirmed(store, 0));
    let (plant, account) = ("plant".parse().unwrap(), "wang".parse().unwrap());
    store.wait(store.index.put_recusal(&store.viewer, &plant, &account, Some("亲属在该企业任职"))).unwrap();
    let refused = store.wait(store.index.open_case(
        &wang,
        &[Member::Violation(violation)].into(),
        &proposal(Outcome::Remind),
        &rules(),
    ));
    assert!(matches!(refused, Err(CaseError::Refused(Refusal::Recused))), "{refused:?}");
    let act = verdict::Act::Judge { finding: Finding::Confirmed, change_reason: String::new() };
    let wanted = VerdictAct { act, seen: Version(0), way: Way::Single, shown: None };
    let refused = store.wait(store.index.act_on_verdict(&wang, violation, &wanted, Policy::default()));
    assert!(matches!(refused, Err(VerdictError::Refused(verdict::Refusal::Recused))), "{refused:?}");
    assert_eq!(store.wait(store.index.recusals(&officer("li"))).unwrap().len(), 1);
    store.wait(store.index.put_recusal(&store.viewer, &plant, &account, None)).unwrap();
    open(store, &[violation], Outcome::Remind);
}

pub(crate) fn the_enterprise_plays_clips_of_noticed_violations_only(store: &Store) {
    let plant = enterprise("plant");
    let violation = confirmed(store, 0);
    let clip = |store: &Store| store.wait(store.index.recorded_clip(&plant, violation)).unwrap().is_some();
    store.raw(&format!(
        "UPDATE clip SET state = 'recorded', from_us = 1, to_us = 2, size_bytes = 1, sha256 = '{}'",
        "ab".repeat(32)
    ));
    assert!(!clip(store), "no notice has left");
    let id = open(store, &[violation], Outcome::Remind);
    step(store, &officer("wang"), id, 1, Act::Sign).unwrap();
    step(store, &officer("wang"), id, 2, Act::Issue).unwrap();
    assert!(clip(store));
}
