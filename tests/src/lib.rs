//! What the end-to-end tests of both tiers share: the real executable, cameras in processes of their own, and what is
//! measured of them.

mod anjian;
mod browser;
mod camera;
pub mod camera_cases;
mod faulty_system;
pub mod field;
mod kills;
mod moving_house;
pub mod odd_camera;
pub mod odd_site;
mod plant;
mod private_bucket;
mod private_postgres;
mod recording;
mod trend;
mod usage;

use std::path::PathBuf;
use std::time::Duration;

use anjian_domain::{Clock, SystemClock};
use anyhow::{Result, bail};

pub use anjian::{Finished, Server, check, run};
pub use browser::{Browser, one_time_password};
pub use camera::{Camera, Shows};
pub use faulty_system::{Fault, FaultySystem};
pub use kills::{KillReport, kill_recording};
pub use moving_house::{House, Moves};
pub use plant::{CAMERAS, Plant};
pub use private_bucket::PrivateBucket;
pub use private_postgres::PrivatePostgres;
pub use recording::{Recording, play, recorded_until, segments, test_clip};
pub use trend::{Trend, Verdict};
pub use usage::Usage;

/// An executable of this workspace, in the profile under test.
///
/// # Errors
/// When it was not built.
pub fn executable(name: &str) -> Result<PathBuf> {
    let mut folder = std::env::current_exe()?;
    folder.pop();
    if folder.ends_with("deps") {
        folder.pop();
    }
    let path = folder.join(name);
    if !path.is_file() {
        bail!("{} is missing: run scripts/test, which builds it, or cargo build --workspace", path.display());
    }
    Ok(path)
}

/// The checkout.
#[must_use]
pub fn checkout() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The clip of a sample camera.
#[must_use]
pub fn clip(camera: &str) -> PathBuf {
    checkout().join("sample-videos").join(camera).join("clip.mp4")
}

/// Asks again and again until there is an answer; for states of other processes, which tell nobody when they change.
///
/// # Errors
/// When `patience` is over; names what was waited for.
pub fn wait_for<T>(what: &str, patience: Duration, mut answer: impl FnMut() -> Option<T>) -> Result<T> {
    let until = SystemClock.monotonic() + patience;
    while SystemClock.monotonic() < until {
        if let Some(answer) = answer() {
            return Ok(answer);
        }
        SystemClock.sleep(Duration::from_millis(50));
    }
    bail!("{what}: not within {patience:?}")
}

/// Lets a fault last: nothing tells when it has lasted long enough.
pub fn pass(time: Duration) {
    SystemClock.sleep(time);
}
