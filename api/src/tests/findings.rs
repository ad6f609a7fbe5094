//! Findings on site over HTTP: recorded by officers, named to the enterprise by a notice.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Answer;
use super::cases::{Office, Side};

const ID: &str = "0199d2b4-8a3c-4c1e-9a51-0d2f6c7e4b11";
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x02\0\0\0\x02\x08\x02\0\0\0crc!";

async fn sent(office: &Office) -> String {
    let path = "/api/v1/sites/plant-7/attachments?name=a.png";
    let answer = office.server.send(&office.wang, path, "image/png", PICTURE.to_vec()).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.json());
    answer.json()["id"].as_str().unwrap().to_owned()
}

fn finding(picture: &str) -> Value {
    json!({
        "id": ID, "site": "plant-7", "words": "安全出口堵塞", "place": "二车间东门",
        "found_at": "2026-03-01T06:00:00Z", "attachments": [picture],
    })
}

async fn record(office: &mut Office, body: Value) -> Answer {
    office.server.ask(&mut office.wang, "POST", "/api/v1/findings", body).await
}

#[tokio::test]
async fn a_notice_tells_the_enterprise_what_was_found() {
    let mut office = Office::new().await;
    let picture = sent(&office).await;
    for _ in 0..2 {
        let recorded = record(&mut office, finding(&picture)).await;
        assert_eq!(recorded.status, StatusCode::CREATED, "a phone sends again: {}", recorded.json());
        assert_eq!(recorded.json()["attachments"][0]["id"], picture.as_str());
    }
    let list = office.server.get(&mut office.wang, "/api/v1/findings?site=plant-7").await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");

    let address = format!("/api/v1/findings/{ID}");
    let picture = format!("{address}/attachments/{picture}");
    for path in [&address, &picture] {
        assert_eq!(office.server.get(&mut office.plant, path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let body = json!({
        "violations": [], "findings": [ID], "outcome": "remind", "term_days": 5,
        "cards": [{ "behaviour": "no_hard_hat", "version": 1 }],
    });
    let opened = office.server.ask(&mut office.wang, "POST", "/api/v1/cases", body).await;
    assert_eq!(opened.status, StatusCode::CREATED, "{}", opened.json());
    let case = opened.json()["id"].as_str().unwrap().to_owned();
    for (version, step) in [(1, "sign"), (2, "issue")] {
        let taken = office.step(Side::Officer, &case, version, json!({ "step": step })).await;
        assert_eq!(taken.status, StatusCode::OK, "{}", taken.json());
    }
    let seen = office.server.get(&mut office.plant, &format!("/api/v1/cases/{case}")).await.json();
    assert_eq!(seen["findings"][0]["finding"]["words"], "安全出口堵塞", "{seen}");
    let shown = office.server.get(&mut office.plant, &picture).await;
    assert_eq!((shown.status, shown.body.as_slice()), (StatusCode::OK, PICTURE));
    for path in [&address, &picture] {
        assert_eq!(office.server.get(&mut office.mill, path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(office.server.get(&mut office.mill, "/api/v1/findings").await.json()["items"], json!([]));
}

#[tokio::test]
async fn what_is_no_finding_says_why() {
    let mut office = Office::new().await;
    let picture = sent(&office).await;
    for (key, value, status, reason) in [
        ("words", json!(" "), StatusCode::BAD_REQUEST, "words: give 1 to 2000"),
        ("place", json!("字".repeat(201)), StatusCode::BAD_REQUEST, "place: give 1 to 200"),
        ("attachments", json!([]), StatusCode::BAD_REQUEST, "1 to 5 attachments"),
        ("attachments", json!([ID]), StatusCode::BAD_REQUEST, "attachment"),
        ("camera", json!("nowhere"), StatusCode::BAD_REQUEST, "no camera nowhere"),
        ("site", json!("nowhere"), StatusCode::NOT_FOUND, "no such site"),
        ("found_at", json!("yesterday"), StatusCode::BAD_REQUEST, "found_at"),
        ("by", json!("li"), StatusCode::BAD_REQUEST, "by"),
    ] {
        let mut body = finding(&picture);
        body[key] = value;
        let answer = record(&mut office, body).await;
        assert_eq!(answer.status, status, "{key}: {}", answer.json());
        assert!(answer.json()["detail"].as_str().unwrap().contains(reason), "{key}: {}", answer.json());
    }
    let forbidden = office.server.ask(&mut office.plant, "POST", "/api/v1/findings", finding(&picture)).await;
    assert_eq!(forbidden.status, StatusCode::FORBIDDEN);
}
