//! What a copy refuses, and what it says then.

use std::sync::Arc;

use anjian_domain::{Clock, RunKind};
use anjian_indexer::{CopyError, IndexError, copy_store};

use crate::copies::{change, clock, copy, order, runtime, server, sqlite};
use crate::fixture::{Postgres, Sqlite, Store};

#[track_caller]
fn told(error: &CopyError, words: &[&str]) {
    let text = error.to_string();
    assert!(words.iter().all(|word| text.contains(word)), "{text}");
}

#[test]
fn a_target_that_somebody_uses_is_refused() {
    let (source, target) = (Store::open(Arc::new(Sqlite)), Store::open(Arc::new(Postgres)));
    let (from, to) = (source.folder.clone(), target.folder.clone());
    drop((source, target));
    let refused = copy(&order(sqlite(from.path()), server(to.path()))).unwrap_err();
    assert!(matches!(refused, CopyError::NotEmpty { .. }), "{refused:?}");
    told(&refused, &["not empty", "name an empty database"]);
    let refused = copy(&order(server(to.path()), sqlite(from.path()))).unwrap_err();
    told(&refused, &["not empty", "name an empty database"]);
}

#[test]
fn a_target_that_holds_another_copy_is_refused() {
    let [one, other] = [(); 2].map(|()| Store::open(Arc::new(Sqlite)).folder.clone());
    copy(&order(sqlite(one.path()), server(one.path()))).unwrap();
    let refused = copy(&order(sqlite(other.path()), server(one.path()))).unwrap_err();
    told(&refused, &["holds a copy of sqlite:", &one.path().display().to_string()]);
    // The live system went on with the source.
    let store = Store::on(Arc::new(Sqlite), one.clone());
    store.wait(store.index.close_interrupted()).unwrap();
    store.wait(store.index.beat()).unwrap();
    drop(store);
    let refused = copy(&order(sqlite(one.path()), server(one.path()))).unwrap_err();
    told(&refused, &["was finished at", "was used since"]);
    change(one.path(), "UPDATE store_copy SET finished_us = NULL");
    let refused = copy(&order(sqlite(one.path()), server(one.path()))).unwrap_err();
    told(&refused, &["since this copy was begun", "empty target"]);
}

#[test]
fn a_source_that_is_in_use_is_refused() {
    let store = Store::open(Arc::new(Sqlite));
    let refused = copy(&order(sqlite(store.folder.path()), server(store.folder.path()))).unwrap_err();
    assert!(matches!(refused, CopyError::Index(IndexError::InUse { .. })), "{refused:?}");

    let store = Store::open(Arc::new(Postgres));
    store.wait(store.index.close_interrupted()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let order = order(server(store.folder.path()), sqlite(folder.path()));
    let refused = copy(&order).unwrap_err();
    assert!(matches!(refused, CopyError::SourceServed { .. }), "{refused:?}");
    told(&refused, &["anjian serve", "wait a minute"]);
    let later = clock();
    later.advance(std::time::Duration::from_secs(61));
    assert!(later.now() > clock().now());
    let refused = runtime().block_on(copy_store(&order, &later, &mut |_| {})).unwrap_err();
    told(&refused, &["data folder of that node"]);
}

#[test]
fn rows_of_several_nodes_need_a_server() {
    let store = Store::open(Arc::new(Postgres));
    let another = store.another_node();
    another.wait(another.index.put_camera(&crate::fixture::camera("north"))).unwrap();
    another.run(RunKind::Live, "north");
    let folder = store.folder.clone();
    drop((store, another));
    let refused = copy(&order(server(folder.path()), sqlite(folder.path()))).unwrap_err();
    assert!(matches!(refused, CopyError::OtherNode { node: 2, .. }), "{refused:?}");
    told(&refused, &["table camera", "node 2", "several nodes"]);
}

#[test]
fn the_same_engine_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let refused = copy(&order(sqlite(folder.path()), sqlite(&folder.path().join("b")))).unwrap_err();
    assert!(matches!(refused, CopyError::OneEngine { .. }), "{refused:?}");
    assert!(!folder.path().join("b").exists(), "nothing is made");
    let refused = copy(&order(sqlite(folder.path()), server(folder.path()))).unwrap_err();
    assert!(matches!(refused, CopyError::Index(IndexError::Missing { .. })), "{refused:?}");
}
