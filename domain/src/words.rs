//! A text in the two languages that people read.

/// The same text in Chinese and in English.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// zh-CN, in the terms of work safety and law enforcement.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

impl Words {
    /// Chinese first.
    #[must_use]
    pub const fn new(zh: &'static str, en: &'static str) -> Self {
        Self { zh, en }
    }
}
