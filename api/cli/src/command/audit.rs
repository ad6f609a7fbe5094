//! `anjian check --audit`: is the audit what was written?

use std::path::Path;

use anjian_indexer::{Checkpoint, CheckpointFault, Envelope, Index};

use crate::output::{AlreadyTold, Usage, print, tell};

/// Computes every link again, and compares with a checkpoint when one is given.
pub async fn verify(index: &Index, against: Option<&Path>) -> anyhow::Result<()> {
    let checkpoint = match against {
        Some(file) => Some(read(index, file).await?),
        None => None,
    };
    let report = index.verify_audit(checkpoint.as_ref()).await?;
    let compared =
        checkpoint.map(|checkpoint| format!(", compared with the checkpoint of {}", checkpoint.at));
    print(&format!(
        "audit entries: {}{}, newest link: {}",
        report.entries,
        compared.unwrap_or_default(),
        report.newest
    ))?;
    match report.fault {
        None => Ok(()),
        Some(fault) => {
            tell(&fault.to_string());
            Err(AlreadyTold.into())
        }
    }
}

async fn read(index: &Index, file: &Path) -> anyhow::Result<Checkpoint> {
    let wrong = |reason: String| Usage(format!("--against {}: {reason}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?;
    let envelope: Envelope = text.parse().map_err(|fault: CheckpointFault| wrong(fault.to_string()))?;
    Ok(index.open_envelope(&envelope).await?.map_err(|fault| wrong(fault.to_string()))?)
}
