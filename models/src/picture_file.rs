//! Pictures from and to files: JPEG, PNG and WebP.
//!
//! For people and evaluations. Cameras and footage come through `pipeline/ingest`, and evidence is written by
//! `indexer`.

use std::fs;
use std::path::Path;

use anjian_domain::{ColourMatrix, Picture, PixelFormat};
use opencv::core::{Mat, MatTraitConst, MatTraitConstManual, Vector, VectorToVec};
use opencv::imgcodecs;

use crate::colour::bgr_bytes;
use crate::{ModelError, picture_header};

const MOST_BYTES: u64 = 256 << 20;
/// More than any camera has; 300 MB decoded.
const MOST_PIXELS: usize = 100_000_000;
const JPEG_QUALITY: i32 = 90;

/// A JPEG, PNG or WebP picture as BGR: upright as its EXIF says, grey as three equal colours, without transparency,
/// 8 bits a colour.
///
/// # Errors
/// When the file is missing or unreadable, is no picture, is cut off, or is larger than 100 million pixels.
pub fn read_picture(path: &Path) -> Result<Picture, ModelError> {
    let unusable = |problem: String| ModelError::NotAPicture { path: path.to_path_buf(), problem };
    let failed = |source| ModelError::File { verb: "read", path: path.to_path_buf(), source };
    let metadata = fs::metadata(path).map_err(failed)?;
    if !metadata.is_file() {
        return Err(unusable("it is a folder or a device, not a file".to_owned()));
    }
    let size_bytes = metadata.len();
    if size_bytes > MOST_BYTES {
        return Err(unusable(format!("it has {size_bytes} bytes; at most {MOST_BYTES} are read")));
    }
    decode_picture(&fs::read(path).map_err(failed)?, path, MOST_PIXELS)
}

/// [`read_picture`] of bytes that are there already. What they are is told by themselves; `name` stands for the file
/// in errors. Nothing is decoded that says of itself that it has more than `most_pixels`.
///
/// # Errors
/// When the bytes are no picture, are cut off, or make a larger one.
pub fn decode_picture(bytes: &[u8], name: &Path, most_pixels: usize) -> Result<Picture, ModelError> {
    let unusable = |problem: String| ModelError::NotAPicture { path: name.to_path_buf(), problem };
    picture_header::check(bytes, most_pixels).map_err(unusable)?;
    let decoded = decode(bytes).map_err(|source| unusable(format!("it is damaged: {source}")))?;
    let Some((width_px, height_px, pixels)) = decoded else {
        return Err(unusable("it is damaged: the decoder gave up".to_owned()));
    };
    Picture::new(width_px, height_px, PixelFormat::Bgr, ColourMatrix::default(), pixels)
        .map_err(|source| ModelError::Picture { path: name.to_path_buf(), source })
}

/// Width, height and BGR bytes; `None` when the decoder gives nothing.
fn decode(bytes: &[u8]) -> opencv::Result<Option<(u32, u32, Vec<u8>)>> {
    let decoded = imgcodecs::imdecode(&Mat::from_slice(bytes)?, imgcodecs::IMREAD_COLOR)?;
    match (u32::try_from(decoded.cols()), u32::try_from(decoded.rows())) {
        (Ok(width_px @ 1..), Ok(height_px @ 1..)) => {
            Ok(Some((width_px, height_px, decoded.data_bytes()?.to_vec())))
        }
        _ => Ok(None),
    }
}

/// Writes a picture; the ending of the name (`jpg`, `jpeg`, `png`, `webp`) says as what.
///
/// # Errors
/// When the ending is another, or the file cannot be written.
pub fn write_picture(path: &Path, picture: &Picture) -> Result<(), ModelError> {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
    if !["jpg", "jpeg", "png", "webp"].contains(&ending.as_str()) {
        let problem = "its name must end in .jpg, .png or .webp".to_owned();
        return Err(ModelError::NotAPicture { path: path.to_path_buf(), problem });
    }
    let encoded = encode(&format!(".{ending}"), picture).map_err(|source| ModelError::Pixels {
        step: "encode",
        width_px: picture.width_px(),
        height_px: picture.height_px(),
        source,
    })?;
    fs::write(path, encoded).map_err(|source| ModelError::File {
        verb: "write",
        path: path.to_path_buf(),
        source,
    })
}

fn encode(ending: &str, picture: &Picture) -> opencv::Result<Vec<u8>> {
    let bytes = bgr_bytes(picture);
    let flat = Mat::from_slice(&bytes)?;
    let pixels = flat.reshape(3, i32::try_from(picture.height_px()).unwrap_or(i32::MAX))?;
    let settings = match ending {
        ".jpg" | ".jpeg" => Vector::from_slice(&[imgcodecs::IMWRITE_JPEG_QUALITY, JPEG_QUALITY]),
        _ => Vector::new(),
    };
    let mut encoded = Vector::new();
    imgcodecs::imencode(ending, &pixels, &mut encoded, &settings)?;
    Ok(encoded.to_vec())
}

#[cfg(test)]
mod tests {
    use anjian_domain::ErrorKind;

    use super::*;

    fn gradient(width_px: u32, height_px: u32) -> Picture {
        let shade = |at: u32, side: u32| u8::try_from(at * 255 / side).unwrap();
        let pixel = |x, y| [shade(x, width_px), shade(y, height_px), 90];
        let bytes = (0..height_px).flat_map(|y| (0..width_px).flat_map(move |x| pixel(x, y))).collect();
        Picture::new(width_px, height_px, PixelFormat::Bgr, ColourMatrix::default(), bytes).unwrap()
    }

    #[test]
    fn what_was_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        for (name, tolerance) in [("a.png", 0), ("a.JPG", 12), ("a.webp", 12)] {
            let path = folder.path().join(name);
            let picture = gradient(64, 48);
            write_picture(&path, &picture).unwrap();
            let read = read_picture(&path).unwrap();
            assert_eq!((read.width_px(), read.height_px()), (64, 48), "{name}");
            let worst = picture.bytes().iter().zip(read.bytes()).map(|(a, b)| a.abs_diff(*b)).max();
            assert!(worst <= Some(tolerance), "{name}: {worst:?}");
        }
    }

    #[test]
    fn damaged_files_say_what_is_wrong() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let refused = |bytes: &[u8]| {
            fs::write(&path, bytes).unwrap();
            read_picture(&path).unwrap_err().to_string()
        };
        assert!(refused(b"").contains("empty"));
        assert!(refused(b"no picture, just words that go on for a while").contains("neither JPEG"));
        for ending in [".jpg", ".png", ".webp"] {
            let whole = encode(ending, &gradient(200, 100)).unwrap();
            for length in [13, 40, whole.len() / 2, whole.len() - 3] {
                let said = refused(&whole[..length]);
                assert!(said.contains("ends in the middle"), "{ending} cut to {length}: {said}");
            }
        }
        let mut bomb = encode(".png", &gradient(8, 8)).unwrap();
        bomb[16..24].copy_from_slice(&[0, 0, 0xff, 0, 0, 0, 0xff, 0]);
        assert!(refused(&bomb).contains("65280x65280 pixels"));
    }

    #[test]
    fn what_would_cost_too_much_is_not_decoded() {
        let jpeg = encode(".jpg", &gradient(64, 48)).unwrap();
        let decode = |bytes: &[u8], most_pixels| decode_picture(bytes, Path::new("sent"), most_pixels);
        assert!(decode(&jpeg, 64 * 48).is_ok());
        let said = decode(&jpeg, 64 * 48 - 1).unwrap_err().to_string();
        assert!(said.starts_with("sent is not") && said.contains("64x48 pixels"), "{said}");

        // Each scan of a progressive JPEG is a pass over all pixels, and may be a few bytes long.
        let (picture, end) = jpeg.split_at(jpeg.len() - 2);
        let scans = |count| [picture, &[0xff, 0xda, 0, 2, 7].repeat(count), end].concat();
        let said = decode(&scans(100), 64 * 48).unwrap_err().to_string();
        assert!(said.contains("100 scans"), "{said}");
        assert!(!decode(&scans(20), 64 * 48).is_err_and(|error| error.to_string().contains("scans")));
    }

    #[test]
    fn damage_inside_a_whole_file_is_no_panic() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file.webp");
        let mut bytes = encode(".webp", &gradient(64, 64)).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle..middle + 8].fill(0x5a);
        fs::write(&path, bytes).unwrap();
        if let Err(error) = read_picture(&path) {
            assert!(error.to_string().contains("damaged"), "{error}");
        }
    }

    #[test]
    fn missing_files_folders_and_wrong_endings_are_named() {
        let folder = tempfile::tempdir().unwrap();
        for (path, kind) in [
            (folder.path().join("absent.jpg"), ErrorKind::Missing),
            (folder.path().to_path_buf(), ErrorKind::Invalid),
        ] {
            let error = read_picture(&path).unwrap_err();
            assert!(error.to_string().contains(&path.display().to_string()), "{error}");
            assert_eq!(error.kind(), kind);
        }
        let error = write_picture(&folder.path().join("a.gif"), &gradient(8, 8)).unwrap_err();
        assert!(error.to_string().contains(".webp"), "{error}");
    }
}
