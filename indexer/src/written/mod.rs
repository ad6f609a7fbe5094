//! Search by words: in the names of sites and cameras, in the words of verdicts, and in those of the steps of cases.

pub(crate) mod keep;
pub(crate) mod names;
pub(crate) mod search_words;
pub(crate) mod spaced;
