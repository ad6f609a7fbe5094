//! Lists, one violation, counts, cameras and sites.

use anjian_domain::CameraState;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::seed::CAMERAS;
use super::{Server, at};

fn ids(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_item_has_the_fields_of_the_contract() {
    let server = Server::new().await;
    let id = server.breach(60, 0, "no_hard_hat").await;
    let answer = server.get("/api/v1/violations").await;
    assert_eq!(answer.status, StatusCode::OK);
    let expected = json!({
        "items": [{
            "id": id.to_string(),
            "site": "plant-7",
            "camera": "gate-1",
            "zone": "floor",
            "behaviour": "no_hard_hat",
            "status": "closed",
            "verdict": "none",
            "score": 0.75,
            "opened_at": "2026-03-01T01:00:00Z",
            "closed_at": "2026-03-01T01:00:30Z",
            "recorded_at": "2026-03-01T01:00:00Z",
            "judged": null,
            "clock": { "source": "footage", "ahead_s": null },
            "rule_version": "no_hard_hat@1f0c9ad2b7e4",
            "model": "head-helmet-person-nano@0f3c21aa90d1",
            "snapshot": format!("/api/v1/violations/{id}/snapshot.jpg"),
            "snapshot_annotated": format!("/api/v1/violations/{id}/snapshot-annotated.jpg"),
            "clip": null,
        }],
        "next_cursor": null,
    });
    assert_eq!(answer.json(), expected);
}

#[tokio::test]
async fn pages_go_from_the_newest_to_the_oldest() {
    let server = Server::new().await;
    let mut recorded = Vec::new();
    for minutes in 0..5 {
        recorded.insert(0, server.breach(minutes, 0, "no_hard_hat").await.to_string());
    }
    let mut seen = Vec::new();
    let mut path = "/api/v1/violations?limit=2".to_owned();
    loop {
        let page = server.get(&path).await.json();
        seen.extend(ids(&page));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/api/v1/violations?limit=2&cursor={cursor}");
    }
    assert_eq!(seen, recorded);
}

#[tokio::test]
async fn filters_narrow_and_repeat() {
    let server = Server::new().await;
    let hat = server.breach(10, 0, "no_hard_hat").await.to_string();
    let crowd = server.breach(20, 1, "overcrowding").await.to_string();
    let other = server.breach(30, 2, "no_hard_hat").await.to_string();
    let table = [
        ("behaviour=overcrowding", vec![&crowd]),
        ("behaviour=overcrowding&behaviour=no_hard_hat", vec![&other, &crowd, &hat]),
        ("camera=gate-1&camera=shop-3", vec![&other, &hat]),
        ("camera=gate-1&behaviour=overcrowding", vec![]),
        ("site=plant-8", vec![]),
        ("zone=floor&status=closed&run=live&min_score=0.7", vec![&crowd, &hat]),
        ("status=open", vec![]),
        ("status=closed&verdict=none", vec![&other, &crowd, &hat]),
        ("verdict=confirmed", vec![]),
        ("status=confirmed", vec![]),
        ("min_score=0.8", vec![]),
        ("from=2026-03-01T00:20:00Z", vec![&other, &crowd]),
        ("to=2026-03-01T08:20:00%2B08:00", vec![&hat]),
    ];
    for (query, expected) in table {
        let page = server.get(&format!("/api/v1/violations?{query}")).await.json();
        assert_eq!(ids(&page), expected.into_iter().cloned().collect::<Vec<_>>(), "{query}");
    }
}

#[tokio::test]
async fn what_is_wrong_is_said_as_a_problem() {
    let server = Server::new().await;
    let table = [
        ("/api/v1/violations?colour=red", 400, Some("colour")),
        ("/api/v1/violations?behaviour=smoking", 400, Some("behaviour")),
        ("/api/v1/violations/counts?behaviour=smoking", 400, Some("behaviour")),
        ("/api/v1/violations?limit=0", 400, Some("limit")),
        ("/api/v1/violations?limit=201", 400, Some("limit")),
        ("/api/v1/violations?cursor=x", 400, Some("cursor")),
        ("/api/v1/violations/counts?limit=5", 400, Some("limit")),
        ("/api/v1/violations/counts?group_by=zone", 400, Some("group_by")),
        ("/api/v1/violations/counts?time_zone=Mars/Base", 400, Some("time_zone")),
        ("/api/v1/violations/counts?from=2020-01-01T00:00:00Z&to=2026-01-01T00:00:00Z", 400, Some("from")),
        ("/api/v1/violations/not-a-uuid", 400, None),
        ("/api/v1/violations/01890000-0000-7000-8000-000000000000", 404, None),
        ("/api/v1/violations/01890000-0000-7000-8000-000000000000/snapshot.jpg", 404, None),
        ("/api/v1/nothing", 404, None),
        ("/api/nothing", 404, None),
        ("/nothing.js", 404, None),
    ];
    for (path, status, key) in table {
        let answer = server.get(path).await;
        assert_eq!(answer.status.as_u16(), status, "{path}");
        assert_eq!(answer.header("content-type"), "application/problem+json", "{path}");
        let problem = answer.json();
        assert_eq!(problem["status"], status, "{path}");
        assert_eq!(problem["key"].as_str(), key, "{path}");
        for member in ["type", "title", "detail"] {
            assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{path}: {member}");
        }
    }
}

#[tokio::test]
async fn one_violation_tells_everything() {
    let server = Server::new().await;
    let id = server.breach(60, 0, "no_hard_hat").await;
    let detail = server.get(&format!("/api/v1/violations/{id}")).await.json();
    assert_eq!(detail["id"], id.to_string());
    assert_eq!(detail["close_reason"], "left");
    assert_eq!(detail["snapshot_at"], "2026-03-01T01:00:02Z");
    assert_eq!(detail["opened_s"], 3600.0);
    assert_eq!(detail["detections"].as_array().unwrap().len(), 4);
    assert_eq!(detail["detections"][1]["class"], "head");
    assert_eq!(detail["detections"][1]["box"].as_array().unwrap().len(), 4);
    assert_eq!(detail["track"]["id"], 17);
    assert_eq!(detail["track"]["path"].as_array().unwrap().len(), 3);
    assert_eq!(detail["rule"]["definition"]["open_after_s"], 2.0);
    assert_eq!(detail["run"]["kind"], "live");
    assert_eq!(detail["run"]["source"], "rtsp://viewer:***@10.20.0.11:554/main");
    let kinds: Vec<&str> =
        detail["evidence"].as_array().unwrap().iter().map(|file| file["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["snapshot", "snapshot_annotated"]);
    assert_eq!(detail["evidence"][0]["sha256"].as_str().unwrap().len(), 64);
}

#[tokio::test]
async fn counts_come_in_three_groups_over_any_range() {
    let server = Server::new().await;
    for (minutes, camera, behaviour) in
        [(10, 0, "no_hard_hat"), (20, 1, "overcrowding"), (90 * 24 * 60, 0, "no_hard_hat")]
    {
        server.breach(minutes, camera, behaviour).await;
    }
    let range = "from=2026-03-01T00:00:00Z&to=2026-07-01T00:00:00Z";
    let all = server.get(&format!("/api/v1/violations/counts?{range}")).await.json();
    let expected = json!({
        "by_behaviour": [{"key": "no_hard_hat", "count": 2}, {"key": "overcrowding", "count": 1}],
        "by_camera": [{"key": "dock-2", "count": 1}, {"key": "gate-1", "count": 2}],
        "by_hour": [{"key": "2026-03-01T00:00:00Z", "count": 2}, {"key": "2026-05-30T00:00:00Z", "count": 1}],
    });
    let mut sorted = all.clone();
    for group in ["by_behaviour", "by_camera"] {
        sorted[group].as_array_mut().unwrap().sort_by_key(|count| count["key"].as_str().unwrap().to_owned());
    }
    assert_eq!(sorted, expected);
    let days =
        format!("/api/v1/violations/counts?{range}&group_by=day&time_zone=Asia/Shanghai&camera=gate-1");
    let expected = json!({"by_day": [{"key": "2026-03-01", "count": 1}, {"key": "2026-05-30", "count": 1}]});
    assert_eq!(server.get(&days).await.json(), expected);
}

#[tokio::test]
async fn cameras_and_sites_are_listed() {
    let server = Server::new().await;
    let since = at("2026-03-01T06:00:00Z");
    server.seed.camera_state(1, CameraState::Failed, since, Some("wrong password")).await;
    let cameras = server.get("/api/v1/cameras").await.json();
    let items = cameras["items"].as_array().unwrap();
    assert_eq!(items.len(), CAMERAS.len());
    let dock = items.iter().find(|camera| camera["id"] == "dock-2").unwrap();
    let expected = json!({
        "id": "dock-2", "site": "plant-7", "name": CAMERAS[1].1, "zones": {"floor": "作业区 Work floor"},
        "configured": true, "state": "failed",
        "since": "2026-03-01T06:00:00Z", "reason": "wrong password", "last_frame": "2026-03-01T06:00:00Z",
    });
    assert_eq!(*dock, expected);
    let sites = server.get("/api/v1/sites").await.json();
    assert_eq!(sites["items"][0]["time_zone"], "Asia/Shanghai");
    let named: Vec<_> = sites["items"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|site| site["cameras"].as_array().unwrap())
        .collect();
    assert_eq!(named.len(), CAMERAS.len());
    let dock = json!({ "id": "dock-2", "name": CAMERAS[1].1, "zones": {"floor": "作业区 Work floor"} });
    assert!(named.contains(&&dock), "{named:?}");
}
