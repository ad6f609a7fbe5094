//! What `hot_work` is, and its thresholds.

use anjian_domain::WhenAbsent::Use;
use anjian_domain::{BehaviourSpec, Class, FramePolicy, KeySpec, LookKind, Words, unit};
use serde::{Deserialize, Serialize};

pub(super) const SPEC: BehaviourSpec = BehaviourSpec {
    name: "hot_work",
    title: Words::new("违规动火", "Illegal hot work"),
    help: Words::new(
        "区域内持续出现电弧、火花或明火，而没有有效的动火作业票，或作业票要求的监护人不在场。",
        "Arc, sparks or open flame persist in the zone while no permit covers them, or the permit asks for a fire watcher and nobody else is there.",
    ),
    icon: "M12 3c.6 3.4 5 5.4 5 10.2a5 5 0 0 1-10 0c0-2 .9-3.3 2-4.4.3 1.6 1 2.4 1.8 2.8C10.5 8.4 11 5.5 12 3z",
    colour: "light-dark(#b3261e, #ff8a80)",
    keys: KEYS,
    classes: &[Class::Flame, Class::Arc, Class::Sparks],
    looks: &[LookKind::Light],
    frames: FramePolicy::Every,
};

const KEYS: &[KeySpec] = &[
    KeySpec::number("persist_s", 0.4..=60.0, Use(1.0)).unit(unit::SECONDS).help(
        "燃烧须持续这么久才算动火；无作业票时再持续这么久，才认定违规。",
        "How long something must burn before it is a fire, and how long without a permit before a violation opens.",
    ),
    KeySpec::number("min_share", 0.3..=1.0, Use(0.5)).help(
        "最近 `persist_s` 和 `look_back_s` 内，须有这一比例的画面显示燃烧。",
        "Share of frames, of the last `persist_s` and of the last `look_back_s`, that show the fire.",
    ),
    KeySpec::number("grace_s", 0.0..=60.0, Use(1.0)).unit(unit::SECONDS).help(
        "间断不超过这么久仍算连续，因为电弧会中断。",
        "Gaps up to this time are bridged, because an arc drops out.",
    ),
    KeySpec::whole("min_observations", 5..=100, Use(5)).help(
        "至少需要这么多次燃烧观测；帧率低的摄像机会为此回看更久。",
        "The least number of observations of a fire. Slow cameras look back further than `look_back_s` to find them.",
    ),
    KeySpec::number("min_fps", 0.0..=25.0, Use(4.0)).unit(unit::FRAMES_A_SECOND).help(
        "分析帧率低于此值时无法区分闪烁与燃烧，只认定每帧可见且形状和亮度都在变化的火。",
        "Below this rate blinking looks like burning. Only what every frame shows, and what varies in shape and in light, is then taken for a fire.",
    ),
    KeySpec::number("look_back_s", 1.0..=60.0, Use(4.0)).unit(unit::SECONDS).help(
        "在这段时间内衡量闪烁。",
        "Flicker is measured over this time.",
    ),
    KeySpec::number("beacon_s", 0.0..=60.0, Use(2.6)).unit(unit::SECONDS).help(
        "时亮时灭的光须观察这么久，以排除有规律的警示灯。",
        "How long a light that goes off and on is watched before it is taken for a fire. A beacon has a rhythm.",
    ),
    KeySpec::number("unwatched_s", 0.4..=600.0, Use(2.0)).unit(unit::SECONDS).help(
        "这么久只见作业人员一人，才认定监护人不在场。",
        "How long only the worker must be seen before the fire watcher is missing.",
    ),
    KeySpec::number("box_noise", 0.0..=0.05, Use(0.0008)).unit(unit::OF_THE_PICTURE).help(
        "物体不动时，检测框边缘可能抖动的幅度。",
        "How far the edges of a box tremble though nothing moves.",
    ),
    KeySpec::number("flicker_area", 0.0..=2.0, Use(0.04)).help(
        "相邻观测之间火的面积变化达到此值：自然对数的标准差。",
        "How much the area of a fire varies from one observation to the next: standard deviation of its natural logarithm.",
    ),
    KeySpec::number("flicker_height", 0.0..=2.0, Use(0.02)).help(
        "火的高度变化达到此值，平静的火焰也会上下跳动：自然对数的标准差。",
        "How much the height of a fire varies, as a calm flame licks up and down: standard deviation of its natural logarithm.",
    ),
    KeySpec::number("flicker_luma", 0.0..=1.0, Use(0.03)).help(
        "火的平均亮度变化达到此值：标准差。",
        "How much the mean luma of a fire varies: standard deviation.",
    ),
    KeySpec::number("flicker_burnt", 0.0..=1.0, Use(0.06)).help(
        "火的过曝比例变化达到此值：标准差。",
        "How much the burnt-out share of a fire varies: standard deviation.",
    ),
    KeySpec::number("flicker_surround", 0.0..=1.0, Use(0.02)).help(
        "火周围的亮度变化达到此值：标准差。",
        "How much the luma around a fire varies: standard deviation.",
    ),
    KeySpec::number("steady_light", 0.0..=0.1, Use(0.0015)).help(
        "同一位置的亮度、过曝比例和周围亮度变化都小于此值时，视为稳定光源而不是火：标准差；0 表示不作此判断。",
        "A light is steady, and no fire, where luma, burnt-out share and luma around it vary by less in one place of the picture: standard deviation. 0 switches this off.",
    ),
];

/// Thresholds; [`KEYS`] says what they mean.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    pub(super) persist_s: f64,
    pub(super) min_share: f64,
    pub(super) grace_s: f64,
    pub(super) min_observations: u32,
    pub(super) min_fps: f64,
    pub(super) look_back_s: f64,
    pub(super) beacon_s: f64,
    pub(super) unwatched_s: f64,
    pub(super) box_noise: f64,
    pub(super) flicker_area: f64,
    pub(super) flicker_height: f64,
    pub(super) flicker_luma: f64,
    pub(super) flicker_burnt: f64,
    pub(super) flicker_surround: f64,
    pub(super) steady_light: f64,
}
