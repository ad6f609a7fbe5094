//! A scope as a condition of SQL. Says the same as [`Scope::includes`]; a test compares the two.
//!
//! A violation belongs to the site that its row names: the camera's site when it was recorded. Whatever else is kept
//! of a camera belongs to the site of the camera now.

use crate::engine::sql::Builder;
use anjian_domain::Scope;

/// Appends the condition that the site in `column` lies in the scope. Appends nothing for a scope of everything, so
/// that its statements stay as they are.
pub(crate) fn push_site(sql: &mut Builder, scope: &Scope, column: &str) {
    let Scope::Sites(sites) = scope else { return };
    sql.push(format_args!(" AND {column} IN ("));
    sql.push_list(sites.iter().map(|site| site.as_str().to_owned())).push(")");
}

/// Appends the condition that the camera in `column` belongs to a site in the scope.
pub(crate) fn push_camera(sql: &mut Builder, scope: &Scope, column: &str) {
    if matches!(scope, Scope::Everything) {
        return;
    }
    sql.push(format_args!(" AND {column} IN (SELECT id FROM camera WHERE TRUE"));
    push_site(sql, scope, "site");
    sql.push(")");
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use anjian_domain::{SiteId, Sites, SystemClock};
    use proptest::prelude::*;
    use proptest::test_runner::{Config, TestRunner};

    use super::*;
    use crate::Index;
    use crate::engine::sql;

    const NAMES: [&str; 5] = ["plant", "mill", "Plant", "pla", "x"];

    fn sites(names: &[&str]) -> Vec<SiteId> {
        names.iter().map(|name| name.parse().unwrap()).collect()
    }

    /// The sites, and the cameras named after them, that the conditions leave.
    async fn left(index: &Index, scope: &Scope) -> [Vec<String>; 2] {
        let mut by_site = Builder::new("SELECT id FROM site WHERE TRUE");
        push_site(&mut by_site, scope, "id");
        let mut by_camera = Builder::new("SELECT id FROM camera AS c WHERE TRUE");
        push_camera(&mut by_camera, scope, "c.id");
        let reader = &index.inner.reader;
        let sites = by_site.push(" ORDER BY id").build().scalars(reader).await.unwrap();
        let cameras = by_camera.push(" ORDER BY id").build().scalars(reader).await.unwrap();
        [sites, cameras]
    }

    #[test]
    fn sql_and_the_rule_say_the_same() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let index = runtime.block_on(Index::open(folder.path(), Arc::new(SystemClock))).unwrap();
        runtime.block_on(async {
            let mut writer = index.write().await.unwrap();
            let mut transaction = writer.begin("site").await.unwrap();
            for name in NAMES {
                let sql = "INSERT INTO site VALUES ($1, '', '', '', '', 1, '')";
                sql::query(sql).bind(name).execute(&mut transaction).await.unwrap();
                let sql = "INSERT INTO camera (id, site, name, is_configured) VALUES ($1, $1, '', 1)";
                sql::query(sql).bind(name).execute(&mut transaction).await.unwrap();
            }
            transaction.commit().await.unwrap();
        });
        let scopes = prop::option::of(prop::sample::subsequence(NAMES.to_vec(), 0..=NAMES.len()));
        let mut runner =
            TestRunner::new(Config { cases: 40, failure_persistence: None, ..Config::default() });
        let outcome = runner.run(&scopes, |names| {
            let scope =
                names.map_or(Scope::Everything, |names| Scope::Sites(Sites::new(sites(&names)).unwrap()));
            let mut expected = sites(&NAMES);
            expected.retain(|site| scope.includes(site));
            let mut expected: Vec<String> = expected.into_iter().map(String::from).collect();
            expected.sort();
            prop_assert_eq!(runtime.block_on(left(&index, &scope)), [expected.clone(), expected]);
            Ok(())
        });
        outcome.unwrap();
    }
}
