//! What a notice asks for, from light to heavy.

use crate::worded::worded;

worded! {
    /// What a notice asks for. Ordered: a later one is heavier.
    pub enum Outcome {
        /// Reminds; ends when it was read or its time is over.
        Remind = "remind", "提醒", "Remind";
        /// Orders to rectify by a deadline; ends with a re-check.
        Order = "order_to_rectify", "责令限期整改", "Order to rectify";
        /// Hands over to whoever imposes penalties; ends when that is acknowledged.
        HandOver = "hand_over", "移送处理", "Hand over";
    }
}
