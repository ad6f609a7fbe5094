//! What browsers are given: playlists, and files without the sound that they cannot decode.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use anjian_domain::{AudioCodec, Segment, WallTime};
use anjian_footage::{MediaUrl, MediaView, Pieces, PlaylistGap, playlist, scan};

use crate::clip::{Clip, H264, Recipe, decodes, folder, shown_frames};

const START: &str = "2026-03-01T00:00:00Z";

fn after(seconds: u64) -> WallTime {
    START.parse::<WallTime>().unwrap().plus(Duration::from_secs(seconds))
}

/// Two segments of ten seconds, the second a minute after the first.
fn record(folder: &Path, root: &Path) -> [Segment; 2] {
    let clip = Clip::encode(folder, Recipe { frames: 250, ..H264 });
    [START, "2026-03-01T00:01:00Z"].map(|start| clip.record(root, start))
}

/// As they are stored and read back.
fn with_pieces(root: &Path, segments: &[Segment]) -> Vec<(Segment, Pieces)> {
    let pieces = |segment: &Segment| Pieces::of(&scan(&root.join(&segment.path)).unwrap());
    let stored = |segment: &Segment| Pieces::decode(&pieces(segment).encode().unwrap()).unwrap();
    segments.iter().map(|segment| (segment.clone(), stored(segment))).collect()
}

#[test]
fn a_playlist_lists_pieces_that_begin_at_keyframes() {
    let (folder, root) = folder();
    let segments = record(folder.path(), &root);
    let gaps = [PlaylistGap { from: after(10), to: after(60), cause: Some("camera \"away\"\n".to_owned()) }];
    let url = |piece: &anjian_footage::Piece<'_>| MediaUrl::File(format!("/media/{}", piece.segment.path));
    let text = playlist(&with_pieces(&root, &segments), after(5), after(70), &gaps, url);
    let [first, second] = segments.each_ref().map(|segment| scan(&root.join(&segment.path)).unwrap());
    let range = |file: &anjian_footage::SegmentFile, from: usize, to: usize| {
        let (from, to) = (file.fragments[from].bytes.start, file.fragments[to].bytes.end);
        format!("{}@{from}", to - from)
    };
    let init = first.init_bytes.end;
    // A keyframe a second, a fragment every half second: pieces of eight fragments. The first four seconds
    // are before the range.
    let expected = format!(
        "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD\n\
         #EXT-X-INDEPENDENT-SEGMENTS\n\
         #EXT-X-DATERANGE:ID=\"gap-1772323210000000\",CLASS=\"gap\",START-DATE=\"2026-03-01T00:00:10Z\",\
         DURATION=50.000000,X-CAUSE=\"camera  away  \"\n\
         #EXT-X-MAP:URI=\"/media/gate/2026/03/01/000000.000000Z.mp4\",BYTERANGE=\"{init}@0\"\n\
         #EXT-X-PROGRAM-DATE-TIME:2026-03-01T00:00:04.000Z\n#EXTINF:4.000000,\n#EXT-X-BYTERANGE:{}\n\
         /media/gate/2026/03/01/000000.000000Z.mp4\n\
         #EXT-X-PROGRAM-DATE-TIME:2026-03-01T00:00:08.000Z\n#EXTINF:2.000000,\n#EXT-X-BYTERANGE:{}\n\
         /media/gate/2026/03/01/000000.000000Z.mp4\n",
        range(&first, 8, 15),
        range(&first, 16, 19),
    );
    assert!(text.starts_with(&expected), "{text}\n\nexpected\n{expected}");
    assert_eq!(text.matches("#EXT-X-DISCONTINUITY\n").count(), 1);
    assert_eq!(text.matches("#EXTINF").count(), 5);
    let last = format!(
        "#EXT-X-BYTERANGE:{}\n/media/gate/2026/03/01/000100.000000Z.mp4\n#EXT-X-ENDLIST\n",
        range(&second, 16, 19)
    );
    assert!(text.ends_with(&last), "{text}");
}

#[test]
fn pieces_made_on_demand_have_a_beginning_each() {
    let (folder, root) = folder();
    let segments = record(folder.path(), &root);
    let made = |piece: &anjian_footage::Piece<'_>| {
        let name = format!("{}/{}", piece.segment.start, piece.index);
        MediaUrl::OnDemand { init: format!("{name}/init"), media: format!("{name}/media") }
    };
    let text = playlist(&with_pieces(&root, &segments), after(0), after(70), &[], made);
    assert_eq!((text.matches("#EXT-X-MAP").count(), text.matches("#EXT-X-DISCONTINUITY\n").count()), (6, 5));
    assert!(text.contains("#EXT-X-MAP:URI=\"2026-03-01T00:01:00Z/2/init\"\n"), "{text}");
    assert!(!text.contains("BYTERANGE"), "{text}");
}

/// Bytes that a player gets when it asks in pieces of `step`.
fn served(path: &Path, step: u64) -> Vec<u8> {
    let len = MediaView::open(path).unwrap().len();
    let mut bytes = Vec::new();
    for from in (0..len).step_by(usize::try_from(step).unwrap()) {
        MediaView::open(path).unwrap().read_range(from..from + step).read_to_end(&mut bytes).unwrap();
    }
    bytes
}

#[test]
fn sound_that_browsers_cannot_decode_is_hidden() {
    let cases =
        [(None, 0), (Some(AudioCodec::Aac), 0), (Some(AudioCodec::ALaw), 1), (Some(AudioCodec::MuLaw), 1)];
    for (audio, hidden) in cases {
        let (folder, root) = folder();
        let clip = Clip::encode(folder.path(), Recipe { audio, ..H264 });
        let path = root.join(clip.record(&root, START).path);
        let (stored, seen) = (fs::read(&path).unwrap(), served(&path, 1 << 20));
        assert_eq!(stored.len(), seen.len());
        assert_eq!(seen != stored, hidden == 1, "{audio:?}");
        // Where a name is cut in two by a range, both halves are changed.
        assert!(served(&path, 157) == seen);
        fs::write(&path, &seen).unwrap();
        decodes(&path);
        assert_eq!(shown_frames(&path), clip.video.len());
        let tracks = scan(&path).unwrap().tracks;
        assert_eq!(tracks.audio.is_some(), audio.is_some() && hidden == 0);
    }
}
