//! Quiet hours, reports, bursts and retries.

use std::time::Duration;

use anjian_casework::notification::{BURST, Event, Pace, QuietHours, RETRY_LONGEST, Topic, Wants, pause};
use anjian_domain::WallTime;
use jiff::Zoned;
use proptest::prelude::*;

fn at(local: &str) -> Zoned {
    format!("{local}[Asia/Shanghai]").parse().unwrap()
}

fn local(time: WallTime) -> String {
    let zoned = time.timestamp().to_zoned(at("2026-01-01T00:00").time_zone().clone());
    zoned.strftime("%Y-%m-%dT%H:%M").to_string()
}

fn wants(pace: Pace) -> Wants {
    Wants {
        topics: [Topic::ViolationOpened, Topic::CaseLate].into(),
        sites: ["north".parse().unwrap()].into(),
        behaviours: ["hot_work", "no_hard_hat"].map(|name| name.parse().unwrap()).into(),
        pace,
        quiet: Some(QuietHours::new("22:00".parse().unwrap(), "06:00".parse().unwrap()).unwrap()),
        urgent: ["hot_work".parse().unwrap()].into(),
    }
}

fn event(topic: Topic, site: Option<&str>, behaviour: Option<&str>) -> Event {
    Event {
        topic,
        site: site.map(|site| site.parse().unwrap()),
        behaviour: behaviour.map(|name| name.parse().unwrap()),
        at: WallTime::EPOCH,
    }
}

#[test]
fn what_is_wanted() {
    use Topic::{CameraFailed, CaseLate, DiskShort, ViolationOpened};
    for (topic, site, behaviour, expected) in [
        (ViolationOpened, Some("north"), Some("hot_work"), true),
        (ViolationOpened, Some("south"), Some("hot_work"), false),
        (ViolationOpened, Some("north"), Some("overcrowding"), false),
        (CaseLate, Some("north"), None, true),
        (CameraFailed, Some("north"), None, false),
        (DiskShort, None, None, false),
    ] {
        let event = event(topic, site, behaviour);
        assert_eq!(wants(Pace::AtOnce).includes(&event), expected, "{event:?}");
        assert!(!wants(Pace::Daily).includes(&event), "a report is made of rows");
    }
}

#[test]
fn quiet_hours_hold_messages_back_but_not_urgent_ones() {
    let wants = wants(Pace::AtOnce);
    for (now, behaviour, due) in [
        ("2026-12-03T21:59", "no_hard_hat", "2026-12-03T21:59"),
        ("2026-12-03T22:00", "no_hard_hat", "2026-12-04T06:00"),
        ("2026-12-04T05:59", "no_hard_hat", "2026-12-04T06:00"),
        ("2026-12-04T06:00", "no_hard_hat", "2026-12-04T06:00"),
        ("2026-12-31T23:30", "no_hard_hat", "2027-01-01T06:00"),
        ("2026-12-03T23:00", "hot_work", "2026-12-03T23:00"),
    ] {
        let event = event(Topic::ViolationOpened, Some("north"), Some(behaviour));
        assert_eq!(local(wants.due(&event, &at(now), None)), due, "{now} {behaviour}");
    }
    let day = QuietHours::new("12:00".parse().unwrap(), "13:30".parse().unwrap()).unwrap();
    assert_eq!(day.end(&at("2026-12-03T12:30")), Some(at("2026-12-03T13:30")));
    assert_eq!(day.end(&at("2026-12-03T13:30")), None);
    assert!(QuietHours::new("12:00".parse().unwrap(), "12:00".parse().unwrap()).is_err());
}

#[test]
fn a_burst_becomes_one_message_and_a_deadline_waits_for_none() {
    let wants = Wants { quiet: None, ..wants(Pace::AtOnce) };
    let now = at("2026-12-03T10:00");
    let last = WallTime::new(now.timestamp()).minus(Duration::from_secs(60));
    for (topic, behaviour, expected) in [
        (Topic::ViolationOpened, Some("no_hard_hat"), last.plus(BURST)),
        (Topic::ViolationOpened, Some("hot_work"), WallTime::new(now.timestamp())),
        (Topic::CaseLate, None, WallTime::new(now.timestamp())),
    ] {
        let event = event(topic, Some("north"), behaviour);
        assert_eq!(wants.due(&event, &now, Some(last)), expected, "{topic} {behaviour:?}");
    }
}

#[test]
fn reports_leave_in_the_morning() {
    for (pace, now, from, to, due) in [
        (Pace::Hourly, "2026-12-03T10:59", "2026-12-03T09:00", "2026-12-03T10:00", "2026-12-03T10:00"),
        (Pace::Daily, "2026-12-03T07:59", "2026-12-01T00:00", "2026-12-02T00:00", "2026-12-02T08:00"),
        (Pace::Daily, "2026-12-03T08:00", "2026-12-02T00:00", "2026-12-03T00:00", "2026-12-03T08:00"),
        // 2026-12-03 is a Thursday.
        (Pace::Weekly, "2026-12-03T09:00", "2026-11-23T00:00", "2026-11-30T00:00", "2026-11-30T08:00"),
        (Pace::Weekly, "2026-12-07T07:59", "2026-11-23T00:00", "2026-11-30T00:00", "2026-11-30T08:00"),
        (Pace::Weekly, "2026-12-07T08:00", "2026-11-30T00:00", "2026-12-07T00:00", "2026-12-07T08:00"),
    ] {
        let period = pace.period(&at(now)).unwrap();
        let found = [period.from, period.to, period.due].map(local);
        assert_eq!(found, [from, to, due], "{pace} {now}");
    }
    assert_eq!(Pace::AtOnce.period(&at("2026-12-03T10:59")), None);
}

proptest! {
    #[test]
    fn pauses_grow_and_are_bounded(attempts in 0_u32..10_000, share in -1.0_f64..2.0) {
        let now = pause(attempts, share);
        prop_assert!(now <= RETRY_LONGEST);
        prop_assert!(now >= Duration::from_millis(2_500));
        prop_assert!(pause(attempts + 1, share) >= now);
        prop_assert!(pause(attempts, 1.0) <= 2 * pause(attempts, 0.0));
    }
}
