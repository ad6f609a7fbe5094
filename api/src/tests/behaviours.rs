//! The behaviours that the server knows, and those that it only has.

use serde_json::json;

use super::Server;

#[tokio::test]
async fn every_behaviour_is_listed_with_its_words_and_keys() {
    let list = Server::new().await.get("/api/v1/behaviours").await.json();
    let items = list["items"].as_array().unwrap();
    let names: Vec<_> = items.iter().map(|item| item["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["no_hard_hat", "hot_work", "overcrowding", "no_anti_static"]);
    let hats = &items[0];
    assert_eq!(hats["title"], json!({ "zh": "未佩戴安全帽", "en": "No hard hat" }));
    assert_eq!((&hats["classes"], &hats["looks"]), (&json!(["head"]), &json!(["headwear"])));
    assert_eq!(hats["frames"], "rest_when_still");
    let mut window = hats["keys"][0].clone();
    window["help"].take();
    let expected = json!({
        "name": "window_s", "kind": "number", "least": 0.2, "most": 60.0, "default": 2.5, "required": false,
        "unit": { "zh": "秒", "en": "seconds" }, "help": null,
    });
    assert_eq!(window, expected);
    let most = &items[2]["keys"][0];
    assert_eq!(
        (&most["kind"], &most["default"], &most["required"]),
        (&json!("whole"), &json!(null), &json!(false))
    );
    for item in items {
        let of = |text: &str| item[text].as_str().unwrap_or_default().len();
        assert!(of("icon") > 0 && of("colour") > 0, "{item}");
    }
}

#[tokio::test]
async fn an_unknown_behaviour_is_answered_with_those_that_there_are() {
    let problem = Server::new().await.get("/api/v1/violations?behaviour=smoking").await.json();
    let expected = "behaviour: \"smoking\" is not a behaviour: use no_hard_hat, hot_work, overcrowding or no_anti_static";
    assert_eq!(problem["detail"], expected);
}

#[tokio::test]
async fn violations_of_another_version_are_listed_and_counted_last() {
    let server = Server::new().await;
    for (minutes, behaviour) in
        [(1, "z_of_another_version"), (2, "a_of_another_version"), (3, "overcrowding"), (4, "no_hard_hat")]
    {
        server.breach(minutes, 0, behaviour).await;
    }
    let page = server.get("/api/v1/violations").await.json();
    assert_eq!(page["items"][3]["behaviour"], "z_of_another_version");
    let range = "from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z";
    let counts = server.get(&format!("/api/v1/violations/counts?group_by=behaviour&{range}")).await.json();
    let keys: Vec<_> = counts["by_behaviour"].as_array().unwrap().iter().map(|count| &count["key"]).collect();
    assert_eq!(keys, ["no_hard_hat", "overcrowding", "a_of_another_version", "z_of_another_version"]);
}
