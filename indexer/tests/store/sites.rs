//! The record of a site and its risk.

use std::time::Duration;

use anjian_casework::case::Act;
use anjian_casework::risk::RiskFactor;
use anjian_casework::{Outcome, Version};
use anjian_domain::{SiteId, Viewer};
use anjian_indexer::{AuditQuery, AuditReach, SiteRecord, SiteRecordError};

use crate::cases::{confirmed, enterprise, officer, open, ordered, step};
use crate::findings::recorded;
use crate::fixture::{Store, at};

fn plant() -> SiteId {
    "plant".parse().unwrap()
}

fn put(store: &Store, viewer: &Viewer, seen: u32, record: &SiteRecord) -> Result<Version, SiteRecordError> {
    store.wait(store.index.put_site_record(viewer, &plant(), Version(seen), record))
}

pub(crate) fn the_record_of_a_site_is_written_and_audited(store: &Store) {
    let wang = officer("wang");
    let first = SiteRecord {
        licence: "（浙）WH安许证字〔2026〕-A-0101".into(),
        licence_until: Some("2029-06-30".parse().unwrap()),
        industry: "危险化学品".into(),
        responsible: " 周工 ".into(),
        telephone: "0571-8000 0000".into(),
        address: "江滨路 1 号".into(),
    };
    assert_eq!(store.wait(store.index.site_record(&wang, &plant())).unwrap(), None);
    assert_eq!(put(store, &wang, 0, &first).unwrap(), Version(1));
    let stale = put(store, &officer("li"), 0, &first);
    assert!(matches!(stale, Err(SiteRecordError::Changed(Version(1)))), "{stale:?}");
    let second = SiteRecord { responsible: "吴工".into(), ..first.clone() };
    assert_eq!(put(store, &wang, 1, &second).unwrap(), Version(2));
    let read = store.wait(store.index.site_record(&enterprise("plant"), &plant())).unwrap().unwrap();
    assert_eq!(
        (read.record.responsible.as_str(), read.version, read.account.as_str()),
        ("吴工", Version(2), "wang")
    );
    let query = AuditQuery { action: Some("write_sites".into()), limit: 9, ..AuditQuery::default() };
    let entries = store.wait(store.index.audit(&store.viewer, AuditReach::All, &query)).unwrap();
    let responsible =
        |value: &Option<serde_json::Value>| value.as_ref().unwrap()["record"]["responsible"].clone();
    assert_eq!(
        (responsible(&entries[0].before), responsible(&entries[0].after)),
        ("周工".into(), "吴工".into())
    );
    for bad in [
        SiteRecord { address: "字".repeat(201), ..first.clone() },
        SiteRecord { telephone: "1\n2".into(), ..first.clone() },
    ] {
        assert!(matches!(put(store, &wang, 2, &bad), Err(SiteRecordError::Text(_))));
    }
    for viewer in [
        enterprise("mill"),
        Viewer::new("wu", anjian_domain::Role::Inspector, enterprise("mill").scope().clone()).unwrap(),
    ] {
        let hidden = store.wait(store.index.site_record(&viewer, &plant()));
        assert!(matches!(hidden, Err(SiteRecordError::NoSite)), "{hidden:?}");
        assert!(matches!(put(store, &viewer, 2, &first), Err(SiteRecordError::NoSite)));
    }
}

pub(crate) fn the_risk_of_a_site_adds_up(store: &Store) {
    let (wang, plant_viewer) = (officer("wang"), enterprise("plant"));
    let counts = |store: &Store| -> Vec<(RiskFactor, u32)> {
        let rules = crate::cases::rules();
        let risk = store.wait(store.index.site_risk(&wang, &plant(), &rules)).unwrap().unwrap();
        risk.lines.iter().filter(|line| line.count > 0).map(|line| (line.factor, line.count)).collect()
    };
    assert_eq!(counts(store), []);
    let (order, _) = ordered(store);
    confirmed(store, 20);
    assert_eq!(counts(store), [(RiskFactor::Confirmed, 3), (RiskFactor::Repeated, 2)]);
    step(store, &plant_viewer, order, 4, Act::Rectify).unwrap();
    let back = Act::Return { reasons: "照片不清楚".into(), term: None };
    step(store, &wang, order, 5, back).unwrap();
    let finding = recorded(store, 7);
    store.raw("UPDATE finding SET behaviour = 'camera_tampering'; UPDATE site SET risk_level = '较大'");
    store.clock.set(at(20 * 24 * 3_600).wall);
    let expected = [
        (RiskFactor::Confirmed, 3),
        (RiskFactor::Repeated, 2),
        (RiskFactor::Overdue, 1),
        (RiskFactor::Returned, 1),
        (RiskFactor::Tampering, 1),
        (RiskFactor::SiteClass, 2),
    ];
    assert_eq!(counts(store), expected, "{finding:?}");
    let (mill, plant, rules) = (enterprise("mill"), plant(), crate::cases::rules());
    assert_eq!(store.wait(store.index.site_risk(&mill, &plant, &rules)).unwrap(), None);
    store.clock.advance(Duration::from_hours(91 * 24));
    assert_eq!(counts(store), [(RiskFactor::Overdue, 1), (RiskFactor::SiteClass, 2)], "the rest is long ago");
    open(store, &[confirmed(store, 30)], Outcome::Remind);
}
