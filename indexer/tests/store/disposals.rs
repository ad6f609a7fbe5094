//! Disposal: kept for its term, listed, signed by two, gone with its words; what another case keeps stays.

use std::collections::BTreeSet;
use std::time::Duration;

use anjian_casework::Outcome;
use anjian_casework::attachment::AttachmentKind;
use anjian_casework::case::{Act, Member};
use anjian_casework::disposal::{DisposalRefusal, KeepYears};
use anjian_casework::verdict::Policy;
use anjian_domain::{RunKind, Verdict, Viewer, ViolationId};
use anjian_indexer::{
    AuditQuery, AuditReach, CaseDetail, CaseId, CaseQuery, DisposalError, EvidenceLimits, ExpiredBy,
    Retention,
};
use jiff::civil::date;

use crate::attachments::{PDF, send};
use crate::cases::{enterprise, officer, open, proposal, rules, step, step_with};
use crate::clips::violation;
use crate::findings::recorded;
use crate::fixture::{Store, at, evidence_files};
use crate::holds::new_hold;
use crate::media::set_up;
use crate::moves::findings;

const YEAR: Duration = Duration::from_hours(365 * 24);

/// A reminder about a violation whose plea was upheld and one that stands, read and closed; dismissed evidence is kept for a minute.
fn closed(store: &Store) -> (CaseId, [ViolationId; 2]) {
    let evidence = EvidenceLimits { max_age: Some(Duration::from_secs(60)), ..EvidenceLimits::default() };
    set_up(store, Retention { evidence, ..Retention::default() }, 0);
    let (wang, plant) = (officer("wang"), enterprise("plant"));
    let run = store.run(RunKind::Live, "gate");
    let ids = [0, 9].map(|second| {
        let id = violation(store, &run, second, second + 1).id;
        store.judge(id, Verdict::Confirmed);
        id
    });
    let case = open(store, &ids, Outcome::Remind);
    step(store, &wang, case, 1, Act::Sign).unwrap();
    step(store, &wang, case, 2, Act::Issue).unwrap();
    let attached = send(store, &plant, case, AttachmentKind::Pdf, PDF).unwrap().id;
    step_with(store, &plant, case, 3, Act::Plead, &[attached]).unwrap();
    let answer = Act::Answer {
        upheld: BTreeSet::from([Member::Violation(ids[0])]),
        reasons: "当时已停工".into(),
        outcome: Outcome::Remind,
        term: None,
    };
    step(store, &wang, case, 4, answer).unwrap();
    store.clock.set(at(300).wall);
    store.wait(store.index.settle_verdicts(Policy::default())).unwrap();
    step(store, &plant, case, 5, Act::Acknowledge).unwrap();
    step(store, &wang, case, 6, Act::Close).unwrap();
    (case, ids)
}

fn sign(store: &Store, viewer: &Viewer, case: CaseId) -> Result<bool, DisposalError> {
    sign_seen(store, viewer, case, &seen(store, case))
}

fn seen(store: &Store, case: CaseId) -> String {
    let disposal = store.wait(store.index.disposal(&store.viewer, case, KeepYears::default()));
    disposal.unwrap().unwrap().version().unwrap()
}

fn sign_seen(store: &Store, viewer: &Viewer, case: CaseId, seen: &str) -> Result<bool, DisposalError> {
    store.wait(store.index.sign_disposal(viewer, case, seen, KeepYears::default()))
}

#[track_caller]
fn check_refused(store: &Store, viewer: &Viewer, case: CaseId, expected: &DisposalRefusal) {
    let refused = sign(store, viewer, case);
    assert!(
        matches!(&refused, Err(DisposalError::Refused(refusal)) if refusal == expected),
        "{refused:?}, not {expected:?}"
    );
}

fn listed(store: &Store, viewer: &Viewer) -> Vec<CaseId> {
    let mut found = Vec::new();
    let mut cursor = None;
    loop {
        let page = store.index.disposals(viewer, KeepYears::default(), 1, cursor);
        let page = store.wait(page).unwrap();
        found.extend(page.items.iter().map(|item| item.case.id));
        cursor = page.next_cursor;
        if cursor.is_none() {
            return found;
        }
    }
}

fn delete_files(store: &Store) {
    store.wait(store.index.run_evidence_retention()).unwrap();
    assert_eq!(store.wait(store.index.expire_attachments()).unwrap(), None);
}

fn case_of(store: &Store, case: CaseId) -> CaseDetail {
    store.wait(store.index.case(&officer("wang"), case)).unwrap().unwrap()
}

pub(crate) fn an_ended_case_goes_after_its_term_when_two_signed(store: &Store) {
    let (wang, li, plant) = (officer("wang"), officer("li"), enterprise("plant"));
    let (case, ids) = closed(store);
    store.clock.advance(4 * YEAR);
    delete_files(store);
    assert_eq!(evidence_files(store).len(), 5, "the case keeps what was dismissed in it");
    assert_eq!(listed(store, &wang), []);
    check_refused(store, &wang, case, &DisposalRefusal::Kept(date(2031, 3, 1)));

    store.clock.advance(YEAR + Duration::from_hours(48));
    assert_eq!(listed(store, &wang), [case]);
    assert_eq!(listed(store, &enterprise("plant")), []);
    for stranger in [&plant, &enterprise("mill")] {
        assert!(matches!(sign(store, stranger, case), Err(DisposalError::Unknown)));
    }
    assert!(matches!(sign(store, &store.viewer, case), Err(DisposalError::Nameless)));
    let before = store.wait(store.index.disposal(&li, case, KeepYears::default())).unwrap().unwrap();
    assert_eq!((before.holdings.violations.as_slice(), before.holdings.files.len()), (&ids[..], 5));
    let hold = store.wait(store.index.put_hold(&store.viewer, &new_hold("gate", 0, 5))).unwrap();
    check_refused(store, &wang, case, &DisposalRefusal::Held);
    store.wait(store.index.lift_hold(&store.viewer, hold.id, "王", "结案")).unwrap();
    assert!(!sign(store, &wang, case).unwrap());
    check_refused(store, &wang, case, &DisposalRefusal::SignedAlready);
    delete_files(store);
    assert_eq!(evidence_files(store).len(), 5, "one signature is none");
    store.clock.advance(Duration::from_secs(60));
    let stale = sign_seen(store, &li, case, &before.version().unwrap());
    assert!(
        matches!(stale, Err(DisposalError::Refused(DisposalRefusal::Changed))),
        "li saw no signature: {stale:?}"
    );
    assert!(sign(store, &li, case).unwrap());
    check_refused(store, &wang, case, &DisposalRefusal::Disposed);

    delete_files(store);
    assert_eq!(evidence_files(store), [""; 0]);
    assert_eq!(findings(store), []);
    assert_eq!(listed(store, &wang), []);
    let detail = case_of(store, case);
    assert!(detail.row.disposed_at.is_some());
    assert!(detail.steps.iter().all(|step| step.words.is_empty()), "{:?}", detail.steps);
    assert_eq!(detail.case.answer.unwrap().reasons, "");
    assert_eq!(detail.attachments[0].name, "");
    let query = CaseQuery { words: Some("护栏".parse().unwrap()), limit: 9, ..CaseQuery::default() };
    assert_eq!(store.wait(store.index.cases(&wang, &query)).unwrap().items, []);
    for id in ids {
        let row = store.wait(store.index.violation(&store.viewer, id)).unwrap().unwrap();
        assert_eq!(row.pictures_expired.unwrap().by, ExpiredBy::Disposal);
    }
    let after = store.wait(store.index.disposal(&li, case, KeepYears::default())).unwrap().unwrap();
    assert_eq!(after.holdings, before.holdings, "the record says what went");
    let signed: Vec<_> = after.signatures.iter().map(|one| one.account.as_str()).collect();
    assert_eq!(signed, ["wang", "li"]);
    let query = AuditQuery { action: Some("sign_disposal".into()), limit: 9, ..AuditQuery::default() };
    let entries = store.wait(store.index.audit(&store.viewer, AuditReach::All, &query)).unwrap();
    let is_last: Vec<_> = entries.iter().map(|entry| &entry.after.as_ref().unwrap()["is_disposed"]).collect();
    assert_eq!(is_last, [true, false], "the newest first");
}

pub(crate) fn what_another_case_keeps_stays(store: &Store) {
    let (case, [dismissed, stands]) = closed(store);
    let other = open(store, &[stands], Outcome::Remind);
    check_refused(store, &officer("li"), other, &DisposalRefusal::NotOver);
    store.clock.advance(5 * YEAR + Duration::from_hours(48));
    sign(store, &officer("wang"), case).unwrap();
    assert!(sign(store, &officer("li"), case).unwrap());
    delete_files(store);
    let has_pictures = |id| {
        let found = store.wait(store.index.violation(&store.viewer, id)).unwrap().unwrap();
        found.row.has_pictures
    };
    assert_eq!([dismissed, stands].map(has_pictures), [false, true]);
    assert_eq!(findings(store), []);
}

pub(crate) fn a_finding_goes_with_its_case(store: &Store) {
    let (wang, found) = (officer("wang"), recorded(store, 7));
    let members = BTreeSet::from([Member::Finding(found)]);
    let (proposal, rules) = (proposal(Outcome::Remind), rules());
    let case = store.wait(store.index.open_case(&wang, &members, &proposal, &rules)).unwrap();
    step(store, &wang, case, 1, Act::Sign).unwrap();
    step(store, &wang, case, 2, Act::Issue).unwrap();
    step(store, &enterprise("plant"), case, 3, Act::Acknowledge).unwrap();
    step(store, &wang, case, 4, Act::Close).unwrap();
    store.clock.advance(5 * YEAR + Duration::from_hours(48));
    sign(store, &wang, case).unwrap();
    assert!(sign(store, &officer("li"), case).unwrap());
    delete_files(store);
    assert_eq!(evidence_files(store), [""; 0]);
    let finding = store.wait(store.index.finding(&wang, found)).unwrap().unwrap();
    assert_eq!((finding.words.as_str(), finding.place.as_str()), ("", ""));
    assert!(finding.attachments[0].disposed_at.is_some());
}
