//! The arrows of docs/architecture.md: which crate may know which, and who alone knows a system library.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand, Package};

/// Crate, and the crates of this workspace that it may know.
const ARROWS: &[(&str, &[&str])] = &[
    ("anjian-domain", &[]),
    ("anjian-footage", &["anjian-domain"]),
    ("anjian-ingest", &["anjian-domain", "anjian-footage"]),
    ("anjian-analysis", &["anjian-domain"]),
    ("anjian-models", &["anjian-domain"]),
    ("anjian-indexer", &["anjian-domain", "anjian-footage"]),
    ("anjian-pipeline", &["anjian-analysis", "anjian-domain", "anjian-ingest", "anjian-models"]),
    ("anjian-api", &["anjian-domain", "anjian-footage", "anjian-indexer"]),
    (
        "anjian",
        &[
            "anjian-analysis",
            "anjian-api",
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
    ("axum", "anjian-api"),
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
fn analysis_has_no_way_to_the_outside() {
    let packages = packages();
    let analysis = packages.iter().find(|package| package.name == "anjian-analysis").expect("it exists");
    let forbidden = ["tokio", "tracing", "opencv", "metrics", "rand"];
    let known = dependencies(analysis);
    assert!(!forbidden.iter().any(|name| known.contains(name)), "analysis is pure, but knows {known:?}");
}
