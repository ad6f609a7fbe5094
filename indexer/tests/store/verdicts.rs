//! Verdicts: given, undone, signed, and counted once they stand.

use std::time::Duration;

use anjian_casework::Version;
use anjian_casework::verdict::{
    Act, DismissReason, Finding, Policy, Refusal, SecondSignPolicy, VerdictState, Way,
};
use anjian_domain::{Role, RunKind, Scope, Sites, Verdict, Viewer, ViolationId};
use anjian_indexer::{AuditQuery, AuditReach, Judged, VerdictAct, VerdictError, ViolationQuery};
use serde_json::json;

use crate::fixture::{Store, at};

fn officer(name: &str) -> Viewer {
    Viewer::new(name, Role::Inspector, Scope::Everything).unwrap()
}

fn confirm() -> Act {
    Act::Judge { finding: Finding::Confirmed, change_reason: String::new() }
}

fn dismiss(change_reason: &str) -> Act {
    let finding = Finding::Dismissed { reason: DismissReason::HatWorn, words: String::new() };
    Act::Judge { finding, change_reason: change_reason.to_owned() }
}

fn act(
    store: &Store,
    viewer: &Viewer,
    id: ViolationId,
    act: Act,
    seen: u32,
) -> Result<VerdictState, VerdictError> {
    act_by(store, viewer, id, act, seen, Policy::default())
}

fn act_by(
    store: &Store,
    viewer: &Viewer,
    id: ViolationId,
    act: Act,
    seen: u32,
    policy: Policy,
) -> Result<VerdictState, VerdictError> {
    let wanted =
        VerdictAct { act, seen: Version(seen), way: Way::Single, shown: Some(json!({ "clip_s": 4 })) };
    store.wait(store.index.act_on_verdict(viewer, id, &wanted, policy))
}

fn counted(store: &Store, id: ViolationId) -> Verdict {
    store.wait(store.index.violation(&store.viewer, id)).unwrap().unwrap().row.verdict
}

fn judged(store: &Store, viewer: &Viewer, id: ViolationId) -> Option<Judged> {
    store.wait(store.index.violation(viewer, id)).unwrap().unwrap().row.judged
}

fn settle(store: &Store, seconds: u64) -> usize {
    store.clock.set(at(seconds).wall);
    store.wait(store.index.settle_verdicts(Policy::default())).unwrap()
}

fn violation(store: &Store) -> ViolationId {
    store.recorded(&store.run(RunKind::Live, "gate"), 0).id
}

pub(crate) fn a_verdict_counts_when_it_can_be_undone_no_longer(store: &Store) {
    let (id, wang) = (violation(store), officer("wang"));
    assert_eq!(judged(store, &wang, id), None);
    let mut listening = store.listen();
    let given = act(store, &wang, id, confirm(), 0).unwrap();
    assert_eq!((given.version, given.verdict()), (Version(1), Verdict::Confirmed));
    assert!(listening.next().is_some(), "others see at once that it was judged");
    assert_eq!(counted(store, id), Verdict::None);
    let mut newest = Judged {
        version: 1,
        verdict: Verdict::Confirmed,
        undo_until: Some(at(30).wall),
        awaits_second: false,
    };
    assert_eq!(judged(store, &wang, id), Some(newest));
    assert_eq!(settle(store, 29), 0);
    assert_eq!(settle(store, 30), 1);
    assert_eq!((counted(store, id), settle(store, 31)), (Verdict::Confirmed, 0));
    assert!(listening.next().is_some());
    let sites = Sites::new(["plant".parse().unwrap()]).unwrap();
    let enterprise = Viewer::new("plant", Role::Enterprise, Scope::Sites(sites)).unwrap();
    let page = store.wait(store.index.search_violations(&enterprise, &ViolationQuery::default())).unwrap();
    assert_eq!(page.items.iter().map(|row| row.judged).collect::<Vec<_>>(), [None]);
    newest.undo_until = None;
    assert_eq!(judged(store, &wang, id), Some(newest));
    let query = AuditQuery { limit: 10, ..AuditQuery::default() };
    let entry = store.wait(store.index.audit(&store.viewer, AuditReach::All, &query)).unwrap().remove(0);
    assert_eq!((entry.account.as_str(), entry.action.as_str()), ("wang", "give_verdict"));
    assert_eq!(entry.object, id.to_string());
    assert_eq!(entry.after.unwrap()["shown"]["clip_s"], 4);
}

pub(crate) fn a_verdict_is_undone_and_replaced_with_a_reason(store: &Store) {
    let (id, wang, li) = (violation(store), officer("wang"), officer("li"));
    act(store, &wang, id, confirm(), 0).unwrap();
    let refused = act(store, &li, id, Act::Undo, 1);
    assert!(matches!(refused, Err(VerdictError::Refused(Refusal::NotTheGiver))));
    assert_eq!(act(store, &wang, id, Act::Undo, 1).unwrap().verdict(), Verdict::None);
    act(store, &wang, id, confirm(), 2).unwrap();
    settle(store, 60);
    let refused = act(store, &li, id, dismiss(" "), 3);
    assert!(matches!(refused, Err(VerdictError::Refused(Refusal::ChangeReasonMissing))));
    act(store, &li, id, dismiss("另一摄像机可见安全帽"), 3).unwrap();
    assert_eq!(counted(store, id), Verdict::Confirmed, "until the new one stands");
    settle(store, 90);
    assert_eq!(counted(store, id), Verdict::Dismissed);
    let state = store.wait(store.index.verdict(&li, id)).unwrap().unwrap();
    assert_eq!((state.version, state.replaced.len()), (Version(4), 1));
}

pub(crate) fn two_officers_at_once_lose_no_verdict(store: &Store) {
    let id = violation(store);
    act(store, &officer("wang"), id, confirm(), 0).unwrap();
    let late = act(store, &officer("li"), id, dismiss(""), 0);
    assert!(matches!(late, Err(VerdictError::Refused(Refusal::Changed { current: Version(1), .. }))));
    let nameless = act(store, &store.viewer, id, confirm(), 1);
    assert!(matches!(nameless, Err(VerdictError::Nameless)));
    let elsewhere = Sites::new(["mill".parse().unwrap()]).unwrap();
    let elsewhere = Viewer::new("zhao", Role::Inspector, Scope::Sites(elsewhere)).unwrap();
    let auditor = Viewer::new("sun", Role::Auditor, Scope::Everything).unwrap();
    for stranger in [elsewhere, auditor] {
        assert!(matches!(act(store, &stranger, id, confirm(), 1), Err(VerdictError::Unknown)));
    }
    assert_eq!(store.wait(store.index.verdict(&officer("li"), id)).unwrap().unwrap().version, Version(1));
}

pub(crate) fn a_second_signature_is_awaited_where_it_is_asked(store: &Store) {
    let policy = Policy { undo_window: Duration::from_secs(30), second_sign: SecondSignPolicy::Confirmed };
    let (id, wang, li) = (violation(store), officer("wang"), officer("li"));
    act_by(store, &wang, id, confirm(), 0, policy).unwrap();
    store.clock.set(at(40).wall);
    store.wait(store.index.settle_verdicts(policy)).unwrap();
    assert_eq!(counted(store, id), Verdict::None, "unsigned");
    assert!(judged(store, &wang, id).unwrap().awaits_second);
    assert!(act_by(store, &wang, id, Act::SignSecond, 1, policy).is_err(), "nobody signs twice");
    act_by(store, &li, id, Act::SignSecond, 1, policy).unwrap();
    assert_eq!(counted(store, id), Verdict::Confirmed);
    assert!(!judged(store, &wang, id).unwrap().awaits_second);
}
