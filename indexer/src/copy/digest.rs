//! A digest of rows that is the same on both engines.
//!
//! A row is its values in the order of the columns' names. A value is a letter for its kind and, unless it is NULL, its bytes:
//! eight of a number, length and letters of a text.

use sha2::{Digest, Sha256};

use crate::engine::value::Value;

/// Of the rows so far.
#[derive(Default)]
pub(crate) struct RowsDigest {
    hash: Sha256,
    pub(crate) rows: u64,
}

impl RowsDigest {
    pub(crate) fn add(&mut self, row: &[Value]) {
        row.iter().for_each(|value| self.add_value(value));
        self.rows += 1;
    }

    /// 64 lower-case hexadecimal digits.
    pub(crate) fn finish(self) -> String {
        hex::encode(self.hash.finalize())
    }

    fn add_value(&mut self, value: &Value) {
        match value {
            Value::Integer(None) | Value::Real(None) | Value::Text(None) | Value::Bytes(None) => {
                self.hash.update(b"-");
            }
            Value::Integer(Some(number)) => self.add_bytes(b'i', &number.to_be_bytes()),
            // One engine does not keep the sign of zero.
            Value::Real(Some(number)) => self.add_bytes(b'r', &(number + 0.0).to_be_bytes()),
            Value::Text(Some(text)) => self.add_long(b't', text.as_bytes()),
            Value::Bytes(Some(bytes)) => self.add_long(b'b', bytes),
        }
    }

    fn add_bytes(&mut self, kind: u8, bytes: &[u8]) {
        self.hash.update([kind]);
        self.hash.update(bytes);
    }

    fn add_long(&mut self, kind: u8, bytes: &[u8]) {
        self.add_bytes(kind, &(bytes.len() as u64).to_be_bytes());
        self.hash.update(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(rows: &[&[Value]]) -> String {
        let mut digest = RowsDigest::default();
        rows.iter().for_each(|row| digest.add(row));
        digest.finish()
    }

    #[test]
    fn what_differs_has_another_digest() {
        let text = |text: &str| Value::from(text);
        let different = [
            of(&[]),
            of(&[&[Value::Text(None)]]),
            of(&[&[text("")]]),
            of(&[&[text("ab"), text("c")]]),
            of(&[&[text("a"), text("bc")]]),
            of(&[&[1_i64.into()]]),
            of(&[&[1.0.into()]]),
            of(&[&[Value::from(vec![b'a', b'b'])]]),
            of(&[&[text("ab")]]),
        ];
        for (place, one) in different.iter().enumerate() {
            assert!(different[place + 1..].iter().all(|other| one != other), "{place}");
        }
        assert_eq!(of(&[&[0.0.into()]]), of(&[&[(-0.0).into()]]));
        assert_eq!(of(&[&[Value::Text(None)]]), of(&[&[Value::Integer(None)]]), "nothing has no kind");
    }
}
