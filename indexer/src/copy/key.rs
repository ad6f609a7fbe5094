//! The key of a row as one text, and back.

use serde_json::Value as Json;

use crate::engine::table::Table;
use crate::engine::value::{Kind, Value};

/// A list in JSON; bytes are hexadecimal.
pub(crate) fn write(key: &[Value]) -> String {
    let part = |value: &Value| match value {
        Value::Integer(number) => Json::from(*number),
        Value::Real(number) => Json::from(*number),
        Value::Text(text) => Json::from(text.as_deref()),
        Value::Bytes(bytes) => Json::from(bytes.as_ref().map(hex::encode)),
    };
    Json::from_iter(key.iter().map(part)).to_string()
}

/// `None` when it is no key of this table.
pub(crate) fn read(table: &Table, text: &str) -> Option<Vec<Value>> {
    let Json::Array(parts) = serde_json::from_str(text).ok()? else { return None };
    let places = table.key_places();
    if parts.len() != places.len() {
        return None;
    }
    let kinds = places.into_iter().map(|place| table.columns[place].kind);
    parts.iter().zip(kinds).map(|(part, kind)| value(part, kind)).collect()
}

fn value(part: &Json, kind: Kind) -> Option<Value> {
    Some(match kind {
        Kind::Integer => part.as_i64()?.into(),
        Kind::Real => part.as_f64()?.into(),
        Kind::Text => part.as_str()?.into(),
        Kind::Bytes => hex::decode(part.as_str()?).ok()?.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::table::Column;

    #[test]
    fn a_key_is_read_as_it_was_written() {
        let kinds = [("a", Kind::Bytes), ("b", Kind::Integer), ("c", Kind::Text)];
        let columns = kinds.map(|(name, kind)| Column { name: name.into(), kind, is_required: true });
        let table = Table {
            name: "t".into(),
            columns: columns.into(),
            key: ["c", "b", "a"].map(str::to_owned).into(),
            parents: [].into(),
            links: [].into(),
        };
        let key = [Value::from("门 \"1\""), Value::from(i64::MIN), Value::from(vec![0_u8, 255])];
        assert_eq!(read(&table, &write(&key)).unwrap(), key);
        for text in ["", "[]", "[1, 2, 3]", "[\"c\", 1, \"xyz\"]"] {
            assert_eq!(read(&table, text), None, "{text}");
        }
    }
}
