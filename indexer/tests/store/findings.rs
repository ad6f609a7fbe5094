//! Findings on site: recorded once, members of cases, visible from the notice on.

use std::collections::BTreeSet;

use anjian_casework::Outcome;
use anjian_casework::attachment::AttachmentKind;
use anjian_casework::case::{Act, CaseState, FindingId, Member, MemberProof, Proof, Refusal};
use anjian_domain::{Scope, SiteId, Viewer};
use anjian_indexer::{
    AttachmentId, AttachmentTo, AuditQuery, AuditReach, CaseError, CaseId, CaseProof, FindingError,
    FindingQuery, FindingRow, NewFinding,
};
use uuid::Uuid;

use crate::attachments::{png, try_send};
use crate::cases::{add_officer, confirmed, enterprise, officer, proposal, rules, step};
use crate::fixture::{Store, at, site};

fn picture(store: &Store, viewer: &Viewer, width: u32) -> AttachmentId {
    let to = AttachmentTo::Site("plant".parse().unwrap());
    let sent = store.wait(try_send(&store.index, viewer, to, AttachmentKind::Png, &png(width, 10)));
    sent.unwrap().id
}

fn new(number: u128, attachments: &[AttachmentId]) -> NewFinding {
    NewFinding {
        id: FindingId(Uuid::from_u128(number)),
        site: "plant".parse().unwrap(),
        camera: None,
        behaviour: None,
        words: "安全出口堵塞".into(),
        place: "二车间东门".into(),
        found_at: at(5).wall,
        attachments: attachments.to_vec(),
    }
}

fn record(store: &Store, viewer: &Viewer, new: &NewFinding) -> Result<(), FindingError> {
    store.wait(store.index.record_finding(viewer, new))
}

pub(crate) fn recorded(store: &Store, number: u128) -> FindingId {
    let wang = officer("wang");
    let attachment = picture(store, &wang, u32::try_from(number).unwrap());
    record(store, &wang, &new(number, &[attachment])).unwrap();
    FindingId(Uuid::from_u128(number))
}

fn find(store: &Store, viewer: &Viewer, id: FindingId) -> Option<FindingRow> {
    store.wait(store.index.finding(viewer, id)).unwrap()
}

fn open(store: &Store, members: &[Member], outcome: Outcome) -> Result<CaseId, CaseError> {
    let members = members.iter().copied().collect();
    store.wait(store.index.open_case(&officer("wang"), &members, &proposal(outcome), &rules()))
}

pub(crate) fn a_finding_is_recorded_once_with_its_pictures(store: &Store) {
    let wang = officer("wang");
    let ids = [picture(store, &wang, 1), picture(store, &wang, 2)];
    store.clock.set(at(60).wall);
    let sent = NewFinding {
        camera: Some("gate".parse().unwrap()),
        behaviour: Some("blocked_exit".parse().unwrap()),
        ..new(7, &ids)
    };
    for _ in 0..2 {
        record(store, &wang, &sent).unwrap();
    }
    let found = find(store, &wang, sent.id).unwrap();
    assert_eq!((found.found_at, found.arrived_at), (at(5).wall, at(60).wall));
    assert_eq!((found.words.as_str(), found.account.as_str()), ("安全出口堵塞", "wang"));
    assert_eq!(found.attachments.iter().map(|row| row.id).collect::<Vec<_>>(), ids);
    let file = store.wait(store.index.finding_attachment(&wang, sent.id, ids[0])).unwrap();
    assert_eq!(file.unwrap().row, found.attachments[0]);
    assert_eq!(crate::moves::findings(store), []);
    let query = AuditQuery { action: Some("find_on_site".into()), limit: 9, ..AuditQuery::default() };
    let entries = store.wait(store.index.audit(&store.viewer, AuditReach::All, &query)).unwrap();
    assert_eq!(entries.len(), 1, "what is sent twice is recorded once");
    assert_eq!(entries[0].after.as_ref().unwrap()["attachments"][1]["sha256"], found.attachments[1].sha256);

    let later = recorded(store, 8);
    let mut query = FindingQuery { limit: 1, ..FindingQuery::default() };
    let mut pages = Vec::new();
    loop {
        let page = store.wait(store.index.findings(&wang, &query)).unwrap();
        pages.extend(page.items.iter().map(|row| row.id));
        query.cursor = page.next_cursor;
        if query.cursor.is_none() {
            break;
        }
    }
    assert_eq!(pages, [later, sent.id], "the newest first");
    let elsewhere = FindingQuery { sites: vec!["mill".parse().unwrap()], limit: 9, cursor: None };
    assert_eq!(store.wait(store.index.findings(&wang, &elsewhere)).unwrap().items, []);
}

pub(crate) fn what_is_no_finding_is_refused(store: &Store) {
    let (wang, li) = (officer("wang"), officer("li"));
    store.wait(store.index.put_site(&site("mill"))).unwrap();
    let own = picture(store, &wang, 1);
    let good = new(7, &[own]);
    let mill: SiteId = "mill".parse().unwrap();
    let of_mill = Viewer::new("wu", anjian_domain::Role::Inspector, {
        Scope::Sites(anjian_domain::Sites::new([mill.clone()]).unwrap())
    });
    for (viewer, sent, expected) in [
        (&store.viewer, good.clone(), "sign in"),
        (&of_mill.unwrap(), good.clone(), "no such site"),
        (&wang, NewFinding { site: "nowhere".parse().unwrap(), ..good.clone() }, "no such site"),
        (&wang, NewFinding { camera: Some("mill-1".parse().unwrap()), ..good.clone() }, "no camera mill-1"),
        (
            &wang,
            NewFinding { site: mill.clone(), camera: Some("gate".parse().unwrap()), ..good.clone() },
            "no camera gate",
        ),
        (&wang, NewFinding { site: mill, ..good.clone() }, "attachment"),
        (&wang, NewFinding { words: " ".into(), ..good.clone() }, "words: give 1 to 2000"),
        (&wang, NewFinding { words: "字".repeat(2_001), ..good.clone() }, "words: give 1 to 2000"),
        (&wang, NewFinding { place: String::new(), ..good.clone() }, "place: give 1 to 200"),
        (&wang, new(7, &[]), "1 to 5 attachments"),
        (&wang, new(7, &[own; 6]), "1 to 5 attachments"),
        (&wang, new(7, &[own, own]), "attachment"),
        (&li, good.clone(), "attachment"),
    ] {
        let refused = record(store, viewer, &sent).unwrap_err().to_string();
        assert!(refused.contains(expected), "{refused}: {sent:?}");
    }
    assert!(find(store, &wang, good.id).is_none(), "nothing was written");
    let (plant, account) = ("plant".parse().unwrap(), "wang".parse().unwrap());
    store.wait(store.index.put_recusal(&store.viewer, &plant, &account, Some("亲属"))).unwrap();
    assert!(matches!(record(store, &wang, &good), Err(FindingError::Recused)));
    store.wait(store.index.put_recusal(&store.viewer, &plant, &account, None)).unwrap();
    record(store, &wang, &good).unwrap();
    let taken = new(7, &[picture(store, &li, 2)]);
    assert!(matches!(record(store, &li, &taken), Err(FindingError::IdTaken)));
}

pub(crate) fn a_case_takes_a_finding_like_a_violation(store: &Store) {
    let (wang, plant) = (officer("wang"), enterprise("plant"));
    let (finding, other) = (recorded(store, 7), recorded(store, 8));
    let violation = confirmed(store, 0);
    let member = Member::Finding(finding);
    let id = open(store, &[member, Member::Finding(other), Member::Violation(violation)], Outcome::Remind)
        .unwrap();
    let again = open(store, &[member], Outcome::Remind);
    assert!(matches!(again, Err(CaseError::Bound(bound)) if bound == member), "{again:?}");
    let missing = Member::Finding(FindingId(Uuid::from_u128(99)));
    let none = open(store, &[missing], Outcome::Remind);
    assert!(matches!(none, Err(CaseError::NoMember(named)) if named == missing), "{none:?}");
    assert_eq!(find(store, &wang, finding).unwrap().case, Some(id));
    let attachment = find(store, &wang, finding).unwrap().attachments[0].id;
    let of_plant = |store: &Store| {
        let file = store.wait(store.index.finding_attachment(&plant, finding, attachment)).unwrap();
        let listed =
            store.wait(store.index.findings(&plant, &FindingQuery { limit: 9, ..Default::default() }));
        (find(store, &plant, finding).is_some(), file.is_some(), listed.unwrap().items.len())
    };
    assert_eq!(of_plant(store), (false, false, 0), "no notice has left");
    step(store, &wang, id, 1, Act::Sign).unwrap();
    step(store, &wang, id, 2, Act::Issue).unwrap();
    assert_eq!(of_plant(store), (true, true, 2));
    assert!(find(store, &enterprise("mill"), finding).is_none());
    let detail = store.wait(store.index.case(&plant, id)).unwrap().unwrap();
    assert_eq!((detail.row.violations, detail.row.findings), (1, 2));
    assert_eq!(detail.findings[0].row.attachments.len(), 1);

    step(store, &plant, id, 3, Act::Plead).unwrap();
    let upheld = Act::Answer {
        upheld: BTreeSet::from([member]),
        reasons: "当日验收，通道已清理".into(),
        outcome: Outcome::Remind,
        term: None,
    };
    step(store, &wang, id, 4, upheld).unwrap();
    let detail = store.wait(store.index.case(&wang, id)).unwrap().unwrap();
    let is_in: Vec<_> = detail.findings.iter().map(|one| (one.row.is_dismissed, one.is_in)).collect();
    assert_eq!(is_in, [(true, false), (false, true)]);
    let later = open(store, &[member], Outcome::Remind).unwrap();
    step(store, &wang, later, 1, Act::Sign).unwrap();
    let refused = step(store, &wang, later, 2, Act::Issue);
    assert!(matches!(refused, Err(CaseError::Refused(Refusal::Unconfirmed))), "{refused:?}");
    // A later case about what remains may not be heavier, as with violations.
    step(store, &plant, id, 5, Act::Acknowledge).unwrap();
    step(store, &wang, id, 6, Act::Close).unwrap();
    let heavier = open(store, &[Member::Finding(other)], Outcome::Order);
    assert!(matches!(heavier, Err(CaseError::Refused(Refusal::Heavier))), "{heavier:?}");
}

pub(crate) fn a_finding_is_rechecked_on_site(store: &Store) {
    let (wang, li, plant) = (officer("wang"), officer("li"), enterprise("plant"));
    for (viewer, certificate) in [(&wang, "ZF-1"), (&li, "ZF-2")] {
        add_officer(store, viewer, certificate);
    }
    let member = Member::Finding(recorded(store, 7));
    let id = open(store, &[member], Outcome::Order).unwrap();
    step(store, &wang, id, 1, Act::Sign).unwrap();
    step(store, &li, id, 2, Act::Sign).unwrap();
    step(store, &li, id, 3, Act::Issue).unwrap();
    step(store, &plant, id, 4, Act::Rectify).unwrap();
    let found = store.wait(store.index.case_proofs(&wang, id, &rules())).unwrap().unwrap();
    let by_camera = Act::Recheck { proofs: CaseProof::all(&found).unwrap() };
    let refused = step(store, &wang, id, 5, by_camera);
    assert!(
        matches!(refused, Err(CaseError::Refused(Refusal::ProofMissing))),
        "no camera saw it: {refused:?}"
    );
    let on = at(0).wall.timestamp().to_zoned(jiff::tz::TimeZone::get("Asia/Shanghai").unwrap()).date();
    let proof = Proof::OnSite { on, words: "通道已畅通".into() };
    step(store, &wang, id, 5, Act::Recheck { proofs: vec![MemberProof { member, proof }] }).unwrap();
    step(store, &wang, id, 6, Act::Close).unwrap();
    assert_eq!(store.wait(store.index.case(&plant, id)).unwrap().unwrap().row.stage, CaseState::Closed);
}
