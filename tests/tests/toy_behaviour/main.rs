//! A behaviour is one file, `toy.rs`, and one line: configuration, index and API need no other change.

mod toy;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anjian_analysis::rules::Behaviours;
use anjian_analysis::{CameraAnalysis, CameraPlan, RuleSettings};
use anjian_api::{ApiSettings, Ports};
use anjian_domain::{
    BehaviourList, Camera, Class, ClockReading, CloseReason, Detection, Detections, EvidenceSink, MediaTime,
    Moment, OpeningEvidence, Run, RunId, RunKind, Site, SystemClock, ViolationUpdate, WallTime,
};
use anjian_indexer::{Index, IndexSink};
use anyhow::{Context, Result};
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use uuid::Uuid;

/// The one line.
fn behaviours() -> Behaviours {
    Behaviours::built_in().with(toy::REGISTRATION)
}

const START: &str = "2026-03-02T08:00:00Z";

fn rule(keys: Value) -> Result<RuleSettings> {
    let table: Map<String, Value> = serde_json::from_value(keys)?;
    Ok(RuleSettings::read(table, &behaviours())?)
}

fn site() -> Result<Site> {
    Ok(serde_json::from_value(json!({ "id": "works", "name": "北方化工厂" }))?)
}

fn plan(rule: RuleSettings) -> Result<CameraPlan> {
    Ok(CameraPlan {
        run: RunId(Uuid::from_u128(7)),
        site: "works".parse()?,
        camera: "dock".parse()?,
        model: "scripted@0".to_owned(),
        time_zone: jiff::tz::TimeZone::UTC,
        zones: vec![],
        rules: vec![rule],
        permits: vec![],
        galleries: vec![],
    })
}

/// Five frames a second: somebody stands there for ten seconds of twelve.
fn frames() -> Result<Vec<Detections>> {
    let start: WallTime = START.parse()?;
    let person = Detection {
        class: Class::Person,
        score: serde_json::from_value(json!(0.9))?,
        bounds: [0.4, 0.3, 0.5, 0.8].try_into()?,
    };
    let frame = |index: u64| {
        let millis = index * 200;
        let wall = start.plus(Duration::from_millis(millis));
        let items = if millis <= 10_000 { vec![person] } else { vec![] };
        Ok(Detections {
            camera: "dock".parse()?,
            at: Moment { media: MediaTime::from_millis(millis), wall },
            items,
        })
    };
    (0..60).map(frame).collect()
}

/// An index of one Run in which the toy's rule judged the frames.
fn judged(folder: &TempDir, runtime: &Runtime) -> Result<Index> {
    let index = runtime.block_on(Index::open(folder.path(), Arc::new(SystemClock)))?;
    runtime.block_on(index.put_site(&site()?))?;
    let camera = Camera {
        id: "dock".parse()?,
        site: "works".parse()?,
        name: "装卸区".to_owned(),
        zone_names: BTreeMap::new(),
    };
    runtime.block_on(index.put_camera(&camera))?;
    let sink = IndexSink::new(index.clone(), runtime.handle().clone());
    let mut analysis = CameraAnalysis::new(plan(rule(json!({ "behaviour": "loitering", "stay_s": 3 }))?)?)?;
    sink.begin_run(&Run {
        id: RunId(Uuid::from_u128(7)),
        kind: RunKind::Archive,
        site: "works".parse()?,
        camera: camera.id,
        source: "script".to_owned(),
        model: "scripted@0".to_owned(),
        rules: analysis.rule_definitions(),
        settings: Value::Null,
        started_at: START.parse()?,
        footage: None,
    })?;
    for detections in frames()? {
        for update in analysis.observe(&detections) {
            store(&sink, update, &detections)?;
        }
    }
    assert_eq!(analysis.finish(CloseReason::SourceEnded), [], "it closed when they left");
    Ok(index)
}

fn store(sink: &IndexSink, update: ViolationUpdate, detections: &Detections) -> Result<()> {
    match update {
        ViolationUpdate::Opened { violation, path, .. } => {
            let evidence = OpeningEvidence {
                snapshot_at: detections.at,
                clock: ClockReading::FOOTAGE,
                clean_jpeg: b"clean".to_vec(),
                annotated_jpeg: b"annotated".to_vec(),
                detections: detections.clone(),
                path,
            };
            sink.open_violation(&violation, &evidence)?;
        }
        ViolationUpdate::Closed { violation, path } => sink.close_violation(&violation, &path)?,
    }
    Ok(())
}

/// Serves an index and hands out answers by path.
struct Served {
    address: String,
    /// Dropping it stops the server.
    _stop: oneshot::Sender<()>,
}

impl Served {
    fn start(runtime: &Runtime, index: Index, behaviours: BehaviourList) -> Result<Self> {
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let listen = listener.local_addr()?;
        let (stop, stopping) = oneshot::channel();
        let ports = Ports { behaviours, ..Ports::new(Arc::new(String::new)) };
        let settings = ApiSettings::new(listen);
        let shutdown = async {
            // The sender never sends; it is dropped.
            let _: Result<(), _> = stopping.await;
        };
        runtime.spawn(anjian_api::serve_on(listener, settings, index, ports, shutdown));
        Ok(Self { address: format!("http://{listen}"), _stop: stop })
    }

    fn get(&self, path: &str) -> Result<Value> {
        let url = format!("{}{path}", self.address);
        let answer = reqwest::blocking::get(&url).with_context(|| url.clone())?;
        Ok(answer.json()?)
    }
}

#[test]
fn the_toy_is_listed_and_its_violation_found() -> Result<()> {
    let (folder, runtime) = (tempfile::tempdir()?, Runtime::new()?);
    let index = judged(&folder, &runtime)?;
    let served = Served::start(&runtime, index, behaviours().list())?;
    let known = served.get("/api/v1/behaviours")?;
    let toy = known["items"].as_array().and_then(|items| items.last()).context("no behaviours")?;
    assert_eq!(toy["title"], json!({ "zh": "区域逗留", "en": "Loitering" }));
    assert_eq!((&toy["keys"][0]["name"], &toy["keys"][0]["required"]), (&json!("stay_s"), &json!(true)));

    for query in ["", "?behaviour=loitering", "?camera=dock"] {
        let page = served.get(&format!("/api/v1/violations{query}"))?;
        let items = page["items"].as_array().context("no list")?;
        assert_eq!(items.len(), 1, "{query}: {page}");
        let violation = &items[0];
        assert_eq!(violation["behaviour"], "loitering");
        assert_eq!(violation["status"], "closed");
        assert_eq!(violation["opened_at"], "2026-03-02T08:00:00Z");
        assert_eq!(violation["closed_at"], "2026-03-02T08:00:10Z");
    }
    let counts =
        "/api/v1/violations/counts?group_by=behaviour&from=2026-03-02T00:00:00Z&to=2026-03-03T00:00:00Z";
    assert_eq!(served.get(counts)?["by_behaviour"], json!([{ "key": "loitering", "count": 1 }]));
    Ok(())
}

#[test]
fn a_version_without_the_toy_still_opens_its_index() -> Result<()> {
    let (folder, runtime) = (tempfile::tempdir()?, Runtime::new()?);
    let index = judged(&folder, &runtime)?;
    let served = Served::start(&runtime, index, Behaviours::built_in().list())?;
    let page = served.get("/api/v1/violations?camera=dock")?;
    assert_eq!(page["items"][0]["behaviour"], "loitering");
    let refused = served.get("/api/v1/violations?behaviour=loitering")?;
    assert_eq!((&refused["status"], &refused["key"]), (&json!(400), &json!("behaviour")));
    Ok(())
}

#[test]
fn its_keys_are_checked_as_it_states_them() {
    for (keys, expected) in [
        (json!({ "behaviour": "loitering" }), "rule loitering: key `stay_s` is missing"),
        (
            json!({ "behaviour": "loitering", "stay_s": 0.5 }),
            "rule loitering: `stay_s` = 0.5 must lie between 1 and 3600 seconds",
        ),
        (
            json!({ "behaviour": "smoking" }),
            "rule: \"smoking\" is not a behaviour: use no_hard_hat, hot_work, overcrowding, no_anti_static or loitering",
        ),
    ] {
        let error = rule(keys).expect_err("was accepted").to_string();
        assert_eq!(error, expected);
    }
}
