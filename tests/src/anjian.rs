//! The executable under test, as a person runs it.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use tempfile::TempDir;

use crate::executable;

/// What most tests put in front of a configuration: a folder of its own, a free port, and nobody signs in.
const FRONT: &str =
    "data_dir = \"data\"\n[server]\nlisten = \"127.0.0.1:0\"\nallow_everybody_without_login = true\n";

/// A command that has ended.
#[derive(Debug)]
pub struct Finished {
    /// Exit code.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// Runs `anjian` with arguments in a folder and waits for its end.
///
/// # Errors
/// When it cannot be started or was killed.
pub fn run(folder: &Path, arguments: &[&str]) -> Result<Finished> {
    let output = Command::new(executable("anjian")?).args(arguments).current_dir(folder).output()?;
    Ok(Finished {
        code: output.status.code().context("anjian was killed")?,
        stdout: String::from_utf8(output.stdout)?,
        stderr: String::from_utf8(output.stderr)?,
    })
}

/// Whether index and files agree, as `anjian check` sees it, run by a command that ends by running its arguments.
///
/// # Errors
/// When it finds something.
pub fn check(wrapper: &[&str], folder: &Path) -> Result<()> {
    let anjian = executable("anjian")?;
    let words = [&anjian.display().to_string(), "check", "--config", "anjian.toml"];
    let words: Vec<&str> = wrapper.iter().copied().chain(words).collect();
    let output = Command::new(words[0]).args(&words[1..]).current_dir(folder).output()?;
    let told = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    ensure!(output.status.success(), "{}", told.concat());
    Ok(())
}

/// `anjian serve` with a folder of its own; stopped when dropped.
pub struct Server {
    child: Child,
    address: String,
    log: Arc<Mutex<String>>,
    /// Holds `anjian.toml` and the data.
    pub folder: TempDir,
}

impl Server {
    /// Starts it with a configuration; `[server]` and `data_dir` are put in front.
    ///
    /// # Errors
    /// When it ends instead of telling its address.
    pub fn start(config: &str) -> Result<Self> {
        Self::start_in(Self::prepare(config)?)
    }

    /// Like [`Server::start`], with `make` as an empty folder, started by a command that ends by running its arguments.
    ///
    /// # Errors
    /// When it ends instead of telling its address.
    pub fn start_under(wrapper: &[&str], config: &str, make: &str) -> Result<Self> {
        let folder = Self::prepare(config)?;
        std::fs::create_dir(folder.path().join(make))?;
        Self::start_in_under(wrapper, folder)
    }

    /// Like [`Server::start_in`], started by a command that ends by running its arguments.
    ///
    /// # Errors
    /// When it ends instead of telling its address.
    pub fn start_in_under(wrapper: &[&str], folder: TempDir) -> Result<Self> {
        let mut command = Command::new(wrapper[0]);
        command.args(&wrapper[1..]).arg(executable("anjian")?);
        Self::spawn(command, folder)
    }

    /// Starts it in a folder that holds an `anjian.toml`.
    ///
    /// # Errors
    /// When it ends instead of telling its address.
    pub fn start_in(folder: TempDir) -> Result<Self> {
        Self::spawn(Command::new(executable("anjian")?), folder)
    }

    /// A folder with a configuration; `[server]` and `data_dir` are put in front.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn prepare(config: &str) -> Result<TempDir> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("anjian.toml");
        std::fs::write(&file, format!("{FRONT}{config}"))?;
        Ok(folder)
    }

    fn spawn(mut command: Command, folder: TempDir) -> Result<Self> {
        command
            .args(["serve", "--config", "anjian.toml"])
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let log = Arc::new(Mutex::new(String::new()));
        let addresses = follow(&mut child, &log)?;
        let Ok(address) = addresses.recv_timeout(Duration::from_secs(60)) else {
            let _ = child.kill();
            bail!("anjian serve gave no address:\n{}", text(&log));
        };
        Ok(Self { child, address, log, folder })
    }

    /// Asks and reads the answer as JSON.
    ///
    /// # Errors
    /// When the server does not answer with success.
    pub fn get(&self, path: &str) -> Result<Value> {
        let url = format!("{}{path}", self.address);
        Ok(reqwest::blocking::get(&url)?.error_for_status()?.json()?)
    }

    /// Asks and reads the bytes.
    ///
    /// # Errors
    /// When the server does not answer with success.
    pub fn get_bytes(&self, path: &str) -> Result<Vec<u8>> {
        let url = format!("{}{path}", self.address);
        Ok(reqwest::blocking::get(&url)?.error_for_status()?.bytes()?.to_vec())
    }

    /// Asks and answers the body, whatever the status is.
    ///
    /// # Errors
    /// When the server does not answer.
    pub fn body(&self, path: &str) -> Result<String> {
        Ok(reqwest::blocking::get(format!("{}{path}", self.address))?.text()?)
    }

    /// Asks and answers before the body is read, which ends when the answer is dropped.
    ///
    /// # Errors
    /// When the server does not answer with success.
    pub fn open(&self, path: &str) -> Result<reqwest::blocking::Response> {
        Ok(reqwest::blocking::get(format!("{}{path}", self.address))?.error_for_status()?)
    }

    /// Sends a body; answers the status and what came as JSON.
    ///
    /// # Errors
    /// When the server does not answer, or not with JSON.
    pub fn post(&self, path: &str, kind: &str, body: Vec<u8>) -> Result<(u16, Value)> {
        let request = reqwest::blocking::Client::new().post(format!("{}{path}", self.address));
        let answer = request.header("content-type", kind).body(body).send()?;
        Ok((answer.status().as_u16(), answer.json()?))
    }

    /// Every violation, newest first.
    ///
    /// # Errors
    /// When the server does not answer.
    pub fn violations(&self) -> Result<Vec<Value>> {
        let page = self.get("/api/v1/violations?limit=200")?;
        Ok(page["items"].as_array().context("no items")?.clone())
    }

    /// One camera's state.
    ///
    /// # Errors
    /// When the server does not answer or knows no such camera.
    pub fn camera(&self, id: &str) -> Result<Value> {
        let cameras = self.get("/api/v1/cameras")?;
        let found = cameras["items"].as_array().and_then(|items| items.iter().find(|item| item["id"] == id));
        found.cloned().with_context(|| format!("no camera {id}"))
    }

    /// Where it listens.
    ///
    /// # Errors
    /// When its address is none.
    pub fn socket(&self) -> Result<SocketAddr> {
        Ok(self.address.trim_start_matches("http://").parse()?)
    }

    /// Everything that it has written to standard output and standard error.
    #[must_use]
    pub fn log(&self) -> String {
        text(&self.log)
    }

    /// Asks it to end and waits until it has.
    ///
    /// # Errors
    /// When it ends with an error.
    pub fn stop(self) -> Result<()> {
        self.end().map(drop)
    }

    /// The same, and gives its folder back.
    ///
    /// # Errors
    /// When it ends with an error.
    pub fn end(mut self) -> Result<TempDir> {
        kill(self.pid()?, Signal::SIGTERM)?;
        let status = self.child.wait()?;
        if !status.success() {
            bail!("anjian serve ended with {status}:\n{}", self.log());
        }
        self.give_folder()
    }

    /// Kills it as a power cut would and gives its folder back.
    ///
    /// # Errors
    /// When there is nothing to kill.
    pub fn kill(mut self) -> Result<TempDir> {
        self.child.kill()?;
        self.child.wait()?;
        self.give_folder()
    }

    fn give_folder(&mut self) -> Result<TempDir> {
        Ok(std::mem::replace(&mut self.folder, tempfile::tempdir()?))
    }

    /// Where its page is.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Its process.
    ///
    /// # Errors
    /// When the system's numbers do not fit, which they do.
    pub fn pid(&self) -> Result<Pid> {
        Ok(Pid::from_raw(i32::try_from(self.child.id())?))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Collects what it writes and sends the address as soon as it is told.
fn follow(child: &mut Child, log: &Arc<Mutex<String>>) -> Result<Receiver<String>> {
    let stdout: Box<dyn Read + Send> = Box::new(child.stdout.take().context("no standard output")?);
    let stderr: Box<dyn Read + Send> = Box::new(child.stderr.take().context("no standard error")?);
    let (sender, addresses) = sync_channel(1);
    for stream in [stdout, stderr] {
        let (sender, log) = (sender.clone(), Arc::clone(log));
        std::thread::Builder::new().name("anjian-log".to_owned()).spawn(move || {
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                if let Some((_, address)) = line.split_once("http://") {
                    let _ = sender.try_send(format!("http://{}", address.trim_end_matches('/')));
                }
                let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
                log.push_str(&line);
                log.push('\n');
            }
        })?;
    }
    Ok(addresses)
}

fn text(log: &Mutex<String>) -> String {
    log.lock().unwrap_or_else(PoisonError::into_inner).clone()
}
