//! What every long test states.

use anyhow::Result;

/// A test, and the amount of it that is run unless another is given.
pub(crate) struct LongTest {
    pub(crate) name: &'static str,
    /// What the amount counts.
    pub(crate) unit: &'static str,
    pub(crate) default_amount: u32,
    pub(crate) proves: &'static str,
    pub(crate) run: fn(u32) -> Result<()>,
}
