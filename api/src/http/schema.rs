//! What the OpenAPI document cannot see in a field's type: which words a text may be, that four numbers are a box.

use utoipa::openapi::schema::{Array, ArrayBuilder, Object, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{KnownFormat, SchemaFormat};

/// A text that is one of these words.
pub(crate) fn one_of(description: &str, words: impl IntoIterator<Item = &'static str>) -> Object {
    let text = ObjectBuilder::new().schema_type(SchemaType::new(Type::String));
    text.enum_values(Some(words)).description(Some(description)).build()
}

/// Four numbers: a box in a picture.
pub(crate) fn sides() -> Array {
    let float = SchemaFormat::KnownFormat(KnownFormat::Float);
    let side = ObjectBuilder::new().schema_type(SchemaType::new(Type::Number)).format(Some(float));
    let sides = ArrayBuilder::new().items(side).min_items(Some(4)).max_items(Some(4));
    sides.description(Some("Left, top, right, bottom; 0..1 of the picture.")).build()
}
