//! What an odd camera does: each misbehaviour is one value.

#![expect(missing_docs, reason = "names say what most values are; the others have a comment")]

use std::time::Duration;

use super::codec::Codec;

/// A camera's behaviour. The default is a good camera: H.264, 25 pictures a second, four seconds.
#[derive(Debug, Clone, PartialEq)]
pub struct Script {
    pub codec: Codec,
    pub scene: Scene,
    /// Pictures of each connection; then it is silent, or ends.
    pub pictures: u32,
    pub interval: Duration,
    /// So many pictures are sent at once at the beginning.
    pub burst: u32,
    pub stamps: Stamps,
    pub identity: Identity,
    pub sequence: Sequence,
    pub payload_type: PayloadType,
    /// From this picture on the encoder sends pictures of another size.
    pub restart_at: Option<u32>,
    pub slow: Slow,
    /// The `timeout` of the Session header, seconds.
    pub session_s: Option<u32>,
    /// Ends a session without a request for that long.
    pub needs_keep_alive: bool,
    /// Answers this status to GET_PARAMETER.
    pub get_parameter: u16,
    pub transports: Transports,
    pub control: Control,
    pub redirect: Redirect,
    pub access: Access,
    pub second: Second,
    /// The method, and the status that it always answers.
    pub status: Option<(&'static str, u16)>,
    pub reports: SenderClock,
    pub end: End,
    /// Without the marker bit at the end of a picture.
    pub lacks_marker: bool,
    /// Parameter sets stand in the description only.
    pub parameters_in_sdp_only: bool,
    /// No parameter sets in the description.
    pub lacks_parameters_in_sdp: bool,
    /// Header names in lower case, lines that end in LF.
    pub is_sloppy: bool,
    /// Bytes between packets that belong to nothing.
    pub sends_junk: bool,
    /// Answers that come between packets carry no CSeq.
    pub lacks_cseq: bool,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            codec: Codec::H264,
            scene: Scene::Pattern,
            pictures: 100,
            interval: Duration::from_millis(40),
            burst: 0,
            stamps: Stamps::Right,
            identity: Identity::Steady,
            sequence: Sequence::Steady,
            payload_type: PayloadType::Steady,
            restart_at: None,
            slow: Slow::default(),
            session_s: None,
            needs_keep_alive: false,
            get_parameter: 200,
            transports: Transports::Both,
            control: Control::Relative,
            redirect: Redirect::None,
            access: Access::Open,
            second: Second::None,
            status: None,
            reports: SenderClock::Silent,
            end: End::Silent,
            lacks_marker: false,
            parameters_in_sdp_only: false,
            lacks_parameters_in_sdp: false,
            is_sloppy: false,
            sends_junk: false,
            lacks_cseq: false,
        }
    }
}

/// What it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scene {
    /// A moving test picture.
    Pattern,
    /// A person takes off a hard hat after some seconds.
    HatComesOff,
}

/// RTP time stamps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stamps {
    /// 90 kHz.
    Right,
    Zero,
    /// The first one, for ever.
    Standing,
    Backwards,
    /// So many ticks a second instead of 90 000.
    Unit(u32),
    /// From a picture on, so much later or earlier.
    Jump {
        at: u32,
        by_ms: i64,
    },
    /// So much later or earlier, again at each group of pictures.
    JumpEachGroup {
        by_ms: i64,
    },
    /// Near the end of 32 bits at the beginning.
    Wraps,
    /// Anything.
    Random,
    /// Each picture's slices carry another one.
    EachPacket,
    /// Every second picture repeats the one before.
    Pairs,
    /// Up to 30 ms beside the right time, seemingly at random.
    Jitter,
}

/// SSRC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identity {
    Steady,
    /// Another one from a picture on.
    ChangesAt(u32),
    /// Another one, with other time stamps and numbers, from a picture on.
    AnewAt(u32),
    /// Another one in each group of pictures.
    EachGroup,
    /// The one in the Transport header is not the one that is sent.
    NotAsAnnounced,
    Zero,
}

/// Sequence numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sequence {
    Steady,
    /// Begin at zero again, at a picture.
    RestartsAt(u32),
    /// Begin at zero again in each group of pictures.
    EachGroup,
    /// Always zero.
    Zero,
    /// Near the end of 16 bits at the beginning.
    Wraps,
    /// Jump ahead by 2000 at a picture, and nothing is missing.
    JumpsAt(u32),
}

/// RTP payload types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PayloadType {
    Steady,
    /// 97 instead of 96 from a picture on.
    ChangesAt(u32),
    /// Not the one in the description, from the beginning.
    NotAsDescribed,
    /// 35, which is not in the dynamic range.
    Unassigned,
}

/// How long answers take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Slow {
    pub options: Duration,
    pub describe: Duration,
    pub setup: Duration,
    pub play: Duration,
    /// From PLAY to the first picture.
    pub first: Duration,
}

/// Transports, and how SETUP answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transports {
    Both,
    /// 461 for TCP.
    UdpOnly,
    /// 461 for UDP.
    TcpOnly,
    /// Over TCP, as asked, but without `interleaved=`.
    LacksInterleaved,
    /// Over TCP, on other channels than asked.
    OtherChannels,
    /// No Transport header at all.
    LacksHeader,
    /// UDP, without `server_port=`.
    LacksServerPort,
    /// Over UDP, no packet ever arrives.
    UdpBlocked,
}

/// `a=control`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    Relative,
    Absolute,
    /// No such line.
    Missing,
    /// In the session only.
    SessionOnly,
    /// `*`.
    Star,
    /// Relative to a Content-Base without a slash at its end.
    BaseWithoutSlash,
    /// Relative, and the URL has a query.
    Query,
    /// Absolute, with the name of another host, as behind a router.
    OtherHost,
}

/// Where DESCRIBE is sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redirect {
    None,
    /// Another path, once.
    Once(u16),
    /// The same again.
    Loop,
    /// A redirect without Location.
    Nowhere,
}

/// Who may see it. User `admin`, password `s3cret`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Open,
    Basic,
    /// Digest as in RFC 2069, without `qop`.
    Md5,
    Md5Qop,
    Sha256,
    Sha256Qop,
    /// SHA-256 first, then MD5; both work.
    Sha256AndMd5,
    /// A digest that nobody knows.
    Sha512,
    /// MD5, and each nonce serves once.
    StaleNonce,
    /// Asks for it only at SETUP.
    Md5AtSetup,
}

/// What stands beside the video.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Second {
    None,
    /// G.711 A-law with payload type 8 and no rtpmap.
    StaticPcma,
    /// G.711 µ-law with payload type 0 and no rtpmap.
    StaticPcmu,
    /// AAC whose fmtp says nothing of use; packets are garbage.
    BrokenAac,
    /// A-law; its SETUP is answered with 400.
    SoundRefused,
    /// A-law that is announced and never comes.
    SilentSound,
    /// A codec that nobody knows, before the video.
    ForeignSoundFirst,
    /// ONVIF metadata; XML on its channel even if nobody asks.
    Metadata,
    /// Metadata before the video.
    MetadataFirst,
    /// A second video of JPEG, before the first.
    JpegFirst,
    /// Packets of a channel that nobody set up.
    StrayChannel,
}

/// What sender reports say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SenderClock {
    Silent,
    Right,
    /// Beside the right time by so much.
    Beside(i64),
    /// Set by so much after so many pictures.
    SetAt(u32, i64),
    /// NTP time zero.
    Zero,
    /// Another hour in each report.
    Random,
    /// RTP time of another stream.
    OtherStamps,
    /// Not RTCP.
    Garbage,
}

/// What comes after the last picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The connection stands.
    Silent,
    /// It is closed.
    Close,
}

impl Script {
    /// A clip of so many pictures at so many a second.
    #[must_use]
    pub fn at_rate(pictures: u32, interval: Duration) -> Self {
        Self { pictures, interval, ..Self::default() }
    }
}
