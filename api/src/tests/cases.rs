//! Cases over HTTP: the officers' side and the enterprise's.

use std::time::Duration;

use anjian_casework::Version;
use anjian_casework::roles::AccountScope;
use anjian_casework::verdict::{Act, Finding, Policy, Way};
use anjian_domain::{Role, Scope, Sites, Viewer, ViolationId};
use anjian_indexer::{AccountSettings, Index, VerdictAct};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Answer;
use super::login::{Browser, LoginServer, settings};

pub(super) struct Office {
    pub(super) server: LoginServer,
    pub(super) wang: Browser,
    pub(super) plant: Browser,
    pub(super) mill: Browser,
    /// Two of site `plant-7`.
    pub(super) violations: Vec<String>,
}

impl Office {
    pub(super) async fn new() -> Self {
        let server = LoginServer::without_undo().await;
        let mill = r#"{"id": "mill-8", "name": "轧钢厂"}"#;
        server.server.seed.index.put_site(&serde_json::from_str(mill).unwrap()).await.unwrap();
        server.add("wang", settings(Role::Inspector), false).await;
        for (name, site) in [("plant", "plant-7"), ("mill", "mill-8")] {
            let scope = AccountScope::Sites(Sites::new([site.parse().unwrap()]).unwrap());
            let settings = AccountSettings { scope, ..settings(Role::Enterprise) };
            server.add(name, settings, false).await;
        }
        let (wang, plant, mill) =
            (server.login("wang").await, server.login("plant").await, server.login("mill").await);
        let mut violations = Vec::new();
        for minutes in [1, 2] {
            let id = server.server.breach(minutes, 0, "no_hard_hat").await;
            confirm(&server.server.seed.index, id).await;
            violations.push(id.to_string());
        }
        Self { server, wang, plant, mill, violations }
    }

    pub(super) fn proposal(&self, outcome: &str) -> Value {
        json!({
            "violations": self.violations,
            "outcome": outcome,
            "term_days": 5,
            "cards": [{ "behaviour": "no_hard_hat", "version": 1 }],
        })
    }

    pub(super) async fn open(&mut self, outcome: &str) -> String {
        let body = self.proposal(outcome);
        let opened = self.server.ask(&mut self.wang, "POST", "/api/v1/cases", body).await;
        assert_eq!(opened.status, StatusCode::CREATED, "{}", opened.json());
        opened.json()["id"].as_str().unwrap().to_owned()
    }

    pub(super) async fn step(&mut self, by: Side, id: &str, version: u32, act: Value) -> Answer {
        let browser = match by {
            Side::Officer => &mut self.wang,
            Side::Plant => &mut self.plant,
            Side::Mill => &mut self.mill,
        };
        let path = format!("/api/v1/cases/{id}/steps");
        self.server.ask(browser, "POST", &path, json!({ "version": version, "act": act })).await
    }

    /// A reminder that left; its version is 3.
    pub(super) async fn noticed(&mut self) -> String {
        let id = self.open("remind").await;
        for (version, step) in [(1, "sign"), (2, "issue")] {
            let taken = self.step(Side::Officer, &id, version, json!({ "step": step })).await;
            assert_eq!(taken.status, StatusCode::OK, "{}", taken.json());
        }
        id
    }
}

/// By another officer, beyond undo at once.
async fn confirm(index: &Index, id: ViolationId) {
    let zhao = Viewer::new("zhao", Role::Inspector, Scope::Everything).unwrap();
    let act = Act::Judge { finding: Finding::Confirmed, change_reason: String::new() };
    let wanted = VerdictAct { act, seen: Version(0), way: Way::Single, shown: None };
    let policy = Policy { undo_window: Duration::ZERO, ..Policy::USUAL };
    index.act_on_verdict(&zhao, id, &wanted, policy).await.unwrap();
}

#[derive(Clone, Copy)]
pub(super) enum Side {
    Officer,
    Plant,
    Mill,
}

#[tokio::test]
async fn a_case_goes_from_draft_to_answered_plea() {
    let mut office = Office::new().await;
    let id = office.open("remind").await;
    let path = format!("/api/v1/cases/{id}");
    let hidden = office.server.get(&mut office.plant, &path).await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND, "a draft is the officers' own");
    let signed = office.step(Side::Officer, &id, 1, json!({ "step": "sign" })).await.json();
    assert_eq!((&signed["version"], &signed["signatures"][0]["account"]), (&2.into(), &"wang".into()));
    let late = office.step(Side::Officer, &id, 1, json!({ "step": "issue" })).await;
    assert_eq!(
        (late.status, late.json()["title"].as_str()),
        (StatusCode::CONFLICT, Some("Changed meanwhile"))
    );
    let issued = office.step(Side::Officer, &id, 2, json!({ "step": "issue" })).await;
    assert_eq!(issued.json()["stage"], "noticed", "{}", issued.json());

    let seen = office.server.get(&mut office.plant, &path).await.json();
    assert_eq!(seen["possible"], json!(["acknowledge", "plead", "rectify"]));
    assert_eq!(seen["violations"].as_array().unwrap().len(), 2);
    assert_eq!(seen["violations"][0]["violation"]["judged"], Value::Null);
    assert_eq!(seen["deliveries"], json!([]));
    let counts = office.server.get(&mut office.mill, "/api/v1/cases/counts").await.json();
    assert_eq!(counts, json!({ "stages": {} }));
    for stranger in [Side::Mill] {
        let answer = office.step(stranger, &id, 3, json!({ "step": "plead", "words": "不是我们" })).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    }
    let forbidden = office.step(Side::Plant, &id, 3, json!({ "step": "close" })).await;
    assert_eq!(forbidden.status, StatusCode::FORBIDDEN);
    let wordless = office.step(Side::Plant, &id, 3, json!({ "step": "plead", "words": "" })).await;
    assert_eq!(wordless.status, StatusCode::BAD_REQUEST);
    let pleaded = office.step(Side::Plant, &id, 3, json!({ "step": "plead", "words": "当时已停工" })).await;
    assert_eq!(pleaded.json()["steps"].as_array().unwrap().last().unwrap()["words"], "当时已停工");

    let upheld = json!({ "step": "answer", "upheld": [office.violations[0]], "reasons": "有停工记录", "outcome": "remind" });
    let answered = office.step(Side::Officer, &id, 4, upheld).await.json();
    assert_eq!(
        (&answered["stage"], &answered["violations"][0]["is_in"]),
        (&"answered".into(), &false.into())
    );
    assert_eq!(answered["deliveries"].as_array().unwrap().len(), 3);
    let verdict = format!("/api/v1/violations/{}/verdict", office.violations[0]);
    let verdict = office.server.get(&mut office.wang, &verdict).await.json();
    assert_eq!(verdict["verdict"], "dismissed");
}

#[tokio::test]
async fn what_is_no_case_says_why() {
    let mut office = Office::new().await;
    let mut unknown = office.proposal("remind");
    unknown["violations"] = json!(["01890000-0000-7000-8000-000000000000"]);
    let mut cardless = office.proposal("remind");
    cardless["cards"] = json!([{ "behaviour": "no_hard_hat", "version": 9 }]);
    let mut endless = office.proposal("remind");
    endless["term_days"] = 0.into();
    for (body, word) in [(unknown, "violation"), (cardless, "legal-basis card"), (endless, "term_days")] {
        let answer = office.server.ask(&mut office.wang, "POST", "/api/v1/cases", body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(answer.json()["detail"].as_str().unwrap().contains(word), "{}", answer.json());
    }
    let id = office.open("order_to_rectify").await;
    let body = office.proposal("remind");
    let twice = office.server.ask(&mut office.wang, "POST", "/api/v1/cases", body).await;
    assert_eq!(
        (twice.status, &twice.json()["key"]),
        (StatusCode::CONFLICT, &"bound".into()),
        "the first case holds them"
    );
    let certificate = office.step(Side::Officer, &id, 1, json!({ "step": "sign" })).await;
    assert_eq!(
        (certificate.status, &certificate.json()["key"]),
        (StatusCode::CONFLICT, &"no-certificate".into())
    );
    assert!(certificate.json()["detail"].as_str().unwrap().contains("certificate"), "{}", certificate.json());
    let nonsense = office.step(Side::Officer, &id, 1, json!({ "step": "burn" })).await;
    assert_eq!(nonsense.status, StatusCode::BAD_REQUEST);
    let list =
        office.server.get(&mut office.wang, "/api/v1/cases?stage=draft&assignee=wang&limit=1").await.json();
    assert_eq!((&list["items"][0]["id"], &list["next_cursor"]), (&id.as_str().into(), &Value::Null));
    let bad = office.server.get(&mut office.wang, "/api/v1/cases?limit=0").await;
    assert_eq!((bad.status, &bad.json()["key"]), (StatusCode::BAD_REQUEST, &"limit".into()));
}

#[tokio::test]
async fn the_grade_lists_what_is_missing() {
    let mut office = Office::new().await;
    let path = format!("/api/v1/violations/{}/grade", office.violations[0]);
    let grade = office.server.get(&mut office.wang, &path).await.json();
    assert_eq!((&grade["level"], &grade["allowed"]), (&"lead".into(), &json!(["remind"])));
    let finding = |item: &str| {
        let checks = grade["checks"].as_array().unwrap();
        checks.iter().find(|check| check["item"] == item).unwrap()["finding"].clone()
    };
    assert_eq!([finding("confirmed"), finding("sign")], [json!("present"), json!("missing")]);
    assert_eq!(office.server.get(&mut office.plant, &path).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn records_that_stand_behind_cases_are_kept_by_administrators() {
    let mut office = Office::new().await;
    office.server.add("chen", settings(Role::Admin), false).await;
    let mut admin = office.server.login("chen").await;
    let review =
        json!({ "number": "审-7", "reviewer": "孙", "reviewed_on": "2026-01-05", "has_sign_picture": true });
    let recusal = json!({ "reason": "亲属在该企业任职" });
    for (method, path, body) in [
        ("POST", "/api/v1/cameras/gate-1/reviews", &review),
        ("PUT", "/api/v1/sites/plant-7/recusals/wang", &recusal),
    ] {
        let refused = office.server.ask(&mut office.wang, method, path, body.clone()).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
        let kept = office.server.ask(&mut admin, method, path, body.clone()).await;
        assert_eq!(kept.status, StatusCode::NO_CONTENT, "{path}");
        let nowhere = path.replace("gate-1", "gate-0").replace("plant-7", "plant-0");
        let missing = office.server.ask(&mut admin, method, &nowhere, body.clone()).await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND, "{path}");
    }
    let body = office.proposal("remind");
    let recused = office.server.ask(&mut office.wang, "POST", "/api/v1/cases", body).await;
    assert_eq!(recused.status, StatusCode::CONFLICT);
    let path = "/api/v1/sites/plant-7/recusals/wang";
    let ended = office.server.ask(&mut admin, "DELETE", path, Value::Null).await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT);
    office.open("remind").await;
    let reviews = office.server.get(&mut office.wang, "/api/v1/reviews").await.json();
    assert_eq!(reviews["items"][0]["review"]["number"], "审-7");
    let cards = office.server.get(&mut office.wang, "/api/v1/legal-cards").await.json();
    assert!(cards["items"].as_array().unwrap().iter().all(|card| card["is_example"] == true));
}

#[tokio::test]
async fn a_case_that_is_kept_cannot_be_disposed_of() {
    let mut office = Office::new().await;
    let id = office.open("remind").await;
    let signed = format!("/api/v1/disposals/{id}/signatures");
    let shown = office.server.get(&mut office.wang, &format!("/api/v1/disposals/{id}")).await.json();
    let body = json!({ "seen": shown["version"] });
    let open = office.server.ask(&mut office.wang, "POST", &signed, body.clone()).await;
    assert_eq!((open.status, &open.json()["key"]), (StatusCode::CONFLICT, &"not-over".into()));
    let withdrawn = json!({ "step": "withdraw", "reason": "discarded" });
    assert_eq!(office.step(Side::Officer, &id, 1, withdrawn).await.status, StatusCode::OK);
    let kept = office.server.ask(&mut office.wang, "POST", &signed, body.clone()).await;
    assert_eq!((kept.status, &kept.json()["key"]), (StatusCode::CONFLICT, &"kept".into()));
    let list = office.server.get(&mut office.wang, "/api/v1/disposals").await.json();
    assert_eq!(list["items"], json!([]));
    let shown = office.server.get(&mut office.wang, &format!("/api/v1/disposals/{id}")).await.json();
    assert!(shown["due"].as_str() > Some("2031"), "{shown}");
    for (browser, path) in [(&mut office.plant, "/api/v1/disposals"), (&mut office.mill, signed.as_str())] {
        let method = if path.ends_with('s') && path.contains(&id) { "POST" } else { "GET" };
        let answer = office.server.ask(browser, method, path, body.clone()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
}
