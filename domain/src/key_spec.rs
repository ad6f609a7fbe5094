//! A key of a rule that belongs to its behaviour: what it holds, from where to where, and what stands in for it.

use std::ops::RangeInclusive;

use crate::Words;

/// One of a behaviour's own keys.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KeySpec {
    /// As rules write it. Durations end in `_s`.
    pub name: &'static str,
    /// What it may hold.
    pub value: KeyValue,
    /// What a number counts; `None` where it is a plain number.
    pub unit: Option<Words>,
    /// What it decides, in a sentence or two.
    pub help: Words,
}

/// What a key may hold. Ranges include both ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum KeyValue {
    /// A number.
    Number {
        /// The smallest that is allowed.
        least: f64,
        /// The largest that is allowed.
        most: f64,
        /// What stands in for it.
        absent: WhenAbsent<f64>,
    },
    /// A whole number.
    Whole {
        /// The smallest that is allowed.
        least: u32,
        /// The largest that is allowed.
        most: u32,
        /// What stands in for it.
        absent: WhenAbsent<u32>,
    },
    /// A text.
    Text {
        /// What stands in for it.
        absent: WhenAbsent<&'static str>,
    },
}

/// What holds where a rule leaves a key out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenAbsent<T> {
    /// This default.
    Use(T),
    /// No value: what the key switches on stays off.
    Unset,
    /// The rule is refused.
    Refuse,
}

impl KeySpec {
    /// A key that holds a number.
    #[must_use]
    pub const fn number(name: &'static str, range: RangeInclusive<f64>, absent: WhenAbsent<f64>) -> Self {
        Self::of(name, KeyValue::Number { least: *range.start(), most: *range.end(), absent })
    }

    /// A key that holds a whole number.
    #[must_use]
    pub const fn whole(name: &'static str, range: RangeInclusive<u32>, absent: WhenAbsent<u32>) -> Self {
        Self::of(name, KeyValue::Whole { least: *range.start(), most: *range.end(), absent })
    }

    /// A key that holds a text.
    #[must_use]
    pub const fn text(name: &'static str, absent: WhenAbsent<&'static str>) -> Self {
        Self::of(name, KeyValue::Text { absent })
    }

    const fn of(name: &'static str, value: KeyValue) -> Self {
        Self { name, value, unit: None, help: Words::new("", "") }
    }

    /// The same key, and what it counts.
    #[must_use]
    pub const fn unit(self, unit: Words) -> Self {
        Self { unit: Some(unit), ..self }
    }

    /// The same key, and what it decides.
    #[must_use]
    pub const fn help(self, zh: &'static str, en: &'static str) -> Self {
        Self { help: Words::new(zh, en), ..self }
    }

    /// Whether a rule without this key is refused.
    #[must_use]
    pub const fn is_required(&self) -> bool {
        matches!(
            self.value,
            KeyValue::Number { absent: WhenAbsent::Refuse, .. }
                | KeyValue::Whole { absent: WhenAbsent::Refuse, .. }
                | KeyValue::Text { absent: WhenAbsent::Refuse }
        )
    }

    /// Whether the range holds something, and the default lies in it.
    pub(crate) const fn is_sound(&self) -> bool {
        match self.value {
            KeyValue::Number { least, most, absent: WhenAbsent::Use(value) } => {
                least <= value && value <= most
            }
            KeyValue::Number { least, most, .. } => least <= most,
            KeyValue::Whole { least, most, absent: WhenAbsent::Use(value) } => {
                least <= value && value <= most
            }
            KeyValue::Whole { least, most, .. } => least <= most,
            KeyValue::Text { .. } => true,
        }
    }
}

/// Units that keys share.
pub mod unit {
    use crate::Words;

    /// Seconds.
    pub const SECONDS: Words = Words::new("秒", "seconds");
    /// Persons.
    pub const PERSONS: Words = Words::new("人", "persons");
    /// Frames a second.
    pub const FRAMES_A_SECOND: Words = Words::new("帧/秒", "frames a second");
    /// A share of the picture's width or height.
    pub const OF_THE_PICTURE: Words = Words::new("画面比例", "of the picture");
}
