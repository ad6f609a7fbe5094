//! The Transport header: where packets are to go, and where they go. Pure.

/// Where a stream's packets come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// On this channel of the connection; reports on the next.
    Channel(u8),
    /// At a port of this machine; the camera sends from these, if it says which.
    Ports { server: Option<(u16, u16)> },
}

/// Asks for packets in the connection.
pub(super) fn ask_channel(channel: u8) -> String {
    format!("RTP/AVP/TCP;unicast;interleaved={channel}-{}", channel + 1)
}

/// Asks for packets at a port.
pub(super) fn ask_ports(port: u16) -> String {
    format!("RTP/AVP;unicast;client_port={port}-{}", port + 1)
}

/// Where packets of a connection come in, which was asked for `channel`; `None` when the answer says UDP.
pub(super) fn channel(answer: Option<&str>, channel: u8) -> Option<Way> {
    let Some(answer) = answer else { return Some(Way::Channel(channel)) };
    let given = pair(answer, "interleaved").and_then(|(first, _)| u8::try_from(first).ok());
    if given.is_none() && !answer.contains("TCP") && pair(answer, "client_port").is_some() {
        return None;
    }
    Some(Way::Channel(given.unwrap_or(channel)))
}

/// From where packets of UDP come.
pub(super) fn ports(answer: Option<&str>) -> Way {
    Way::Ports { server: answer.and_then(|answer| pair(answer, "server_port")) }
}

/// `name=1-2` or `name=1`.
fn pair(text: &str, name: &str) -> Option<(u16, u16)> {
    let value = text.split(';').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='))?;
    let mut numbers = value.split('-').map(|number| number.trim().parse().ok());
    let first: u16 = numbers.next()??;
    Some((first, numbers.next().flatten().unwrap_or(first.saturating_add(1))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_camera_leaves_out_is_as_it_was_asked() {
        assert_eq!(channel(Some("RTP/AVP/TCP;unicast;interleaved=6-7"), 0), Some(Way::Channel(6)));
        assert_eq!(channel(Some("RTP/AVP/TCP;unicast"), 2), Some(Way::Channel(2)));
        assert_eq!(channel(None, 2), Some(Way::Channel(2)));
        assert_eq!(channel(Some("RTP/AVP;unicast;client_port=5-6"), 0), None);
        assert_eq!(ports(Some("RTP/AVP; server_port=7")), Way::Ports { server: Some((7, 8)) });
        assert_eq!(ports(Some("RTP/AVP")), Way::Ports { server: None });
    }
}
