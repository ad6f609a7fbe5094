//! Legal holds, put and lifted.

use anjian_domain::{Role, Scope, Viewer};
use anjian_indexer::{Hold, HoldQuery, IndexError, NewHold, WhichHolds};

use crate::fixture::{Store, at};

pub(crate) fn new_hold(camera: &str, from_s: u64, to_s: u64) -> NewHold {
    NewHold {
        camera: camera.parse().unwrap(),
        from: at(from_s).wall,
        to: at(to_s).wall,
        who: "王检查员".into(),
        why: "案件 2026-17".into(),
    }
}

pub(crate) fn holds_are_put_and_lifted(store: &Store) {
    let put = |camera, from, to| {
        store.wait(store.index.put_hold(&store.viewer, &new_hold(camera, from, to))).unwrap()
    };
    let first = put("gate", 0, 60);
    let second = put("yard", 30, 90);
    let third = put("gate", 30, 90);
    assert_eq!((first.put_at, &first.lifted), (at(0).wall, &None));
    assert_eq!(store.wait(store.index.hold(&store.viewer, first.id)).unwrap().as_ref(), Some(&first));

    store.clock.set(at(500).wall);
    let lift =
        |who, why| store.wait(store.index.lift_hold(&store.viewer, first.id, who, why)).unwrap().unwrap();
    let lifted = lift("李律师", "结案");
    let ended = lifted.lifted.clone().unwrap();
    assert_eq!((ended.at, ended.who.as_str(), ended.why.as_str()), (at(500).wall, "李律师", "结案"));
    assert_eq!(lift("someone else", "again"), lifted, "it was lifted once");
    assert_eq!(store.wait(store.index.lift_hold(&store.viewer, 99, "who", "why")).unwrap(), None);

    let list = |query: HoldQuery| -> Vec<i64> {
        store
            .wait(store.index.holds(&store.viewer, &query))
            .unwrap()
            .iter()
            .map(|hold: &Hold| hold.id)
            .collect()
    };
    let any = HoldQuery::default;
    let (all, camera) = (WhichHolds::All, Some("gate".parse().unwrap()));
    assert_eq!(list(any()), [third.id, second.id]);
    assert_eq!(list(HoldQuery { which: all, ..any() }), [third.id, second.id, first.id]);
    assert_eq!(list(HoldQuery { camera, which: all, ..any() }), [third.id, first.id]);
    assert_eq!(list(HoldQuery { which: all, limit: 1, before: Some(third.id), ..any() }), [second.id]);
}

pub(crate) fn holds_need_a_reason(store: &Store) {
    let good = new_hold("gate", 0, 60);
    let bad = [
        NewHold { who: " ".into(), ..good.clone() },
        NewHold { why: String::new(), ..good.clone() },
        NewHold { why: "x".repeat(2_001), ..good.clone() },
        NewHold { to: good.from, ..good.clone() },
    ];
    for hold in &bad {
        let refused = store.wait(store.index.put_hold(&store.viewer, hold)).unwrap_err();
        assert!(matches!(refused, IndexError::Query(_)), "{refused}");
    }
    let unknown = store.wait(store.index.put_hold(&store.viewer, &new_hold("cellar", 0, 60))).unwrap_err();
    assert!(matches!(unknown, IndexError::UnknownCamera(_)), "{unknown}");
    let hold = store.wait(store.index.put_hold(&store.viewer, &good)).unwrap();
    assert!(store.wait(store.index.lift_hold(&store.viewer, hold.id, "王", "")).is_err());
    assert_eq!(store.wait(store.index.holds(&store.viewer, &HoldQuery::default())).unwrap(), [hold]);
}

pub(crate) fn an_account_signs_its_holds(store: &Store) {
    let inspector = Viewer::new("wang", Role::Inspector, Scope::Everything).unwrap();
    let given = NewHold { who: String::new(), ..new_hold("gate", 0, 60) };
    let hold = store.wait(store.index.put_hold(&inspector, &given)).unwrap();
    assert_eq!(hold.who, "wang");
    let lifted = store.wait(store.index.lift_hold(&inspector, hold.id, "somebody else", "结案")).unwrap();
    assert_eq!(lifted.unwrap().lifted.unwrap().who, "wang");
}
