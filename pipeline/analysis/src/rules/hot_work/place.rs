//! The light of one place of the picture, wherever the boxes are: what a lamp stands on is as bright as a moment ago,
//! also when the detector calls it two lamps now and one then.

use anjian_domain::{Answer, LightMeasure, MediaTime, NormBox};

use super::flicker::{PACE_S, jitter, strictness};
use super::settings::Settings;
use crate::clock::lasted_s;
use crate::rules::scene::Scene;

/// Where something was first seen to burn; after a while, where it burns by then.
#[derive(Debug)]
pub(super) struct Place {
    bounds: NormBox,
    since: MediaTime,
    /// At most every [`PACE_S`].
    lights: Vec<(MediaTime, LightMeasure)>,
    /// Of these lights, or of the place before while they are few.
    is_steady: Option<bool>,
}

impl Place {
    /// Begins with the light of these bounds, where it is known already.
    pub(super) fn new(bounds: NormBox, since: MediaTime, light: Option<LightMeasure>) -> Self {
        Self {
            bounds,
            since,
            lights: light.map(|light| (since, light)).into_iter().collect(),
            is_steady: None,
        }
    }

    /// Where to look in each frame.
    pub(super) const fn bounds(&self) -> NormBox {
        self.bounds
    }

    /// Takes in the look at it; `burning` is where the fire is now, which may have moved on.
    pub(super) fn watch(&mut self, scene: &Scene<'_>, burning: NormBox, settings: &Settings) {
        let at = scene.at.media;
        let is_due = self.lights.last().is_none_or(|(last, _)| at.since(*last).as_secs_f64() >= PACE_S);
        if let Some(light) = light_of(scene, self.bounds).filter(|_| is_due) {
            self.lights.push((at, light));
        }
        let least = settings.min_observations as usize;
        if self.lights.len() >= least {
            self.is_steady = Some(self.stands_still(settings));
        }
        if self.lights.len() >= 2 * least && lasted_s(self.since, at) > settings.look_back_s {
            *self = Self { is_steady: self.is_steady, ..Self::new(burning, at, None) };
        }
    }

    /// Whether nothing burns here, or too few looks were taken to say.
    pub(super) fn speaks_against(&self) -> bool {
        self.is_steady.unwrap_or(!self.lights.is_empty())
    }

    fn stands_still(&self, settings: &Settings) -> bool {
        let most = strictness(self.lights.len()) * settings.steady_light;
        let parts: [fn(&LightMeasure) -> f32; 3] =
            [|light| light.luma, |light| light.burnt, |light| light.surround_luma];
        parts.iter().all(|part| {
            let values: Vec<f64> = self.lights.iter().map(|(_, light)| f64::from(part(light))).collect();
            jitter(&values) < most
        })
    }
}

/// What the look at these bounds found in this frame.
pub(super) fn light_of(scene: &Scene<'_>, bounds: NormBox) -> Option<LightMeasure> {
    scene.seen.iter().find_map(|seen| match seen.answer {
        Answer::Light(light) if seen.look.bounds == bounds => Some(light),
        _ => None,
    })
}
