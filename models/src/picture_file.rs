//! Pictures from and to files.

use std::path::Path;

use anjian_domain::Picture;

use crate::ModelError;

/// A JPEG, PNG or WebP picture, as BGR, upright.
///
/// # Errors
/// When the file is missing, or is not a whole, reasonable picture.
pub fn read_picture(path: &Path) -> Result<Picture, ModelError> {
    Err(ModelError::NotAPicture { path: path.to_path_buf(), problem: String::new() })
}

/// Writes a picture; the ending of the name chooses JPEG, PNG or WebP.
///
/// # Errors
/// When the ending is another, or the file cannot be written.
pub fn write_picture(path: &Path, picture: &Picture) -> Result<(), ModelError> {
    let _ = picture;
    Err(ModelError::NotAPicture { path: path.to_path_buf(), problem: String::new() })
}
