//! The audit: what a change writes, and what shows when somebody changes what was written.

use anjian_domain::{Role, Scope, Viewer};
use anjian_indexer::{AuditFault, AuditQuery, AuditReach, AuditReport, CheckpointFault, Envelope};

use crate::fixture::{Store, at};
use crate::holds::new_hold;

fn wang() -> Viewer {
    Viewer::new("wang", Role::Inspector, Scope::Everything).unwrap().at([10, 0, 0, 8].into())
}

/// Three holds by an inspector, the first lifted by somebody at the machine: four entries.
fn four(store: &Store) {
    let put = |camera| store.wait(store.index.put_hold(&wang(), &new_hold(camera, 0, 60))).unwrap().id;
    let first = put("gate");
    store.clock.set(at(60).wall);
    let lifted = store.index.lift_hold(&store.viewer, first, "李律师", "结案");
    store.wait(lifted).unwrap();
    put("yard");
    put("gate");
}

fn verify(store: &Store) -> AuditReport {
    store.wait(store.index.verify_audit(None)).unwrap()
}

fn fault(store: &Store) -> Option<AuditFault> {
    verify(store).fault
}

fn query() -> AuditQuery {
    AuditQuery { limit: 100, ..AuditQuery::default() }
}

fn seqs(store: &Store, viewer: &Viewer, reach: AuditReach, query: &AuditQuery) -> Vec<i64> {
    let found = store.wait(store.index.audit(viewer, reach, query)).unwrap();
    found.into_iter().map(|entry| entry.seq).collect()
}

pub(crate) fn a_change_and_its_entry_are_one(store: &Store) {
    four(store);
    let entries = store.wait(store.index.audit(&store.viewer, AuditReach::All, &query())).unwrap();
    let [_, _, lifted, put] = &entries[..] else { panic!("{entries:?}") };
    assert_eq!(
        (put.account.as_str(), put.role.as_str(), put.address.as_str()),
        ("wang", "inspector", "10.0.0.8")
    );
    assert_eq!(
        (put.action.as_str(), put.object_kind.as_str(), put.object.as_str()),
        ("hold_evidence", "hold", "1")
    );
    assert_eq!((put.why.as_str(), put.before.as_ref()), ("案件 2026-17", None));
    assert_eq!(put.after.as_ref().unwrap()["camera"], "gate");
    assert_eq!((lifted.account.as_str(), lifted.address.as_str(), lifted.at), ("local", "", at(60).wall));
    assert_eq!(lifted.before.as_ref().unwrap()["lifted"], serde_json::Value::Null);
    assert_eq!(lifted.after.as_ref().unwrap()["lifted"]["by"], "李律师");
    // What is refused or changes nothing is no deed.
    assert!(store.wait(store.index.put_hold(&wang(), &new_hold("cellar", 0, 60))).is_err());
    store.wait(store.index.lift_hold(&wang(), 1, "", "again")).unwrap();
    let report = verify(store);
    assert_eq!((report.entries, report.fault, report.newest), (4, None, entries[0].link.clone()));
}

pub(crate) fn the_audit_is_searched(store: &Store) {
    four(store);
    let (all, own) = (AuditReach::All, AuditReach::Own);
    let find = |query: &AuditQuery| seqs(store, &store.viewer, all, query);
    assert_eq!(find(&query()), [4, 3, 2, 1]);
    assert_eq!(find(&AuditQuery { account: Some("wang".into()), ..query() }), [4, 3, 1]);
    assert_eq!(find(&AuditQuery { from: Some(at(60).wall), ..query() }), [4, 3, 2]);
    assert_eq!(find(&AuditQuery { to: Some(at(60).wall), ..query() }), [1]);
    let object = AuditQuery { object_kind: Some("hold".into()), object: Some("1".into()), ..query() };
    assert_eq!(find(&object), [2, 1]);
    assert_eq!(find(&AuditQuery { action: Some("sign".into()), ..query() }), [0; 0]);
    assert_eq!(find(&AuditQuery { limit: 2, before: Some(4), ..query() }), [3, 2]);
    assert_eq!(seqs(store, &wang(), own, &query()), [4, 3, 1]);
    assert_eq!(seqs(store, &store.viewer, own, &query()), [2], "nobody else's");
}

pub(crate) fn what_was_written_cannot_be_changed_unseen(store: &Store) {
    four(store);
    assert!(store.try_raw("UPDATE audit SET why = 'x' WHERE seq = 2").is_err(), "the database refuses it");
    assert!(store.try_raw("DELETE FROM audit WHERE seq = 2").is_err());
    store.raw("DROP TRIGGER audit_stays{ON}");
    store.raw("DROP TRIGGER audit_is_kept{ON}");
    let cases = [
        (
            "UPDATE audit SET why = 'x' WHERE seq = 2",
            AuditFault::Changed(2),
            "UPDATE audit SET why = '结案' WHERE seq = 2",
        ),
        (
            "UPDATE audit SET at_us = at_us + 1 WHERE seq = 4",
            AuditFault::Changed(4),
            "UPDATE audit SET at_us = at_us - 1 WHERE seq = 4",
        ),
        // Reordered.
        (
            "UPDATE audit SET seq = 9 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 9",
            AuditFault::Changed(2),
            "UPDATE audit SET seq = 9 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 9",
        ),
        (
            "UPDATE audit SET seq = seq + 1 WHERE seq = 4; INSERT INTO audit SELECT 4, at_us, account, role, address, action, \
             object_kind, object, why, before, after, link FROM audit WHERE seq = 3",
            AuditFault::Changed(4),
            "DELETE FROM audit WHERE seq = 4; UPDATE audit SET seq = 4 WHERE seq = 5",
        ),
        ("DELETE FROM audit WHERE seq = 3", AuditFault::Missing(3), ""),
    ];
    for (change, expected, back) in cases {
        store.raw(change);
        assert_eq!(fault(store), Some(expected), "{change}");
        if !back.is_empty() {
            store.raw(back);
            assert_eq!(fault(store), None, "{back}");
        }
    }
}

pub(crate) fn a_chain_that_was_written_anew_is_found_against_a_checkpoint(store: &Store) {
    assert_eq!(store.wait(store.index.take_checkpoint()).unwrap(), None, "nothing was done yet");
    four(store);
    let envelope = store.wait(store.index.take_checkpoint()).unwrap().unwrap();
    let checkpoint = store.wait(store.index.open_envelope(&envelope)).unwrap().unwrap();
    assert_eq!((checkpoint.seq, &checkpoint.link), (4, &verify(store).newest));
    let against = |store: &Store| store.wait(store.index.verify_audit(Some(&checkpoint))).unwrap().fault;
    assert_eq!(against(store), None);
    store.raw("DROP TRIGGER audit_stays{ON}");
    store.raw("DROP TRIGGER audit_is_kept{ON}");
    store.raw("DELETE FROM audit WHERE seq = 4");
    assert_eq!(fault(store), None, "a chain that was cut fits in itself");
    assert_eq!(against(store), Some(AuditFault::Shorter { found: 3, signed: 4 }));
    // A fourth entry of another content, with a link that fits.
    store.wait(store.index.put_hold(&wang(), &new_hold("yard", 0, 30))).unwrap();
    assert_eq!(fault(store), None);
    assert_eq!(against(store), Some(AuditFault::Rewritten(4)));
}

pub(crate) fn envelopes_are_opened_by_the_keys_of_the_installation(store: &Store) {
    four(store);
    let open = |envelope: &Envelope| store.wait(store.index.open_envelope(envelope)).unwrap();
    let signed = store.wait(store.index.take_checkpoint()).unwrap().unwrap();
    let text = serde_json::to_string(&signed).unwrap();
    let first = store.wait(store.index.signing_keys()).unwrap()[0].clone();
    let file = store.folder.path().join("keys").join(format!("{}.key", first.id));
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    store.clock.set(at(100).wall);
    let second = store.wait(store.index.rotate_key()).unwrap();
    let keys = store.wait(store.index.signing_keys()).unwrap();
    assert_eq!((keys.len(), &keys[0].id, keys[1].retired_at), (2, &second, Some(at(100).wall)));
    assert!(open(&text.parse().unwrap()).is_ok(), "an old key still verifies");
    store.wait(store.index.put_hold(&wang(), &new_hold("yard", 0, 30))).unwrap();
    let later = store.wait(store.index.take_checkpoint()).unwrap().unwrap();
    assert!(serde_json::to_string(&later).unwrap().contains(&second), "the new one signs");

    let mut json: serde_json::Value = serde_json::from_str(&text).unwrap();
    json["payload"] = serde_json::to_value(&later).unwrap()["payload"].clone();
    assert_eq!(open(&json.to_string().parse().unwrap()), Err(CheckpointFault::Forged));
    let stranger = text.replace(&first.id, "0123456789abcdef");
    assert_eq!(open(&stranger.parse().unwrap()), Err(CheckpointFault::UnknownKey("0123456789abcdef".into())));
    assert!("{}".parse::<Envelope>().is_err());
}

pub(crate) fn a_checkpoint_is_taken_daily(store: &Store) {
    let newest = |store: &Store| {
        store.wait(store.index.take_daily_checkpoint()).unwrap();
        let envelope = store.wait(store.index.newest_checkpoint()).unwrap()?;
        Some(store.wait(store.index.open_envelope(&envelope)).unwrap().unwrap().seq)
    };
    assert_eq!(newest(store), None);
    four(store);
    assert_eq!(newest(store), Some(4));
    store.wait(store.index.put_hold(&wang(), &new_hold("yard", 0, 30))).unwrap();
    assert_eq!(newest(store), Some(4), "it was taken today");
    store.clock.set(at(25 * 3_600).wall);
    assert_eq!(newest(store), Some(5));
}
