//! A camera in a process of its own, which can be killed and frozen.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::executable;

/// What a camera sends.
#[derive(Debug, Clone, Copy)]
pub enum Shows<'a> {
    /// A clip, over and over.
    Clip(&'a Path),
    /// Random bytes that claim to be H.264.
    Garbage,
}

/// A running camera; killed when dropped.
pub struct Camera {
    child: Child,
    /// Its address.
    pub url: String,
}

impl Camera {
    /// Starts it on a port; 0 takes a free one.
    ///
    /// # Errors
    /// When it does not tell its address.
    pub fn start(shows: Shows<'_>, port: u16) -> Result<Self> {
        let mut command = Command::new(executable("clip_camera")?);
        command.args(["--port", &port.to_string()]).stdout(Stdio::piped());
        match shows {
            Shows::Clip(path) => command.arg("--clip").arg(path),
            Shows::Garbage => command.arg("--garbage"),
        };
        let mut child = command.spawn()?;
        let stdout = child.stdout.take().context("no standard output")?;
        let mut url = String::new();
        BufReader::new(stdout).read_line(&mut url)?;
        if url.is_empty() {
            let _ = child.kill();
            bail!("the camera did not start: {:?}", child.wait()?);
        }
        Ok(Self { child, url: url.trim().to_owned() })
    }

    /// The port of its address.
    ///
    /// # Errors
    /// When the address has none.
    pub fn port(&self) -> Result<u16> {
        let (_, behind) = self.url.rsplit_once(':').context("no port")?;
        Ok(behind.split('/').next().unwrap_or_default().parse()?)
    }

    /// Stops it where it is, connections open: what a camera does whose firmware hangs.
    ///
    /// # Errors
    /// When it has ended.
    pub fn freeze(&self) -> Result<()> {
        self.signal(Signal::SIGSTOP)
    }

    /// Lets it go on.
    ///
    /// # Errors
    /// When it has ended.
    pub fn thaw(&self) -> Result<()> {
        self.signal(Signal::SIGCONT)
    }

    fn signal(&self, signal: Signal) -> Result<()> {
        Ok(kill(Pid::from_raw(i32::try_from(self.child.id())?), signal)?)
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        // Both fail when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
