//! A flood of guessed passwords from hundreds of networks, while a person signs in and works.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use anjian_domain::{Clock, SystemClock};
use anjian_tests::{Browser, Server, Trend, Usage, one_time_password};
use anyhow::{Context, Result, ensure};

use crate::long_test::LongTest;

pub(crate) const TEST: LongTest = LongTest {
    name: "logins",
    unit: "minutes",
    default_amount: 3,
    proves: "10,000 guessed passwords a minute keep nobody out who was there before, and memory stays flat",
    run,
};

const GUESSES_A_MINUTE: u32 = 10_000;
/// Each waits for its answer: fewer do not come to 10,000 a minute.
const SENDERS: u32 = 100;
/// Guesses that come from one address before the next is taken.
const GUESSES_AN_ADDRESS: u32 = 50;
pub(crate) const PASSWORD: &str = "six little ducks";
/// Between two looks of the person at work.
const PAUSE: Duration = Duration::from_secs(2);
/// Looks between two logins: a known browser may sign in every 20 s.
const LOOKS_A_LOGIN: usize = 15;
/// Samples of the beginning do not count: tables fill to their bounds.
const WARM_UP: Duration = Duration::from_mins(1);
const MIB: f64 = 1_048_576.0;

/// What the flood has met so far.
#[derive(Default)]
struct Met {
    is_over: AtomicBool,
    looked_at: AtomicU64,
    too_many: AtomicU64,
    busy: AtomicU64,
    /// No answer, or another one.
    other: AtomicU64,
}

fn run(minutes: u32) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let config = "data_dir = \"data\"\n[server]\nlisten = \"127.0.0.1:0\"\n";
    std::fs::write(folder.path().join("anjian.toml"), config)?;
    let server = Server::start_in(folder)?;
    let mut person = first_login(&server)?;
    let met = Arc::new(Met::default());
    let flood = (0..SENDERS).map(|sender| send(&server, sender, &met)).collect::<Result<Vec<_>>>()?;
    let (mut samples, mut waits) = (vec![], vec![]);
    let begun = SystemClock.monotonic();
    while since(begun) < Duration::from_mins(minutes.into()) {
        if samples.len() % LOOKS_A_LOGIN == 0 {
            waits.push(sign_in(&mut person)?);
        }
        look(&mut person)?;
        samples.push((since(begun), Usage::of(server.pid()?)?.resident_bytes as f64 / MIB));
        SystemClock.sleep(PAUSE);
    }
    met.is_over.store(true, Ordering::Relaxed);
    flood.into_iter().for_each(|sender| drop(sender.join()));
    print(&met, &mut waits, since(begun));
    let warm: Vec<_> = samples.into_iter().filter(|(at, _)| *at >= WARM_UP).collect();
    println!("memory, MiB: {}", Trend::fit(&warm).context("too few samples: give more minutes")?);
    server.stop()
}

fn since(begun: Duration) -> Duration {
    SystemClock.monotonic().saturating_sub(begun)
}

/// A person whose browser the server knows: the administrator whom the first start made.
pub(crate) fn first_login(server: &Server) -> Result<Browser> {
    let log = server.log();
    let given = one_time_password(&log).context("no password was printed")?;
    let mut person = Browser::new(server);
    ensure!(person.sign_in("admin", given)? == 204, "the one-time password opens nothing");
    ensure!(person.change_password(given, PASSWORD)? == 204, "the password was not changed");
    Ok(person)
}

/// Answers how long it took.
fn sign_in(person: &mut Browser) -> Result<Duration> {
    let begun = SystemClock.monotonic();
    let status = person.sign_in("admin", PASSWORD)?;
    ensure!(status == 204, "the person was kept out: {status}");
    Ok(since(begun))
}

fn look(person: &mut Browser) -> Result<()> {
    let status = person.status("GET", "/api/v1/violations", None)?;
    ensure!(status == 200, "the list was refused: {status}");
    Ok(())
}

/// One of the senders, until the flood is over.
fn send(server: &Server, sender: u32, met: &Arc<Met>) -> Result<JoinHandle<()>> {
    let pause = Duration::from_mins(1) * SENDERS / GUESSES_A_MINUTE;
    let met = Arc::clone(met);
    let mut browser = Browser::of(server.address(), address(sender, 0))?;
    let target = browser.address.clone();
    let sent = move || {
        let mut next = SystemClock.monotonic();
        for number in 0_u32.. {
            if met.is_over.load(Ordering::Relaxed) {
                return;
            }
            if number % GUESSES_AN_ADDRESS == GUESSES_AN_ADDRESS - 1 {
                let Ok(other) = Browser::of(&target, address(sender, number / GUESSES_AN_ADDRESS)) else {
                    return;
                };
                browser = other;
            }
            // Every second guess is about the person's account.
            let account =
                if number % 2 == 0 { "admin".to_owned() } else { format!("guess-{sender}-{number}") };
            let counter = match browser.sign_in(&account, "a guess of mine") {
                Ok(401) => &met.looked_at,
                Ok(429) => &met.too_many,
                Ok(503) => &met.busy,
                _ => &met.other,
            };
            counter.fetch_add(1, Ordering::Relaxed);
            next += pause;
            SystemClock.sleep(next.saturating_sub(SystemClock.monotonic()));
        }
    };
    Ok(std::thread::Builder::new().name(format!("sender-{sender}")).spawn(sent)?)
}

/// An address of this machine, each in a network of its own.
fn address(sender: u32, number: u32) -> IpAddr {
    let [_, _, high, low] = (sender * 256 + number % 256 + 1).to_be_bytes();
    Ipv4Addr::new(127, high + 1, low, 1).into()
}

fn print(met: &Met, waits: &mut [Duration], lasted: Duration) {
    let [looked_at, too_many, busy, other] =
        [&met.looked_at, &met.too_many, &met.busy, &met.other].map(|counter| counter.load(Ordering::Relaxed));
    let all = looked_at + too_many + busy + other;
    let a_minute = all as f64 / lasted.as_secs_f64() * 60.0;
    println!(
        "guesses: {all} ({a_minute:.0} a minute); wrong {looked_at}, too many {too_many}, busy {busy}, other {other}"
    );
    waits.sort_unstable();
    let [median, most] = [waits.len() / 2, waits.len() - 1].map(|at| waits[at].as_millis());
    println!("the person signed in {} times: median {median} ms, most {most} ms", waits.len());
}
