//! A zone in the definition of a rule.

use anjian_domain::Zone;
use serde_json::{Value, json};

/// A zone as far as it decides anything.
pub(super) fn outline(zone: &Zone) -> Value {
    let corners: Vec<_> =
        zone.points.points().iter().map(|point| [point.x(), point.y()].map(decimal)).collect();
    json!({ "points": corners, "anchor": zone.anchor })
}

/// A coordinate as people wrote it: 0.1, not 0.10000000149011612.
fn decimal(coordinate: f32) -> f64 {
    coordinate.to_string().parse().unwrap_or_else(|_| f64::from(coordinate))
}
