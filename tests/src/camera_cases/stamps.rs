//! Time stamps that carry no time, or too little.

use std::time::Duration;

use super::case::{Case, Expected, Kind};
use crate::odd_camera::{Codec, Script, Stamps};

const NOTE: &str = "time stamps";

pub(super) fn cases() -> Vec<Case> {
    let script = |stamps| Script { stamps, ..Script::default() };
    let case = |name: &str, stamps, expected| Case::new(Kind::Stamps, name, script(stamps), expected);
    let noted = |name: &str, stamps| case(name, stamps, Expected::AllWithNote(NOTE));
    let plain = |name: &str, stamps| case(name, stamps, Expected::All);
    let h265 = |case: Case| {
        let script = Script { codec: Codec::H265, ..case.script };
        Case { name: format!("{}, H.265", case.name), script, ..case }.long()
    };
    let slow = Script { interval: Duration::from_millis(500), pictures: 40, ..script(Stamps::Zero) };
    let mut cases = vec![
        plain("right", Stamps::Right),
        noted("always zero", Stamps::Zero),
        noted("standing", Stamps::Standing),
        noted("backwards", Stamps::Backwards),
        noted("milliseconds instead of 90 kHz", Stamps::Unit(1000)),
        noted("microseconds instead of 90 kHz", Stamps::Unit(1_000_000)),
        noted("8 kHz instead of 90 kHz", Stamps::Unit(8000)).long(),
        noted("10 kHz instead of 90 kHz", Stamps::Unit(10_000)).long(),
        noted("1 Hz instead of 90 kHz", Stamps::Unit(1)).long(),
        noted("180 kHz instead of 90 kHz", Stamps::Unit(180_000)).long(),
        noted("27 MHz instead of 90 kHz", Stamps::Unit(27_000_000)).long(),
        noted("random", Stamps::Random),
        plain("wrap after a second", Stamps::Wraps),
        plain("jitter of 30 ms", Stamps::Jitter).long(),
        plain("the same for two pictures", Stamps::Pairs),
        plain("another for each packet of a picture", Stamps::EachPacket),
        Case::new(Kind::Stamps, "always zero, two pictures a second", slow, Expected::AllWithNote(NOTE))
            .long(),
    ];
    for by_ms in [-3_600_000, -10_000, -2_000, -500, 700, 3_000, 10_000, 3_600_000] {
        let name = format!("jump by {} s once", by_ms as f64 / 1000.0);
        let jump = plain(&name, Stamps::Jump { at: 40, by_ms });
        cases.push(if matches!(by_ms, -3_600_000 | 10_000) { jump } else { jump.long() });
    }
    cases.push(plain("jump by 5 s each second", Stamps::JumpEachGroup { by_ms: 5_000 }));
    cases.push(plain("jump by -5 s each second", Stamps::JumpEachGroup { by_ms: -5_000 }).long());
    let burst = Script { burst: 50, ..Script::default() };
    cases.push(Case::new(Kind::Stamps, "two seconds at once at the beginning", burst.clone(), Expected::All));
    let burst = Script { stamps: Stamps::Zero, ..burst };
    let name = "always zero, two seconds at once at the beginning";
    cases.push(Case::new(Kind::Stamps, name, burst, Expected::AllWithNote(NOTE)).long());
    let again: Vec<Case> =
        cases.iter().filter(|case| case.script.codec == Codec::H264).cloned().map(h265).collect();
    [cases, again].concat()
}
