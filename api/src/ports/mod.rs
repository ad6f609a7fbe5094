//! What only a decoder or a model can make comes in through these ports; the executable puts something behind them.

pub(crate) mod blocking;
pub(crate) mod galleries;
pub(crate) mod operation;
pub(crate) mod pictures;
