//! What people see of evidence stands in the audit; what an enterprise sees; what ends with a session.

use anjian_domain::{Role, Scope, Sites, VideoCodec, Viewer};
use anjian_indexer::{AuditEntry, AuditQuery, AuditReach};
use axum::http::StatusCode;
use serde_json::{Value, json};
use tokio::time::Duration;

use super::login::{LoginServer, settings};
use super::seed::footage::Film;
use super::{BEGAN, Server, at, request};

async fn entries(server: &Server) -> Vec<AuditEntry> {
    server.shared.witness.settle().await.unwrap();
    let query = AuditQuery { limit: 100, ..AuditQuery::default() };
    let mut entries = server.seed.index.audit(&Viewer::local(), AuditReach::All, &query).await.unwrap();
    entries.reverse();
    entries
}

fn inspector() -> Viewer {
    Viewer::new("wang", Role::Inspector, Scope::Everything).unwrap().at([10, 0, 0, 8].into())
}

#[tokio::test]
async fn a_picture_that_is_seen_stands_in_the_audit_once() {
    let server = Server::new().await;
    let id = server.breach(1, 0, "no_hard_hat").await;
    let picture = format!("/api/v1/violations/{id}/snapshot.jpg");
    for _ in 0..3 {
        let seen = server.ask_as(&inspector(), request("GET", &picture, &[])).await;
        assert_eq!(seen.status, StatusCode::OK);
    }
    // Nobody saw anything of these.
    server.ask_as(&inspector(), request("GET", &format!("/api/v1/violations/{id}"), &[])).await;
    server.ask_as(&inspector(), request("HEAD", &picture, &[])).await;
    let none = "/api/v1/violations/01890000-0000-7000-8000-000000000000/snapshot.jpg";
    server.ask_as(&inspector(), request("GET", none, &[])).await;
    let entries = entries(&server).await;
    let [entry] = &entries[..] else { panic!("{entries:?}") };
    assert_eq!((entry.account.as_str(), entry.action.as_str()), ("wang", "see_evidence"));
    assert_eq!((entry.object_kind.as_str(), &entry.object), ("violation", &id.to_string()));
    // Another person sees it for the first time.
    server.get(&picture).await;
    assert_eq!(self::entries(&server).await.len(), 2);
}

#[tokio::test]
async fn what_leaves_the_machine_is_written_first_and_each_time() {
    let server = Server::new().await;
    server.seed.film(0, at(BEGAN), Duration::from_mins(1), &Film::made_up(VideoCodec::H264)).await;
    let path = "/api/v1/cameras/gate-1/export.mp4?from=2026-03-01T00:00:10Z&to=2026-03-01T00:00:50Z";
    for count in 1..=2 {
        assert_eq!(server.ask_as(&inspector(), request("GET", path, &[])).await.status, StatusCode::OK);
        let query = AuditQuery { limit: 100, ..AuditQuery::default() };
        let index = &server.seed.index;
        let entries = index.audit(&Viewer::local(), AuditReach::All, &query).await.unwrap();
        assert_eq!(entries.len(), count, "nothing waits");
        assert_eq!((entries[0].action.as_str(), entries[0].object.as_str()), ("export_recordings", "gate-1"));
        let range = json!({ "from": "2026-03-01T00:00:10Z", "to": "2026-03-01T00:00:50Z" });
        assert_eq!(entries[0].after, Some(range));
    }
}

#[tokio::test]
async fn playing_is_written_by_recording_and_stills_by_ten_minutes() {
    let server = Server::new().await;
    let film = Film::made_up(VideoCodec::H264);
    let segment = server.seed.film(0, at(BEGAN), Duration::from_mins(1), &film).await;
    let media = format!("/api/v1/cameras/gate-1/recordings/{}/media.mp4", segment.start.as_micros());
    for range in ["bytes=0-9", "bytes=10-19"] {
        let part = server.ask_as(&inspector(), request("GET", &media, &[("range", range)])).await;
        assert_eq!(part.status, StatusCode::PARTIAL_CONTENT);
    }
    for second in [5, 10, 15] {
        let still = format!("/api/v1/cameras/gate-1/still.jpg?at=2026-03-01T00:00:{second:02}Z");
        assert_eq!(server.ask_as(&inspector(), request("GET", &still, &[])).await.status, StatusCode::OK);
    }
    let playlist = "/api/v1/cameras/gate-1/playlist.m3u8?from=2026-03-01T00:00:10Z&to=2026-03-01T00:00:50Z";
    assert_eq!(server.ask_as(&inspector(), request("GET", playlist, &[])).await.status, StatusCode::OK);
    let told: Vec<Value> = entries(&server).await.into_iter().filter_map(|entry| entry.after).collect();
    let stills = json!({ "stills_from": BEGAN, "stills_to": "2026-03-01T00:10:00Z" });
    assert_eq!(told, [json!({ "recording": BEGAN }), stills]);
}

#[tokio::test]
async fn an_enterprise_learns_nothing_of_what_was_not_confirmed() {
    let server = Server::new().await;
    let id = server.breach(1, 0, "no_hard_hat").await;
    let sites = Sites::new(["plant-7".parse().unwrap()]).unwrap();
    let enterprise = Viewer::new("plant", Role::Enterprise, Scope::Sites(sites)).unwrap();
    let none = "01890000-0000-7000-8000-000000000000".to_owned();
    for end in ["", "/snapshot.jpg", "/snapshot-annotated.jpg", "/thumbnail.jpg", "/clip.mp4"] {
        let ask = async |id: &str| {
            let path = format!("/api/v1/violations/{id}{end}");
            let answer = server.ask_as(&enterprise, request("GET", &path, &[])).await;
            (answer.status, String::from_utf8(answer.body).unwrap().replace(id, "ID"))
        };
        let lead = ask(&id.to_string()).await;
        assert_eq!((lead.0, &lead), (StatusCode::NOT_FOUND, &ask(&none).await), "{end}");
    }
    let list = server.ask_as(&enterprise, request("GET", "/api/v1/violations", &[])).await.json();
    assert_eq!(list["items"], json!([]));
    for path in ["/api/v1/cameras", "/api/v1/cameras/gate-1/coverage", "/api/v1/storage", "/metrics"] {
        let refused = server.ask_as(&enterprise, request("GET", path, &[])).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
    }
    let health = server.ask_as(&enterprise, request("GET", "/healthz", &[])).await.json();
    assert_eq!(health.as_object().unwrap().keys().collect::<Vec<_>>(), ["status", "version"]);
}

#[tokio::test]
async fn the_audit_is_given_as_a_file_and_that_stands_in_it() {
    let server = LoginServer::new().await;
    server.add("zhao", settings(Role::Auditor), false).await;
    let mut admin = server.login("admin").await;
    let path = "/api/v1/audit/export.csv?action=write_accounts";
    assert_eq!(server.get(&mut admin, path).await.status, StatusCode::FORBIDDEN);
    let mut zhao = server.login("zhao").await;
    let file = server.get(&mut zhao, path).await;
    assert_eq!(file.status, StatusCode::OK);
    assert!(file.header("content-disposition").contains("anjian-audit.csv"));
    let text = String::from_utf8(file.body.clone()).unwrap();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.iter().map(|row| row[7].to_owned()).collect::<Vec<_>>(), ["zhao", "admin"]);
    assert!(rows[0][10].contains("王工") && rows[0][11].len() == 64, "{:?}", rows[0]);
    let last = entries(&server.server).await.pop().unwrap();
    assert_eq!((last.account.as_str(), last.action.as_str()), ("zhao", "export_audit"));
}

#[tokio::test]
async fn live_events_end_with_the_session() {
    let server = LoginServer::new().await;
    server.add("wang", settings(Role::Inspector), false).await;
    let (mut admin, wang) = (server.login("admin").await, server.login("wang").await);
    let mut stream = server.listen(&wang).await;
    stream.next().await.unwrap();
    let ended = server.ask(&mut admin, "DELETE", "/api/v1/accounts/wang/sessions", Value::Null).await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT);
    assert!(stream.next().await.is_none(), "the stream goes on");
}
