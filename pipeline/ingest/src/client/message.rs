//! Requests and answers of RTSP. Pure.

use std::fmt::Write as _;

/// An answer's head may have so many bytes, and its body.
const HEAD_MAX: usize = 64 << 10;
const BODY_MAX: usize = 1 << 20;

/// What a server answered, or asks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Message {
    /// `RTSP/1.0 200 OK`, or a request's first line.
    pub(super) first_line: String,
    headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

/// What stands at the beginning of what was received.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Item {
    Message(Message),
    /// A channel, and a packet in `bytes` from here to there.
    Packet(u8, std::ops::Range<usize>),
    /// So many bytes make no sense.
    Junk(usize),
    /// Not all of it is there yet.
    Incomplete,
}

impl Message {
    /// 200 and so on; `None` for a request of the server.
    pub(super) fn status(&self) -> Option<u16> {
        let mut words = self.first_line.split_whitespace();
        words.next().filter(|version| version.starts_with("RTSP/"))?;
        words.next()?.parse().ok()
    }

    /// The first header of this name.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers(name).next()
    }

    pub(super) fn headers(&self, name: &str) -> impl Iterator<Item = &str> {
        let is_named = move |(known, _): &&(String, String)| known.eq_ignore_ascii_case(name);
        self.headers.iter().filter(is_named).map(|(_, value)| value.as_str())
    }

    fn parse(head: &[u8], body: &[u8]) -> Self {
        let head = String::from_utf8_lossy(head);
        let mut lines = head.lines().map(str::trim_end).skip_while(|line| line.is_empty());
        let first_line = lines.next().unwrap_or_default().to_owned();
        let header = |line: &str| {
            line.split_once(':').map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        };
        Self { first_line, headers: lines.filter_map(header).collect(), body: body.to_owned() }
    }
}

/// Reads what comes first: a packet, a message, or bytes to pass over.
pub(super) fn read(bytes: &[u8]) -> Item {
    match bytes {
        [] => Item::Incomplete,
        [b'$', rest @ ..] => match rest {
            [channel, high, low, body @ ..] => {
                let length = usize::from(u16::from_be_bytes([*high, *low]));
                if body.len() < length { Item::Incomplete } else { Item::Packet(*channel, 4..4 + length) }
            }
            _ => Item::Incomplete,
        },
        _ if begins_message(bytes) => read_message(bytes),
        _ => Item::Junk(junk(bytes)),
    }
}

/// Methods that servers send, and answers. `true` as well while that cannot be said yet.
fn begins_message(bytes: &[u8]) -> bool {
    let words: [&[u8]; 8] = [
        b"RTSP/",
        b"OPTIONS ",
        b"GET_PARAMETER ",
        b"SET_PARAMETER ",
        b"ANNOUNCE ",
        b"TEARDOWN ",
        b"REDIRECT ",
        b"PLAY_NOTIFY ",
    ];
    words.iter().any(|word| bytes.starts_with(word) || word.starts_with(bytes))
}

fn read_message(bytes: &[u8]) -> Item {
    let Some((head, body)) = end_of_head(bytes) else {
        return if bytes.len() > HEAD_MAX { Item::Junk(1) } else { Item::Incomplete };
    };
    let mut message = Message::parse(&bytes[..head], &[]);
    let length = message.header("Content-Length").and_then(|length| length.parse().ok()).unwrap_or(0);
    if length > BODY_MAX {
        return Item::Junk(1);
    }
    let Some(text) = bytes.get(body..body + length) else { return Item::Incomplete };
    message.body = text.to_owned();
    Item::Message(message)
}

/// Bytes of a message that [`read`] found whole.
pub(super) fn length_of(bytes: &[u8], message: &Message) -> usize {
    end_of_head(bytes).map_or(bytes.len(), |(_, body)| body + message.body.len())
}

/// Where the head ends and where the body begins; lines may end in LF alone.
fn end_of_head(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut from = 0;
    while let Some(at) = bytes[from..].iter().position(|byte| *byte == b'\n') {
        let next = from + at + 1;
        match bytes.get(next..) {
            Some([b'\n', ..]) => return Some((next, next + 1)),
            Some([b'\r', b'\n', ..]) => return Some((next, next + 2)),
            _ => from = next,
        }
    }
    None
}

/// Up to where something may begin again.
fn junk(bytes: &[u8]) -> usize {
    let begins = |at: &usize| bytes[*at] == b'$' || bytes[*at..].starts_with(b"RTSP/");
    (1..bytes.len()).find(begins).unwrap_or(bytes.len())
}

/// A request to send.
pub(super) fn request(method: &str, uri: &str, number: u32, headers: &[(&str, String)]) -> Vec<u8> {
    let mut text = format!("{method} {uri} RTSP/1.0\r\nCSeq: {number}\r\nUser-Agent: Anjian\r\n");
    for (name, value) in headers {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{name}: {value}\r\n");
    }
    text.push_str("\r\n");
    text.into_bytes()
}

/// The answer to a request of the server.
pub(super) fn answer(request: &Message) -> Vec<u8> {
    let number = request.header("CSeq").unwrap_or("0");
    format!("RTSP/1.0 200 OK\r\nCSeq: {number}\r\n\r\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_packets_and_junk_are_told_apart() {
        let answer = b"RTSP/1.0 200 OK\r\ncseq: 3\r\nContent-Length: 2\r\n\r\nhi$\x00\x00\x01x";
        let Item::Message(message) = read(answer) else { panic!("no message") };
        assert_eq!(
            (message.status(), message.header("CSeq"), &message.body[..]),
            (Some(200), Some("3"), &b"hi"[..])
        );
        let rest = &answer[length_of(answer, &message)..];
        assert_eq!(read(rest), Item::Packet(0, 4..5));
        assert_eq!(read(&answer[..20]), Item::Incomplete);
        assert_eq!(read(b"RTS"), Item::Incomplete);
        assert_eq!(read(b"\r\n$\x00\x00\x01x"), Item::Junk(2));
        assert_eq!(read(b"$\x00\x00"), Item::Incomplete);
        assert_eq!(read(b"xyz"), Item::Junk(3));
        let Item::Message(message) = read(b"RTSP/1.0 404 Not Found\nCSeq: 1\n\n") else {
            panic!("no message")
        };
        assert_eq!(message.status(), Some(404));
        let Item::Message(message) = read(b"OPTIONS * RTSP/1.0\r\nCSeq: 9\r\n\r\n") else {
            panic!("no message")
        };
        assert_eq!((message.status(), message.header("cseq")), (None, Some("9")));
    }
}
