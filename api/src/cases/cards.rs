//! Legal-basis cards: what makes a behaviour a violation, the measure on site, the basis of a penalty.

use anjian_casework::legal_card::{Basis, CardStatus, LegalCard, Part};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::shared::Shared;

/// One version of the legal basis of a behaviour.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LegalCardView {
    behaviour: String,
    version: u32,
    /// Whether it is an example that nobody checked.
    is_example: bool,
    /// Who checked it; null for an example.
    #[schema(required)]
    checked_by: Option<String>,
    #[schema(format = "date", required)]
    checked_on: Option<String>,
    /// What makes it a violation.
    breach: BasisView,
    /// What is ordered on site.
    measure: BasisView,
    /// What a penalty rests on.
    penalty: BasisView,
}

/// A wording with the provisions that it rests on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BasisView {
    wording: String,
    /// By name and number.
    provisions: Vec<String>,
}

/// Every card.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LegalCardsView {
    items: Vec<LegalCardView>,
}

/// Lists the legal-basis cards that a notice can name.
#[utoipa::path(
    get,
    path = "/api/v1/legal-cards",
    operation_id = "list_legal_cards",
    tag = "cases",
    responses((status = OK, body = LegalCardsView))
)]
pub(crate) async fn list(State(shared): State<Shared>) -> Json<LegalCardsView> {
    Json(LegalCardsView { items: shared.rules.cards.iter().map(LegalCardView::from).collect() })
}

impl From<&LegalCard> for LegalCardView {
    fn from(card: &LegalCard) -> Self {
        let (checked_by, checked_on) = match card.status() {
            CardStatus::Example => (None, None),
            CardStatus::Checked { checked_by, checked_on } => {
                (Some(checked_by.to_string()), Some(checked_on.to_string()))
            }
        };
        Self {
            behaviour: card.id().behaviour.to_string(),
            version: card.id().version,
            is_example: card.is_example(),
            checked_by,
            checked_on,
            breach: card.part(Part::Breach).into(),
            measure: card.part(Part::Measure).into(),
            penalty: card.part(Part::Penalty).into(),
        }
    }
}

impl From<&Basis> for BasisView {
    fn from(basis: &Basis) -> Self {
        Self {
            wording: basis.wording.clone(),
            provisions: basis.provisions.iter().map(ToString::to_string).collect(),
        }
    }
}
