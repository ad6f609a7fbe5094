//! The snapshot as it may leave: small, and with every head blurred but the one that the violation is about.

use anjian_domain::{Class, NormBox, Viewer};
use anjian_indexer::{EvidenceKind, FilePlace, Index, News, ViolationDetail};
use turbojpeg::{Image, PixelFormat, Subsamp};

/// Blocks along the longer side of a head.
const BLOCKS: usize = 4;
/// How much larger than the head the blurred place is: hair and chin lie outside of a detector's box.
const MARGIN: f32 = 0.3;
const QUALITY: i32 = 80;
/// Larger files are no snapshots of ours.
const MAX_BYTES: u64 = 8 << 20;

/// The picture of a violation; `None` when there is none or it cannot be read: the message leaves without.
pub(crate) async fn of(index: &Index, viewer: &Viewer, news: &News) -> Option<Vec<u8>> {
    let id = news.violation.as_ref()?.id;
    let detail = index.violation(viewer, id).await.ok().flatten()?;
    let file = index.evidence_file(viewer, id, EvidenceKind::Snapshot).await.ok().flatten()?;
    if file.size_bytes > MAX_BYTES {
        return None;
    }
    let bytes = match file.place {
        FilePlace::Folder(path) => tokio::fs::read(path).await.ok()?,
        FilePlace::Bucket(key) => index.bucket()?.read(&key, 0..file.size_bytes).await.ok()?.to_vec(),
    };
    tokio::task::spawn_blocking(move || derived(&bytes, &heads_of_others(&detail))).await.ok()?
}

/// Heads in the picture, without that of the person whom the violation is about.
fn heads_of_others(detail: &ViolationDetail) -> Vec<NormBox> {
    let at = detail.snapshot_at.media.as_nanos();
    let subject = detail.path.iter().min_by_key(|point| point.at.media.as_nanos().abs_diff(at));
    let is_subject = |head: &NormBox| {
        let (x, y) = ((head.left() + head.right()) / 2.0, (head.top() + head.bottom()) / 2.0);
        subject.is_some_and(|point| {
            let body = point.bounds;
            // The upper half: the head of somebody in front may lie within the legs.
            (body.left()..=body.right()).contains(&x) && (body.top()..=body.top() + body.height() / 2.0).contains(&y)
        })
    };
    let heads = detail.detections.items.iter().filter(|seen| matches!(seen.class, Class::Head | Class::Helmet));
    let mut others: Vec<_> = heads.map(|seen| seen.bounds).filter(|head| !is_subject(head)).collect();
    // Whose head the detector missed is a person all the same.
    let persons = detail.detections.items.iter().filter(|seen| seen.class == Class::Person);
    others.extend(persons.filter_map(|person| top_of(&person.bounds)).filter(|head| !is_subject(head)));
    others
}

/// Where the head of a person is.
fn top_of(person: &NormBox) -> Option<NormBox> {
    NormBox::new(person.left(), person.top(), person.right(), person.top() + person.height() / 5.0)
}

/// A JPEG with these places made unrecognisable.
fn derived(jpeg: &[u8], places: &[NormBox]) -> Option<Vec<u8>> {
    let mut image = turbojpeg::decompress(jpeg, PixelFormat::RGB).ok()?;
    for place in places {
        pixelate(&mut image, place);
    }
    turbojpeg::compress(image.as_deref(), QUALITY, Subsamp::Sub2x2).ok().map(|bytes| bytes.to_vec())
}

/// Makes blocks of their mean colour: unlike a blur, nothing of what was there can be computed back.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "shares of a picture, bounded")]
fn pixelate(image: &mut Image<Vec<u8>>, place: &NormBox) {
    let (width, height) = (image.width as f32, image.height as f32);
    let (grow_x, grow_y) = (place.width() * MARGIN, place.height() * MARGIN);
    let across = |share: f32| (share.clamp(0.0, 1.0) * width) as usize;
    let down = |share: f32| (share.clamp(0.0, 1.0) * height) as usize;
    let (left, right) = (across(place.left() - grow_x), across(place.right() + grow_x));
    let (top, bottom) = (down(place.top() - grow_y), down(place.bottom() + grow_y));
    let block = ((right - left).max(bottom - top) / BLOCKS).max(8);
    for y in (top..bottom).step_by(block) {
        for x in (left..right).step_by(block) {
            flatten(image, (x, (x + block).min(right)), (y, (y + block).min(bottom)));
        }
    }
}

fn flatten(image: &mut Image<Vec<u8>>, across: (usize, usize), down: (usize, usize)) {
    let offsets = |image: &Image<Vec<u8>>| {
        let pitch = image.pitch;
        (down.0..down.1).flat_map(move |y| (across.0..across.1).map(move |x| y * pitch + x * 3))
    };
    let count = ((across.1 - across.0) * (down.1 - down.0)) as u64;
    if count == 0 {
        return;
    }
    let mut sums = [0_u64; 3];
    for offset in offsets(image) {
        for (sum, value) in sums.iter_mut().zip(&image.pixels[offset..offset + 3]) {
            *sum += u64::from(*value);
        }
    }
    #[expect(clippy::cast_possible_truncation, reason = "the mean of bytes is one")]
    let mean = sums.map(|sum| (sum / count) as u8);
    for offset in offsets(image) {
        image.pixels[offset..offset + 3].copy_from_slice(&mean);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pixelated_place_holds_a_few_colours_and_the_rest_stays() {
        let (width, height) = (64, 64);
        let pixels = (0..width * height).flat_map(|at| [(at % 251) as u8, (at % 13) as u8 * 19, 7]).collect();
        let mut image = Image { pixels, width, pitch: width * 3, height, format: PixelFormat::RGB };
        let before = image.pixels.clone();
        pixelate(&mut image, &NormBox::new(0.5, 0.5, 0.75, 0.75).unwrap());
        let colours = |image: &Image<Vec<u8>>, from: usize, to: usize| {
            let rows = from..to;
            let found = rows.flat_map(|y| (from..to).map(move |x| (y * width + x) * 3));
            found.map(|at| image.pixels[at..at + 3].to_vec()).collect::<std::collections::BTreeSet<_>>().len()
        };
        assert!(colours(&image, 32, 48) <= 9);
        assert_eq!(image.pixels[..24 * width * 3], before[..24 * width * 3], "what lies above stays");
    }
}
