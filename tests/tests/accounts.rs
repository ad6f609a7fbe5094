//! Accounts from the first start on: the executable, its command line, and a browser's requests.

use std::path::Path;

use anjian_tests::{Server, run};
use anyhow::{Context, Result, ensure};
use reqwest::blocking::{Client, Response};
use reqwest::header::{COOKIE, SET_COOKIE};
use serde_json::{Value, json};
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

/// A browser as far as it matters here.
struct Browser {
    client: Client,
    address: String,
    session: String,
}

impl Browser {
    fn new(server: &Server) -> Self {
        Self { client: Client::new(), address: server.address().to_owned(), session: String::new() }
    }

    fn ask(&mut self, method: &str, path: &str, body: Option<&Value>) -> Result<Response> {
        let mut request = self.client.request(method.parse()?, format!("{}{path}", self.address));
        if !self.session.is_empty() {
            request = request.header(COOKIE, &self.session);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send()?;
        for line in answer.headers().get_all(SET_COOKIE) {
            let pair = line.to_str()?.split(';').next().unwrap_or_default();
            if pair.starts_with("anjian-session=") {
                pair.clone_into(&mut self.session);
            }
        }
        Ok(answer)
    }

    fn status(&mut self, method: &str, path: &str, body: Option<&Value>) -> Result<u16> {
        Ok(self.ask(method, path, body)?.status().as_u16())
    }

    fn sign_in(&mut self, name: &str, password: &str) -> Result<u16> {
        self.status("POST", "/api/v1/session", Some(&json!({ "account": name, "password": password })))
    }
}

/// The password in a line such as `account admin, one-time password abcd-efgh-ijkm-npqr`.
fn password_in(log: &str) -> Option<&str> {
    log.lines()
        .find_map(|line| line.split_once("account admin, one-time password "))
        .map(|(_, rest)| rest.trim())
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
    let password = password_in(&log).with_context(|| format!("no password in\n{log}"))?;
    let mut browser = Browser::new(&server);
    ensure!(browser.status("GET", "/api/v1/violations", None)? == 401);
    ensure!(browser.sign_in("admin", "a guess of somebody")? == 401);
    ensure!(browser.sign_in("admin", password)? == 204);
    ensure!(
        browser.status("GET", "/api/v1/violations", None)? == 403,
        "the password has to be changed first"
    );
    let change = json!({ "current": password, "new": PASSWORD });
    ensure!(browser.status("PUT", "/api/v1/account/password", Some(&change))? == 204);
    ensure!(browser.status("GET", "/api/v1/violations", None)? == 200);
    let audit: Value = browser.ask("GET", "/api/v1/audit", None)?.json()?;
    let deeds: Vec<_> =
        audit["items"].as_array().context("no entries")?.iter().map(|entry| &entry["action"]).collect();
    ensure!(deeds == ["manage_own_account", "log_in", "log_in_failed", "write_accounts"], "{deeds:?}");

    let again = Server::start_in(server.end()?)?;
    ensure!(password_in(&again.log()).is_none(), "{}", again.log());
    browser.address = again.address().to_owned();
    ensure!(browser.status("GET", "/api/v1/violations", None)? == 200, "the session outlives a restart");
    for secret in [password, PASSWORD, browser.session.trim_start_matches("anjian-session=")] {
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
