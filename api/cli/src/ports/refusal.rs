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
        IngestError::File { fault: FileFault::Silent(_) | FileFault::Stopped, .. } => {
            PictureError::Busy("the decoder took too long".to_owned())
        }
        error if error.kind().is_unavailable() => {
            PictureError::Busy("the recording cannot be read".to_owned())
        }
        _ => PictureError::Failed("the recording is damaged there".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use anjian_domain::{ErrorKind, Shortage};

    use super::*;

    #[test]
    fn what_passes_is_asked_for_again_and_the_rest_is_damaged() {
        let unreadable = |kind| FileFault::Unreadable { kind, reason: "/secret/a.mp4".to_owned() };
        let no_descriptor = unreadable(ErrorKind::Unavailable(Shortage::Descriptors));
        for (fault, said) in [
            (FileFault::Stopped, "the decoder took too long; try again"),
            (no_descriptor, "the recording cannot be read; try again"),
            (unreadable(ErrorKind::Refused), "the recording is damaged there"),
            (FileFault::NoPicture, "the recording is damaged there"),
        ] {
            let error = refusal(&IngestError::File { path: "/secret/a.mp4".into(), fault });
            assert!(error.to_string().contains(said), "{error}");
            assert!(!error.to_string().contains("secret"), "{error}");
            assert_eq!(error.kind().is_unavailable(), said.contains("try again"), "{error}");
        }
    }
}
