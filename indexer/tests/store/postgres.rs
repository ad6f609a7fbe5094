//! The private PostgreSQL server of this test run, see `scripts/private-postgres`, and databases on it.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::{Mutex, OnceLock};

use anjian_indexer::Database;
use sqlx::{Connection, PgConnection};

/// The server ends when this is closed, which the end of the process does.
static SERVER: OnceLock<(String, Mutex<ChildStdin>)> = OnceLock::new();

/// The database that belongs to a data folder; made when it is asked for first.
pub(crate) fn database(data_dir: &Path) -> Database {
    static MADE: Mutex<BTreeMap<PathBuf, String>> = Mutex::new(BTreeMap::new());
    let (folder, _) = SERVER.get_or_init(start);
    let mut made = MADE.lock().unwrap();
    let number = made.len();
    let name = made.entry(data_dir.to_owned()).or_insert_with(|| {
        let name = format!("store_{number}");
        // Whoever asks may be inside of a runtime.
        std::thread::scope(|scope| scope.spawn(|| create(folder, &name)).join().unwrap());
        name
    });
    address(folder, name).parse().unwrap()
}

fn create(folder: &str, name: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut connection = PgConnection::connect(&address(folder, "postgres")).await.unwrap();
        let sql = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
        sqlx::query(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    });
}

fn address(folder: &str, name: &str) -> String {
    format!("postgres://anjian@localhost/{name}?host={folder}")
}

fn start() -> (String, Mutex<ChildStdin>) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/private-postgres");
    let mut child = Command::new(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut folder = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut folder).unwrap();
    assert!(!folder.is_empty(), "the private PostgreSQL server did not start: {:?}", child.wait());
    (folder.trim().to_owned(), Mutex::new(child.stdin.take().unwrap()))
}
