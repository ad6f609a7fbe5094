//! One version of the legal basis of a behaviour. Versions never change; an edit makes the next one.

use anjian_domain::{Account, Behaviour};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::provision::Provision;
use crate::worded::worded;

/// Longest wording, in characters.
const MAX_WORDING: usize = 1_000;
/// Most provisions of a part.
const MAX_PROVISIONS: usize = 20;

/// One version of the legal basis of a behaviour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LegalCard {
    /// Which card.
    #[serde(flatten)]
    id: CardRef,
    /// Whether a lawyer checked it.
    #[serde(flatten)]
    status: CardStatus,
    breach: Basis,
    measure: Basis,
    penalty: Basis,
}

/// A card by behaviour and version. Notices cite cards in this way.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CardRef {
    /// The behaviour.
    pub behaviour: Behaviour,
    /// From 1.
    pub version: u32,
}

/// Whether a lawyer checked a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum CardStatus {
    /// Comes with the product, as an example. Pages mark it.
    Example,
    /// Checked by a person of the customer.
    Checked {
        /// By whom.
        checked_by: Account,
        /// When.
        checked_on: Date,
    },
}

/// A wording with the provisions that it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basis {
    /// In the customer's own words.
    pub wording: String,
    /// By name and number.
    pub provisions: Vec<Provision>,
}

worded! {
    /// A part of a card.
    pub enum Part {
        /// What makes the behaviour a violation.
        Breach = "breach", "违法行为", "Breach";
        /// What is ordered on site.
        Measure = "measure", "现场处理措施", "Measure on site";
        /// What a penalty rests on.
        Penalty = "penalty", "处罚依据", "Penalty basis";
    }
}

/// Why a card is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
    /// The text holds no cards.
    #[error("the cards cannot be read: {0}")]
    Text(String),
    /// Versions count from 1.
    #[error("card {behaviour}: versions count from 1")]
    VersionZero {
        /// The card.
        behaviour: Behaviour,
    },
    /// A wording is empty or too long.
    #[error("card {behaviour}, {part}: a wording has 1 to {MAX_WORDING} characters")]
    Wording {
        /// The card.
        behaviour: Behaviour,
        /// The part.
        part: Part,
    },
    /// A checked card names what it rests on.
    #[error("card {behaviour}, {part}: a checked card names 1 to {MAX_PROVISIONS} provisions")]
    Provisions {
        /// The card.
        behaviour: Behaviour,
        /// The part.
        part: Part,
    },
    /// The next version is of the same behaviour and one higher.
    #[error("card {behaviour}: version {version} does not follow version {earlier}")]
    Order {
        /// The card.
        behaviour: Behaviour,
        /// Its version.
        version: u32,
        /// The version before.
        earlier: u32,
    },
}

impl LegalCard {
    /// # Errors
    /// A [`CardError`] that names the part.
    pub fn new(
        id: CardRef,
        status: CardStatus,
        [breach, measure, penalty]: [Basis; 3],
    ) -> Result<Self, CardError> {
        if id.version == 0 {
            return Err(CardError::VersionZero { behaviour: id.behaviour });
        }
        let card = Self { id, status, breach, measure, penalty };
        for part in Part::ALL {
            card.check(*part)?;
        }
        Ok(card)
    }

    fn check(&self, part: Part) -> Result<(), CardError> {
        let (behaviour, basis) = (self.id.behaviour.clone(), self.part(part));
        if basis.wording.trim().is_empty() || basis.wording.chars().count() > MAX_WORDING {
            return Err(CardError::Wording { behaviour, part });
        }
        let least = usize::from(!self.is_example());
        if !(least..=MAX_PROVISIONS).contains(&basis.provisions.len()) {
            return Err(CardError::Provisions { behaviour, part });
        }
        Ok(())
    }

    /// Checks that this card may be stored after `earlier`, which stays as it is.
    ///
    /// # Errors
    /// [`CardError::Order`].
    pub fn follows(&self, earlier: &Self) -> Result<(), CardError> {
        let is_next = self.id.behaviour == earlier.id.behaviour
            && self.id.version == earlier.id.version.saturating_add(1);
        let CardRef { behaviour, version } = self.id.clone();
        if is_next {
            Ok(())
        } else {
            Err(CardError::Order { behaviour, version, earlier: earlier.id.version })
        }
    }

    /// Which card.
    #[must_use]
    pub const fn id(&self) -> &CardRef {
        &self.id
    }

    /// Whether a lawyer checked it.
    #[must_use]
    pub const fn status(&self) -> &CardStatus {
        &self.status
    }

    /// Whether it is an example that nobody checked. Pages and notices mark such cards.
    #[must_use]
    pub const fn is_example(&self) -> bool {
        matches!(self.status, CardStatus::Example)
    }

    /// A part with its wording and provisions.
    #[must_use]
    pub const fn part(&self, part: Part) -> &Basis {
        match part {
            Part::Breach => &self.breach,
            Part::Measure => &self.measure,
            Part::Penalty => &self.penalty,
        }
    }
}
