//! A PostgreSQL server of its own for a test run, see `scripts/private-postgres`.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

/// The server; it ends when this is dropped, or the process ends.
pub struct PrivatePostgres {
    folder: String,
    stdin: Option<ChildStdin>,
    child: Child,
}

impl PrivatePostgres {
    /// Starts it and waits until it takes connections.
    ///
    /// # Panics
    /// When it does not start; the reason stands on standard error.
    #[must_use]
    pub fn start() -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/private-postgres");
        let child = Command::new(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.expect("scripts/private-postgres can be run");
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let mut folder = String::new();
        let read = BufReader::new(stdout.expect("a pipe")).read_line(&mut folder);
        assert!(read.is_ok() && !folder.is_empty(), "the private PostgreSQL server did not start");
        Self { folder: folder.trim().to_owned(), stdin, child }
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
