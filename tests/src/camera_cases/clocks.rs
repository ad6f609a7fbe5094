//! What sender reports say of the camera's clock.

use super::case::{Case, Expected, Kind};
use crate::odd_camera::{Script, SenderClock};

pub(super) fn cases() -> Vec<Case> {
    let case = |name: &str, reports, expected| {
        Case::new(Kind::Clocks, name, Script { reports, ..Script::default() }, expected)
    };
    let all = |name: &str, reports| case(name, reports, Expected::All);
    let noted = |name: &str, reports| case(name, reports, Expected::AllWithNote("camera's clock"));
    vec![
        all("right", SenderClock::Right),
        all("0.7 s late", SenderClock::Beside(-700)).long(),
        all("5 s late", SenderClock::Beside(-5_000)),
        all("5 s early", SenderClock::Beside(5_000)),
        noted("an hour late", SenderClock::Beside(-3_600_000)),
        noted("eight hours early", SenderClock::Beside(28_800_000)),
        all("set back by 10 s", SenderClock::SetAt(48, -10_000)),
        all("set ahead by 10 s", SenderClock::SetAt(48, 10_000)),
        all("set back by 1.5 s", SenderClock::SetAt(48, -1_500)).long(),
        all("set ahead by 1.5 s", SenderClock::SetAt(48, 1_500)).long(),
        noted("set ahead by a day", SenderClock::SetAt(48, 86_400_000)).long(),
        noted("NTP time zero", SenderClock::Zero),
        noted("another hour in each report", SenderClock::Random),
        all("RTP time of another stream", SenderClock::OtherStamps),
        all("not RTCP", SenderClock::Garbage),
    ]
}
