//! `check`: rows against files and files against rows.

use std::time::Duration;

use anjian_domain::{EvidenceSink, RunKind, RunOutcome};
use anjian_indexer::{CheckFinding, CheckProgress, CheckReport, EvidenceKind};

use crate::fixture::{Store, at};

fn check(store: &Store) -> CheckReport {
    store.wait(store.index.check(&mut |_| {})).unwrap()
}

pub(crate) fn a_sound_index_is_clean(store: &Store) {
    assert!(check(store).is_clean());
    let run = store.run(RunKind::Archive, "gate");
    (0..150).for_each(|seconds| drop(store.recorded(&run, seconds)));
    let mut steps = Vec::new();
    let report = store.wait(store.index.check(&mut |step| steps.push(step))).unwrap();
    assert!(report.is_clean(), "{:?}", report.findings);
    assert_eq!((report.violations, report.files), (150, 300));
    assert!(report.bytes > 300 * 36);
    assert_eq!(steps.iter().map(|step| step.done).collect::<Vec<_>>(), [0, 256, 300]);
    assert_eq!(steps.last(), Some(&CheckProgress { done: 300, total: 300 }));
}

pub(crate) fn every_damage_is_found(store: &Store) {
    let run = store.run(RunKind::Archive, "gate");
    let [missing, longer, changed, open] = [1, 2, 3, 4].map(|seconds| store.recorded(&run, seconds).id);
    let file = |id, kind| {
        store
            .wait(store.index.evidence_file(&store.viewer, id, kind))
            .unwrap()
            .unwrap()
            .local()
            .unwrap()
            .to_owned()
    };
    let gone = file(missing, EvidenceKind::Snapshot);
    std::fs::remove_file(&gone).unwrap();
    let long = file(longer, EvidenceKind::Snapshot);
    let recorded_bytes = std::fs::metadata(&long).unwrap().len();
    std::fs::write(&long, "x".repeat(99)).unwrap();
    let altered = file(changed, EvidenceKind::SnapshotAnnotated);
    let mut bytes = std::fs::read(&altered).unwrap();
    bytes[0] ^= 1;
    std::fs::write(&altered, bytes).unwrap();
    // What a process leaves that is killed between file and row, and one that is killed while it writes.
    let orphan = store.folder.path().join("evidence/gate/2026/03/01/0000/snapshot.jpg");
    std::fs::create_dir(orphan.parent().unwrap()).unwrap();
    std::fs::write(&orphan, "snapshot").unwrap();
    let partial = orphan.with_extension("jpg.partial");
    std::fs::write(&partial, "snap").unwrap();
    store.sink.end_run(run.id, Some(at(60)), RunOutcome::Complete).unwrap();
    // Long after, so that nobody can be about to write the rows.
    store.clock.advance(Duration::from_secs(3_600 * 24 * 365 * 50));

    let mut found = check(store).findings;
    found.retain(|finding| !matches!(finding, CheckFinding::LeftOpen { .. }));
    let expected = [
        CheckFinding::MissingFile { violation: missing, path: gone },
        CheckFinding::WrongSize { violation: longer, path: long, recorded_bytes, found_bytes: 99 },
        CheckFinding::WrongDigest { violation: changed, path: altered },
        CheckFinding::OrphanFile { path: orphan },
        CheckFinding::OrphanFile { path: partial },
    ];
    for finding in &expected {
        assert!(found.contains(finding), "{finding}: {found:#?}");
        assert!(finding.to_string().contains("2026/03/01"), "{finding}");
    }
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    let left_open = CheckFinding::LeftOpen { violation: open, run: run.id };
    assert!(check(store).findings.contains(&left_open));
}

pub(crate) fn young_files_are_spared_while_recording(store: &Store) {
    let young = store.folder.path().join("evidence/snapshot.jpg");
    std::fs::write(&young, "snapshot").unwrap();
    let written = std::fs::metadata(&young).unwrap().modified().unwrap();
    let micros = written.duration_since(std::time::UNIX_EPOCH).unwrap().as_micros();
    let written = anjian_domain::WallTime::from_micros(i64::try_from(micros).unwrap()).unwrap();
    for (age_s, findings) in [(1, 0), (59, 0), (61, 1)] {
        store.clock.set(written.plus(Duration::from_secs(age_s)));
        assert_eq!(check(store).findings.len(), findings, "{age_s} s");
    }
}
