//! What a statement is given: the four kinds of values that both engines store alike, and their absence.

/// A kind of value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Integer,
    Real,
    Text,
    Bytes,
}

/// A value with its type, so that an engine knows what kind of nothing a NULL is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Integer(Option<i64>),
    Real(Option<f64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

macro_rules! value_of {
    ($($given:ty => $kind:ident, $value:ident => $made:expr;)*) => {$(
        impl From<$given> for Value {
            fn from($value: $given) -> Self {
                Self::$kind(Some($made))
            }
        }

        impl From<Option<$given>> for Value {
            fn from(given: Option<$given>) -> Self {
                Self::$kind(given.map(|$value| $made))
            }
        }
    )*};
}

value_of! {
    i64 => Integer, value => value;
    i32 => Integer, value => value.into();
    u8 => Integer, value => value.into();
    u16 => Integer, value => value.into();
    u32 => Integer, value => value.into();
    bool => Integer, value => value.into();
    f64 => Real, value => value;
    &str => Text, value => value.to_owned();
    String => Text, value => value;
    &String => Text, value => value.clone();
    Vec<u8> => Bytes, value => value;
    &[u8] => Bytes, value => value.to_owned();
}

impl From<&Option<String>> for Value {
    fn from(given: &Option<String>) -> Self {
        Self::Text(given.clone())
    }
}
