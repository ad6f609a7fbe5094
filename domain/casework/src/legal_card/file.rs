//! Cards as a text of TOML, and the examples that come with the product.

use anjian_domain::{Account, Behaviour};
use serde::Deserialize;

use super::card::{Basis, CardError, CardRef, CardStatus, LegalCard};

const EXAMPLES: &str = include_str!("../../data/legal-cards.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CardsText {
    #[serde(default)]
    card: Vec<CardText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CardText {
    behaviour: Behaviour,
    version: u32,
    status: StatusText,
    checked_by: Option<Account>,
    checked_on: Option<DateText>,
    breach: Basis,
    measure: Basis,
    penalty: Basis,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum StatusText {
    Example,
    Checked,
}

#[derive(Deserialize)]
struct DateText(#[serde(deserialize_with = "anjian_domain::date_text")] String);

impl CardText {
    fn status(&self) -> Result<CardStatus, CardError> {
        let says = |what: &str| CardError::Text(format!("card {}: {what}", self.behaviour));
        match (&self.status, &self.checked_by, &self.checked_on) {
            (StatusText::Example, None, None) => Ok(CardStatus::Example),
            (StatusText::Example, ..) => Err(says("an example has neither checked_by nor checked_on")),
            (StatusText::Checked, Some(checked_by), Some(DateText(day))) => {
                let checked_on = day.parse().map_err(|_| says("checked_on is no date: write 2026-10-01"))?;
                Ok(CardStatus::Checked { checked_by: checked_by.clone(), checked_on })
            }
            (StatusText::Checked, ..) => Err(says("a checked card has checked_by and checked_on")),
        }
    }
}

impl LegalCard {
    /// Reads `[[card]]` tables; `data/legal-cards.toml` shows every key.
    ///
    /// # Errors
    /// [`CardError::Text`] with line and key, or what is wrong with a card.
    pub fn from_toml(text: &str) -> Result<Vec<Self>, CardError> {
        let read: CardsText = toml::from_str(text).map_err(|error| CardError::Text(error.to_string()))?;
        let made = |card: CardText| {
            let status = card.status()?;
            let id = CardRef { behaviour: card.behaviour, version: card.version };
            Self::new(id, status, [card.breach, card.measure, card.penalty])
        };
        read.card.into_iter().map(made).collect()
    }

    /// One example for each built-in behaviour, marked as such in its text. A lawyer of the customer checks them.
    #[must_use]
    pub fn examples() -> Vec<Self> {
        Self::from_toml(EXAMPLES).expect("a test reads the examples")
    }
}
