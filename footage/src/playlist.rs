//! HLS playlists straight over segment files (RFC 8216, version 7).
//!
//! Reads no file. Nothing is cut or copied: a player reads byte ranges of the files. Each file's media time begins at zero,
//! so every segment is a discontinuity, and says when it was in UTC.

use std::fmt::Write as _;
use std::time::Duration;

use anjian_domain::{Segment, WallTime};

use crate::{Piece, Pieces};

/// A part of the range without footage, told to the player as a date range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaylistGap {
    /// Where footage ends.
    pub from: WallTime,
    /// Where it goes on.
    pub to: WallTime,
    /// Why it is missing, for a person.
    pub cause: Option<String>,
}

/// Where a player gets a piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MediaUrl {
    /// The segment's file, which is served by byte ranges.
    File(String),
    /// Two whole resources made for this piece, such as an H.264 preview: what is needed before it, and
    /// itself.
    OnDemand {
        /// `ftyp` and `moov`.
        init: String,
        /// The fragments; their media time begins anywhere.
        media: String,
    },
}

/// The playlist of `from..to`. `segments`: of one camera, in order of start, with their pieces; those outside the range
/// are passed over. Pieces are listed whole, so it may begin some seconds early and end some seconds late. URLs
/// must need no quoting.
pub fn playlist(
    segments: &[(Segment, Pieces)],
    from: WallTime,
    to: WallTime,
    gaps: &[PlaylistGap],
    url_of: impl Fn(&Piece<'_>) -> MediaUrl,
) -> String {
    let mut list = List::default();
    gaps.iter().for_each(|gap| list.add_gap(gap));
    for (segment, pieces) in segments.iter().filter(|(segment, _)| segment.start < to && segment.end() > from)
    {
        let inside = |piece: &Piece<'_>| {
            let start = segment.start.plus(piece.start);
            start < to && start.plus(piece.duration) > from
        };
        let mut is_first = true;
        for piece in pieces.iter(segment).filter(inside) {
            list.add_piece(&piece, &url_of(&piece), is_first, pieces.init_bytes.end);
            is_first = false;
        }
    }
    list.text()
}

/// The playlist while it grows.
#[derive(Default)]
struct List {
    body: String,
    longest: Duration,
    has_pieces: bool,
}

// Writing to a String cannot fail.
impl List {
    fn add_gap(&mut self, gap: &PlaylistGap) {
        let seconds = gap.to.since(gap.from).as_secs_f64();
        let id = gap.from.as_micros();
        let _ = write!(
            self.body,
            "#EXT-X-DATERANGE:ID=\"gap-{id}\",CLASS=\"gap\",START-DATE=\"{}\",DURATION={seconds:.6}",
            gap.from
        );
        if let Some(cause) = &gap.cause {
            let cause = cause.replace(['"', '\r', '\n'], " ");
            let _ = write!(self.body, ",X-CAUSE=\"{cause}\"");
        }
        self.body.push('\n');
    }

    fn add_piece(&mut self, piece: &Piece<'_>, url: &MediaUrl, is_first: bool, init_len: u64) {
        let Piece { start, duration, bytes, .. } = piece;
        if self.has_pieces && (is_first || matches!(url, MediaUrl::OnDemand { .. })) {
            self.body.push_str("#EXT-X-DISCONTINUITY\n");
        }
        match url {
            MediaUrl::File(url) if is_first => {
                let _ = writeln!(self.body, "#EXT-X-MAP:URI=\"{url}\",BYTERANGE=\"{init_len}@0\"");
            }
            MediaUrl::File(_) => {}
            MediaUrl::OnDemand { init, .. } => {
                let _ = writeln!(self.body, "#EXT-X-MAP:URI=\"{init}\"");
            }
        }
        let begins = piece.segment.start.plus(*start);
        let _ = writeln!(
            self.body,
            "#EXT-X-PROGRAM-DATE-TIME:{}",
            begins.timestamp().strftime("%Y-%m-%dT%H:%M:%S.%3fZ")
        );
        let _ = writeln!(self.body, "#EXTINF:{:.6},", duration.as_secs_f64());
        let _ = match url {
            MediaUrl::File(url) => {
                let len = bytes.end - bytes.start;
                writeln!(self.body, "#EXT-X-BYTERANGE:{len}@{}\n{url}", bytes.start)
            }
            MediaUrl::OnDemand { media, .. } => writeln!(self.body, "{media}"),
        };
        self.longest = self.longest.max(*duration);
        self.has_pieces = true;
    }

    fn text(&self) -> String {
        // Rounded as players round.
        let target = self.longest.as_secs_f64().round().max(1.0);
        format!(
            "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:{target}\n#EXT-X-MEDIA-SEQUENCE:0\n\
             #EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-INDEPENDENT-SEGMENTS\n{}#EXT-X-ENDLIST\n",
            self.body
        )
    }
}
