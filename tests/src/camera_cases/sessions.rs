//! Keep-alive, slow answers and slow pictures.

use std::time::Duration;

use super::case::{Case, Expected, Kind};
use crate::odd_camera::{Script, Slow};

pub(super) fn cases() -> Vec<Case> {
    let case = |name: &str, script| Case::new(Kind::Sessions, name, script, Expected::All);
    let seconds = Duration::from_secs;
    let slow = |name: &str, slow| case(name, Script { slow, pictures: 25, ..Script::default() });
    let session = |session_s| Script {
        session_s: Some(session_s),
        needs_keep_alive: true,
        pictures: 200,
        ..Script::default()
    };
    let none = Slow::default();
    vec![
        case("ends a session of 2 s without a keep-alive", session(2)),
        case("ends a session of 5 s without a keep-alive", session(5)).long(),
        case("the same over UDP", session(2)).over_udp(),
        case("GET_PARAMETER is answered 501", Script { get_parameter: 501, ..session(2) }),
        case("GET_PARAMETER is answered 400", Script { get_parameter: 400, ..session(2) }).long(),
        case("GET_PARAMETER is answered 454", Script { get_parameter: 454, ..session(2) }).long(),
        case("answers between packets carry no CSeq", Script { lacks_cseq: true, ..session(2) }).long(),
        slow("OPTIONS takes 6 s", Slow { options: seconds(6), ..none }).long(),
        slow("DESCRIBE takes 8 s", Slow { describe: seconds(8), ..none }),
        slow("SETUP takes 6 s", Slow { setup: seconds(6), ..none }).long(),
        slow("PLAY takes 6 s", Slow { play: seconds(6), ..none }),
        slow("DESCRIBE takes 8 s and PLAY 6 s", Slow { describe: seconds(8), play: seconds(6), ..none })
            .long(),
        slow("the first picture comes 8 s after PLAY", Slow { first: seconds(8), ..none }),
        Case {
            answer_max: Some(seconds(2)),
            ..Case::new(
                Kind::Sessions,
                "DESCRIBE takes 8 s, answer_timeout_s = 2",
                Script { slow: Slow { describe: seconds(8), ..none }, ..Script::default() },
                Expected::Reason("answer_timeout_s"),
            )
        },
        case("one picture a second", Script::at_rate(8, seconds(1))),
        case("one picture every 5 s", Script::at_rate(5, seconds(5))),
        case("one picture every 20 s", Script::at_rate(3, seconds(20))).long(),
        case("one picture every 5 s, UDP", Script::at_rate(5, seconds(5))).over_udp().long(),
        case("one picture every 20 s, UDP", Script::at_rate(3, seconds(20))).over_udp().long(),
    ]
}
