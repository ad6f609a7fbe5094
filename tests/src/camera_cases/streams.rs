//! Streams that change while they are received.

use super::case::{Case, Expected, Kind};
use crate::odd_camera::{Codec, Identity, PayloadType, Script, Sequence, Stamps};

pub(super) fn cases() -> Vec<Case> {
    let case = |name: &str, script| Case::new(Kind::Streams, name, script, Expected::All);
    let identity = |name: &str, identity| case(name, Script { identity, ..Script::default() });
    let sequence = |name: &str, sequence| case(name, Script { sequence, ..Script::default() });
    let payload_type = |name: &str, payload_type| case(name, Script { payload_type, ..Script::default() });
    let restart = Script { restart_at: Some(50), ..Script::default() };
    let whole =
        Script { identity: Identity::AnewAt(50), sequence: Sequence::RestartsAt(50), ..restart.clone() };
    let cases = vec![
        identity("another SSRC once", Identity::ChangesAt(40)),
        identity("another SSRC, numbers and time stamps once", Identity::AnewAt(40)),
        identity("another SSRC in each group of pictures", Identity::EachGroup),
        identity("another SSRC than announced", Identity::NotAsAnnounced),
        identity("SSRC zero", Identity::Zero).long(),
        sequence("numbers begin again at zero", Sequence::RestartsAt(50)),
        sequence("numbers begin again in the middle of a group", Sequence::RestartsAt(60)),
        sequence("numbers begin again in each group", Sequence::EachGroup),
        sequence("numbers are always zero", Sequence::Zero),
        sequence("numbers wrap", Sequence::Wraps),
        sequence("numbers jump by 2000, nothing is missing", Sequence::JumpsAt(60)),
        payload_type("another payload type once", PayloadType::ChangesAt(50)),
        payload_type("another payload type than described", PayloadType::NotAsDescribed),
        payload_type("payload type 35", PayloadType::Unassigned).long(),
        case("the encoder restarts with another size", restart.clone()),
        case("camera restarts its whole stream with another size", whole),
        case("no marker bit", Script { lacks_marker: true, ..Script::default() }),
        case(
            "parameter sets only in the description",
            Script { parameters_in_sdp_only: true, ..Script::default() },
        ),
        case(
            "no parameter sets in the description",
            Script { lacks_parameters_in_sdp: true, ..Script::default() },
        ),
        case("headers in lower case, lines end in LF", Script { is_sloppy: true, ..Script::default() }),
        case("empty lines between packets", Script { sends_junk: true, ..Script::default() }),
    ];
    let h265 = |case: &Case| {
        let script = Script { codec: Codec::H265, ..case.script.clone() };
        Case { name: format!("{}, H.265", case.name), script, ..case.clone() }.long()
    };
    let udp = |case: &Case| Case { name: format!("{}, UDP", case.name), ..case.clone() }.over_udp().long();
    let h265: Vec<Case> = cases.iter().map(h265).collect();
    // Over UDP numbers are all there is to tell a packet that came late from a stream that begins again.
    let is_tellable = |case: &&Case| {
        !case.script.sends_junk
            && case.script.sequence != Sequence::Zero
            && case.script.stamps == Stamps::Right
    };
    let udp: Vec<Case> = cases.iter().filter(is_tellable).map(udp).collect();
    [cases, h265, udp].concat()
}
