//! Enums whose variants have names in answers, files and the database.

/// A name that this version does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name:?} is unknown: use {}", known.join(", "))]
pub struct UnknownName {
    /// What was given.
    pub name: String,
    /// What may be given.
    pub known: &'static [&'static str],
}

/// Gives an enum of names its `as_str`, `Display` and `FromStr`.
macro_rules! named {
    ($type:ident, $($variant:ident = $name:literal),+ $(,)?) => {
        impl $type {
            /// The name in answers, files and the database.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::UnknownName;
            fn from_str(text: &str) -> Result<Self, $crate::UnknownName> {
                match text {
                    $($name => Ok(Self::$variant),)+
                    other => Err($crate::UnknownName { name: other.to_owned(), known: &[$($name),+] }),
                }
            }
        }
    };
}

pub(crate) use named;
