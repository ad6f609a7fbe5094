//! Finds every library and executable of the workspace.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Result;
use cargo_metadata::{Metadata, MetadataCommand, TargetKind};

use crate::modules::Crate;

pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    pub(crate) crates: Vec<Crate>,
}

impl Workspace {
    /// `folder` is any folder of the workspace.
    pub(crate) fn read(folder: &Path) -> Result<Self> {
        let metadata = MetadataCommand::new().no_deps().current_dir(folder).exec()?;
        let crates = crate_roots(&metadata).iter().map(|root| Crate::read(root)).collect::<Result<_>>()?;
        Ok(Self { root: metadata.workspace_root.into(), crates })
    }

    pub(crate) fn relative<'a>(&self, file: &'a Path) -> &'a Path {
        file.strip_prefix(&self.root).unwrap_or(file)
    }
}

fn crate_roots(metadata: &Metadata) -> BTreeSet<PathBuf> {
    let targets = metadata.packages.iter().flat_map(|package| &package.targets);
    let is_built = |kind: &TargetKind| matches!(kind, TargetKind::Lib | TargetKind::Bin);
    let built = targets.filter(|target| target.kind.iter().any(is_built));
    built.map(|target| target.src_path.clone().into()).collect()
}
