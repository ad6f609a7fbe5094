//! A PostgreSQL server of its own for a test run, see `scripts/private-postgres`.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// The server; it ends when this is dropped, or the process ends.
pub struct PrivatePostgres {
    folder: String,
    stdin: Option<ChildStdin>,
    told: BufReader<ChildStdout>,
    child: Child,
}

impl PrivatePostgres {
    /// Starts it and waits until it takes connections.
    ///
    /// # Panics
    /// When it does not start; the reason stands on standard error.
    #[must_use]
    pub fn start() -> Self {
        Self::run_script(&[])
    }

    /// Like [`PrivatePostgres::start`], with the data on a disk of their own. `None` where this machine allows no mounts.
    ///
    /// # Panics
    /// When it does not start; the reason stands on standard error.
    #[must_use]
    pub fn start_on_small_disk() -> Option<Self> {
        let mut trial = Command::new("unshare");
        trial.args(["-m", "mount", "-t", "tmpfs", "none", "/mnt"]);
        let is_allowed = trial.output().is_ok_and(|output| output.status.success());
        is_allowed.then(|| Self::run_script(&["256"]))
    }

    fn run_script(arguments: &[&str]) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/private-postgres");
        let mut command = Command::new(script);
        let child = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.expect("scripts/private-postgres can be run");
        let stdin = child.stdin.take();
        let mut told = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut folder = String::new();
        let read = told.read_line(&mut folder);
        assert!(read.is_ok() && !folder.is_empty(), "the private PostgreSQL server did not start");
        Self { folder: folder.trim().to_owned(), stdin, told, child }
    }

    /// Ends the server as a power cut would.
    ///
    /// # Panics
    /// When that fails.
    pub fn cut(&mut self) {
        self.order("stop");
    }

    /// Starts it again, and waits until it takes connections.
    ///
    /// # Panics
    /// When it does not start.
    pub fn restore(&mut self) {
        self.order("start");
    }

    /// Fills the small disk.
    ///
    /// # Panics
    /// When that fails.
    pub fn fill(&mut self) {
        self.order("fill");
    }

    /// Frees the small disk, and starts the server again if it gave up.
    ///
    /// # Panics
    /// When that fails.
    pub fn empty(&mut self) {
        self.order("empty");
    }

    fn order(&mut self, order: &str) {
        let stdin = self.stdin.as_mut().expect("it is closed at the end only");
        writeln!(stdin, "{order}").expect("the script reads");
        let mut answer = String::new();
        self.told.read_line(&mut answer).expect("the script answers");
        assert_eq!(answer.trim(), "done", "{order}");
    }

    /// Makes an empty database, and answers its address.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn create(&self, name: &str) -> String {
        self.run("postgres", &format!("CREATE DATABASE {name}"));
        self.address(name)
    }

    /// Runs a statement in a database; answers what it says.
    ///
    /// # Panics
    /// When it fails.
    pub fn run(&self, name: &str, sql: &str) -> String {
        let mut psql = Command::new("psql");
        psql.args(["-h", &self.folder, "-U", "anjian", "-d", name, "-v", "ON_ERROR_STOP=1", "-Atqc", sql]);
        let done = psql.output().expect("psql is there: run scripts/setup --tests");
        assert!(done.status.success(), "{sql}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8_lossy(&done.stdout).trim().to_owned()
    }

    fn address(&self, name: &str) -> String {
        format!("postgres://anjian@localhost/{name}?host={}", self.folder)
    }
}

impl Drop for PrivatePostgres {
    fn drop(&mut self) {
        self.stdin = None;
        // It may have ended before.
        let _ = self.child.wait();
    }
}
