//! The folder of segments that were fetched from the bucket.

use std::path::{Path, PathBuf};

use tokio::sync::Mutex;

/// The cache. One file is fetched at a time: whoever scrubs through a day must not take the line from everybody else.
#[derive(Debug)]
pub(crate) struct Fetched {
    pub(crate) folder: PathBuf,
    pub(crate) turn: Mutex<()>,
}

impl Fetched {
    pub(crate) fn new(data_dir: &Path) -> Self {
        Self { folder: data_dir.join("fetched"), turn: Mutex::default() }
    }
}
