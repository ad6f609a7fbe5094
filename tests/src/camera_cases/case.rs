//! A case: a script, how Anjian is configured for it, and what is expected.

use std::time::Duration;

use anjian_ingest::Transport;

use crate::odd_camera::Script;

/// When a case runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// For each change.
    Core,
    /// In the long tier only.
    Long,
}

/// A heading of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// RTP time stamps.
    Stamps,
    /// SSRC, numbers, payload types, encoder.
    Streams,
    /// Keep-alive, patience.
    Sessions,
    /// Transport, control, redirects.
    Addresses,
    /// What stands beside the video.
    Media,
    /// Status codes and credentials.
    Refusals,
    /// Sender reports.
    Clocks,
}

impl Kind {
    /// Its heading.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Stamps => "Time stamps",
            Self::Streams => "Streams that change",
            Self::Sessions => "Sessions",
            Self::Addresses => "Transports and addresses",
            Self::Media => "Sound, metadata and codecs",
            Self::Refusals => "Status codes and credentials",
            Self::Clocks => "Sender reports",
        }
    }
}

/// What is expected of Anjian.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// Every picture that was sent, over one connection, without a hole.
    All,
    /// The same, and a note on the camera that contains this.
    AllWithNote(&'static str),
    /// The same, and sound.
    AllWithSound,
    /// Every picture over one connection; the pause that the camera made is a hole.
    AllWithHole,
    /// The camera's reason contains this.
    Reason(&'static str),
    /// The camera's reason names this status, what it means and what to do.
    Status(u16),
}

/// One odd camera.
#[derive(Debug, Clone)]
pub struct Case {
    /// Heading.
    pub kind: Kind,
    /// What the camera does, in a few words.
    pub name: String,
    /// When it runs.
    pub tier: Tier,
    /// What it does, exactly.
    pub script: Script,
    /// How Anjian asks for packets.
    pub transport: Transport,
    /// How long Anjian waits for an answer; `None` as by default.
    pub answer_max: Option<Duration>,
    /// What Anjian is to make of it.
    pub expected: Expected,
}

impl Case {
    /// A case of the core set, over TCP.
    #[must_use]
    pub fn new(kind: Kind, name: &str, script: Script, expected: Expected) -> Self {
        let (transport, tier, answer_max) = (Transport::Tcp, Tier::Core, None);
        Self { kind, name: name.to_owned(), tier, script, transport, answer_max, expected }
    }

    /// The same in the long tier only.
    #[must_use]
    pub fn long(self) -> Self {
        Self { tier: Tier::Long, ..self }
    }

    /// The same over UDP.
    #[must_use]
    pub fn over_udp(self) -> Self {
        Self { transport: Transport::Udp, ..self }
    }
}
