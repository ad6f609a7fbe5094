//! Stretches of footage that were not judged, in a person's words.

use anjian_domain::{Flaw, FlawKind, WallTime};

/// More lines than this nobody reads; the Run has them all.
const LINES_MAX: usize = 20;

/// A line for each stretch, for footage that begins at `start`.
pub fn lines(flaws: &[Flaw], start: WallTime) -> Vec<String> {
    let mut lines: Vec<String> = flaws.iter().take(LINES_MAX).map(|flaw| line(flaw, start)).collect();
    if let Some(more) = flaws.len().checked_sub(LINES_MAX + 1) {
        lines.push(format!("and {} more such stretches: the Run lists them", more + 1));
    }
    lines
}

/// Why a file was not judged whole, if something of it was lost. A stretch without pictures may be how its recorder works.
pub fn broken(flaws: &[Flaw]) -> Option<String> {
    let lost = flaws.iter().filter(|flaw| flaw.kind != FlawKind::Missing);
    let (count, seconds) = lost.fold((0, 0.0), |(count, seconds), flaw| {
        (count + 1, seconds + flaw.to.since(flaw.from).as_secs_f64())
    });
    let stretches = if count == 1 { "stretch" } else { "stretches" };
    (count > 0).then(|| {
        format!(
            "is damaged or cut short: {count} {stretches}, {seconds:.1} s in all, could not be judged; the rest was: copy it \
             again, or accept what the warnings name"
        )
    })
}

fn line(flaw: &Flaw, start: WallTime) -> String {
    let at = |media: anjian_domain::MediaTime| start.plus(media.since(anjian_domain::MediaTime::ZERO));
    let (from, to) = (flaw.from.as_secs_f64(), flaw.to.as_secs_f64());
    let stretch = format!("{from:.1} s to {to:.1} s ({} to {})", at(flaw.from), at(flaw.to));
    match flaw.kind {
        FlawKind::Damaged => format!("damaged from {stretch}: not judged there, and on after it"),
        FlawKind::Missing => format!("no pictures from {stretch}: nothing to judge there"),
        FlawKind::CutShort => {
            format!(
                "cut short after {to:.1} s ({}): judged up to there; copy it again for the rest",
                at(flaw.to)
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use anjian_domain::MediaTime;

    use super::*;

    #[test]
    fn each_stretch_has_its_time_and_there_is_an_end() {
        let start: WallTime = "2026-03-01T08:00:00Z".parse().unwrap();
        let flaw = |kind| Flaw { kind, from: MediaTime::from_millis(1500), to: MediaTime::from_millis(4000) };
        let damaged = lines(&[flaw(FlawKind::Damaged)], start);
        assert!(
            damaged[0].starts_with("damaged from 1.5 s to 4.0 s (2026-03-01T08:00:01.5Z to "),
            "{damaged:?}"
        );
        assert_eq!(broken(&[flaw(FlawKind::Missing)]), None);
        let lost = broken(&[flaw(FlawKind::CutShort), flaw(FlawKind::Damaged), flaw(FlawKind::Missing)]);
        assert!(lost.is_some_and(|lost| lost.contains("2 stretches, 5.0 s in all")));
        let many = lines(&[flaw(FlawKind::Damaged); 30], start);
        assert_eq!((many.len(), many[20].as_str()), (21, "and 10 more such stretches: the Run lists them"));
    }
}
