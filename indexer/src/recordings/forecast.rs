//! When a disk is full: cameras that write at a steady rate, each until it has what may be kept of it, and evidence. Pure.

/// How one camera's recordings grow, or all evidence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Growth {
    pub(crate) bytes_a_day: u64,
    /// Bytes after which it grows no more, because as much expires as is recorded. `None`: it always grows.
    pub(crate) most_bytes: Option<u64>,
}

impl Growth {
    /// Days until it grows no more.
    fn days(self) -> f64 {
        self.most_bytes.map_or(f64::INFINITY, |most| as_f64(most) / as_f64(self.bytes_a_day))
    }
}

/// Days until the cameras have used up `room_bytes`; `None` when they never do.
pub(crate) fn days_until(room_bytes: u64, cameras: &[Growth]) -> Option<f64> {
    let mut growing: Vec<Growth> = cameras.iter().copied().filter(|camera| camera.bytes_a_day > 0).collect();
    growing.sort_by(|a, b| a.days().total_cmp(&b.days()));
    let mut rate: f64 = growing.iter().map(|camera| as_f64(camera.bytes_a_day)).sum();
    let (mut day, mut left) = (0.0, as_f64(room_bytes));
    for camera in growing {
        let until = camera.days();
        if left <= rate * (until - day) {
            return Some(day + left / rate);
        }
        left -= rate * (until - day);
        day = until;
        rate -= as_f64(camera.bytes_a_day);
    }
    None
}

/// Days until the cameras, which have at most `most_bytes` of it together, and the evidence have used up `room_bytes`;
/// `None` when they never do.
pub(crate) fn days_until_full(
    room_bytes: u64,
    most_bytes: Option<u64>,
    cameras: &[Growth],
    evidence: Option<Growth>,
) -> Option<f64> {
    let all: Vec<Growth> = cameras.iter().copied().chain(evidence).collect();
    let free = days_until(room_bytes, &all);
    let stop = most_bytes
        .filter(|most| *most <= room_bytes)
        .and_then(|most| Some((most, days_until(most, cameras)?)));
    match (free, stop) {
        // From then on only evidence grows.
        (Some(full), Some((most, stopped))) if stopped <= full => {
            days_until(room_bytes - most, evidence.as_slice()).map(|day| day.max(stopped))
        }
        (None, _) => None,
        (full, _) => full,
    }
}

/// `factor` times `bytes`.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "saturates; a forecast is no account"
)]
pub(crate) fn bytes(bytes: u64, factor: f64) -> u64 {
    (as_f64(bytes) * factor.max(0.0)) as u64
}

#[expect(clippy::cast_precision_loss, reason = "a forecast is no account")]
fn as_f64(bytes: u64) -> f64 {
    bytes as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    use proptest::prelude::*;

    fn growth(bytes_a_day: u64, most_bytes: impl Into<Option<u64>>) -> Growth {
        Growth { bytes_a_day, most_bytes: most_bytes.into() }
    }

    #[test]
    fn cameras_fill_the_room_until_they_have_what_is_kept() {
        let cases: &[(&str, u64, &[Growth], Option<f64>)] = &[
            ("nothing is recorded", 100, &[], None),
            ("no rate", 100, &[growth(0, None)], None),
            ("for ever", 100, &[growth(10, None)], Some(10.0)),
            ("two", 100, &[growth(10, None), growth(30, None)], Some(2.5)),
            ("no room", 0, &[growth(10, None)], Some(0.0)),
            ("kept in bounds", 100, &[growth(10, 99), growth(5, 0)], None),
            ("just in bounds", 100, &[growth(10, 100)], Some(10.0)),
            // Five days at 15 a day, then 25 are left for 5 a day.
            ("one stops", 100, &[growth(5, None), growth(10, 50)], Some(10.0)),
            ("one has all already", 100, &[growth(5, None), growth(10, 0)], Some(20.0)),
        ];
        for (name, room, cameras, expected) in cases {
            assert_eq!(days_until(*room, cameras), *expected, "{name}");
        }
    }

    #[test]
    fn evidence_counts() {
        let camera = growth(10, None);
        for (name, most, evidence, expected) in [
            ("no evidence", None, None, Some(10.0)),
            ("evidence takes its part", None, Some(growth(10, None)), Some(5.0)),
            ("evidence in bounds", None, Some(growth(10, 20)), Some(8.0)),
            ("recordings in bounds", Some(100), None, None),
            ("recordings in bounds, evidence not", Some(50), Some(growth(1, None)), Some(50.0)),
            ("full before recordings are in bounds", Some(90), Some(growth(10, None)), Some(5.0)),
            ("both in bounds", Some(50), Some(growth(1, 49)), None),
            ("bounds beyond the disk", Some(500), None, Some(10.0)),
        ] {
            assert_eq!(days_until_full(100, most, &[camera], evidence), expected, "{name}");
        }
    }

    proptest! {
        /// What is written until then is the room.
        #[test]
        fn the_room_is_used_up_then(
            room in 0_u64..1_000_000,
            cameras in prop::collection::vec((0_u64..5_000, prop::option::of(0_u64..500_000)), 0..8),
        ) {
            let cameras: Vec<_> = cameras.into_iter().map(|(rate, most)| growth(rate, most)).collect();
            let written = |days: f64| -> f64 {
                let one = |camera: &Growth| {
                    let most = camera.most_bytes.map_or(f64::INFINITY, as_f64);
                    (as_f64(camera.bytes_a_day) * days).min(most)
                };
                cameras.iter().map(one).sum()
            };
            match days_until(room, &cameras) {
                Some(days) => prop_assert!((written(days) - as_f64(room)).abs() < 1.0, "{days}"),
                None => prop_assert!(written(1e12) < as_f64(room) + 1.0),
            }
        }
    }
}
