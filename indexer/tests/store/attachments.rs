//! Attachments: received, checked, taken by a step, given up; where their files lie.

use std::path::Path;
use std::time::Duration;

use anjian_casework::attachment::{AttachmentKind, MOST_UNTAKEN};
use anjian_casework::case::Act;
use anjian_casework::{Outcome, Version};
use anjian_domain::Viewer;
use anjian_indexer::{
    AttachmentError, AttachmentFile, AttachmentId, AttachmentRow, AttachmentTo, AuditQuery, AuditReach,
    CaseError, CaseId, CheckFinding, FilePlace, Index, NewAttachment,
};

use crate::cases::{confirmed, enterprise, officer, open, step, step_with};
use crate::fixture::{Store, evidence_files};
use crate::moves::{self, findings};

pub(crate) const PDF: &[u8] = b"%PDF-1.7\nof the rectification";

/// The beginning of a picture that says that it is so large.
pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend(b"\x08\x02\0\0\0crc!");
    bytes
}

pub(crate) async fn try_send(
    index: &Index,
    viewer: &Viewer,
    to: AttachmentTo,
    kind: AttachmentKind,
    bytes: &[u8],
) -> Result<AttachmentRow, AttachmentError> {
    let sent = NewAttachment { to, kind, name: "整改后.png".parse().unwrap() };
    let mut receiving = index.receive_attachment(viewer, sent).await?;
    for piece in bytes.chunks(1 << 20) {
        receiving.write(piece.to_vec().into()).await?;
    }
    receiving.finish().await
}

pub(crate) fn send(
    store: &Store,
    viewer: &Viewer,
    case: CaseId,
    kind: AttachmentKind,
    bytes: &[u8],
) -> Result<AttachmentRow, AttachmentError> {
    store.wait(try_send(&store.index, viewer, AttachmentTo::Case(case), kind, bytes))
}

/// A reminder that left.
fn noticed(store: &Store) -> CaseId {
    let (wang, id) = (officer("wang"), open(store, &[confirmed(store, 0)], Outcome::Remind));
    step(store, &wang, id, 1, Act::Sign).unwrap();
    step(store, &wang, id, 2, Act::Issue).unwrap();
    id
}

fn file(store: &Store, viewer: &Viewer, case: CaseId, id: AttachmentId) -> Option<AttachmentFile> {
    store.wait(store.index.case_attachment(viewer, case, id)).unwrap()
}

fn shown(store: &Store, viewer: &Viewer, case: CaseId) -> Vec<AttachmentId> {
    let detail = store.wait(store.index.case(viewer, case)).unwrap().unwrap();
    detail.attachments.iter().map(|row| row.id).collect()
}

/// Files of attachments.
fn files(store: &Store) -> Vec<String> {
    evidence_files(store).into_iter().filter(|path| path.starts_with('@')).collect()
}

pub(crate) fn an_attachment_is_received_taken_and_shown(store: &Store) {
    let (wang, plant, case) = (officer("wang"), enterprise("plant"), noticed(store));
    let picture = png(4_000, 3_000);
    let sent = send(store, &plant, case, AttachmentKind::Png, &picture).unwrap();
    assert_eq!((sent.size_bytes, sent.version, sent.name.as_str()), (33, None, "整改后.png"));
    assert_eq!(files(store), [format!("@attachments/2026/03/01/{}", sent.id)]);
    let again = send(store, &plant, case, AttachmentKind::Png, &picture).unwrap();
    assert_eq!(
        (again, files(store).len()),
        (sent.clone(), 1),
        "a phone sends again what it has no answer to"
    );
    assert_eq!(shown(store, &plant, case), [sent.id]);
    assert_eq!(shown(store, &wang, case), [], "it waits for a step");
    assert!(file(store, &wang, case, sent.id).is_none());

    step_with(store, &plant, case, 3, Act::Plead, &[sent.id]).unwrap();
    assert_eq!(shown(store, &wang, case), [sent.id]);
    let found = file(store, &wang, case, sent.id).unwrap();
    assert_eq!(found.row, AttachmentRow { version: Some(Version(4)), ..sent.clone() });
    let FilePlace::Folder(path) = &found.place else { panic!("{found:?}") };
    assert_eq!(std::fs::read(path).unwrap(), picture);
    let mill = enterprise("mill");
    assert!(file(store, &mill, case, sent.id).is_none());
    let stranger = send(store, &mill, case, AttachmentKind::Pdf, PDF);
    assert!(matches!(stranger, Err(AttachmentError::NoCase)), "{stranger:?}");
    let nameless = send(store, &store.viewer, case, AttachmentKind::Pdf, PDF);
    assert!(matches!(nameless, Err(AttachmentError::Nameless)), "{nameless:?}");
    assert_eq!(findings(store), []);

    let query = AuditQuery { limit: 50, ..AuditQuery::default() };
    let entries = store.wait(store.index.audit(&store.viewer, AuditReach::All, &query)).unwrap();
    let logged = |action: &str| {
        let found = entries.iter().find(|entry| entry.action == action).unwrap();
        assert_eq!(found.object, case.to_string());
        found.after.clone().unwrap()
    };
    assert_eq!(logged("send_attachments")["sha256"], sent.sha256);
    assert_eq!(logged("plead")["attachments"][0]["sha256"], sent.sha256, "the chain holds the digest");
}

pub(crate) fn an_attachment_is_taken_once_and_by_its_sender(store: &Store) {
    let (wang, plant, case) = (officer("wang"), enterprise("plant"), noticed(store));
    let theirs = send(store, &wang, case, AttachmentKind::Pdf, PDF).unwrap().id;
    let own = send(store, &plant, case, AttachmentKind::Pdf, PDF).unwrap().id;
    assert_ne!(theirs, own);
    let no_step = |seen, act, ids: &[AttachmentId], named| {
        let refused = step_with(store, &plant, case, seen, act, ids);
        assert!(matches!(refused, Err(CaseError::NoAttachment(id)) if id == named), "{refused:?}");
    };
    no_step(3, Act::Plead, &[own, theirs], theirs);
    no_step(3, Act::Plead, &[own, own], own);
    no_step(3, Act::Acknowledge, &[own], own);
    let state = store.wait(store.index.case(&plant, case)).unwrap().unwrap();
    assert_eq!((state.row.version, state.attachments[0].version), (Version(3), None), "nothing was written");
    step_with(store, &plant, case, 3, Act::Plead, &[own]).unwrap();
    let other = open(store, &[confirmed(store, 60)], Outcome::Remind);
    step(store, &wang, other, 1, Act::Sign).unwrap();
    step(store, &wang, other, 2, Act::Issue).unwrap();
    let refused = step_with(store, &plant, other, 3, Act::Plead, &[own]);
    assert!(matches!(refused, Err(CaseError::NoAttachment(id)) if id == own), "of another case: {refused:?}");
    assert!(file(store, &plant, other, own).is_none());
    step(store, &plant, other, 3, Act::Acknowledge).unwrap();
    step(store, &wang, other, 4, Act::Close).unwrap();
    let late = send(store, &plant, other, AttachmentKind::Pdf, PDF);
    assert!(matches!(late, Err(AttachmentError::Over)), "{late:?}");
}

pub(crate) fn what_is_not_what_it_is_called_is_refused(store: &Store) {
    use AttachmentKind::{Jpeg, Mp4, Pdf, Png, Webp};
    let (plant, case) = (enterprise("plant"), noticed(store));
    let mp4 = |boxes: &[u8]| [b"\0\0\0\x0cftypisom", boxes].concat();
    let long = |head: &[u8], bytes: u64| [head, &vec![0; usize::try_from(bytes).unwrap()]].concat();
    for (kind, bytes, expected) in [
        (Png, b"<html><script>alert(1)</script>".to_vec(), "content does not match"),
        (Jpeg, png(10, 10), "content does not match"),
        (Pdf, b"".to_vec(), "content does not match"),
        (Pdf, b"%PDF".to_vec(), "content does not match"),
        (Png, b"\x89PNG\r\n\x1a\n\0\0\0".to_vec(), "damaged"),
        (Png, png(0, 10)[..20].to_vec(), "damaged"),
        (Jpeg, long(b"\xff\xd8\xff", 4_000), "damaged"),
        (Webp, b"RIFF\0\0\0\0WEBPjunk".to_vec(), "damaged"),
        (Mp4, mp4(b"\0\0\0\x0cmdatdata"), "damaged"),
        (Mp4, mp4(b"PK\x03\x04\0\0\0\0"), "damaged"),
        // A small file that fills the memory of the program that decodes it.
        (Png, png(100_000, 100_000), "100000 x 100000 pixels"),
        (Png, png(u32::MAX, u32::MAX), "pixels"),
        (Png, png(0, 10), "pixels"),
        (Pdf, long(b"%PDF-", Pdf.most_bytes()), "at most 10485760 bytes"),
        (Mp4, long(&mp4(b""), Mp4.most_bytes()), "at most 52428800 bytes"),
    ] {
        let refused = send(store, &plant, case, kind, &bytes).unwrap_err().to_string();
        assert!(refused.contains(expected), "{kind} {:?}: {refused}", &bytes[..bytes.len().min(40)]);
        assert_eq!(files(store), [""; 0], "{kind}: nothing is left of it");
    }
    for (kind, bytes) in [
        (Png, png(8_000, 5_000)),
        (Mp4, mp4(b"\0\0\0\x08moov\0\0\0\x08mdat")),
        (Pdf, long(b"%PDF-", Pdf.most_bytes() - 5)),
    ] {
        send(store, &plant, case, kind, &bytes).unwrap();
    }
    assert_eq!(shown(store, &plant, case).len(), 3);
}

pub(crate) fn what_no_step_took_goes_after_a_day(store: &Store) {
    let (wang, plant, case) = (officer("wang"), enterprise("plant"), noticed(store));
    let number = |number: usize| [PDF, number.to_string().as_bytes()].concat();
    for count in 0..MOST_UNTAKEN {
        send(store, &plant, case, AttachmentKind::Pdf, &number(count)).unwrap();
    }
    let full = send(store, &plant, case, AttachmentKind::Pdf, PDF);
    assert!(matches!(full, Err(AttachmentError::TooMany)), "{full:?}");
    assert_eq!(files(store).len(), MOST_UNTAKEN, "what was refused leaves nothing");
    send(store, &plant, case, AttachmentKind::Pdf, &number(0))
        .expect("what waits already is no more than it was");
    send(store, &wang, case, AttachmentKind::Pdf, PDF).unwrap();
    let first = shown(store, &plant, case)[0];
    step_with(store, &plant, case, 3, Act::Plead, &[first]).unwrap();
    send(store, &plant, case, AttachmentKind::Pdf, PDF).unwrap();
    store.clock.advance(Duration::from_hours(24));
    assert_eq!(store.wait(store.index.expire_attachments()).unwrap(), None);
    assert_eq!(files(store).len(), MOST_UNTAKEN + 2, "not yet");
    store.clock.advance(Duration::from_secs(1));
    assert_eq!(store.wait(store.index.expire_attachments()).unwrap(), None);
    assert_eq!(shown(store, &plant, case), [first], "what a step took stays");
    assert_eq!(files(store).len(), 1);
    assert_eq!(findings(store), []);
}

pub(crate) fn a_kill_while_one_is_received_leaves_nothing(store: &Store) {
    let (plant, case) = (enterprise("plant"), noticed(store));
    crate::media::set_up(store, anjian_indexer::Retention::default(), 0);
    for steps in 0.. {
        let bytes = [PDF, steps.to_string().as_bytes()].concat();
        let is_done = store.kill_after(steps, async |index: &Index| {
            try_send(index, &plant, AttachmentTo::Case(case), AttachmentKind::Pdf, &bytes).await.unwrap();
        });
        store.wait(store.index.remove_left_evidence()).unwrap();
        let (rows, files) = (shown(store, &plant, case), files(store));
        assert_eq!(files, rows.iter().map(|id| format!("@attachments/2026/03/01/{id}")).collect::<Vec<_>>());
        assert_eq!(findings(store), []);
        if is_done {
            assert!(steps > 3 && !rows.is_empty(), "{steps}");
            return;
        }
        if rows.len() > 15 {
            store.clock.advance(Duration::from_hours(25));
            store.wait(store.index.expire_attachments()).unwrap();
            store.clock.set(crate::fixture::at(0).wall);
        }
    }
}

fn with_bucket(store: &Store, folder: &Path) {
    store.index.set_bucket(moves::open(folder)).unwrap();
}

pub(crate) fn attachments_move_into_the_bucket(store: &Store) {
    let (plant, case) = (enterprise("plant"), noticed(store));
    let kept = send(store, &plant, case, AttachmentKind::Pdf, PDF).unwrap().id;
    step_with(store, &plant, case, 3, Act::Plead, &[kept]).unwrap();
    let dropped = send(store, &plant, case, AttachmentKind::Png, &png(1, 1)).unwrap().id;
    let folder = tempfile::tempdir().unwrap();
    with_bucket(store, folder.path());
    let moved = store.wait(store.index.move_evidence()).unwrap();
    assert_eq!((moved.files, moved.failed), (4, 0), "{moved:?}");
    assert_eq!(files(store), [""; 0]);
    for id in [kept, dropped] {
        let found = file(store, &plant, case, id).unwrap();
        let FilePlace::Bucket(key) = &found.place else { panic!("{found:?}") };
        let bytes = store.wait(store.index.bucket().unwrap().read(key, 0..found.row.size_bytes)).unwrap();
        assert!(found.kind().begins(&bytes), "{bytes:?}");
    }
    assert_eq!(findings(store), []);
    store.clock.advance(Duration::from_hours(25));
    assert_eq!(store.wait(store.index.expire_attachments()).unwrap(), None);
    let object = |id: AttachmentId| folder.path().join(format!("evidence/@attachments/2026/03/01/{id}"));
    assert_eq!([kept, dropped].map(|id| object(id).exists()), [true, false]);
    assert_eq!(findings(store), []);
}

pub(crate) fn damaged_attachments_are_found(store: &Store) {
    let (plant, case) = (enterprise("plant"), noticed(store));
    let [missing, changed, far] = ["1", "2", "3"].map(|end| {
        let bytes = [PDF, end.as_bytes()].concat();
        send(store, &plant, case, AttachmentKind::Pdf, &bytes).unwrap().id
    });
    let root = store.folder.path().join("evidence/@attachments/2026/03/01");
    std::fs::remove_file(root.join(missing.to_string())).unwrap();
    let bytes = std::fs::read(root.join(changed.to_string())).unwrap().to_ascii_uppercase();
    std::fs::write(root.join(changed.to_string()), bytes).unwrap();
    let reasons = |store: &Store| {
        let mut reasons: Vec<String> = findings(store)
            .into_iter()
            .map(|finding| match finding {
                CheckFinding::Attachment { reason, .. } => reason,
                other => panic!("{other}"),
            })
            .collect();
        reasons.sort();
        reasons
    };
    let changed_told = "was changed after it was received";
    assert_eq!(reasons(store), ["is missing", changed_told]);
    let folder = tempfile::tempdir().unwrap();
    with_bucket(store, folder.path());
    store.wait(store.index.move_evidence()).unwrap();
    let object = folder.path().join(format!("evidence/@attachments/2026/03/01/{far}"));
    std::fs::write(&object, "other").unwrap();
    assert_eq!(
        reasons(store),
        [&format!("has 5 bytes, received were {}", PDF.len() + 1), "is missing", changed_told]
    );
}
