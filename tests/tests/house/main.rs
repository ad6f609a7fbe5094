//! House rules for every production source file of the workspace: no circles between files, short files, short
//! functions, schemas with names of their own. Code under `#[cfg(test)]`, examples, benches and integration tests is left out.

mod circles;
mod mini_crates;
mod modules;
mod rules;
mod sources;
mod workspace;

use std::collections::BTreeSet;
use std::path::Path;

use rules::{FILE_LIMIT_LINES, FUNCTION_LIMIT_LINES};
use workspace::Workspace;

#[track_caller]
fn check(rule: fn(&Workspace) -> BTreeSet<String>, advice: &str) {
    let workspace = Workspace::read(Path::new(env!("CARGO_MANIFEST_DIR")))
        .expect("cargo and every source file can be read");
    assert!(!workspace.crates.is_empty(), "cargo lists no library and no executable");
    let found: Vec<_> = rule(&workspace).into_iter().collect();
    assert!(found.is_empty(), "{}\n{advice}", found.join("\n"));
}

#[test]
fn no_circles_between_files() {
    check(
        rules::circles_of_files,
        "Files must not depend on each other in a circle. Move the items that both sides need into a file of their \
         own, below both.",
    );
}

#[test]
fn files_stay_short() {
    check(
        rules::long_files,
        &format!("Split by responsibility: a file has fewer than {FILE_LIMIT_LINES} lines."),
    );
}

#[test]
fn functions_stay_short() {
    check(
        rules::long_functions,
        &format!("Extract named steps: a function has fewer than {FUNCTION_LIMIT_LINES} lines."),
    );
}

#[test]
fn schemas_have_names_of_their_own() {
    check(rules::schemas_of_one_name, "Two schemas of one name are one in the OpenAPI document: rename one.");
}
