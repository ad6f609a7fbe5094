//! The behaviours that this server knows: names, words, icons and keys of their rules. The executable says which.

use anjian_domain::{BehaviourList, BehaviourSpec, KeySpec, KeyValue, Viewer, WhenAbsent, Words};
use anjian_indexer::ViolationQuery;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, ObjectBuilder, SchemaType, Type};

use crate::http::problem::Problem;
use crate::shared::Shared;

/// A text in both languages of the page.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WordsView {
    /// zh-CN.
    zh: &'static str,
    /// English.
    en: &'static str,
}

/// A key of a behaviour's rules.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeyView {
    /// As rules write it, and as definitions of rules hold it under `thresholds`.
    name: &'static str,
    #[schema(inline)]
    kind: KeyKind,
    /// The smallest that is allowed; null for a text.
    #[schema(required)]
    least: Option<f64>,
    /// The largest that is allowed; null for a text.
    #[schema(required)]
    most: Option<f64>,
    /// What stands in for it when a rule leaves it out; null when nothing does.
    #[schema(schema_with = default_value, required)]
    default: Option<Value>,
    /// Whether a rule without it is refused.
    required: bool,
    /// What a number counts; null where it is a plain number.
    #[schema(required)]
    unit: Option<WordsView>,
    /// What it decides.
    help: WordsView,
}

/// What is written for a key: `whole` is a number without a fraction.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum KeyKind {
    Number,
    Whole,
    Text,
}

fn default_value() -> Object {
    let kinds = [Type::Number, Type::String, Type::Null];
    let value = ObjectBuilder::new().schema_type(kinds.into_iter().collect::<SchemaType>());
    value
        .description(Some("What stands in for it when a rule leaves it out; null when nothing does."))
        .build()
}

/// A behaviour.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BehaviourView {
    /// As violations, rules and queries name it.
    name: &'static str,
    /// What inspectors call it.
    title: WordsView,
    /// When the rule is broken.
    help: WordsView,
    /// SVG path data of a line drawing on 24 by 24.
    icon: &'static str,
    /// A CSS colour.
    colour: &'static str,
    /// The keys of its rules, besides those that every rule has.
    keys: Vec<KeyView>,
    /// The classes of detections that it judges by.
    classes: Vec<&'static str>,
    /// The second looks that it asks for: `headwear`, `garment` or `light`.
    looks: Vec<&'static str>,
    /// `every`: it judges each frame; `rest_when_still`: none while nothing moves in an empty picture.
    frames: &'static str,
}

/// Every behaviour.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BehavioursView {
    /// In the order in which lists show them.
    items: Vec<BehaviourView>,
}

/// Lists the behaviours that rules may watch for.
///
/// Violations may be of others, which an older or newer version has recorded.
#[utoipa::path(
    get,
    path = "/api/v1/behaviours",
    operation_id = "list_behaviours",
    tag = "behaviours",
    responses((status = OK, body = BehavioursView))
)]
pub(crate) async fn list(_: Viewer, State(shared): State<Shared>) -> Json<BehavioursView> {
    Json(BehavioursView { items: shared.behaviours.iter().map(BehaviourView::from).collect() })
}

/// Refuses a query for a behaviour that is not in the list: a misspelt name must not look like good news.
pub(crate) fn check(query: &ViolationQuery, known: &BehaviourList) -> Result<(), Problem> {
    for behaviour in &query.behaviours {
        let wrong = |reason| Problem::query("behaviour", format!("behaviour: {reason}"));
        known.find(behaviour.as_str()).map_err(wrong)?;
    }
    Ok(())
}

impl From<&BehaviourSpec> for BehaviourView {
    fn from(spec: &BehaviourSpec) -> Self {
        Self {
            name: spec.name,
            title: spec.title.into(),
            help: spec.help.into(),
            icon: spec.icon,
            colour: spec.colour,
            keys: spec.keys.iter().map(KeyView::from).collect(),
            classes: spec.classes.iter().map(|class| class.as_str()).collect(),
            looks: spec.looks.iter().map(|look| look.as_str()).collect(),
            frames: spec.frames.as_str(),
        }
    }
}

impl From<&KeySpec> for KeyView {
    fn from(key: &KeySpec) -> Self {
        let (kind, range, default) = match key.value {
            KeyValue::Number { least, most, absent } => {
                (KeyKind::Number, Some((least, most)), default_of(absent))
            }
            KeyValue::Whole { least, most, absent } => {
                (KeyKind::Whole, Some((f64::from(least), f64::from(most))), default_of(absent))
            }
            KeyValue::Text { absent } => (KeyKind::Text, None, default_of(absent)),
        };
        Self {
            name: key.name,
            kind,
            least: range.map(|(least, _)| least),
            most: range.map(|(_, most)| most),
            default,
            required: key.is_required(),
            unit: key.unit.map(WordsView::from),
            help: key.help.into(),
        }
    }
}

fn default_of<T: Serialize>(absent: WhenAbsent<T>) -> Option<Value> {
    match absent {
        WhenAbsent::Use(value) => Some(json!(value)),
        WhenAbsent::Unset | WhenAbsent::Refuse => None,
    }
}

impl From<Words> for WordsView {
    fn from(words: Words) -> Self {
        Self { zh: words.zh, en: words.en }
    }
}
