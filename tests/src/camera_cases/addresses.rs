//! Transports, `a=control` and redirects.

use super::case::{Case, Expected, Kind};
use crate::odd_camera::{Control, Redirect, Script, Transports};

pub(super) fn cases() -> Vec<Case> {
    let case = |name: &str, script, expected| Case::new(Kind::Addresses, name, script, expected);
    let transports =
        |name: &str, transports, expected| case(name, Script { transports, ..Script::default() }, expected);
    let control = |name: &str, control| case(name, Script { control, ..Script::default() }, Expected::All);
    let redirect =
        |name: &str, redirect, expected| case(name, Script { redirect, ..Script::default() }, expected);
    let mut cases = vec![
        transports("Transport without interleaved=", Transports::LacksInterleaved, Expected::All),
        transports("other channels than asked", Transports::OtherChannels, Expected::All),
        transports("no Transport header", Transports::LacksHeader, Expected::All),
        transports("UDP only", Transports::UdpOnly, Expected::Reason("transport = \"udp\"")),
        transports("UDP only, transport = \"udp\"", Transports::UdpOnly, Expected::All).over_udp(),
        transports(
            "TCP only, transport = \"udp\"",
            Transports::TcpOnly,
            Expected::Reason("transport = \"tcp\""),
        )
        .over_udp(),
        transports("UDP without server_port=", Transports::LacksServerPort, Expected::All).over_udp(),
        transports("UDP packets get lost", Transports::UdpBlocked, Expected::Reason("transport = \"tcp\""))
            .over_udp(),
        control("media without control", Control::Missing),
        control("control of the session only", Control::SessionOnly),
        control("control is *", Control::Star),
        control("control is absolute", Control::Absolute),
        control("Content-Base without a slash", Control::BaseWithoutSlash),
        control("address with a query", Control::Query),
        control("control and Content-Base name another host", Control::OtherHost),
        redirect("redirect loop", Redirect::Loop, Expected::Reason("redirect")),
        redirect("redirect without Location", Redirect::Nowhere, Expected::Reason("Location")),
    ];
    for status in [301, 302, 303, 305, 307] {
        let follow = redirect(&format!("redirect once, {status}"), Redirect::Once(status), Expected::All);
        cases.push(if status == 302 { follow } else { follow.long() });
    }
    cases
}
