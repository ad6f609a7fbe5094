//! What an engine is given to run.

use crate::engine::value::Value;

/// A statement and its values.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    pub(crate) text: String,
    pub(crate) values: Vec<Value>,
    /// Each value is used once, in the order of its number.
    pub(crate) are_in_order: bool,
}
