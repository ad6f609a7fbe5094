//! Whether a file is what it is called. Headers are read and nothing is decoded: a small file may hold a picture that fills the
//! memory of the program that decodes it.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use anjian_casework::attachment::{AttachmentKind, MAX_PIXELS};
use anjian_footage::is_mp4;

use crate::IndexError;
use crate::attachments::error::AttachmentError;

/// Reads the header of a whole file whose first bytes are those of its kind.
pub(crate) fn inspect(path: &Path, kind: AttachmentKind) -> Result<(), AttachmentError> {
    let failed = |source| IndexError::File { doing: "read", path: path.to_owned(), source };
    let mut file = File::open(path).map_err(failed)?;
    match kind {
        AttachmentKind::Jpeg | AttachmentKind::Png | AttachmentKind::Webp => {
            let size = imagesize::reader_size(BufReader::new(file));
            check_size(size.map_err(|_| AttachmentError::Damaged(kind))?)
        }
        AttachmentKind::Mp4 if !is_mp4(&mut file).map_err(failed)? => Err(AttachmentError::Damaged(kind)),
        AttachmentKind::Mp4 | AttachmentKind::Pdf => Ok(()),
    }
}

fn check_size(size: imagesize::ImageSize) -> Result<(), AttachmentError> {
    let (width, height) = (size.width as u64, size.height as u64);
    match width.saturating_mul(height) {
        1..=MAX_PIXELS => Ok(()),
        _ => Err(AttachmentError::TooManyPixels { width, height }),
    }
}
