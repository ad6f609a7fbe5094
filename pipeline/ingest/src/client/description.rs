//! The session description (SDP): which streams there are, and how they are coded. Pure.

use std::collections::BTreeMap;

/// What a stream carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Video,
    Audio,
    Other,
}

/// A stream that can be set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Media {
    pub(crate) kind: Kind,
    /// The payload type that is described first.
    pub(crate) payload_type: u8,
    /// Upper case, such as `H264`; empty when the description does not say.
    pub(crate) encoding: String,
    pub(crate) clock_hz: u32,
    pub(crate) channels: u32,
    /// Names in lower case.
    pub(crate) parameters: BTreeMap<String, String>,
    pub(super) control: Option<String>,
    /// Payload types that belong to other encodings of the same stream.
    pub(super) others: Vec<u8>,
}

impl Media {
    /// A stream as cameras describe it.
    #[cfg(test)]
    pub(crate) fn for_test(kind: Kind, encoding: &str) -> Self {
        let (encoding, parameters) = (encoding.to_owned(), BTreeMap::new());
        let (payload_type, clock_hz, channels, control, others) = (96, 90_000, 1, None, Vec::new());
        Self { kind, payload_type, encoding, clock_hz, channels, parameters, control, others }
    }
}

/// A whole description.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Description {
    pub(super) control: Option<String>,
    pub(super) media: Vec<Media>,
}

/// Reads a description; lines that make no sense are passed over.
pub(super) fn read(text: &str) -> Description {
    let mut description = Description::default();
    let mut lines = Vec::new();
    for line in text.lines().map(str::trim) {
        if let Some(media) = line.strip_prefix("m=") {
            description.media.extend(read_media(&std::mem::replace(&mut lines, vec![media])));
        } else if lines.is_empty() {
            if let Some(control) = line.strip_prefix("a=control:") {
                description.control = Some(control.trim().to_owned());
            }
        } else {
            lines.push(line);
        }
    }
    description.media.extend(read_media(&lines));
    description
}

/// `video 0 RTP/AVP 96` and the lines behind it.
fn read_media(lines: &[&str]) -> Option<Media> {
    let mut words = lines.first()?.split_whitespace();
    let kind = match words.next()? {
        "video" => Kind::Video,
        "audio" => Kind::Audio,
        _ => Kind::Other,
    };
    let payload_types: Vec<u8> = words.skip(2).filter_map(|word| word.parse().ok()).collect();
    let maps: Vec<(u8, Map)> = lines.iter().filter_map(|line| read_map(line)).collect();
    let map_of = |wanted: u8| {
        let described = maps.iter().find(|(known, _)| *known == wanted).map(|(_, map)| map.clone());
        described.or_else(|| static_map(wanted))
    };
    let is_known =
        |payload_type: &&u8| map_of(**payload_type).is_some_and(|map| is_recordable(&map.encoding));
    let payload_type = *payload_types.iter().find(is_known).or(payload_types.first())?;
    // A stream with a single map means that one, whatever the number.
    let map = map_of(payload_type).or_else(|| maps.first().map(|(_, map)| map.clone())).unwrap_or_default();
    let others = payload_types.iter().chain(maps.iter().map(|(known, _)| known)).copied();
    let is_other = |other: &u8| {
        *other != payload_type && map_of(*other).is_some_and(|other| other.encoding != map.encoding)
    };
    let parameters = lines.iter().filter_map(|line| read_parameters(line, payload_type)).flatten().collect();
    let control =
        lines.iter().find_map(|line| line.strip_prefix("a=control:")).map(|text| text.trim().to_owned());
    let others = others.filter(is_other).collect();
    let Map { encoding, clock_hz, channels } = map;
    Some(Media { kind, payload_type, encoding, clock_hz, channels, parameters, control, others })
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Map {
    encoding: String,
    clock_hz: u32,
    channels: u32,
}

fn is_recordable(encoding: &str) -> bool {
    matches!(encoding, "H264" | "H265" | "PCMA" | "PCMU" | "MPEG4-GENERIC")
}

/// `a=rtpmap:96 H264/90000`.
fn read_map(line: &str) -> Option<(u8, Map)> {
    let (payload_type, map) = line.strip_prefix("a=rtpmap:")?.trim().split_once(char::is_whitespace)?;
    let mut parts = map.trim().split('/');
    let encoding = parts.next()?.to_ascii_uppercase();
    // Some firmware calls H.265 by its other name.
    let encoding = if encoding == "HEVC" { "H265".to_owned() } else { encoding };
    let mut number = || parts.next().and_then(|part| part.trim().parse().ok());
    let (clock_hz, channels) = (number().unwrap_or(0), number().unwrap_or(1));
    Some((payload_type.parse().ok()?, Map { encoding, clock_hz, channels }))
}

/// Payload types that need no map (RFC 3551).
fn static_map(payload_type: u8) -> Option<Map> {
    let map = |encoding: &str, clock_hz| Map { encoding: encoding.to_owned(), clock_hz, channels: 1 };
    match payload_type {
        0 => Some(map("PCMU", 8_000)),
        8 => Some(map("PCMA", 8_000)),
        26 => Some(map("JPEG", 90_000)),
        32 => Some(map("MPV", 90_000)),
        33 => Some(map("MP2T", 90_000)),
        _ => None,
    }
}

/// `a=fmtp:96 name=value;…`.
fn read_parameters(line: &str, payload_type: u8) -> Option<Vec<(String, String)>> {
    let (number, text) = line.strip_prefix("a=fmtp:")?.trim().split_once(char::is_whitespace)?;
    if number.parse::<u8>().ok()? != payload_type {
        return None;
    }
    let pairs = text.split(';').filter_map(|pair| pair.split_once('='));
    Some(pairs.map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_static_types_parameters_and_controls_are_read() {
        let text = "v=0\r\na=control:*\r\nm=video 0 RTP/AVP 35 96\na=rtpmap:96 hevc/90000\na=rtpmap:35 rtx/90000\n\
                    a=fmtp:96 sprop-vps=QA==; Sprop-SPS=QgE=\na=control:trackID=1\nm=audio 0 RTP/AVP 8\n\
                    m=application 0 RTP/AVP 107\na=rtpmap:107 vnd.onvif.metadata/90000\n";
        let read = read(text);
        assert_eq!((read.control.as_deref(), read.media.len()), (Some("*"), 3));
        let video = &read.media[0];
        assert_eq!((video.kind, video.payload_type, &video.encoding[..]), (Kind::Video, 96, "H265"));
        assert_eq!((video.clock_hz, &video.others[..]), (90_000, &[35, 35][..]));
        assert_eq!(video.parameters["sprop-sps"], "QgE=");
        assert_eq!(video.control.as_deref(), Some("trackID=1"));
        let sound = &read.media[1];
        assert_eq!((&sound.encoding[..], sound.clock_hz, sound.channels), ("PCMA", 8000, 1));
        assert_eq!((sound.control.as_deref(), read.media[2].kind), (None, Kind::Other));
    }

    #[test]
    fn nonsense_is_passed_over() {
        assert_eq!(read("hello\n\u{0}").media, []);
        assert_eq!(read("m=video\nm=audio 0\n").media, []);
        let odd = read("m=video 0 RTP/AVP 96\na=rtpmap:98 H264/90000\n");
        assert_eq!(odd.media[0].encoding, "H264", "the only map there is");
        let odd = read("m=audio 0 RTP/AVP 97\na=rtpmap:97 MPEG4-GENERIC/0/0\na=fmtp:97\n");
        assert_eq!((odd.media[0].clock_hz, odd.media[0].channels), (0, 0));
    }
}
