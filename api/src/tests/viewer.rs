//! A viewer of one site: what belongs to another answers, byte for byte, as what is not there.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use anjian_casework::Outcome;
use anjian_casework::attachment::AttachmentKind;
use anjian_casework::calendar::Term;
use anjian_casework::case::{FindingId, Member, Proposal};
use anjian_casework::grade::Review;
use anjian_domain::{
    Camera, CameraSink, CameraState, CameraStatus, Role, Scope, Site, Sites, VideoCodec, Viewer, ViolationId,
};
use anjian_indexer::{AttachmentId, AttachmentTo, CaseId, CaseRules, Index, NewAttachment, NewFinding};
use axum::body::Body;
use axum::http::{Request, StatusCode};

use super::seed::footage::Film;
use super::{Answer, BEGAN, ScriptedDesk, Server, at, request};
use crate::ports::galleries::NoGalleries;

/// Something of site `plant-7`, or something that is nowhere.
struct Names {
    site: &'static str,
    camera: &'static str,
    start: i64,
    violation: ViolationId,
    case: CaseId,
    hold: i64,
    attachment: AttachmentId,
    finding: FindingId,
    picture: AttachmentId,
}

impl Names {
    fn nowhere() -> Self {
        let violation = "01890000-0000-7000-8000-000000000000".parse().unwrap();
        let case = "01890000-0000-7000-8000-000000000001".parse().unwrap();
        let attachment = "01890000-0000-7000-8000-000000000002".parse().unwrap();
        let finding = FindingId("01890000-0000-7000-8000-000000000003".parse().unwrap());
        let picture = "01890000-0000-7000-8000-000000000004".parse().unwrap();
        let (site, camera, start) = ("plant-0", "gate-0", 1_700_000_000_000_000);
        Self { site, camera, start, violation, case, hold: 9, attachment, finding, picture }
    }

    /// The names in the place of what stands for them.
    fn put_into(&self, template: &str) -> String {
        self.pairs().into_iter().fold(template.to_owned(), |text, (mark, name)| text.replace(mark, &name))
    }

    /// What stands for them in the place of the names.
    fn take_out_of(&self, text: &str) -> String {
        // A single digit stands in other places too.
        let text = text.replace(&format!("hold {}:", self.hold), "hold {hold}:");
        let names = self.pairs().into_iter().filter(|(mark, _)| *mark != "{hold}");
        names.fold(text, |text, (mark, name)| text.replace(&name, mark))
    }

    fn pairs(&self) -> [(&'static str, String); 9] {
        [
            ("{case}", self.case.to_string()),
            ("{violation}", self.violation.to_string()),
            ("{start}", self.start.to_string()),
            ("{camera}", self.camera.to_owned()),
            ("{site}", self.site.to_owned()),
            ("{hold}", self.hold.to_string()),
            ("{attachment}", self.attachment.to_string()),
            ("{finding}", self.finding.0.to_string()),
            ("{picture}", self.picture.to_string()),
        ]
    }
}

fn viewer_of(site: &str) -> Viewer {
    viewer_as(Role::Inspector, site)
}

fn viewer_as(role: Role, site: &str) -> Viewer {
    let sites = Sites::new([site.parse().unwrap()]).unwrap();
    Viewer::new("wang", role, Scope::Sites(sites)).unwrap()
}

/// Site `plant-7` with a violation, a recording and a hold, and site `mill-8` with a camera; asked by a viewer.
async fn server(viewer: Viewer) -> (Server, Names) {
    let server = Server::asked_by(viewer, Arc::new(ScriptedDesk), Arc::new(NoGalleries)).await;
    let index = &server.seed.index;
    let site = r#"{"id": "mill-8", "name": "轧钢厂"}"#;
    index.put_site(&serde_json::from_str::<Site>(site).unwrap()).await.unwrap();
    let (id, site) = ("mill-1".parse().unwrap(), "mill-8".parse().unwrap());
    let mill = Camera { id, site, name: "轧机".to_owned(), zone_names: Default::default() };
    index.put_camera(&mill).await.unwrap();
    let violation = server.breach(60, 0, "no_hard_hat").await;
    let film = Film::made_up(VideoCodec::H265);
    let segment = server.seed.film(0, at(BEGAN), Duration::from_mins(1), &film).await;
    let hold = anjian_indexer::NewHold {
        camera: segment.camera.clone(),
        from: at(BEGAN),
        to: at(BEGAN).plus(Duration::from_mins(1)),
        who: "王检查员".to_owned(),
        why: "案件 2026-17".to_owned(),
    };
    let hold = index.put_hold(&Viewer::local(), &hold).await.unwrap().id;
    let start = segment.start.as_micros();
    let case = case_about(index, violation).await;
    let attachment = attached(index, AttachmentTo::Case(case)).await;
    let picture = attached(index, AttachmentTo::Site("plant-7".parse().unwrap())).await;
    let finding = found(index, picture).await;
    let (site, camera) = ("plant-7", "gate-1");
    (server, Names { site, camera, start, violation, case, hold, attachment, finding, picture })
}

/// What the viewer of `plant-7` found there; no case is about it.
async fn found(index: &Index, picture: AttachmentId) -> FindingId {
    let finding = FindingId("01890000-0000-7000-8000-0000000000f1".parse().unwrap());
    let new = NewFinding {
        id: finding,
        site: "plant-7".parse().unwrap(),
        camera: None,
        behaviour: None,
        words: "安全出口堵塞".into(),
        place: "东门".into(),
        found_at: at(BEGAN),
        attachments: vec![picture],
    };
    index.record_finding(&viewer_of("plant-7"), &new).await.unwrap();
    finding
}

/// An attachment by the viewer of `plant-7`; nothing took it.
async fn attached(index: &Index, to: AttachmentTo) -> AttachmentId {
    let sent = NewAttachment { to, kind: AttachmentKind::Pdf, name: "现场.pdf".parse().unwrap() };
    let mut receiving = index.receive_attachment(&viewer_of("plant-7"), sent).await.unwrap();
    receiving.write("%PDF-1.7 of the site".into()).await.unwrap();
    receiving.finish().await.unwrap().id
}

/// A draft about a violation, by an officer; the camera's review record, and an officer who must not act.
async fn case_about(index: &Index, violation: ViolationId) -> CaseId {
    let zhao = Viewer::new("zhao", Role::Inspector, Scope::Everything).unwrap();
    let rules = CaseRules::usual();
    let cards = rules.cards.iter().take(1).map(|card| card.id().clone()).collect();
    let proposal = Proposal { outcome: Outcome::Remind, term: Term::days(5).unwrap(), cards };
    let review = Review {
        number: "审-1".into(),
        reviewer: "孙".into(),
        reviewed_on: "2026-01-01".parse().unwrap(),
        has_sign_picture: true,
        publication: None,
    };
    let (gate, plant, li) = ("gate-1".parse().unwrap(), "plant-7".parse().unwrap(), "li".parse().unwrap());
    index.add_review(&Viewer::local(), &gate, &review, false).await.unwrap();
    index.put_recusal(&Viewer::local(), &plant, &li, Some("亲属")).await.unwrap();
    index.open_case(&zhao, &[Member::Violation(violation)].into(), &proposal, &rules).await.unwrap()
}

const RANGE: &str = "from=2026-03-01T00:00:10Z&to=2026-03-01T00:00:50Z";

/// Every documented address that shows or changes what belongs to a site: method, path, query.
fn addresses() -> Vec<(&'static str, &'static str, &'static str)> {
    let range = "from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z";
    vec![
        ("GET", "/api/v1/violations", "site={site}"),
        ("GET", "/api/v1/violations", "camera={camera}&min_score=0.5"),
        ("GET", "/api/v1/violations/counts", "site={site}&group_by=camera&group_by=behaviour&group_by=day"),
        ("GET", "/api/v1/violations/counts", range),
        ("GET", "/api/v1/violations/{violation}", ""),
        ("GET", "/api/v1/violations/{violation}/snapshot.jpg", ""),
        ("GET", "/api/v1/violations/{violation}/snapshot-annotated.jpg", ""),
        ("GET", "/api/v1/violations/{violation}/thumbnail.jpg", ""),
        ("GET", "/api/v1/violations/{violation}/clip.mp4", ""),
        ("GET", "/api/v1/violations/{violation}/verdict", ""),
        ("DELETE", "/api/v1/violations/{violation}/verdict", "version=0"),
        ("GET", "/api/v1/violations/{violation}/grade", ""),
        ("GET", "/api/v1/cases", "site={site}"),
        ("GET", "/api/v1/cases", "violation={violation}&open=true"),
        ("GET", "/api/v1/cases/counts", "site={site}"),
        ("GET", "/api/v1/cases/{case}", ""),
        ("GET", "/api/v1/cases/{case}/attachments/{attachment}", ""),
        ("GET", "/api/v1/cases/{case}/proofs", ""),
        ("GET", "/api/v1/findings", "site={site}"),
        ("GET", "/api/v1/findings/{finding}", ""),
        ("GET", "/api/v1/findings/{finding}/attachments/{picture}", ""),
        ("GET", "/api/v1/sites/{site}/record", ""),
        ("GET", "/api/v1/reviews", ""),
        ("GET", "/api/v1/recusals", ""),
        ("GET", "/api/v1/cameras/{camera}/recordings", RANGE),
        ("GET", "/api/v1/cameras/{camera}/playlist.m3u8", RANGE),
        ("GET", "/api/v1/cameras/{camera}/recordings/{start}/media.mp4", ""),
        ("GET", "/api/v1/cameras/{camera}/recordings/{start}/preview-init.mp4", "bytes=0-4096"),
        ("GET", "/api/v1/cameras/{camera}/recordings/{start}/preview.m4s", "bytes=0-4096"),
        ("GET", "/api/v1/cameras/{camera}/export.mp4", RANGE),
        ("GET", "/api/v1/cameras/{camera}/still.jpg", "at=2026-03-01T00:00:10Z"),
        ("GET", "/api/v1/cameras/{camera}/coverage", RANGE),
        ("GET", "/api/v1/cameras/{camera}/completeness", RANGE),
        ("GET", "/api/v1/holds", "camera={camera}&which=all"),
        ("GET", "/api/v1/holds/{hold}", ""),
        ("DELETE", "/api/v1/holds/{hold}", "who=me&why=over"),
    ]
}

/// Addresses that name nothing; other tests say what a viewer of one site gets from them.
const NAMELESS: [&str; 36] = [
    "/api/v1/sites/{id}/attachments",
    "/api/v1/cases/{id}/attachments",
    "/api/v1/cases/{id}/steps",
    "/api/v1/legal-cards",
    "/api/v1/cameras/{id}/reviews",
    "/api/v1/sites/{id}/recusals/{account}",
    "/api/v1/violations/{id}/verdict/second",
    "/api/v1/verdicts",
    "/api/v1/sign-on/start",
    "/api/v1/sign-on/return",
    "/api/v1/session",
    "/api/v1/account/password",
    "/api/v1/account/totp",
    "/api/v1/account/sessions",
    "/api/v1/account/sessions/{id}",
    "/api/v1/account/tokens",
    "/api/v1/account/tokens/{id}",
    "/api/v1/accounts",
    "/api/v1/accounts/{name}",
    "/api/v1/accounts/{name}/reset",
    "/api/v1/accounts/{name}/sessions",
    "/api/v1/tokens",
    "/api/v1/tokens/{id}",
    "/api/v1/roles",
    "/api/v1/audit",
    "/api/v1/audit/checkpoint",
    "/api/v1/audit/export.csv",
    "/api/v1/sites",
    "/api/v1/cameras",
    "/api/v1/storage",
    "/api/v1/live",
    "/api/v1/behaviours",
    "/api/v1/galleries",
    "/api/v1/galleries/{name}/garments",
    "/healthz",
    "/metrics",
];

/// As a client has it, with marks instead of names.
fn told(answer: &Answer, names: &Names) -> String {
    let body = names.take_out_of(&String::from_utf8_lossy(&answer.body));
    let headers: BTreeSet<String> =
        answer.headers.iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
    format!("{} {headers:?} {body}", answer.status)
}

/// Roles whose accounts may be for some sites only.
const OF_SITES: [Role; 5] = [Role::Inspector, Role::Enterprise, Role::Operator, Role::Analyst, Role::Service];

#[tokio::test]
async fn what_is_not_yours_answers_as_what_is_not_there() {
    let (server, names) = server(Viewer::local()).await;
    let nowhere = Names::nowhere();
    // The enterprise of the site itself learns no more than its record: nothing is confirmed, and the rest is none of its business.
    let viewers = OF_SITES.map(|role| (role, "mill-8")).into_iter().chain([(Role::Enterprise, "plant-7")]);
    for (role, site) in viewers {
        let viewer = viewer_as(role, site);
        let is_own = |path: &str| site == "plant-7" && path.ends_with("/record");
        for (method, path, query) in addresses().into_iter().filter(|(_, path, _)| !is_own(path)) {
            let address = format!("{path}?{query}");
            let ask = |names: &Names| server.ask_as(&viewer, request(method, &names.put_into(&address), &[]));
            let (theirs, none) = (ask(&names).await, ask(&nowhere).await);
            assert_eq!(told(&theirs, &names), told(&none, &nowhere), "{role} {method} {address}");
            let is_expected =
                [StatusCode::OK, StatusCode::NOT_FOUND, StatusCode::FORBIDDEN].contains(&theirs.status);
            assert!(is_expected, "{role} {address}: {}", theirs.status);
        }
        let put = |names: &Names| {
            let body = format!(
                r#"{{"camera": "{}", "from": "{BEGAN}", "to": "2026-03-02T00:00:00Z", "who": "me", "why": "case"}}"#,
                names.camera
            );
            let posted = Request::post("/api/v1/holds").header("host", "localhost");
            let posted = posted.header("content-type", "application/json").body(Body::from(body)).unwrap();
            server.ask_as(&viewer, posted)
        };
        let (theirs, none) = (put(&names).await, put(&nowhere).await);
        let expected = if role == Role::Inspector { StatusCode::NOT_FOUND } else { StatusCode::FORBIDDEN };
        assert_eq!(theirs.status, expected, "{role}");
        assert_eq!(told(&theirs, &names), told(&none, &nowhere), "{role}");
    }
}

#[tokio::test]
async fn every_documented_address_is_compared() {
    let (server, _) = server(Viewer::local()).await;
    let document = server.get("/api/v1/openapi.json").await.json();
    let documented: BTreeSet<String> = document["paths"].as_object().unwrap().keys().cloned().collect();
    let plain = |path: &str| match path {
        path if path.starts_with("/api/v1/cases/{") => path.replace("{case}", "{id}"),
        path if path.starts_with("/api/v1/violations/{") => path.replace("{violation}", "{id}"),
        path if path.starts_with("/api/v1/findings/{") => {
            path.replace("{finding}", "{id}").replace("{picture}", "{attachment}")
        }
        path => ["{camera}", "{hold}", "{site}"]
            .iter()
            .fold(path.to_owned(), |path, name| path.replace(name, "{id}")),
    };
    let compared = addresses().into_iter().map(|(_, path, _)| plain(path));
    let known: BTreeSet<String> = compared.chain(NAMELESS.map(str::to_owned)).collect();
    assert_eq!(documented, known, "a new address belongs into one of the two lists");
}

/// The same addresses show something to who may see it, so that the comparison above means something.
#[tokio::test]
async fn what_is_yours_is_shown() {
    let (server, names) = server(viewer_of("plant-7")).await;
    for (method, path, query) in addresses() {
        let address = names.put_into(&format!("{path}?{query}"));
        let answer = server.ask(request(method, &address, &[])).await;
        // There is no clip, no such piece, no decoder for previews and no verdict to undo here: they say so of what they found.
        let is_partial = ["clip.mp4", "preview", "/verdict", "/proofs"].iter().any(|end| path.contains(end));
        assert!(answer.status == StatusCode::OK || is_partial, "{address}: {}", answer.status);
        let is_empty = answer.body.is_empty() || answer.body.starts_with(br#"{"items":[]"#);
        assert!(is_partial || !is_empty, "{address}");
    }
}

#[tokio::test]
async fn lists_hold_only_what_is_yours() {
    let (server, _) = server(viewer_of("mill-8")).await;
    let ids = |answer: Answer| -> Vec<String> {
        let view = answer.json();
        let items = view["items"].as_array().unwrap().iter();
        items.map(|item| item["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(server.get("/api/v1/sites").await), ["mill-8"]);
    assert_eq!(ids(server.get("/api/v1/cameras").await), ["mill-1"]);
    assert!(ids(server.get("/api/v1/violations").await).is_empty());
    let storage = server.get("/api/v1/storage").await.json();
    assert_eq!(storage["cameras"].as_array().unwrap().len(), 0);
    assert_eq!((&storage["recorded_bytes"], &storage["held_bytes"]), (&0.into(), &0.into()));
    assert_eq!(server.get("/api/v1/galleries").await.status, StatusCode::NOT_FOUND);
    let garment = request("POST", "/api/v1/galleries/white/garments", &[("content-type", "image/png")]);
    assert_eq!(server.ask(garment).await.status, StatusCode::FORBIDDEN, "an inspector enrols nothing");
}

#[tokio::test]
async fn a_listener_hears_only_of_what_is_yours() {
    let (server, _) = server(viewer_of("mill-8")).await;
    let mut stream = server.listen(&[]).await;
    stream.next().await.unwrap();
    server.breach(61, 0, "no_hard_hat").await;
    server.seed.camera_state(1, CameraState::Live, at(BEGAN), None).await;
    let (camera, since) = ("mill-1".parse().unwrap(), at(BEGAN));
    let status = CameraStatus { camera, state: CameraState::Live, since, reason: None, last_frame: None };
    server.seed.record(move |sink| sink.camera_status(&status).unwrap()).await;
    let first = stream.next().await.unwrap();
    assert_eq!((first.name.as_str(), first.data["id"].as_str()), ("camera", Some("mill-1")));
    // One that was away hears the same.
    let mut again = server.listen(&[("last-event-id", "0")]).await;
    again.next().await.unwrap();
    assert_eq!(again.next().await.unwrap().id, first.id);
}

#[tokio::test]
async fn an_account_signs_what_it_changes() {
    let (server, names) = server(viewer_of("plant-7")).await;
    let lift = request("DELETE", &names.put_into("/api/v1/holds/{hold}?who=somebody+else&why=over"), &[]);
    let lifted = server.ask(lift).await.json();
    assert_eq!(lifted["lifted"]["who"], "wang");
}
