//! The arrows of docs/architecture.md: which crate may know which, and who alone knows a system library.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, MetadataCommand, Package};

/// Crate, and the crates of this workspace that it may know.
const ARROWS: &[(&str, &[&str])] = &[
    ("anjian-domain", &[]),
    ("anjian-casework", &["anjian-domain"]),
    ("anjian-footage", &["anjian-domain"]),
    ("anjian-ingest", &["anjian-domain", "anjian-footage"]),
    ("anjian-analysis", &["anjian-domain"]),
    ("anjian-models", &["anjian-domain"]),
    ("anjian-indexer", &["anjian-casework", "anjian-domain", "anjian-footage"]),
    ("anjian-pipeline", &["anjian-analysis", "anjian-domain", "anjian-ingest", "anjian-models"]),
    ("anjian-api", &["anjian-casework", "anjian-domain", "anjian-footage", "anjian-indexer"]),
    (
        "anjian",
        &[
            "anjian-analysis",
            "anjian-api",
            "anjian-casework",
            "anjian-domain",
            "anjian-footage",
            "anjian-indexer",
            "anjian-ingest",
            "anjian-models",
            "anjian-pipeline",
        ],
    ),
    ("anjian-tests", &["anjian-domain", "anjian-footage", "anjian-ingest"]),
];

/// Beginning of a library's name, and the only crate that may know it.
const BORDERS: &[(&str, &str)] = &[
    ("gstreamer", "anjian-ingest"),
    ("ffmpeg-next", "anjian-ingest"),
    ("ort", "anjian-models"),
    ("ndarray", "anjian-models"),
    ("sqlx", "anjian-indexer"),
    ("object_store", "anjian-indexer"),
    ("axum", "anjian-api"),
    ("argon2", "anjian-api"),
];

fn packages() -> Vec<Package> {
    let metadata = MetadataCommand::new().no_deps().exec().expect("cargo knows this workspace");
    metadata.packages
}

/// What a crate needs to be built and run; tests may know more.
fn dependencies(package: &Package) -> BTreeSet<&str> {
    let built = package.dependencies.iter().filter(|needed| needed.kind != DependencyKind::Development);
    built.map(|needed| needed.name.as_str()).collect()
}

#[test]
fn dependencies_follow_the_arrows() {
    let allowed: BTreeMap<_, BTreeSet<_>> =
        ARROWS.iter().map(|(name, known)| (*name, known.iter().copied().collect())).collect();
    let packages = packages();
    let names: BTreeSet<_> = packages.iter().map(|package| package.name.as_str()).collect();
    assert_eq!(
        names,
        allowed.keys().copied().collect(),
        "a crate came or went: update the arrows, docs/architecture.md and its picture"
    );
    for package in &packages {
        let known: BTreeSet<_> =
            dependencies(package).into_iter().filter(|name| names.contains(name)).collect();
        let extra: Vec<_> = known.difference(&allowed[package.name.as_str()]).collect();
        assert!(extra.is_empty(), "{} must not know {extra:?}", package.name);
    }
}

#[test]
fn system_libraries_stay_behind_their_border() {
    for package in &packages() {
        for (library, owner) in BORDERS {
            let known = dependencies(package)
                .into_iter()
                .any(|name| name == *library || name.starts_with(&format!("{library}-")));
            assert!(
                !known || package.name == *owner,
                "{} must not know {library}: only {owner} does",
                package.name
            );
        }
    }
}

#[test]
fn pure_crates_have_no_way_to_the_outside() {
    let packages = packages();
    for name in ["anjian-analysis", "anjian-casework"] {
        let pure = packages.iter().find(|package| package.name == name).expect("it exists");
        let forbidden = ["tokio", "tracing", "opencv", "metrics", "rand"];
        let known = dependencies(pure);
        assert!(!forbidden.iter().any(|name| known.contains(name)), "{name} is pure, but knows {known:?}");
    }
}

/// The words of one engine, which stand in `indexer/src/engine` only. Tests and comments may name them.
const ENGINE_WORDS: &[&str] =
    &["Sqlite", "sqlite::", "postgres", "Postgres", "PgPool", "PRAGMA", "INDEXED BY", "json_each", "pg_"];

#[test]
fn nothing_outside_of_its_folder_names_an_engine() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../indexer/src");
    let mut files = Vec::new();
    rust_files(&source, &mut files);
    files.retain(|file| !file.starts_with(source.join("engine")) && !file.ends_with("tests.rs"));
    assert!(files.len() > 30, "the rooms of the indexer are there");
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a source file can be read");
        let production = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (number, line) in production.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            let named = ENGINE_WORDS.iter().find(|word| code.contains(**word));
            assert!(named.is_none(), "{}:{}: names {named:?}", file.display(), number + 1);
        }
    }
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of sources").flatten() {
        let path = entry.path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}
