//! Enums whose variants have a name for files and answers, and a label in both languages.

/// Makes an enum of `Variant = "name", "zh-CN", "English";`, with `ALL`, `as_str`, `words`, `Display`, `FromStr` and
/// the same names in serde. The order of the variants is the order of their values.
macro_rules! worded {
    ($(#[$meta:meta])* pub enum $type:ident {
        $($(#[$doc:meta])* $variant:ident = $name:literal, $zh:literal, $en:literal;)+
    }) => {
        $(#[$meta])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
        )]
        pub enum $type {
            $($(#[$doc])* #[serde(rename = $name)] $variant),+
        }

        impl $type {
            /// Every variant, in the order in which lists show them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name in answers, files and the database.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// What people read.
            #[must_use]
            pub const fn words(self) -> anjian_domain::Words {
                match self { $(Self::$variant => anjian_domain::Words::new($zh, $en)),+ }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $type {
            type Err = anjian_domain::UnknownName;
            fn from_str(text: &str) -> Result<Self, anjian_domain::UnknownName> {
                let unknown = || anjian_domain::UnknownName { name: text.to_owned(), known: &[$($name),+] };
                Self::ALL.iter().copied().find(|variant| variant.as_str() == text).ok_or_else(unknown)
            }
        }
    };
}

pub(crate) use worded;
