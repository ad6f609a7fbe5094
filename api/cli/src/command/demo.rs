//! `anjian demo`: the sample videos as RTSP cameras on loopback, and everything running on them.

use std::path::{Path, PathBuf};

use anjian_ingest::ClipServer;
use anyhow::Context;

use super::serve::{self, Guests, Welcome};
use crate::accounts::DemoKeys;
use crate::config::Config;
use crate::output::{Usage, tell};
use crate::wiring;

const SAMPLES: &str = "sample-videos";

/// Serve the sample videos as RTSP cameras on loopback and run everything on them.
#[derive(clap::Args)]
pub struct Arguments {
    /// The folder with the sample videos and their `anjian.toml`; found by itself inside a checkout
    #[arg(long, value_name = "DIR")]
    samples: Option<PathBuf>,
    /// The folder for the demo's index and evidence
    #[arg(long, value_name = "DIR", default_value = "demo-data")]
    data: PathBuf,
    /// The port of the page; 0 takes any that is free
    #[arg(long, default_value_t = 8760)]
    port: u16,
}

/// Runs until SIGINT or SIGTERM.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    let samples = arguments.samples.map_or_else(find_samples, Ok)?;
    let mut config = Config::load(&samples.join("anjian.toml"))?;
    // What is shipped stays as it is, whatever is enrolled.
    config.copy_galleries(arguments.data.join("galleries"), &*wiring::clock())?;
    config.data_dir = arguments.data;
    config.server.listen.set_port(arguments.port);
    anjian_ingest::init()?;
    let cameras = serve_clips(&mut config, &samples)?;
    let count = config.cameras.len();
    let ready = |welcome: &Welcome| {
        tell(&format!("{count} sample cameras are watched over real RTSP on loopback."));
        welcome.demo.iter().for_each(tell_keys);
        tell(&format!("Open {} - violations appear within a minute. Ctrl-C ends the demo.", welcome.address));
    };
    serve::serve(&config, Guests::Demo, &ready, std::future::pending())?;
    drop(cameras);
    Ok(())
}

fn tell_keys(keys: &DemoKeys) {
    tell("Accounts of this demo, with passwords of this start; the login page offers them:");
    for account in &keys.accounts {
        tell(&format!("  {:10}  {}", account.name, account.password));
    }
    tell(&format!("For scripts: curl -H 'Authorization: Bearer {}' …", keys.token));
}

/// The folder beside or above the executable, or the current folder.
fn find_samples() -> anyhow::Result<PathBuf> {
    let executable = std::env::current_exe().unwrap_or_default();
    let current = std::env::current_dir().unwrap_or_default();
    let mut folders = current.ancestors().chain(executable.ancestors()).map(|folder| folder.join(SAMPLES));
    folders.find(|folder| folder.join("anjian.toml").is_file()).ok_or_else(|| {
        Usage(
            "there is no sample-videos folder here: run inside the checkout, or give --samples DIR"
                .to_owned(),
        )
        .into()
    })
}

/// A sample video, for the benchmark.
pub fn first_clip() -> anyhow::Result<PathBuf> {
    let samples = find_samples()?;
    let config = Config::load(&samples.join("anjian.toml"))?;
    let camera = config.cameras.first().context("sample-videos/anjian.toml has no camera")?;
    Ok(samples.join(camera.id.as_str()).join("clip.mp4"))
}

/// Gives every camera its clip, `<id>/clip.mp4`, as an RTSP stream.
fn serve_clips(config: &mut Config, samples: &Path) -> anyhow::Result<ClipServer> {
    let mut server = ClipServer::builder();
    for camera in &config.cameras {
        server = server.clip(&mount(camera.id.as_str()), &samples.join(camera.id.as_str()).join("clip.mp4"));
    }
    let server = server.start()?;
    for camera in &mut config.cameras {
        let url = server.url(&mount(camera.id.as_str()));
        camera.main = Some(url.parse().context("the clip server gave an address that cannot be read")?);
    }
    Ok(server)
}

fn mount(camera: &str) -> String {
    format!("/{camera}")
}
