//! The API is asked what its document allows, and what it does not, by Schemathesis.

use std::process::Command;

use anjian_tests::{Plant, Server, checkout};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::logins::{PASSWORD, first_login};
use crate::long_test::LongTest;

pub(crate) const TEST: LongTest = LongTest {
    name: "schema",
    unit: "minutes",
    default_amount: 5,
    proves: "no request that fits the API's document, or nearly fits it, is answered with a server error",
    run,
};

/// Paths that end the session, or never end.
const LEFT_OUT: &str = "/api/v1/(live|session|account/password)$";

fn run(minutes: u32) -> Result<()> {
    let fetched = Command::new(checkout().join("scripts/fetch-python")).arg("schemathesis").status()?;
    ensure!(fetched.success(), "Schemathesis could not be fetched");
    let (folder, known) = stocked()?;
    let server = Server::start_in(folder)?;
    drop(first_login(&server)?);
    ensure!(ask(&server, &known, minutes)?, "Schemathesis found something: see above");
    server.get("/healthz").context("the server is not well any more")?;
    server.stop()
}

/// A folder with recordings and violations, for a server that asks for a login; and the ids in it, of each collection of the API.
fn stocked() -> Result<(TempDir, Value)> {
    let plant = Plant::start(&[], |_| Plant::RULE.to_owned())?;
    plant.expect("a violation", |plant| !plant.violations(None).is_empty())?;
    let id = |row: &Value| row["id"].as_str().map(str::to_owned);
    let ids_of = |path: &str| -> Result<Vec<String>> {
        let page = plant.server.get(path)?;
        Ok(page["items"].as_array().context("no items")?.iter().filter_map(id).collect())
    };
    let known = json!({
        "violations": ids_of("/api/v1/violations")?,
        "cameras": ids_of("/api/v1/cameras")?,
        "sites": ids_of("/api/v1/sites")?,
    });
    let folder = plant.server.end()?;
    let file = folder.path().join("anjian.toml");
    let config = std::fs::read_to_string(&file)?.replace("allow_everybody_without_login = true\n", "");
    std::fs::write(file, config)?;
    Ok((folder, known))
}

/// Answers whether it found nothing.
fn ask(server: &Server, known: &Value, minutes: u32) -> Result<bool> {
    let (tools, hooks) = (checkout().join(".tools/schemathesis"), checkout().join("tests/src/bin/long_test"));
    // Two workers would meet a fault of Python 3.11: "AST constructor recursion depth mismatch".
    let status = Command::new("python3")
        .args(["-m", "schemathesis.cli", "run", "--checks", "not_a_server_error", "--workers", "1"])
        .args(["--max-time", &(minutes * 60).to_string(), "--exclude-path-regex", LEFT_OUT])
        .arg(format!("{}/api/v1/openapi.json", server.address()))
        .current_dir(server.folder.path())
        .env("PYTHONPATH", format!("{}:{}", tools.display(), hooks.display()))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("SCHEMATHESIS_HOOKS", "schema_hooks")
        .env("ANJIAN_ADDRESS", server.address())
        .env("ANJIAN_PASSWORD", PASSWORD)
        .env("ANJIAN_KNOWN", known.to_string())
        .status()?;
    Ok(status.success())
}
