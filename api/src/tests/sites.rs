//! The record of a site over HTTP.

use anjian_domain::Role;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::cases::Office;
use super::login::settings;

const RECORD: &str = "/api/v1/sites/plant-7/record";

fn record(version: u32, licence: &str) -> Value {
    json!({ "version": version, "record": {
        "licence": licence, "licence_until": "2027-06-30", "industry": "机械制造", "responsible": "陈安全",
        "telephone": "0571-88001234", "address": "滨江路 7 号",
    }})
}

#[tokio::test]
async fn officers_write_the_record_and_read_it_with_what_belongs_to_it() {
    let mut office = Office::new().await;
    office.server.add("zhou", settings(Role::Admin), false).await;
    let mut admin = office.server.login("zhou").await;
    let first = office.server.get(&mut office.wang, RECORD).await.json();
    assert_eq!((&first["record"], &first["open_cases"]), (&Value::Null, &0.into()), "{first}");
    let forbidden = office.server.ask(&mut office.plant, "PUT", RECORD, record(0, "A1")).await;
    assert_eq!(forbidden.status, StatusCode::FORBIDDEN);
    let written = office.server.ask(&mut admin, "PUT", RECORD, record(0, "浙WH安许证字〔2026〕0117")).await;
    assert_eq!(written.status, StatusCode::OK, "{}", written.json());
    let late = office.server.ask(&mut admin, "PUT", RECORD, record(0, "A2")).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    let lines = office.server.ask(&mut admin, "PUT", RECORD, record(1, "A\n2")).await;
    assert_eq!(lines.status, StatusCode::BAD_REQUEST);
    assert!(lines.json()["detail"].as_str().unwrap().contains("licence"), "{}", lines.json());

    office.open("remind").await;
    let seen = office.server.get(&mut office.wang, RECORD).await.json();
    assert_eq!(seen["record"]["licence"], "浙WH安许证字〔2026〕0117");
    assert_eq!((&seen["record"]["version"], &seen["record"]["by"]), (&1.into(), &"zhou".into()));
    assert_eq!((&seen["open_cases"], &seen["site"]["id"]), (&1.into(), &"plant-7".into()));
    let class = seen["risk"]["lines"].as_array().unwrap().iter().find(|line| line["factor"] == "site_class");
    assert_eq!(class.map(|line| &line["count"]), Some(&2.into()), "the site is 较大: {seen}");
}

#[tokio::test]
async fn the_enterprise_reads_its_own_record_without_the_officers_risk() {
    let mut office = Office::new().await;
    office.open("remind").await;
    let seen = office.server.get(&mut office.plant, RECORD).await.json();
    assert_eq!(
        (&seen["risk"], &seen["open_cases"]),
        (&Value::Null, &0.into()),
        "a draft is the officers' own"
    );
    assert_eq!((&seen["cameras"], &seen["findings"]), (&json!([]), &json!([])));
    assert_eq!(office.server.get(&mut office.mill, RECORD).await.status, StatusCode::NOT_FOUND);
}
