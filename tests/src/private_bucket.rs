//! An S3 endpoint of its own for a test run, see `scripts/private-bucket`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

/// The endpoint; it ends when this is dropped, or the process ends.
pub struct PrivateBucket {
    endpoint: String,
    stdin: Option<ChildStdin>,
    child: Child,
}

impl PrivateBucket {
    /// Starts it and waits until it answers.
    ///
    /// # Panics
    /// When it does not start; the reason stands on standard error.
    #[must_use]
    pub fn start() -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/private-bucket");
        let child = Command::new(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.expect("scripts/private-bucket can be run");
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let mut endpoint = String::new();
        let read = BufReader::new(stdout.expect("a pipe")).read_line(&mut endpoint);
        assert!(read.is_ok() && !endpoint.is_empty(), "the private S3 endpoint did not start");
        Self { endpoint: endpoint.trim().to_owned(), stdin, child }
    }

    /// Lets it answer nobody, as a store that is overloaded, or a line that swallows everything.
    ///
    /// # Panics
    /// When it has ended.
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    /// Lets it answer again.
    ///
    /// # Panics
    /// When it has ended.
    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()), "the private S3 endpoint has ended");
    }

    /// `http://host:port`.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Makes an empty bucket.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn create(&self, bucket: &str) {
        self.ask("PUT", &format!("/{bucket}"));
    }

    /// Sends a request without a body; answers the whole response. The endpoint asks nobody for a key.
    ///
    /// # Panics
    /// When that fails.
    pub fn ask(&self, method: &str, path: &str) -> String {
        let host = self.endpoint.trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).expect("the endpoint answers");
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).expect("the endpoint reads");
        let mut response = String::new();
        stream.read_to_string(&mut response).expect("the endpoint writes");
        let is_done = response.split(' ').nth(1).is_some_and(|status| status.starts_with('2'));
        assert!(is_done, "{method} {path}: {response}");
        response
    }
}

impl Drop for PrivateBucket {
    fn drop(&mut self) {
        self.stdin = None;
        // It may have ended before.
        let _ = self.child.wait();
    }
}
