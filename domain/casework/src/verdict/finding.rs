//! What an inspector found, and why a violation is none.

use serde::{Deserialize, Serialize};

use crate::worded::worded;

worded! {
    /// Why a violation is dismissed. Keys 1 to 8 of the inbox, in this order.
    pub enum DismissReason {
        /// The hat, or the garment, was worn.
        HatWorn = "hat_worn", "已佩戴", "Hat worn";
        /// What was taken for a person is none.
        NotAPerson = "not_a_person", "并非人员", "Not a person";
        /// The work was permitted.
        PermittedWork = "permitted_work", "作业已获批准", "Permitted work";
        /// What was taken for fire is a light.
        LampOrReflection = "lamp_or_reflection", "灯光或反光", "Lamp or reflection";
        /// It happened outside the site.
        NotOnSite = "not_on_site", "不在厂区内", "Not on site";
        /// Another violation tells the same.
        Duplicate = "duplicate", "重复", "Duplicate";
        /// The pictures do not show enough to judge.
        Unclear = "unclear", "无法判断", "Unclear";
        /// Said in words.
        Other = "other", "其他", "Other";
    }
}

impl DismissReason {
    /// Whether such a dismissal counts against the precision of the camera and the rule. Duplicates and permitted work
    /// show what was really there.
    #[must_use]
    pub const fn is_false_finding(self) -> bool {
        !matches!(self, Self::Duplicate | Self::PermittedWork)
    }
}

/// What an inspector found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Finding {
    /// It is a violation.
    Confirmed,
    /// It is none.
    Dismissed {
        /// Why.
        reason: DismissReason,
        /// In words; may be empty unless the reason is `Other`.
        words: String,
    },
}

impl Finding {
    /// As the rest of the program calls it.
    #[must_use]
    pub const fn verdict(&self) -> anjian_domain::Verdict {
        match self {
            Self::Confirmed => anjian_domain::Verdict::Confirmed,
            Self::Dismissed { .. } => anjian_domain::Verdict::Dismissed,
        }
    }
}
