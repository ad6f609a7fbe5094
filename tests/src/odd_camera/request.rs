//! Requests as they come, and what stands in them.

/// A request of RTSP.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) uri: String,
    headers: Vec<(String, String)>,
}

impl Request {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Takes the next whole request out of what was received; packets of the client are passed over.
    pub(super) fn take(received: &mut Vec<u8>) -> Option<Self> {
        while let [b'$', _, high, low, ..] = received[..] {
            let end = 4 + usize::from(u16::from_be_bytes([high, low]));
            if received.len() < end {
                return None;
            }
            received.drain(..end);
        }
        if received.first() == Some(&b'$') {
            return None;
        }
        let end = received.windows(4).position(|window| window == b"\r\n\r\n")?;
        let head: Vec<u8> = received.drain(..end + 4).collect();
        let request = Self::parse(&String::from_utf8_lossy(&head))?;
        let body = request.header("Content-Length").and_then(|length| length.parse().ok()).unwrap_or(0);
        received.drain(..received.len().min(body));
        Some(request)
    }

    fn parse(head: &str) -> Option<Self> {
        let mut lines = head.lines();
        let mut first = lines.next()?.split(' ');
        let (method, uri) = (first.next()?.to_owned(), first.next()?.to_owned());
        let header = |line: &str| {
            line.split_once(':').map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        };
        Some(Self { method, uri, headers: lines.filter_map(header).collect() })
    }
}
