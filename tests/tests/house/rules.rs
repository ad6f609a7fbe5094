//! The four rules. Each gives one line or paragraph per break, and nothing if the rule is kept.

use std::collections::{BTreeMap, BTreeSet};

use crate::circles::{arrows, circles, describe};
use crate::workspace::Workspace;

/// A production file is shorter than this.
pub(crate) const FILE_LIMIT_LINES: usize = 350;
/// A production function is shorter than this.
pub(crate) const FUNCTION_LIMIT_LINES: usize = 70;

/// Files that name each other's items, directly or through other files.
pub(crate) fn circles_of_files(workspace: &Workspace) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for read in &workspace.crates {
        let arrows = arrows(read);
        found.extend(circles(&arrows).iter().map(|circle| describe(circle, &arrows, &workspace.root)));
    }
    found
}

/// Files of too many lines. Two crates can share a file; it counts once.
pub(crate) fn long_files(workspace: &Workspace) -> BTreeSet<String> {
    let files = workspace.crates.iter().flat_map(|read| &read.files);
    let long = files.filter(|file| file.line_count >= FILE_LIMIT_LINES);
    long.map(|file| format!("{}: {} lines", workspace.relative(&file.path).display(), file.line_count))
        .collect()
}

/// Functions of too many lines.
pub(crate) fn long_functions(workspace: &Workspace) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for file in workspace.crates.iter().flat_map(|read| &read.files) {
        let path = workspace.relative(&file.path).display();
        let functions = file.functions().into_iter();
        let long = functions.filter(|function| function.line_count >= FUNCTION_LIMIT_LINES);
        found.extend(
            long.map(|long| format!("{path}:{}: fn {}: {} lines", long.line, long.name, long.line_count)),
        );
    }
    found
}

/// Schemas of one name: in the OpenAPI document one would take the place of the other.
pub(crate) fn schemas_of_one_name(workspace: &Workspace) -> BTreeSet<String> {
    let mut places = BTreeMap::<_, BTreeSet<_>>::new();
    for file in workspace.crates.iter().flat_map(|read| &read.files) {
        for name in file.schemas() {
            places.entry(name).or_default().insert(workspace.relative(&file.path).display().to_string());
        }
    }
    assert!(!places.is_empty(), "no file has a schema");
    let many = places.into_iter().filter(|(_, files)| files.len() > 1);
    many.map(|(name, files)| format!("{name}: {}", Vec::from_iter(files).join(", "))).collect()
}
