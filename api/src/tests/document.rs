//! The OpenAPI document.

use anjian_domain::{Role, Scope, Viewer};
use axum::http::StatusCode;

use super::{Server, request};

#[tokio::test]
async fn it_contains_every_route_of_the_contract() {
    let document = Server::new().await.get("/api/v1/openapi.json").await.json();
    let paths: Vec<&String> = document["paths"].as_object().unwrap().keys().collect();
    for path in [
        "/api/v1/violations",
        "/api/v1/violations/counts",
        "/api/v1/violations/{id}",
        "/api/v1/violations/{id}/snapshot.jpg",
        "/api/v1/violations/{id}/snapshot-annotated.jpg",
        "/api/v1/violations/{id}/thumbnail.jpg",
        "/api/v1/violations/{id}/clip.mp4",
        "/api/v1/behaviours",
        "/api/v1/sites",
        "/api/v1/cameras",
        "/api/v1/cameras/{id}/recordings",
        "/api/v1/cameras/{id}/playlist.m3u8",
        "/api/v1/cameras/{id}/recordings/{start}/media.mp4",
        "/api/v1/cameras/{id}/recordings/{start}/preview-init.mp4",
        "/api/v1/cameras/{id}/recordings/{start}/preview.m4s",
        "/api/v1/cameras/{id}/export.mp4",
        "/api/v1/cameras/{id}/still.jpg",
        "/api/v1/cameras/{id}/coverage",
        "/api/v1/cameras/{id}/completeness",
        "/api/v1/cases/{id}/attachments/{attachment}",
        "/api/v1/audit",
        "/api/v1/holds",
        "/api/v1/holds/{id}",
        "/api/v1/galleries",
        "/api/v1/storage",
        "/api/v1/session",
        "/api/v1/account/sessions",
        "/api/v1/account/tokens",
        "/api/v1/accounts",
        "/api/v1/accounts/{name}/sessions",
        "/api/v1/tokens",
        "/api/v1/roles",
        "/api/v1/live",
        "/healthz",
        "/metrics",
    ] {
        assert!(document["paths"][path]["get"].is_object(), "{path} is not in {paths:?}");
    }
    let enrol = &document["paths"]["/api/v1/galleries/{name}/garments"]["post"];
    for kind in ["image/jpeg", "image/png", "image/webp", "application/json"] {
        assert!(enrol["requestBody"]["content"][kind].is_object(), "{kind}: {enrol}");
    }
    assert_eq!(paths.len(), 67, "a new route belongs into this list too: {paths:?}");
}

#[tokio::test]
async fn every_operation_has_a_name_of_its_own() {
    let document = Server::new().await.get("/api/v1/openapi.json").await.json();
    let items = document["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap());
    let mut names: Vec<_> = items.map(|(_, operation)| operation["operationId"].as_str().unwrap()).collect();
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all, "{names:?}");
}

#[tokio::test]
async fn it_documents_the_names_of_zones() {
    let document = Server::new().await.get("/api/v1/openapi.json").await.json();
    let zones = &document["components"]["schemas"]["CameraView"]["properties"]["zones"];
    assert_eq!(zones["additionalProperties"]["type"], "string", "{zones}");
    assert!(zones["description"].as_str().is_some_and(|text| text.contains("id to name")), "{zones}");
}

/// A key that no route has makes each route say the keys that it reads.
#[tokio::test]
async fn it_documents_the_keys_that_are_read() {
    let server = Server::new().await;
    let document = server.get("/api/v1/openapi.json").await.json();
    let admin = Viewer::new("wang", Role::Admin, Scope::Everything).unwrap();
    let mut routes_with_keys = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let keys = parameters.filter(|parameter| parameter["in"] == "query");
            let keys: Vec<_> = keys.map(|parameter| parameter["name"].as_str().unwrap()).collect();
            if keys.is_empty() {
                continue;
            }
            routes_with_keys += 1;
            let path = format!("{}?no_key=1", path.replace(['{', '}'], ""));
            let asked = || request(&method.to_uppercase(), &path, &[]);
            let mut answer = server.ask(asked()).await;
            if answer.status == StatusCode::FORBIDDEN {
                // It takes a name.
                answer = server.ask_as(&admin, asked()).await;
            }
            let problem = answer.json();
            assert_eq!(
                (answer.status, &problem["key"]),
                (StatusCode::BAD_REQUEST, &"no_key".into()),
                "{path}"
            );
            let expected = format!("\"no_key\" is not a key here: use {}", keys.join(", "));
            assert_eq!(problem["detail"], expected, "{method} {path}");
        }
    }
    assert_eq!(routes_with_keys, 21, "a route with keys came or went");
}
