//! Databases on the private PostgreSQL server of this test run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};

use anjian_indexer::Database;

use crate::private_postgres::PrivatePostgres;

static SERVER: OnceLock<PrivatePostgres> = OnceLock::new();
static MADE: Mutex<BTreeMap<PathBuf, String>> = Mutex::new(BTreeMap::new());

/// Gives a further folder the database of another.
pub(crate) fn share(data_dir: &Path, of: &Path) {
    let mut made = MADE.lock().unwrap();
    let address = made[of].clone();
    made.insert(data_dir.to_owned(), address);
}

/// The database that belongs to a data folder; made when it is asked for first.
pub(crate) fn database(data_dir: &Path) -> Database {
    let mut made = MADE.lock().unwrap();
    let number = made.len();
    let create = || SERVER.get_or_init(PrivatePostgres::start).create(&format!("store_{number}"));
    made.entry(data_dir.to_owned()).or_insert_with(create).parse().unwrap()
}
