//! Several Runs over the same footage: which counts, and what becomes of the others.

use anjian_domain::{
    CloseReason, EvidenceSink, Footage, Role, Run, RunId, RunKind, RunOutcome, Scope, Sites, StartSource,
    Verdict, Viewer, Violation, ViolationId,
};
use anjian_indexer::{GroupBy, LiveKind, RunRow, ViolationQuery, ViolationStatus};
use uuid::Uuid;

use crate::fixture::{Store, at, closed, ids};

/// A Run over a file of camera `gate` that begins at the start.
fn over(store: &Store, number: u128, file: char) -> Run {
    let footage = Footage {
        sha256: file.to_string().repeat(64),
        start_source: StartSource::Given,
        file_start: at(900).wall,
    };
    Run {
        id: RunId(Uuid::from_u128(0xa0_0000 + number)),
        source: format!("/footage/{file}.mp4"),
        footage: Some(footage),
        // Begins a Run of its own, which nothing here is about.
        ..store.run(RunKind::Archive, "gate")
    }
}

fn begun(store: &Store, run: &Run) {
    store.sink.begin_run(run).unwrap();
}

/// A Run with a closed violation at each of these seconds.
fn ended(store: &Store, run: &Run, seconds: &[u64], outcome: RunOutcome) -> Vec<ViolationId> {
    begun(store, run);
    let mut found: Vec<_> = seconds.iter().map(|opened| found(store, run, *opened)).collect();
    store.sink.end_run(run.id, Some(at(60)), outcome).unwrap();
    found.reverse();
    found
}

fn found(store: &Store, run: &Run, seconds: u64) -> ViolationId {
    let violation = store.recorded(run, seconds);
    store.sink.close_violation(&closed(&violation, seconds + 3, CloseReason::Left), &[]).unwrap();
    violation.id
}

/// What lists and counts hold, newest first; both agree.
#[track_caller]
fn check_listed(store: &Store, expected: &[ViolationId]) {
    let all = ViolationQuery::default();
    assert_eq!(ids(&store.search(&all)), expected);
    for query in [all.clone(), ViolationQuery { from: Some(at(0).wall), to: Some(at(9_999).wall), ..all }] {
        let counts =
            store.wait(store.index.count_violations(&store.viewer, &query, GroupBy::Camera)).unwrap();
        assert_eq!(counts.iter().map(|count| count.count).sum::<u64>(), expected.len() as u64, "{query:?}");
    }
}

fn run_of(store: &Store, id: ViolationId) -> RunRow {
    store.wait(store.index.violation(&store.viewer, id)).unwrap().unwrap().run
}

pub(crate) fn a_complete_run_takes_the_place_of_the_one_before(store: &Store) {
    let (first, second) = (over(store, 1, 'a'), over(store, 2, 'a'));
    let before = ended(store, &first, &[10, 20], RunOutcome::Complete);
    let other = ended(store, &over(store, 3, 'b'), &[30], RunOutcome::Complete);
    let live = store.recorded(&store.run(RunKind::Live, "gate"), 40).id;
    let rest = [live, other[0]];
    check_listed(store, &[&rest[..], &before].concat());

    // While it goes on, its violations wait and the ones before stay.
    let mut updates = store.listen();
    begun(store, &second);
    let after = found(store, &second, 15);
    check_listed(store, &[&rest[..], &before].concat());
    assert!(updates.next().is_none(), "nothing is told of what is not listed");
    assert_eq!(run_of(store, after).superseded_by, Some(first.id));
    store.sink.end_run(second.id, Some(at(60)), RunOutcome::Complete).unwrap();
    check_listed(store, &[&rest[..], &[after]].concat());
    let told = std::iter::from_fn(|| updates.next()).map(|update| match update.kind {
        LiveKind::Violation(row) => row.id,
        other => panic!("{other:?}"),
    });
    assert_eq!(told.collect::<Vec<_>>(), [after]);
    assert_eq!(run_of(store, after).superseded_by, None);
    // Nothing is deleted.
    let kept = run_of(store, before[0]);
    assert_eq!((kept.id, kept.superseded_by, kept.kind), (first.id, Some(second.id), RunKind::Archive));
    assert!(
        store
            .wait(store.index.live_since(&store.viewer, 0, 100))
            .unwrap()
            .iter()
            .all(|update| { !matches!(&update.kind, LiveKind::Violation(row) if before.contains(&row.id)) })
    );

    // The first setting again: the same Run, with the same violations.
    begun(store, &first);
    store.sink.end_run(first.id, Some(at(60)), RunOutcome::Complete).unwrap();
    check_listed(store, &[&rest[..], &before].concat());
}

pub(crate) fn an_unfinished_run_hides_nothing(store: &Store) {
    let (first, second) = (over(store, 1, 'a'), over(store, 2, 'a'));
    let before = ended(store, &first, &[10, 20], RunOutcome::Complete);
    for outcome in [RunOutcome::Stopped, RunOutcome::Failed] {
        begun(store, &second);
        let part = found(store, &second, 15);
        store.sink.end_run(second.id, Some(at(16)), outcome).unwrap();
        assert_eq!(run_of(store, part).outcome, Some(outcome));
        check_listed(store, &before);
    }
    // A complete Run stays complete, whatever becomes of another try.
    begun(store, &first);
    store.sink.end_run(first.id, Some(at(12)), RunOutcome::Stopped).unwrap();
    let row = run_of(store, before[0]);
    assert_eq!((row.outcome, row.ended_at), (Some(RunOutcome::Complete), Some(at(60).wall)));
    check_listed(store, &before);
}

pub(crate) fn a_verdict_is_never_hidden(store: &Store) {
    let (first, second) = (over(store, 1, 'a'), over(store, 2, 'a'));
    let before = ended(store, &first, &[10, 20, 30], RunOutcome::Complete);
    store.judge(before[0], Verdict::Confirmed);
    store.judge(before[2], Verdict::Dismissed);
    let after = ended(store, &second, &[15], RunOutcome::Complete);
    check_listed(store, &[before[0], after[0], before[2]]);
}

pub(crate) fn a_run_made_again_replaces_how_it_was_cut(store: &Store) {
    let run = over(store, 1, 'a');
    begun(store, &run);
    let over_then = store.recorded(&run, 10);
    store.sink.close_violation(&closed(&over_then, 14, CloseReason::Left), &[]).unwrap();
    let cut = store.recorded(&run, 20);
    store.sink.close_violation(&closed(&cut, 25, CloseReason::Interrupted), &[]).unwrap();
    store.sink.end_run(run.id, Some(at(25)), RunOutcome::Stopped).unwrap();
    let row = run_of(store, cut.id);
    assert_eq!((row.outcome, row.ended_at), (Some(RunOutcome::Stopped), Some(at(25).wall)));

    begun(store, &run);
    let row = run_of(store, cut.id);
    assert_eq!((row.outcome, row.ended_at, row.last_media), (None, None, None), "it goes on");
    let again = |violation: &Violation, seconds, reason| {
        store.record(violation);
        store.sink.close_violation(&closed(violation, seconds, reason), &[]).unwrap();
    };
    again(&over_then, 15, CloseReason::Ended);
    again(&cut, 40, CloseReason::Ended);
    store.sink.end_run(run.id, Some(at(60)), RunOutcome::Complete).unwrap();
    let end = |violation: &Violation| {
        let row = store.wait(store.index.violation(&store.viewer, violation.id)).unwrap().unwrap().row;
        (row.status, row.closed_at, row.close_reason)
    };
    assert_eq!(end(&cut), (ViolationStatus::Closed, Some(at(40).wall), Some(CloseReason::Ended)));
    let first_end = (ViolationStatus::Closed, Some(at(14).wall), Some(CloseReason::Left));
    assert_eq!(end(&over_then), first_end, "what had ended keeps its end");
    let row = run_of(store, cut.id);
    assert_eq!((row.outcome, row.ended_at), (Some(RunOutcome::Complete), Some(at(60).wall)));
    check_listed(store, &[cut.id, over_then.id]);
}

pub(crate) fn starts_that_nobody_gave_give_way(store: &Store) {
    let timed = |number, seconds, start_source| {
        let mut run = over(store, number, 'a');
        run.started_at = at(seconds).wall;
        run.footage.as_mut().unwrap().start_source = start_source;
        run
    };
    let known = |expected| {
        let gate = "gate".parse().unwrap();
        let found = store.wait(store.index.known_start(&store.viewer, &gate, &"a".repeat(64))).unwrap();
        assert_eq!(found, expected);
    };
    known(None);
    ended(store, &timed(1, 500, StartSource::Modified), &[10], RunOutcome::Complete);
    known(Some((at(500).wall, StartSource::Modified)));
    let morning = ended(store, &timed(2, 0, StartSource::Given), &[10], RunOutcome::Complete);
    check_listed(store, &morning);
    known(Some((at(0).wall, StartSource::Given)));
    let elsewhere = Scope::Sites(Sites::new(["mill".parse().unwrap()]).unwrap());
    let stranger = Viewer::new("wang", Role::Inspector, elsewhere).unwrap();
    let gate = "gate".parse().unwrap();
    assert_eq!(store.wait(store.index.known_start(&stranger, &gate, &"a".repeat(64))).unwrap(), None);
    // Who gives two starts means two times.
    let evening = ended(store, &timed(3, 1_000, StartSource::Given), &[20], RunOutcome::Complete);
    check_listed(store, &[evening[0], morning[0]]);
    // Of another camera it is other footage.
    let yard = Run { camera: "yard".parse().unwrap(), ..timed(4, 0, StartSource::Given) };
    let yard = ended(store, &yard, &[30], RunOutcome::Complete);
    check_listed(store, &[yard[0], evening[0], morning[0]]);
}

pub(crate) fn runs_of_earlier_versions_are_known_by_name_and_start(store: &Store) {
    let earlier = |number, source: &str, seconds| Run {
        source: source.to_owned(),
        started_at: at(seconds).wall,
        footage: None,
        ..over(store, number, 'a')
    };
    // The start of then: as given, or by the file alone. A file that was moved keeps its name.
    let given = ended(store, &earlier(1, "/footage/a.mp4", 0), &[10], RunOutcome::Complete);
    let by_file = ended(store, &earlier(2, "/then/a.mp4", 900), &[11], RunOutcome::Complete);
    let others = [
        ended(store, &earlier(3, "/footage/another-a.mp4", 0), &[12], RunOutcome::Complete),
        ended(store, &earlier(4, "/footage/a.mp4", 77), &[13], RunOutcome::Complete),
    ]
    .concat();
    let after = ended(store, &over(store, 5, 'a'), &[20], RunOutcome::Complete);
    check_listed(store, &[after[0], others[1], others[0]]);
    for id in [given[0], by_file[0]] {
        assert_eq!(run_of(store, id).superseded_by, Some(over(store, 5, 'a').id));
    }
}

pub(crate) fn a_run_says_what_it_analysed(store: &Store) {
    let run = over(store, 1, 'c');
    let id = ended(store, &run, &[10], RunOutcome::Complete)[0];
    let row = run_of(store, id);
    assert_eq!(row.footage_sha256, Some("c".repeat(64)));
    assert_eq!((row.start_source, row.settings), (Some(StartSource::Given), Some(run.settings.clone())));
    // The same Run where the file lies now.
    begun(store, &Run { source: "/moved/c.mp4".to_owned(), ..run });
    assert_eq!(run_of(store, id).source, "/moved/c.mp4");
}
