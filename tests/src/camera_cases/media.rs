//! Sound, metadata and foreign codecs beside the video.

use super::case::{Case, Expected, Kind};
use crate::odd_camera::{Codec, Script, Second};

pub(super) fn cases() -> Vec<Case> {
    let case = |name: &str, second, expected| {
        Case::new(Kind::Media, name, Script { second, ..Script::default() }, expected)
    };
    let cases = vec![
        case("PCMA, payload type 8 without rtpmap", Second::StaticPcma, Expected::AllWithSound),
        case("PCMU, payload type 0 without rtpmap", Second::StaticPcmu, Expected::AllWithSound),
        case("AAC with a description and packets of garbage", Second::BrokenAac, Expected::All),
        case("sound whose SETUP is answered 400", Second::SoundRefused, Expected::AllWithNote("sound")),
        case("sound that never comes", Second::SilentSound, Expected::All),
        case("an unknown sound codec before the video", Second::ForeignSoundFirst, Expected::All),
        case("ONVIF metadata, sent without being asked for", Second::Metadata, Expected::All),
        case("ONVIF metadata before the video", Second::MetadataFirst, Expected::All),
        case("MJPEG before H.264", Second::JpegFirst, Expected::All),
        case("packets of a channel that was not set up", Second::StrayChannel, Expected::All),
    ];
    let h265 = |case: &Case| {
        let script = Script { codec: Codec::H265, ..case.script.clone() };
        Case { name: format!("{}, H.265", case.name), script, ..case.clone() }.long()
    };
    let h265: Vec<Case> = cases.iter().map(h265).collect();
    [cases, h265].concat()
}
