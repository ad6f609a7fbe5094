//! The OpenAPI document.

use super::Server;
use crate::http::query::FILTER_KEYS;

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
        "/api/v1/holds",
        "/api/v1/holds/{id}",
        "/api/v1/galleries",
        "/api/v1/storage",
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
    assert_eq!(paths.len(), 27, "a new route belongs into this list too: {paths:?}");
}

#[tokio::test]
async fn it_documents_the_names_of_zones() {
    let document = Server::new().await.get("/api/v1/openapi.json").await.json();
    let zones = &document["components"]["schemas"]["CameraView"]["properties"]["zones"];
    assert_eq!(zones["additionalProperties"]["type"], "string", "{zones}");
    assert!(zones["description"].as_str().is_some_and(|text| text.contains("id to name")), "{zones}");
}

#[tokio::test]
async fn it_documents_the_keys_that_are_read() {
    let document = Server::new().await.get("/api/v1/openapi.json").await.json();
    let documented = |path: &str| -> Vec<String> {
        let parameters = document["paths"][path]["get"]["parameters"].as_array().unwrap().iter();
        parameters.map(|parameter| parameter["name"].as_str().unwrap().to_owned()).collect()
    };
    let with = |others: &[&str]| -> Vec<String> {
        FILTER_KEYS.iter().chain(others).map(|key| (*key).to_owned()).collect()
    };
    assert_eq!(documented("/api/v1/violations"), with(&["limit", "cursor"]));
    assert_eq!(documented("/api/v1/violations/counts"), with(&["group_by", "time_zone"]));
}
