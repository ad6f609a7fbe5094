//! `anjian store copy`: an index moves to a server and back.

use anjian_tests::{House, run};
use anyhow::Result;

#[test]
fn a_house_moves_there_and_back_and_a_kill_costs_nothing() -> Result<()> {
    House::with(20_000)?.move_there_and_back(2).map(|_| ())
}

#[test]
fn wrong_usage_ends_with_2_and_shows_no_password() -> Result<()> {
    let folder = tempfile::tempdir()?;
    for (from, to, reason) in [
        ("sqlite:data", "sqlite:other", "one kind"),
        ("data", "postgres://anjian@db/anjian", "--from is neither"),
        ("sqlite:data", "postgres://anjian:hunter2@db/anjian", "--to holds a password"),
    ] {
        let refused = run(folder.path(), &["store", "copy", "--from", from, "--to", to])?;
        assert_eq!(refused.code, 2, "{}", refused.stderr);
        assert!(refused.stderr.contains(reason) && !refused.stderr.contains("hunter2"), "{}", refused.stderr);
    }
    let refused = run(
        folder.path(),
        &["store", "copy", "--from", "sqlite:data", "--to", "postgres://anjian@localhost:1/anjian"],
    )?;
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains("data/anjian.db: there is no index here"), "{}", refused.stderr);
    Ok(())
}
