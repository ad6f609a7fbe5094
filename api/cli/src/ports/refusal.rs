//! Why there is no picture, in words that name no path: they reach clients.

use anjian_api::PictureError;
use anjian_ingest::{FileFault, IngestError};

pub(super) fn nobody_waits() -> PictureError {
    PictureError::Busy("others were before".to_owned())
}

/// In words that name no path: they reach clients. The log has the whole.
pub(super) fn refusal(error: &IngestError) -> PictureError {
    tracing::debug!(%error, "no picture");
    match error {
        IngestError::File { fault: FileFault::EndsBefore { .. }, .. } => {
            PictureError::Nothing("the recording ends before".to_owned())
        }
        error if error.is_transient() => PictureError::Busy("the decoder took too long".to_owned()),
        _ => PictureError::Failed("the recording is damaged there".to_owned()),
    }
}
