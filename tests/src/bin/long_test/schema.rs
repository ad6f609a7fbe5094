//! The API is asked what its document allows, and what it does not, by Schemathesis.

use std::path::Path;
use std::process::Command;

use anjian_tests::{Plant, checkout};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::long_test::LongTest;

pub(crate) const TEST: LongTest = LongTest {
    name: "schema",
    unit: "minutes",
    default_amount: 5,
    proves: "no request that fits the API's document, or nearly fits it, is answered with a server error",
    run,
};

fn run(minutes: u32) -> Result<()> {
    let tools = checkout().join(".tools/schemathesis");
    let fetched = Command::new(checkout().join("scripts/fetch-python")).arg("schemathesis").status()?;
    ensure!(fetched.success(), "Schemathesis could not be fetched");
    let plant = Plant::start(&[], |_| String::new())?;
    plant.expect("a violation", |plant| !plant.violations(None).is_empty())?;
    let known = known(&plant)?;
    let status = schemathesis(&tools, &plant, &known, minutes)?;
    ensure!(status, "Schemathesis found something: see above");
    ensure!(plant.is_recording(), "the cameras do not record any more: {:?}", plant.recorders());
    plant.server.stop()
}

/// What there is, so that not every path names something unknown. Of each collection of the API: its ids.
fn known(plant: &Plant) -> Result<Value> {
    let id = |row: &Value| row["id"].as_str().map(str::to_owned);
    let violations: Vec<String> = plant.violations(None).iter().filter_map(id).collect();
    let ids_of = |path: &str| -> Result<Vec<String>> {
        let page = plant.server.get(path)?;
        Ok(page["items"].as_array().context("no items")?.iter().filter_map(id).collect())
    };
    Ok(json!({
        "violations": violations,
        "cameras": ids_of("/api/v1/cameras")?,
        "sites": ids_of("/api/v1/sites")?,
    }))
}

/// Answers whether it found nothing.
fn schemathesis(tools: &Path, plant: &Plant, known: &Value, minutes: u32) -> Result<bool> {
    let status = Command::new("python3")
        .args(["-m", "schemathesis.cli", "run", "--checks", "not_a_server_error", "--workers", "2"])
        .args(["--max-time", &(minutes * 60).to_string(), "--exclude-path-regex", "/api/v1/live"])
        .arg(format!("{}/api/v1/openapi.json", plant.server.address()))
        .current_dir(plant.server.folder.path())
        .env("PYTHONPATH", format!("{}:{}", tools.display(), checkout().join("tests/src/bin/long_test").display()))
        .env("SCHEMATHESIS_HOOKS", "schema_hooks")
        .env("ANJIAN_KNOWN", known.to_string())
        .status()?;
    Ok(status.success())
}
