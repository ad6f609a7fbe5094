//! A server with two cameras on which a hat comes off every 14 s, for faults that are caused under it.

use std::path::PathBuf;
use std::time::Duration;

use anjian_domain::WallTime;
use anyhow::{Context, Result};
use serde_json::Value;

use crate::{Camera, Server, Shows, clip, wait_for};

/// Its cameras.
pub const CAMERAS: [&str; 2] = ["dock", "gate"];

const PATIENCE: Duration = Duration::from_secs(90);
const SETTINGS: &str = "[recording]\nsegment_s = 5\nreserve_mb = 0\nmin_free_gb = 0\n";

/// The server, stopped when dropped, and its cameras.
pub struct Plant {
    /// The server.
    pub server: Server,
    _cameras: Vec<Camera>,
}

impl Plant {
    /// Bare heads are violations.
    pub const RULE: &str = "[[camera.rule]]\nbehaviour = \"no_hard_hat\"\n";

    /// Starts both cameras and the server, under a command that ends by running its arguments, and waits until what is to
    /// be recorded is. `keys` is what stands in the configuration of a camera behind its address, and ends with its rules,
    /// usually [`Plant::RULE`].
    ///
    /// # Errors
    /// When one of them does not start.
    pub fn start(wrapper: &[&str], keys: impl Fn(&str) -> String) -> Result<Self> {
        Self::start_on(wrapper, "", keys)
    }

    /// Like [`Plant::start`], with tables of the configuration in front.
    ///
    /// # Errors
    /// When one of them does not start.
    pub fn start_on(wrapper: &[&str], tables: &str, keys: impl Fn(&str) -> String) -> Result<Self> {
        let video = clip("loading-bay-hat-off");
        let cameras = [Camera::start(Shows::Clip(&video), 0)?, Camera::start(Shows::Clip(&video), 0)?];
        let mut config = format!("{tables}{SETTINGS}");
        for (id, camera) in CAMERAS.iter().zip(&cameras) {
            config += &format!("[[camera]]\nid = \"{id}\"\nmain = \"{}\"\n{}", camera.url, keys(id));
        }
        let server = match wrapper {
            [] => Server::start(&config)?,
            wrapper => Server::start_in_under(wrapper, Server::prepare(&config)?)?,
        };
        let plant = Self { server, _cameras: cameras.into() };
        plant.expect("recording", Self::is_recording)?;
        Ok(plant)
    }

    /// Waits until something is so; the error shows recorders and log.
    ///
    /// # Errors
    /// When it does not come about.
    pub fn expect(&self, what: &str, is_so: impl Fn(&Self) -> bool) -> Result<()> {
        let reached = wait_for(what, PATIENCE, || is_so(self).then_some(()));
        reached.map_err(|error| {
            let health = self.server.body("/healthz").unwrap_or_else(|error| error.to_string());
            error.context(format!("{health}\n{:?}\n{}", self.recorders(), self.server.log()))
        })
    }

    /// The state of each recorder.
    #[must_use]
    pub fn recorders(&self) -> Vec<String> {
        let storage = self.server.get("/api/v1/storage").unwrap_or_default();
        let cameras = storage["cameras"].as_array().cloned().unwrap_or_default();
        cameras.iter().filter_map(|camera| Some(camera["recorder"]["state"].as_str()?.to_owned())).collect()
    }

    /// Whether every recorder records.
    #[must_use]
    pub fn is_recording(&self) -> bool {
        let recorders = self.recorders();
        !recorders.is_empty() && recorders.iter().all(|state| state == "recording")
    }

    /// Whether `/healthz` says that all is well.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        self.server.get("/healthz").is_ok()
    }

    /// The newest violations of a camera, or of all.
    #[must_use]
    pub fn violations(&self, camera: Option<&str>) -> Vec<Value> {
        let filter = camera.map(|camera| format!("&camera={camera}")).unwrap_or_default();
        let page = self.server.get(&format!("/api/v1/violations?limit=200{filter}")).unwrap_or_default();
        page["items"].as_array().cloned().unwrap_or_default()
    }

    /// Causes and seconds of what is missing of a camera's recording in a time.
    ///
    /// # Errors
    /// When the server does not answer.
    pub fn gaps(&self, camera: &str, from: WallTime, to: WallTime) -> Result<Vec<(String, f64)>> {
        let found = self.server.get(&format!("/api/v1/cameras/{camera}/recordings?from={from}&to={to}"))?;
        let gap = |gap: &Value| {
            let cause = gap["cause"].as_str().context("no cause")?.to_owned();
            Ok((cause, gap["duration_s"].as_f64().context("no duration")?))
        };
        found["gaps"].as_array().context("no gaps")?.iter().map(gap).collect()
    }

    /// The data folder.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.server.folder.path().join("data")
    }

    /// Nothing was lost, and index and files agree.
    ///
    /// # Errors
    /// When evidence was lost or `anjian check` finds something.
    pub fn expect_nothing_lost(&self) -> Result<()> {
        anyhow::ensure!(!self.server.log().contains("evidence lost"), "{}", self.server.log());
        crate::check(&[], self.server.folder.path())
    }
}
