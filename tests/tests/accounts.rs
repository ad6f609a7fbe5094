//! Accounts from the first start on: the executable, its command line, and a browser's requests.

use std::path::Path;

use anjian_tests::{Browser, Server, one_time_password, run};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tempfile::TempDir;

const PASSWORD: &str = "six little ducks";

fn folder() -> Result<TempDir> {
    let folder = tempfile::tempdir()?;
    std::fs::write(
        folder.path().join("anjian.toml"),
        "data_dir = \"data\"\n[server]\nlisten = \"127.0.0.1:0\"\n",
    )?;
    Ok(folder)
}

fn account(folder: &Path, arguments: &[&str]) -> Result<String> {
    let words = [&["account"], arguments, &["--config", "anjian.toml"]].concat();
    let finished = run(folder, &words)?;
    ensure!(finished.code == 0, "{words:?}: {}", finished.stderr);
    Ok(finished.stdout)
}

#[test]
fn the_first_start_makes_an_administrator_and_tells_the_password_once() -> Result<()> {
    let server = Server::start_in(folder()?)?;
    let log = server.log();
    let password = one_time_password(&log).with_context(|| format!("no password in\n{log}"))?;
    let mut browser = Browser::new(&server);
    ensure!(browser.status("GET", "/api/v1/violations", None)? == 401);
    ensure!(browser.sign_in("admin", "a guess of somebody")? == 401);
    ensure!(browser.sign_in("admin", password)? == 204);
    ensure!(
        browser.status("GET", "/api/v1/violations", None)? == 403,
        "the password has to be changed first"
    );
    ensure!(browser.change_password(password, PASSWORD)? == 204);
    ensure!(browser.status("GET", "/api/v1/violations", None)? == 200);
    let audit: Value = browser.ask("GET", "/api/v1/audit", None)?.json()?;
    let deeds: Vec<_> =
        audit["items"].as_array().context("no entries")?.iter().map(|entry| &entry["action"]).collect();
    ensure!(deeds == ["manage_own_account", "log_in", "log_in_failed", "write_accounts"], "{deeds:?}");

    let again = Server::start_in(server.end()?)?;
    ensure!(one_time_password(&again.log()).is_none(), "{}", again.log());
    browser.address = again.address().to_owned();
    ensure!(browser.status("GET", "/api/v1/violations", None)? == 200, "the session outlives a restart");
    for secret in [password, PASSWORD, browser.cookie("anjian-session").context("no session")?] {
        ensure!(!again.log().contains(secret), "a secret is logged");
    }
    again.stop()
}

#[test]
fn accounts_are_kept_on_the_command_line_beside_a_running_server() -> Result<()> {
    let server = Server::start_in(folder()?)?;
    let config = server.folder.path();
    let password = account(config, &["add", "wang", "--role", "inspector", "--shown-name", "王工"])?;
    let mut browser = Browser::new(&server);
    ensure!(browser.sign_in("wang", password.trim())? == 204);
    let listed = account(config, &["list"])?;
    ensure!(listed.contains("admin\tadmin\teverything\tone-time password"), "{listed}");
    ensure!(listed.contains("wang\tinspector\teverything\tone-time password"), "{listed}");
    let reset = account(config, &["reset", "wang"])?;
    ensure!(browser.status("GET", "/api/v1/session", None)? == 200);
    let session: Value = browser.ask("GET", "/api/v1/session", None)?.json()?;
    ensure!(session["account"].is_null(), "a reset signs out: {session}");
    ensure!(
        browser.sign_in("wang", password.trim())? == 401 && browser.sign_in("wang", reset.trim())? == 204
    );
    for refused in [
        &["add", "wang", "--role", "inspector"][..],
        &["add", "li", "--role", "enterprise"],
        &["add", "li", "--role", "enterprise", "--site", "nowhere"],
        &["add", "li", "--role", "local"],
        &["reset", "nobody"],
    ] {
        let words = [&["account"], refused, &["--config", "anjian.toml"]].concat();
        let finished = run(config, &words)?;
        ensure!(finished.code == 2 && finished.stdout.is_empty(), "{refused:?}: {}", finished.stderr);
    }
    server.stop()
}
