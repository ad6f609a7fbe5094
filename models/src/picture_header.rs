//! Looks at the bytes of a picture file before anybody decodes them: what it is, how large, and whether it is whole.
//!
//! Decoders are lenient: half a JPEG becomes a picture with a grey lower half, and a header of a few bytes can ask
//! for gigabytes. Neither may reach a detector.

use imagesize::ImageType;

/// Cameras write ten or so. A decoder goes over all pixels once for each, however short it is.
const MOST_SCANS: usize = 100;
/// Sides that image libraries agree on (JPEG ends at 65,535, WebP at 16,383).
const LONGEST_SIDE_PX: usize = 65_535;

/// What is wrong, in words that go on after "is not a picture that can be used".
pub(crate) fn check(bytes: &[u8], most_pixels: usize) -> Result<(), String> {
    if bytes.is_empty() {
        return Err("the file is empty".to_owned());
    }
    let is_whole = match imagesize::image_type(bytes) {
        Ok(ImageType::Jpeg) if jpeg_scans(bytes) > MOST_SCANS => {
            return Err(format!("it has more than {MOST_SCANS} scans: save it anew"));
        }
        Ok(ImageType::Jpeg) => jpeg_is_whole(bytes),
        Ok(ImageType::Png) => png_is_whole(bytes),
        Ok(ImageType::Webp) => webp_is_whole(bytes),
        _ => return Err("it is neither JPEG, PNG nor WebP".to_owned()),
    };
    if let Ok(size) = imagesize::blob_size(bytes) {
        check_size(size.width, size.height, most_pixels)?;
        if is_whole {
            return Ok(());
        }
    }
    Err(format!("it ends in the middle, after {} bytes: copy it again", bytes.len()))
}

fn check_size(width_px: usize, height_px: usize, most_pixels: usize) -> Result<(), String> {
    let is_reasonable = (1..=LONGEST_SIDE_PX).contains(&width_px)
        && (1..=LONGEST_SIDE_PX).contains(&height_px)
        && width_px.saturating_mul(height_px) <= most_pixels;
    if is_reasonable {
        return Ok(());
    }
    Err(format!(
        "it has {width_px}x{height_px} pixels; at most {most_pixels} are read, and sides up to {LONGEST_SIDE_PX}"
    ))
}

/// Whether an end marker follows the first scan. Segments before it are skipped by their length, because a
/// thumbnail in them has an end marker of its own; inside a scan the marker cannot occur by chance.
fn jpeg_is_whole(bytes: &[u8]) -> bool {
    let mut at = 2;
    while let Some([0xff, marker, high, low]) = bytes.get(at..at + 4) {
        at += 2 + usize::from(u16::from_be_bytes([*high, *low]));
        if *marker == 0xda {
            return bytes.get(at..).is_some_and(|scan| scan.windows(2).any(|pair| pair == [0xff, 0xd9]));
        }
    }
    false
}

/// Scans up to the end marker. Like a decoder, it goes on at the next marker wherever something else stands.
fn jpeg_scans(bytes: &[u8]) -> usize {
    let (mut at, mut scans) = (2, 0);
    while let Some(before) = bytes.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == 0xff)) {
        at += before;
        match bytes.get(at + 1..) {
            Some([0xff, ..]) => at += 1,
            // Stuffed, restarts, beginnings: nothing follows that belongs to them.
            Some([0x00 | 0x01 | 0xd0..=0xd8, ..]) => at += 2,
            Some([marker @ (0x02..=0xcf | 0xda..), high, low, ..]) => {
                scans += usize::from(*marker == 0xda);
                at += 2 + usize::from(u16::from_be_bytes([*high, *low]));
            }
            _ => break,
        }
    }
    scans
}

fn png_is_whole(bytes: &[u8]) -> bool {
    let mut at = 8;
    while let Some([a, b, c, d, kind @ ..]) = bytes.get(at..at + 8) {
        let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        // Length, kind, data, checksum.
        at = at.saturating_add(length).saturating_add(12);
        if kind == b"IEND" {
            return at <= bytes.len();
        }
    }
    false
}

fn webp_is_whole(bytes: &[u8]) -> bool {
    let Some([a, b, c, d]) = bytes.get(4..8) else { return false };
    u32::from_le_bytes([*a, *b, *c, *d]) as usize + 8 <= bytes.len()
}
