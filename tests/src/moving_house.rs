//! An index that moves from a data folder to a server and back, with the real executable.
//!
//! The test of the short tier and that of the long one differ only in the number of violations.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anjian_domain::{Clock, SystemClock};
use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use crate::{Finished, PrivatePostgres, executable, run, wait_for};

const PATIENCE: Duration = Duration::from_secs(60);
/// In the data folder.
const DATABASE: &str = "data/anjian.db";

/// Violations of one transaction: each updates the counts of its day, which takes longer with each update of one transaction.
const BATCH: u32 = 500;

/// No node was there within the last minute.
const PLACES: &str = "
    UPDATE node SET seen_us = 0;
    INSERT INTO site VALUES ('plant', '东港机械厂', '', 'Asia/Shanghai', '', 1);
    INSERT INTO camera (id, site, name, is_configured) SELECT 'camera-' || n, 'plant', '', 1 FROM generate_series(0, 49) AS n;
    INSERT INTO run (id, kind, site, camera, source, model, started_us, last_seen_us)
        SELECT decode(lpad(to_hex(n), 32, '0'), 'hex'), 'live', 'plant', 'camera-' || n, '', '', 0, 0 FROM generate_series(0, 49) AS n;";

/// Violations with all that belongs to them; `SERIES` stands for their numbers.
const VIOLATIONS: &str = "
    INSERT INTO violation (seq, id, run, run_kind, site, camera, zone, behaviour, rule, rule_version, model, score, score_step,
        status, opened_us, opened_media_ns, closed_us, closed_media_ns, close_reason, track)
        SELECT n, decode(md5(n::text), 'hex'), decode(lpad(to_hex(n % 50), 32, '0'), 'hex'), 'live', 'plant', 'camera-' || n % 50,
            'zone-' || n % 7, 'no_hard_hat', 'hats', 'no_hard_hat@1f0c9ad2b7e4', 'nano@0f3c21aa90d1', n % 1000 / 1000.0,
            floor(n % 1000 / 1000.0 * 64), 'closed', 1767225600000000 + n * 63072000, n, 1767225600000000 + n * 63072000 + 9000000, n,
            'left', n FROM SERIES AS n;
    INSERT INTO violation_detail SELECT n, 1767225600000000 + n * 63072000, n, repeat('{\"class\":\"head\",\"score\":0.5},', 8),
        repeat('[0.25,0.25,0.5,0.5],', 30) FROM SERIES AS n;
    INSERT INTO evidence (violation, kind, camera, path, size_bytes, sha256)
        SELECT n, kind, 'camera-' || n % 50, n || '/' || kind, 300000, repeat(md5(n::text), 2)
        FROM SERIES AS n, unnest(ARRAY['snapshot', 'snapshot_annotated']) AS kind;
    INSERT INTO clip (violation, camera, state, from_us, to_us, reason) SELECT n, 'camera-' || n % 50, 'none', 0, 1, 'nothing was recorded then'
        FROM SERIES AS n;";

/// A data folder and a server.
pub struct House {
    /// Holds `anjian.toml` and `data`.
    pub folder: TempDir,
    server: PrivatePostgres,
}

/// What a move took.
#[derive(Debug, Clone, Copy)]
pub struct Moves {
    /// To the server.
    pub there: Duration,
    /// To the data folder.
    pub back: Duration,
    /// Kills on the way there.
    pub kills: u32,
}

impl House {
    /// An index in the data folder, with so many violations.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn with(violations: u32) -> Result<Self> {
        let house = Self { folder: tempfile::tempdir()?, server: PrivatePostgres::start() };
        std::fs::write(house.folder.path().join("anjian.toml"), "data_dir = \"data\"\n")?;
        // It ends, because there is nothing to record, and leaves an empty index.
        run(house.folder.path(), &["record", "--config", "anjian.toml"])?;
        let filled = house.server.create("filled");
        house.copy("sqlite:data", &filled)?;
        house.fill(violations);
        house.put_away()?;
        house.copy(&filled, "sqlite:data")?;
        Ok(house)
    }

    fn fill(&self, violations: u32) {
        self.server.run("filled", PLACES);
        for first in (1..=violations).step_by(BATCH as usize) {
            let last = violations.min(first + BATCH - 1);
            let series = format!("generate_series({first}, {last}::bigint)");
            self.server.run("filled", &VIOLATIONS.replace("SERIES", &series));
        }
    }

    /// Moves the index to an empty database and back, and kills the first move so many times.
    ///
    /// # Errors
    /// When a move fails, or what comes back is not what went.
    pub fn move_there_and_back(&self, kills: u32) -> Result<Moves> {
        let address = self.server.create("moved");
        for number in 1..=kills {
            self.kill_copy(&address, number)?;
        }
        let begun = SystemClock.monotonic();
        let there = self.copy("sqlite:data", &address)?;
        let took_there = SystemClock.monotonic() - begun;
        ensure!(kills == 0 || there.stdout.contains("by an earlier try"), "{}", there.stdout);
        self.put_away()?;
        let begun = SystemClock.monotonic();
        let back = self.copy(&address, "sqlite:data")?;
        let took_back = SystemClock.monotonic() - begun;
        ensure!(digests(&there) == digests(&back), "{}\n{}", there.stdout, back.stdout);
        Ok(Moves { there: took_there, back: took_back, kills })
    }

    /// Begins the copy and kills it when it has come further than before; then nobody may use what is there.
    fn kill_copy(&self, address: &str, number: u32) -> Result<()> {
        let before = self.done();
        let mut copying = Command::new(executable("anjian")?)
            .args(["store", "copy", "--from", "sqlite:data", "--to", address])
            .current_dir(self.folder.path())
            .stdout(Stdio::null())
            .spawn()?;
        let moved = wait_for("rows on the server", PATIENCE, || (self.done() > before).then_some(()));
        copying.kill()?;
        copying.wait()?;
        moved?;
        let config = format!("data_dir = \"data\"\n[store]\ndatabase = \"{address}\"\n");
        std::fs::write(self.folder.path().join("server.toml"), config)?;
        let refused = run(self.folder.path(), &["record", "--config", "server.toml"])?;
        let is_told = refused.code == 1 && refused.stderr.contains("unfinished copy");
        ensure!(is_told, "kill {number}: {}", refused.stderr);
        Ok(())
    }

    /// Rows that the copy has brought.
    fn done(&self) -> u64 {
        let table = self.server.run("moved", "SELECT to_regclass('store_copy') IS NOT NULL");
        if table != "t" {
            return 0;
        }
        self.server.run("moved", "SELECT coalesce(max(done), 0) FROM store_copy").parse().unwrap_or_default()
    }

    fn copy(&self, from: &str, to: &str) -> Result<Finished> {
        let done = run(self.folder.path(), &["store", "copy", "--from", from, "--to", to])?;
        ensure!(done.code == 0, "{from} to {to}: {}{}", done.stdout, done.stderr);
        Ok(done)
    }

    fn put_away(&self) -> Result<()> {
        let database = self.folder.path().join(DATABASE);
        std::fs::remove_file(&database).context(DATABASE)?;
        for ending in ["-wal", "-shm"] {
            let beside = format!("{}{ending}", database.display());
            if Path::new(&beside).exists() {
                std::fs::remove_file(beside)?;
            }
        }
        Ok(())
    }
}

/// The table that a copy prints, without the node, which the server knows by its key.
fn digests(copied: &Finished) -> Vec<&str> {
    let is_row = |line: &&str| line.split_whitespace().count() == 3 && !line.starts_with("node ");
    copied.stdout.lines().filter(is_row).collect()
}
