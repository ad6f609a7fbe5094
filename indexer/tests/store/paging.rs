//! Pages, and rows that appear while somebody reads them.

use std::collections::HashSet;

use anjian_domain::{CloseReason, EvidenceSink, RunKind, Verdict, ViolationId};
use anjian_indexer::{ViolationQuery, ViolationStatus};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::fixture::{Store, at, behaviour, closed, ids};

pub(crate) fn equal_times_are_paged_without_loss(store: &Store) {
    let run = store.run(RunKind::Live, "gate");
    let mut recorded: Vec<_> = (0..5).map(|_| store.recorded(&run, 60).id).collect();
    recorded.reverse();
    let mut query = ViolationQuery { limit: 2, ..ViolationQuery::default() };
    let mut seen = Vec::new();
    for more in [true, true, false] {
        let page = store.wait(store.index.search_violations(&store.viewer, &query)).unwrap();
        seen.extend(ids(&page.items));
        assert_eq!(page.next_cursor.is_some(), more);
        // As a client gives it back.
        query.cursor = page.next_cursor.map(|cursor| cursor.to_string().parse().unwrap());
    }
    assert_eq!(seen, recorded, "what was recorded last comes first");
}

pub(crate) fn limits_are_kept(store: &Store) {
    let run = store.run(RunKind::Live, "gate");
    (0..3).for_each(|seconds| drop(store.recorded(&run, seconds)));
    for (limit, items, more) in
        [(0, 1, true), (1, 1, true), (2, 2, true), (3, 3, false), (u16::MAX, 3, false)]
    {
        let query = ViolationQuery { limit, ..ViolationQuery::default() };
        let page = store.wait(store.index.search_violations(&store.viewer, &query)).unwrap();
        assert_eq!((page.items.len(), page.next_cursor.is_some()), (items, more), "{limit}");
    }
}

/// Some that this version judges, and one that it does not.
const BEHAVIOURS: [&str; 4] = ["no_hard_hat", "hot_work", "overcrowding", "of_another_version"];

/// One row to insert: camera, behaviour, zone, second of opening, verdict and whether it is over. Few values, so that
/// times tie.
type Seed = (bool, usize, bool, u64, usize, bool);

fn seeds(most: usize) -> impl Strategy<Value = Vec<Seed>> {
    prop::collection::vec(
        (any::<bool>(), 0..4_usize, any::<bool>(), 0..6_u64, 0..3_usize, any::<bool>()),
        0..most,
    )
}

fn queries() -> impl Strategy<Value = ViolationQuery> {
    let pick = |values: Vec<&'static str>| prop::sample::subsequence(values, 0..=2);
    let times = prop::option::of(0..6_u64);
    let behaviours = prop::sample::subsequence(BEHAVIOURS.map(behaviour).to_vec(), 0..=3);
    let statuses = prop::sample::subsequence(ViolationStatus::ALL.to_vec(), 0..=2);
    let verdicts = prop::sample::subsequence(Verdict::ALL.to_vec(), 0..=2);
    (
        pick(vec!["gate", "yard"]),
        pick(vec!["dock", "ramp"]),
        behaviours,
        statuses,
        verdicts,
        times.clone(),
        times,
        1..5_u16,
    )
        .prop_map(|(cameras, zones, behaviours, statuses, verdicts, from, to, limit)| ViolationQuery {
            cameras: cameras.into_iter().map(|id| id.parse().unwrap()).collect(),
            zones: zones.into_iter().map(|id| id.parse().unwrap()).collect(),
            behaviours,
            statuses,
            verdicts,
            from: from.map(|seconds| at(seconds).wall),
            to: to.map(|seconds| at(seconds).wall),
            limit,
            ..ViolationQuery::default()
        })
}

/// Paging gives the whole filtered list, each once and in order, whatever is recorded between pages.
pub(crate) fn pages_give_everything_once(store: &Store) {
    let runs = [store.run(RunKind::Live, "gate"), store.run(RunKind::Archive, "yard")];
    let insert = |(is_yard, kind, is_ramp, seconds, verdict, is_over): Seed| -> ViolationId {
        let mut violation = store.violation(&runs[usize::from(is_yard)], seconds);
        violation.behaviour = behaviour(BEHAVIOURS[kind]);
        violation.zone = if is_ramp { "ramp" } else { "dock" }.parse().unwrap();
        store.record(&violation);
        store.judge(violation.id, Verdict::ALL[verdict]);
        if is_over {
            store.sink.close_violation(&closed(&violation, 9, CloseReason::Ended), &[]).unwrap();
        }
        violation.id
    };
    let mut runner = TestRunner::new(Config { cases: 24, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&(seeds(8), seeds(4), queries()), |(before, between, query)| {
        for seed in before {
            insert(seed);
        }
        let mut inserts = between.into_iter();
        let expected =
            ids(&store.search(&ViolationQuery { limit: ViolationQuery::MAX_LIMIT, ..query.clone() }));
        let mut later = HashSet::new();
        let mut seen = Vec::new();
        let mut page_query = query;
        loop {
            let page = store.wait(store.index.search_violations(&store.viewer, &page_query)).unwrap();
            prop_assert!(page.items.len() <= usize::from(page_query.limit));
            seen.extend(ids(&page.items));
            page_query.cursor = page.next_cursor;
            later.extend(inserts.next().map(&insert));
            if page_query.cursor.is_none() {
                break;
            }
        }
        let distinct: HashSet<_> = seen.iter().copied().collect();
        prop_assert_eq!(distinct.len(), seen.len(), "nothing repeats");
        seen.retain(|id| !later.contains(id));
        prop_assert_eq!(seen, expected, "nothing older is lost");
        Ok(())
    });
    outcome.unwrap();
}
