//! A camera of its own: serves one clip over RTSP until it is killed, so that tests can kill and freeze it.

use std::io::Write;
use std::path::PathBuf;

use anjian_ingest::ClipServer;
use anyhow::{Context, Result, bail};

/// `--port P --clip PATH [--path /x] [--garbage]`
struct Arguments {
    port: u16,
    clip: Option<PathBuf>,
    path: String,
    is_garbage: bool,
}

fn main() -> Result<()> {
    let arguments = read_arguments(std::env::args().skip(1))?;
    let builder = ClipServer::builder().port(arguments.port);
    let builder = match arguments.clip {
        _ if arguments.is_garbage => builder.garbage(&arguments.path),
        Some(clip) => builder.clip(&arguments.path, &clip),
        None => bail!("give --clip PATH or --garbage"),
    };
    let server = builder.start()?;
    tell(&server.url(&arguments.path))?;
    loop {
        std::thread::park();
    }
}

/// Whoever started this process reads the address from its first line.
#[expect(clippy::print_stdout, reason = "the one line that this process is there to print")]
fn tell(url: &str) -> Result<()> {
    println!("{url}");
    std::io::stdout().flush().context("nobody reads the address")
}

fn read_arguments(mut given: impl Iterator<Item = String>) -> Result<Arguments> {
    let mut arguments = Arguments { port: 0, clip: None, path: "/camera".to_owned(), is_garbage: false };
    while let Some(name) = given.next() {
        let mut value = || given.next().with_context(|| format!("{name} needs a value"));
        match name.as_str() {
            "--port" => arguments.port = value()?.parse().context("--port takes 0 to 65535")?,
            "--clip" => arguments.clip = Some(value()?.into()),
            "--path" => arguments.path = value()?,
            "--garbage" => arguments.is_garbage = true,
            _ => bail!("unknown argument {name}: use --port P --clip PATH [--path /x] [--garbage]"),
        }
    }
    Ok(arguments)
}
