//! Thresholds of `hot_work`, and what it takes for fire.

use anjian_domain::Class;
use serde::{Deserialize, Serialize};

/// Thresholds of `hot_work`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Settings {
    /// So long something has to burn before it is a fire, and to burn without permit before a violation opens, seconds,
    /// 0.4 to 60.
    pub(super) persist_s: f64,
    /// Share of frames, of the last `persist_s` and of the last `look_back_s`, that show the fire, 0.3 to 1.
    pub(super) min_share: f64,
    /// Gaps up to this long are bridged (an arc drops out), seconds, 0 to 60.
    pub(super) grace_s: f64,
    /// At least so many observations of a fire, 5 to 100. Slow cameras look back further than `look_back_s` to find them.
    pub(super) min_observations: u32,
    /// Below so many frames a second blinking cannot be told from burning, so only what every frame shows, and what varies in
    /// shape and in light, is believed, 0 to 25.
    pub(super) min_fps: f64,
    /// Flicker is measured over this time, seconds, 1 to 60.
    pub(super) look_back_s: f64,
    /// What goes off and on is watched for so long before it is believed: a beacon gives itself away by its rhythm,
    /// seconds, 0 to 60.
    pub(super) beacon_s: f64,
    /// So long nobody but the worker was seen before a fire watcher is missing, seconds, 0.4 to 600.
    pub(super) unwatched_s: f64,
    /// By so much the edges of a box may tremble though nothing moves, share of the picture, 0 to 0.05.
    pub(super) box_noise: f64,
    /// By so much the area of a fire varies from one observation to the next, standard deviation of its natural logarithm,
    /// 0 to 2.
    pub(super) flicker_area: f64,
    /// By so much the height of a fire varies: a calm flame licks up and down. Standard deviation of its natural
    /// logarithm, 0 to 2.
    pub(super) flicker_height: f64,
    /// By so much the mean luma of a fire varies, standard deviation, 0 to 1.
    pub(super) flicker_luma: f64,
    /// By so much the burnt-out share of a fire varies, standard deviation, 0 to 1.
    pub(super) flicker_burnt: f64,
    /// By so much the luma round a fire varies, standard deviation, 0 to 1.
    pub(super) flicker_surround: f64,
    /// Where luma, burnt-out share and luma around vary by less, in the same place of the picture, a light is steady and no
    /// fire however its boxes tremble. Standard deviation, 0 to 0.1; 0 believes no light to be steady.
    pub(super) steady_light: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            persist_s: 1.0,
            min_share: 0.5,
            grace_s: 1.0,
            min_observations: 5,
            min_fps: 4.0,
            look_back_s: 4.0,
            beacon_s: 2.6,
            unwatched_s: 2.0,
            box_noise: 0.0008,
            flicker_area: 0.04,
            flicker_height: 0.02,
            flicker_luma: 0.03,
            flicker_burnt: 0.06,
            flicker_surround: 0.02,
            steady_light: 0.0015,
        }
    }
}

/// Whether a class is fire. Smoke may come from elsewhere.
pub(super) const fn is_fire(class: Class) -> bool {
    matches!(class, Class::Arc | Class::Sparks | Class::Flame)
}
