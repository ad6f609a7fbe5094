//! Attachments over HTTP: who sends and sees them, what is refused, how they are given back.

use anjian_domain::Viewer;
use anjian_indexer::{AuditQuery, AuditReach};
use axum::http::StatusCode;
use serde_json::json;

use super::Answer;
use super::cases::{Office, Side};

const PDF: &str = "%PDF-1.7 of the rectification";

/// The beginning of a picture that says that it is so large.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend(b"\x08\x02\0\0\0crc!");
    bytes
}

fn path(case: &str, name: &str) -> String {
    format!("/api/v1/cases/{case}/attachments?name={name}")
}

async fn send(office: &Office, case: &str, name: &str, kind: &str, bytes: &[u8]) -> Answer {
    office.server.send(&office.plant, &path(case, name), kind, bytes.to_vec()).await
}

fn id(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.json());
    answer.json()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_plea_with_a_picture_is_read_by_the_officer() {
    let mut office = Office::new().await;
    let case = office.noticed().await;
    let picture = png(4_000, 3_000);
    let sent = send(&office, &case, "%E6%95%B4%E6%94%B9%20A%2FB.png", "image/png", &picture).await;
    let picture_id = id(&sent);
    assert_eq!((&sent.json()["name"], &sent.json()["type"]), (&"整改 A/B.png".into(), &"image/png".into()));
    let document =
        id(&send(&office, &case, "..%2F..%2Fetc%2Fpasswd", "application/pdf", PDF.as_bytes()).await);
    let act = json!({ "step": "plead", "words": "当时已停工", "attachments": [picture_id, document] });
    let pleaded = office.step(Side::Plant, &case, 3, act).await;
    assert_eq!(pleaded.status, StatusCode::OK, "{}", pleaded.json());

    let seen = office.server.get(&mut office.wang, &format!("/api/v1/cases/{case}")).await.json();
    let listed: Vec<_> =
        seen["attachments"].as_array().unwrap().iter().map(|one| (&one["id"], &one["version"])).collect();
    assert_eq!(listed, [(&picture_id.as_str().into(), &4.into()), (&document.as_str().into(), &4.into())]);
    let address = |id: &str| format!("/api/v1/cases/{case}/attachments/{id}");
    let shown = office.server.get(&mut office.wang, &address(&picture_id)).await;
    assert_eq!((shown.status, &shown.body), (StatusCode::OK, &picture));
    assert_eq!(
        (shown.header("content-type"), shown.header("x-content-type-options")),
        ("image/png", "nosniff")
    );
    let name = shown.header("content-disposition");
    assert!(name.starts_with("inline") && name.ends_with("''%E6%95%B4%E6%94%B9%20A-B.png"), "{name}");
    assert!(shown.header("cache-control").starts_with("private"));
    let downloaded = office.server.get(&mut office.wang, &address(&document)).await;
    assert_eq!(downloaded.body, PDF.as_bytes());
    let name = downloaded.header("content-disposition");
    assert!(name.starts_with("attachment") && name.ends_with("''..-..-etc-passwd.pdf"), "{name}");

    let server = &office.server.server;
    server.shared.witness.settle().await.unwrap();
    let query = AuditQuery { action: Some("see_attachments".to_owned()), limit: 9, ..AuditQuery::default() };
    let entries = server.seed.index.audit(&Viewer::local(), AuditReach::All, &query).await.unwrap();
    let logged: Vec<_> =
        entries.iter().map(|entry| (entry.account.as_str(), entry.object.as_str())).collect();
    assert_eq!(logged, [("wang", case.as_str()); 2]);
    assert_eq!(entries[1].after, Some(json!({ "attachment": picture_id })));
}

#[tokio::test]
async fn what_cannot_be_taken_is_refused_with_its_reason() {
    let mut office = Office::new().await;
    let case = office.noticed().await;
    let large = [PDF.as_bytes(), &vec![0; 10 << 20]].concat();
    for (name, kind, bytes, status, reason) in [
        ("a.svg", "image/svg+xml", b"<svg>".to_vec(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "send image/jpeg"),
        ("a.png", "", png(1, 1), StatusCode::UNSUPPORTED_MEDIA_TYPE, "not taken here"),
        ("a.jpg", "image/jpeg", png(1, 1), StatusCode::UNSUPPORTED_MEDIA_TYPE, "does not match its type"),
        (
            "a.png",
            "image/png",
            b"<html>".to_vec(),
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "does not match its type",
        ),
        ("a.png", "image/png", png(1, 1)[..20].to_vec(), StatusCode::UNPROCESSABLE_ENTITY, "damaged"),
        ("a.png", "image/png", png(90_000, 90_000), StatusCode::UNPROCESSABLE_ENTITY, "90000 x 90000 pixels"),
        ("a.pdf", "application/pdf", large, StatusCode::PAYLOAD_TOO_LARGE, "at most 10485760 bytes"),
        ("", "image/png", png(1, 1), StatusCode::BAD_REQUEST, "give the file a name"),
        ("a%00.png", "image/png", png(1, 1), StatusCode::BAD_REQUEST, "control characters"),
        ("a%E2%80%AEgnp.exe", "image/png", png(1, 1), StatusCode::BAD_REQUEST, "direction"),
        ("a%0D%0ASet-Cookie:%20b", "image/png", png(1, 1), StatusCode::BAD_REQUEST, "control characters"),
    ] {
        let answer = send(&office, &case, name, kind, &bytes).await;
        assert_eq!(answer.status, status, "{name} {kind}: {}", answer.json());
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(reason), "{name} {kind}: {detail}");
    }
    let unnamed = format!("/api/v1/cases/{case}/attachments");
    let unnamed = office.server.send(&office.plant, &unnamed, "image/png", png(1, 1)).await;
    assert_eq!((unnamed.status, &unnamed.json()["key"]), (StatusCode::BAD_REQUEST, &"name".into()));
    let seen = office.server.get(&mut office.plant, &format!("/api/v1/cases/{case}")).await.json();
    assert_eq!(seen["attachments"], json!([]), "nothing was kept");
    let stray =
        json!({ "step": "plead", "words": "无", "attachments": ["01890000-0000-7000-8000-000000000002"] });
    let stray = office.step(Side::Plant, &case, 3, stray).await;
    assert_eq!((stray.status, &stray.json()["key"]), (StatusCode::BAD_REQUEST, &"no-attachment".into()));
    assert!(stray.json()["detail"].as_str().unwrap().contains("attachment"), "{}", stray.json());
}

#[tokio::test]
async fn another_enterprise_learns_nothing() {
    let mut office = Office::new().await;
    let case = office.noticed().await;
    let own = id(&send(&office, &case, "a.pdf", "application/pdf", PDF.as_bytes()).await);
    let nowhere = "01890000-0000-7000-8000-000000000001";
    let facts = |answer: &Answer| (answer.status, answer.headers.clone(), answer.body.clone());
    let sent = async |case: &str| {
        office.server.send(&office.mill, &path(case, "a.pdf"), "application/pdf", PDF.into()).await
    };
    let (theirs, none) = (sent(&case).await, sent(nowhere).await);
    assert_eq!(theirs.status, StatusCode::NOT_FOUND);
    assert_eq!(facts(&theirs), facts(&none));
    for (case, attachment) in
        [(case.as_str(), own.as_str()), (case.as_str(), nowhere), (nowhere, own.as_str())]
    {
        let address = format!("/api/v1/cases/{case}/attachments/{attachment}");
        let seen = office.server.get(&mut office.mill, &address).await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND);
        let none = format!("/api/v1/cases/{nowhere}/attachments/{nowhere}");
        assert_eq!(facts(&seen), facts(&office.server.get(&mut office.mill, &none).await));
    }
    // It waits for a step of its sender: even the officer does not see it yet.
    let waiting = format!("/api/v1/cases/{case}/attachments/{own}");
    assert_eq!(office.server.get(&mut office.wang, &waiting).await.status, StatusCode::NOT_FOUND);
    assert_eq!(office.server.get(&mut office.plant, &waiting).await.status, StatusCode::OK);
}

#[tokio::test]
async fn no_more_are_received_at_once_than_may() {
    let mut office = Office::new().await;
    let case = office.noticed().await;
    let uploads = office.server.server.shared.uploads.clone();
    let all = u32::try_from(uploads.available_permits()).unwrap();
    let held = uploads.try_acquire_many(all).unwrap();
    let answer = send(&office, &case, "a.pdf", "application/pdf", PDF.as_bytes()).await;
    assert_eq!((answer.status, answer.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "5"));
    drop(held);
    id(&send(&office, &case, "a.pdf", "application/pdf", PDF.as_bytes()).await);
}
