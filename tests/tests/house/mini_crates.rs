//! Checks the analysis itself on crates of a few lines.

use std::fs;

use crate::circles::{arrows, circles};
use crate::modules::Crate;
use crate::sources::SourceFile;

/// Writes the files, the crate root first, and compares the arrows, each as `from -> to: names`.
#[track_caller]
fn check(files: &[(&str, &str)], expected: &[&str]) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), files);
    let read = Crate::read(&folder.path().join(files[0].0)).expect("the files parse");
    let relative = |file: &std::path::Path| {
        file.strip_prefix(folder.path()).expect("it lies in the folder").display().to_string()
    };
    let mut found = Vec::new();
    for (from, targets) in &arrows(&read) {
        for (to, names) in targets {
            let names: Vec<_> = names.iter().map(String::as_str).collect();
            found.push(format!("{} -> {}: {}", relative(from), relative(to), names.join(", ")));
        }
    }
    assert_eq!(found, expected);
}

fn write(folder: &std::path::Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("the folder can be made");
        fs::write(path, text).expect("the file can be written");
    }
}

#[test]
fn circle_through_a_reexport_is_found() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let files = [
        ("lib.rs", "mod a; mod b; pub use a::Zone as Area;"),
        ("a.rs", "pub struct Zone; fn f() { crate::b::g(); }"),
        ("b.rs", "use crate::Area; pub fn g() -> Area { Area }"),
    ];
    write(folder.path(), &files);
    let read = Crate::read(&folder.path().join("lib.rs")).expect("the files parse");
    let arrows = arrows(&read);
    let found: Vec<Vec<_>> = circles(&arrows).into_iter().map(Vec::from_iter).collect();
    assert_eq!(found, [[folder.path().join("a.rs"), folder.path().join("b.rs")]]);
}

#[test]
fn reexports_and_mod_declarations_alone_are_no_arrows() {
    check(&[("lib.rs", "mod a; pub use a::Zone; pub(crate) use a::*;"), ("a.rs", "pub struct Zone;")], &[]);
}

#[test]
fn use_of_a_reexported_name_is_an_arrow() {
    check(
        &[("lib.rs", "mod a; pub use a::Zone; fn f(zone: Zone) {}"), ("a.rs", "pub struct Zone;")],
        &["lib.rs -> a.rs: Zone"],
    );
}

#[test]
fn tests_make_no_arrows() {
    check(
        &[
            ("lib.rs", "mod a; mod b;"),
            (
                "a.rs",
                "pub struct Zone; #[cfg(test)] mod tests { use crate::b::g; } #[cfg(test)] mod missing;",
            ),
            ("b.rs", "pub fn g() {} impl G { #[cfg(test)] fn f() -> crate::a::Zone {} }"),
        ],
        &[],
    );
}

#[test]
fn every_layout_and_form_of_path_is_resolved() {
    check(
        &[
            (
                "main.rs",
                "mod a; mod b; use b::{self, deep::{Leaf, self as below}}; fn f() { b::make(); below::g(); }",
            ),
            ("a.rs", "pub mod child; pub fn top() {} fn f() { child::Item::new(); }"),
            ("a/child.rs", "pub struct Item; fn f() { super::top(); super::super::b::make(); }"),
            ("b/mod.rs", "pub mod deep; pub fn make() {}"),
            ("b/deep.rs", "pub struct Leaf; pub fn g() {} mod inner { use super::super::make; }"),
        ],
        &[
            "a/child.rs -> a.rs: top",
            "a/child.rs -> b/mod.rs: make",
            "a.rs -> a/child.rs: Item",
            "b/deep.rs -> b/mod.rs: make",
            "main.rs -> b/deep.rs: Leaf, g",
            "main.rs -> b/mod.rs: make",
        ],
    );
}

#[test]
fn globs_and_private_imports_lead_to_the_defining_file() {
    check(
        &[
            ("lib.rs", "mod a; mod b; mod c;"),
            ("a.rs", "pub struct Zone; pub fn area() {}"),
            ("b.rs", "pub use crate::a::*; use std::fmt::Debug;"),
            ("c.rs", "use crate::b::*; use crate::b::Debug; fn f(zone: Zone) {}"),
        ],
        &["c.rs -> a.rs: Zone"],
    );
}

#[test]
fn glob_of_a_file_with_items_is_an_arrow() {
    check(&[("lib.rs", "mod a; use a::*;"), ("a.rs", "pub struct Zone;")], &["lib.rs -> a.rs: *"]);
}

#[test]
fn macros_and_attributes_are_read() {
    check(
        &[
            ("lib.rs", "mod a; mod b; pub use b::{Id, area};"),
            (
                "a.rs",
                "#[serde(with = \"crate::b::wire\")] struct A; fn f(x: X) { vec![crate::Id(x.area, area)]; }",
            ),
            ("b.rs", "made_id!(Id); pub fn area() {} pub fn wire() {}"),
        ],
        &["a.rs -> b.rs: Id, wire"],
    );
}

#[test]
fn names_shared_by_module_and_item_are_told_apart() {
    check(
        &[
            ("lib.rs", "mod tile; mod user; pub use tile::tile; use log::log;"),
            ("tile.rs", "pub fn tile() {} pub fn other() {}"),
            ("user.rs", "use crate::tile; fn f() { tile::other(); tile(); }"),
        ],
        &["user.rs -> tile.rs: other, tile"],
    );
}

#[test]
fn lines_of_tests_do_not_count() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let text = "//! Doc.\n\nfn long(\n) {\n\n}\n\n#[cfg(test)]\nmod tests {\n    fn f() {}\n}\n";
    write(folder.path(), &[("lib.rs", text)]);
    let source = SourceFile::read(&folder.path().join("lib.rs")).expect("the file parses");
    assert_eq!(source.line_count, 7);
    let functions: Vec<_> =
        source.functions().into_iter().map(|found| (found.name, found.line, found.line_count)).collect();
    assert_eq!(functions, [("long".to_owned(), 3, 4)]);
}
