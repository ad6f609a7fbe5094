//! What the documents point to exists: each path in backticks, each relative link, each crate's folder in the picture.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anjian_tests::checkout;
use anyhow::{Context, Result};
use cargo_metadata::MetadataCommand;

/// Beginnings of what has a slash and is no path of the tree: media types, and what a build makes.
const NO_PATHS: [&str; 5] = ["application/", "image/", "text/", "video/", "target/"];
/// A name without a folder is a file's if it ends so.
const EXTENSIONS: [&str; 8] = [".rs", ".md", ".toml", ".svg", ".ts", ".svelte", ".mjs", ".sql"];
/// Stands in a checklist for the name that a reader chooses.
const PLACEHOLDER: &str = "NAME";

/// The text between backticks, outside fenced blocks.
fn spans(text: &str) -> Vec<&str> {
    let mut is_fenced = false;
    let mut spans = vec![];
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_fenced = !is_fenced;
        } else if !is_fenced {
            spans.extend(line.split('`').skip(1).step_by(2));
        }
    }
    spans
}

/// What can only be meant as a path of the tree.
fn is_path(span: &str) -> bool {
    let is_plain = span.chars().all(|letter| letter.is_ascii_alphanumeric() || "_-./".contains(letter));
    // What begins with a slash is a route.
    let has_folder = span.contains('/') && !span.starts_with('/');
    is_plain
        && (has_folder || EXTENSIONS.iter().any(|extension| span.ends_with(extension)))
        && !NO_PATHS.iter().any(|beginning| span.starts_with(beginning))
}

/// Targets of links and pictures that lie in the tree, without what stands behind `#`.
fn links(text: &str) -> Vec<&str> {
    let targets = text.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0));
    let targets = targets.map(|target| target.split('#').next().unwrap_or_default());
    targets.filter(|target| !target.is_empty() && !target.contains("://")).collect()
}

/// Of a path with a placeholder, the folder in front of it.
fn without_placeholder(path: &str) -> &str {
    path.split_once(PLACEHOLDER).map_or(path, |(folder, _)| folder)
}

/// What a document names and the tree does not have. `folder` is the document's, `files` the names of all files.
fn missing<'a>(text: &'a str, folder: &Path, files: &BTreeSet<String>) -> Vec<&'a str> {
    let is_there = |span: &str| {
        let is_bare = !span.contains('/');
        checkout().join(without_placeholder(span)).exists() || is_bare && files.contains(span)
    };
    let paths = spans(text).into_iter().filter(|span| is_path(span) && !is_there(span));
    let links = links(text).into_iter().filter(|link| !folder.join(link).exists());
    paths.chain(links).collect()
}

/// Names of the files in a folder and its folders, but for what is built or fetched.
fn file_names(folder: &Path, names: &mut BTreeSet<String>) -> Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() {
            let is_foreign =
                name.starts_with('.') || ["target", "node_modules", "dist"].contains(&name.as_str());
            if !is_foreign {
                file_names(&entry.path(), names)?;
            }
        } else {
            names.insert(name);
        }
    }
    Ok(())
}

fn documents() -> Result<Vec<PathBuf>> {
    let mut documents = vec![checkout().join("README.md")];
    for entry in std::fs::read_dir(checkout().join("docs"))? {
        documents.push(entry?.path());
    }
    documents.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    Ok(documents)
}

#[test]
fn every_path_and_link_of_the_documents_exists() -> Result<()> {
    let mut names = BTreeSet::new();
    file_names(&checkout(), &mut names)?;
    let documents = documents()?;
    assert!(documents.len() > 1, "docs/ holds no page");
    for document in documents {
        let text = std::fs::read_to_string(&document)?;
        let folder = document.parent().context("a file has a folder")?;
        let missing = missing(&text, folder, &names);
        assert!(missing.is_empty(), "{}: not in the tree: {missing:#?}", document.display());
    }
    Ok(())
}

#[test]
fn every_crate_stands_in_the_map_and_in_the_picture() -> Result<()> {
    let map = std::fs::read_to_string(checkout().join("docs/architecture.md"))?;
    let picture = std::fs::read_to_string(checkout().join("docs/pictures/house.svg"))?;
    let metadata = MetadataCommand::new().no_deps().exec()?;
    for package in &metadata.packages {
        let folder = package.manifest_path.parent().context("a manifest has a folder")?;
        let folder = folder.strip_prefix(&metadata.workspace_root)?;
        assert!(
            map.contains(&format!("| `{folder}` |")),
            "{folder} is not in the map of docs/architecture.md"
        );
        let is_drawn = picture.contains(&format!(">{folder}<")) || folder == "tests";
        assert!(is_drawn, "{folder} is not in docs/pictures/house.svg");
    }
    Ok(())
}

#[test]
fn what_is_missing_is_noticed() {
    let files = BTreeSet::from(["queues.rs".to_owned()]);
    let missing = |text| missing(text, &checkout(), &files);
    for (text, expected) in [
        ("`tests/tests/docs.rs`, `queues.rs`, [it](README.md#words), ![](docs/pictures/house.svg)", &[][..]),
        ("`tests/memory.rs` and `pipeline/gone`", &["tests/memory.rs", "pipeline/gone"]),
        ("`gone.rs`, [gone](docs/gone.md)", &["gone.rs", "docs/gone.md"]),
        ("`tests/tests/NAME.rs`, `tests/gone/NAME.rs`", &["tests/gone/NAME.rs"]),
        ("`/api/v1/violations`, `a/b?c`, `image/png`, `cargo test`, [x](https://example.org)", &[]),
        ("```\n`tests/in-a-block.rs`\n```\n`tests/behind.rs`", &["tests/behind.rs"]),
    ] {
        assert_eq!(missing(text), expected, "{text}");
    }
}
