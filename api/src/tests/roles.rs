//! Every role asks for every route that the router has.

use anjian_casework::roles::Rights;
use anjian_domain::{Role, Scope, Sites, Viewer};
use axum::body::to_bytes;
use axum::http::StatusCode;
use serde_json::Value;
use tower::ServiceExt;

use super::{Server, request, routes};
use crate::accounts::access::{Access, ROUTES};
use crate::accounts::door::Door;
use crate::shared::Shared;

/// Method and path of every route, as the router tells them, sorted.
async fn documented(server: &Server) -> Vec<(String, String)> {
    let document = server.get("/api/v1/openapi.json").await.json();
    let mut found = vec![("GET".to_owned(), "/api/v1/openapi.json".to_owned())];
    for (path, item) in document["paths"].as_object().unwrap() {
        found.extend(item.as_object().unwrap().keys().map(|method| (method.to_uppercase(), path.clone())));
    }
    found.sort();
    found
}

#[tokio::test]
async fn every_route_says_who_may_ask() {
    let server = Server::new().await;
    let mut listed: Vec<_> =
        ROUTES.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    listed.sort();
    assert_eq!(documented(&server).await, listed, "a new route belongs into accounts/access.rs");
}

fn viewer(role: Role) -> Viewer {
    let sites = Scope::Sites(Sites::new(["plant-7".parse().unwrap()]).unwrap());
    match role {
        Role::Local => Viewer::local(),
        Role::Admin | Role::Auditor => Viewer::new("wang", role, Scope::Everything).unwrap(),
        _ => Viewer::new("wang", role, sites).unwrap(),
    }
}

#[tokio::test]
async fn each_role_gets_what_the_table_of_roles_says_and_nothing_else() {
    let server = Server::new().await;
    for role in Role::ALL {
        let rights = Rights::of(role);
        for (method, path, access) in ROUTES {
            let is_allowed = match access {
                Access::Anybody | Access::Arriving | Access::SignedIn => true,
                Access::Any(actions) => actions.iter().any(|action| rights.may(*action).is_ok()),
            };
            let names = [("{start}", "1"), ("{name}", "none"), ("{id}", "none"), ("{attachment}", "none")];
            let path = names.iter().fold((*path).to_owned(), |path, (mark, name)| path.replace(mark, name));
            let router = routes(Shared { door: Door::Open(viewer(role)), ..server.shared.clone() });
            // The body of an answer that is not refused may be a stream without an end.
            let response = router.oneshot(request(method, &path, &[])).await.unwrap();
            let is_refused = response.status() == StatusCode::FORBIDDEN;
            assert_eq!(!is_refused, is_allowed, "{role} {method} {path}: {}", response.status());
            if is_refused {
                let body = to_bytes(response.into_body(), 1 << 16).await.unwrap();
                let problem: Value = serde_json::from_slice(&body).unwrap();
                assert_eq!(problem["type"], "urn:anjian:problem:forbidden", "{role} {method} {path}");
            }
        }
    }
}
