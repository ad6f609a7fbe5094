//! Working days and deadlines, on the calendar of 2026 and on any calendar.

use anjian_casework::calendar::{Calendar, Counting, Holiday, LastDay, Term, deadline};
use jiff::Span;
use jiff::civil::{Date, date};
use proptest::prelude::*;

fn of_2026() -> Calendar {
    Calendar::from_toml(include_str!("../../data/calendar-2026.toml")).unwrap()
}

fn term(days: u16) -> Term {
    Term::days(days).unwrap()
}

#[test]
fn holidays_and_shifted_days_are_known() {
    let calendar = of_2026();
    for (day, expected) in [
        ("2026-02-13", true),
        ("2026-02-14", true),
        ("2026-02-16", false),
        ("2026-02-24", true),
        ("2026-02-28", true),
        ("2026-03-01", false),
        ("2026-10-07", false),
        ("2026-10-10", true),
    ] {
        assert_eq!(calendar.is_working_day(day.parse().unwrap()), expected, "{day}");
    }
    assert_eq!(calendar.holiday(date(2026, 2, 20)), Some("春节"));
    assert!(calendar.covers(date(2026, 12, 31)) && !calendar.covers(date(2027, 1, 1)));
}

#[test]
fn short_terms_count_working_days_and_long_ones_all() {
    let keep = Counting { last_day: LastDay::Keep, ..Counting::default() };
    for (start, days, counting, due, is_certain) in [
        ("2026-03-02", 3, Counting::default(), "2026-03-05", true),
        // Over the Spring Festival, with the Saturday that is worked before it.
        ("2026-02-13", 3, Counting::default(), "2026-02-25", true),
        ("2026-03-06", 7, Counting::default(), "2026-03-17", true),
        ("2026-03-06", 8, Counting::default(), "2026-03-16", true),
        ("2026-03-06", 8, keep, "2026-03-14", true),
        ("2026-09-16", 15, Counting::default(), "2026-10-08", true),
        ("2026-12-29", 3, Counting::default(), "2027-01-01", false),
    ] {
        let found = deadline(&of_2026(), counting, start.parse().unwrap(), term(days));
        assert_eq!((found.due.to_string().as_str(), found.is_certain), (due, is_certain), "{start} + {days}");
    }
    assert!(Term::days(0).is_err() && Term::days(3_651).is_err());
}

#[test]
fn a_calendar_with_a_slip_is_refused_by_name() {
    let year = "years = [2026]\n[[holiday]]\nname = \"春节\"\n";
    for (text, expected) in [
        ("years = []", "no year"),
        ("year = [2026]", "year"),
        (&format!("{year}from = 2026-02-15\nto = 2026-02-10"), "春节: from 2026-02-15 to 2026-02-10"),
        (&format!("{year}from = 2026-02-15\nto = 2026-12-15"), "1 to 31 days"),
        (&format!("{year}from = 2025-02-15"), "2025-02-15 lies in none"),
        (&format!("{year}from = 2026-02-15\nwork = [2026-02-27]"), "2026-02-27 is no weekend day"),
        (&format!("{year}from = 2026-02-15\nwork = [\"2026-02-15\"]"), "2026-02-15 is no weekend day"),
        (&format!("{year}from = \"soon\""), "is no date"),
    ] {
        let refusal = Calendar::from_toml(text).unwrap_err().to_string();
        assert!(refusal.contains(expected), "{text}: {refusal}");
    }
}

fn calendars() -> impl Strategy<Value = Calendar> {
    let holiday = (0..365_i64, 0..8_i64).prop_map(|(at, days)| {
        let from = date(2026, 1, 1) + Span::new().days(at);
        Holiday { name: "假".to_owned(), from, to: from + Span::new().days(days), work: Vec::new() }
    });
    prop::collection::vec(holiday, 0..12).prop_map(|holidays| Calendar::new([2026, 2027], &holidays).unwrap())
}

fn working_days(calendar: &Calendar, start: Date, end: Date) -> usize {
    let days = start.series(Span::new().days(1)).skip(1).take_while(|day| *day <= end);
    days.filter(|day| calendar.is_working_day(*day)).count()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_short_term_ends_on_its_last_working_day(calendar in calendars(), at in 0..365_i64, days in 1..8_u16) {
        let start = date(2026, 1, 1) + Span::new().days(at);
        let due = deadline(&calendar, Counting::default(), start, term(days)).due;
        prop_assert!(calendar.is_working_day(due));
        prop_assert_eq!(working_days(&calendar, start, due), usize::from(days));
    }

    #[test]
    fn a_long_term_has_its_days_and_never_ends_on_a_day_off(calendar in calendars(), at in 0..365_i64, days in 8..400_u16) {
        let start = date(2026, 1, 1) + Span::new().days(at);
        let due = deadline(&calendar, Counting::default(), start, term(days)).due;
        let earliest = start + Span::new().days(i64::from(days));
        prop_assert!(due >= earliest && calendar.is_working_day(due));
        prop_assert_eq!(working_days(&calendar, earliest, due), usize::from(due > earliest));
    }

    #[test]
    fn what_begins_later_or_takes_longer_does_not_end_earlier(
        calendar in calendars(), at in 0..365_i64, later in 0..30_i64, days in 1..300_u16,
    ) {
        let start = date(2026, 1, 1) + Span::new().days(at);
        let ends = |start, days| deadline(&calendar, Counting::default(), start, term(days)).due;
        prop_assert!(ends(start + Span::new().days(later), days) >= ends(start, days));
        // Between seven working days and eight calendar days the order may turn: the law counts them differently.
        prop_assert!(days == 7 || ends(start, days + 1) >= ends(start, days));
    }
}
