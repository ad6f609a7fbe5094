//! The keys of a request's query, read by serde into structs that the OpenAPI document is made from as well: what is
//! documented is what is read. What is unknown, malformed or out of range is refused by name.
//!
//! This is `axum_extra::extract::Query` but for its refusals, which do not say which key is wrong.

use std::fmt::Display;
use std::str::FromStr;

use anjian_indexer::ViolationQuery;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::value::{Error as Malformed, StrDeserializer};
use serde::de::{DeserializeOwned, Error, IntoDeserializer};
use serde::{Deserialize, Deserializer};
use url::form_urlencoded;
use utoipa::IntoParams;

use crate::http::problem::Problem;

/// The keys that a route takes: one struct of them, or [`Both`].
pub(crate) struct Query<T>(pub(crate) T);

/// Two structs of keys that a route takes together. Serde can flatten them into one, but then knows neither what is
/// unknown nor which key is wrong.
pub(crate) struct Both<A, B>(pub(crate) A, pub(crate) B);

/// What [`Query`] reads.
pub(crate) trait Keys: Sized {
    /// The keys, as they are documented.
    fn names() -> Vec<String>;

    /// Reads them; passes over others.
    fn read(raw: &str) -> Result<Self, Problem>;
}

impl<T: DeserializeOwned + IntoParams> Keys for T {
    fn names() -> Vec<String> {
        T::into_params(|| None).into_iter().map(|parameter| parameter.name).collect()
    }

    fn read(raw: &str) -> Result<Self, Problem> {
        let pairs = serde_html_form::Deserializer::from_bytes(raw.as_bytes());
        serde_path_to_error::deserialize(pairs).map_err(|error| {
            let path = error.path().to_string();
            Problem::query(&path, format!("{path}: {}", error.inner()))
        })
    }
}

impl<A: Keys, B: Keys> Keys for Both<A, B> {
    fn names() -> Vec<String> {
        [A::names(), B::names()].concat()
    }

    fn read(raw: &str) -> Result<Self, Problem> {
        Ok(Self(A::read(raw)?, B::read(raw)?))
    }
}

impl<T: Keys> Query<T> {
    /// Reads a query as it stands behind the question mark.
    pub(crate) fn of(raw: &str) -> Result<Self, Problem> {
        refuse_others(raw, &T::names())?;
        T::read(raw).map(Self)
    }
}

impl<T: Keys, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::of(parts.uri.query().unwrap_or_default())
    }
}

/// Refuses keys that are not `known`, and more values of one than the index takes.
fn refuse_others(raw: &str, known: &[String]) -> Result<(), Problem> {
    let keys: Vec<_> = form_urlencoded::parse(raw.as_bytes()).map(|(key, _)| key).collect();
    for key in &keys {
        if !known.iter().any(|name| name == key) {
            return Err(Problem::query(key, format!("{key:?} is not a key here: use {}", known.join(", "))));
        }
        if keys.iter().filter(|other| *other == key).count() > ViolationQuery::MAX_VALUES {
            return Err(Problem::query(key, format!("{key}: at most {} values", ViolationQuery::MAX_VALUES)));
        }
    }
    Ok(())
}

/// For `#[serde(deserialize_with)]`: a key that may stand once. Without a value (`camera=`) it is as none.
pub(crate) fn one<'de, T, D>(value: D) -> Result<Option<T>, D::Error>
where
    T: FromStr<Err: Display>,
    D: Deserializer<'de>,
{
    only(value)?.map(|text| parse(&text)).transpose()
}

/// For `#[serde(deserialize_with)]`: a key that may repeat. What has no value is passed over.
pub(crate) fn many<'de, T, D>(value: D) -> Result<Vec<T>, D::Error>
where
    T: FromStr<Err: Display>,
    D: Deserializer<'de>,
{
    texts(value)?.iter().map(|text| parse(text)).collect()
}

/// As [`one`], of the words that serde knows of a type.
pub(crate) fn word<'de, T, D>(value: D) -> Result<Option<T>, D::Error>
where
    T: DeserializeOwned,
    D: Deserializer<'de>,
{
    only(value)?.map(|text| named(&text)).transpose()
}

/// As [`many`], of the words that serde knows of a type.
pub(crate) fn words<'de, T, D>(value: D) -> Result<Vec<T>, D::Error>
where
    T: DeserializeOwned,
    D: Deserializer<'de>,
{
    texts(value)?.iter().map(|text| named(text)).collect()
}

fn only<'de, D: Deserializer<'de>>(value: D) -> Result<Option<String>, D::Error> {
    let mut texts = texts(value)?;
    if texts.len() > 1 {
        return Err(D::Error::custom("may stand only once"));
    }
    Ok(texts.pop())
}

fn texts<'de, D: Deserializer<'de>>(value: D) -> Result<Vec<String>, D::Error> {
    let mut texts = Vec::<String>::deserialize(value)?;
    texts.retain(|text| !text.is_empty());
    Ok(texts)
}

fn parse<T: FromStr<Err: Display>, E: Error>(text: &str) -> Result<T, E> {
    text.parse().map_err(E::custom)
}

fn named<T: DeserializeOwned, E: Error>(text: &str) -> Result<T, E> {
    let text: StrDeserializer<'_, Malformed> = text.into_deserializer();
    // Serde writes for programmers: a detail that a person reads has no backticks.
    T::deserialize(text).map_err(|error| E::custom(error.to_string().replace('`', "")))
}

/// How many a page has at the most.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit<const MOST: u16>(pub(crate) u16);

impl<const MOST: u16> FromStr for Limit<MOST> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let limit = text.parse().ok().filter(|limit| (1..=MOST).contains(limit));
        limit.map(Self).ok_or_else(|| format!("{text:?} is not a whole number of 1 to {MOST}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize, IntoParams)]
    struct Colour {
        #[serde(default, deserialize_with = "word")]
        #[param(inline)]
        colour: Option<Word>,
        #[serde(default, deserialize_with = "words")]
        #[param(inline)]
        others: Vec<Word>,
    }

    #[derive(Debug, PartialEq, Deserialize, utoipa::ToSchema)]
    #[serde(rename_all = "snake_case")]
    enum Word {
        Red,
        DarkBlue,
    }

    #[derive(Debug, Deserialize, IntoParams)]
    struct Size {
        #[serde(default, deserialize_with = "one")]
        #[param(value_type = Option<u16>)]
        limit: Option<Limit<9>>,
        #[serde(default, deserialize_with = "many")]
        #[param(value_type = Option<Vec<i8>>)]
        number: Vec<i8>,
    }

    fn read(raw: &str) -> Result<(Colour, Size), Problem> {
        Query::<Both<Colour, Size>>::of(raw).map(|Query(Both(colour, size))| (colour, size))
    }

    #[test]
    fn keys_of_two_structs_are_read_and_empty_ones_are_as_none() {
        let (colour, size) =
            read("limit=9&colour=dark%5Fblue&others=red&number=-1&number=&number=%2B7").unwrap();
        assert_eq!((colour.colour, colour.others), (Some(Word::DarkBlue), vec![Word::Red]));
        assert_eq!((size.limit.unwrap().0, size.number), (9, vec![-1, 7]));
        let (colour, size) = read("colour=&limit=&limit=&others=").unwrap();
        assert!(colour.colour.is_none() && colour.others.is_empty() && size.limit.is_none());
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (raw, wrong, says) in [
            ("shape=round", "shape", "\"shape\" is not a key here: use colour, others, limit, number"),
            ("colour=green", "colour", "colour: unknown variant green, expected red or dark_blue"),
            ("others=red&others=green", "others", "expected red or dark_blue"),
            ("colour=red&colour=red", "colour", "colour: may stand only once"),
            ("limit=10", "limit", "limit: \"10\" is not a whole number of 1 to 9"),
            ("number=1&number=x", "number", "number: invalid digit"),
            (&"number=1&".repeat(65), "number", "at most 64 values"),
        ] {
            let Err(Problem::Query { key, reason }) = read(raw) else { panic!("{raw} is read") };
            assert_eq!(key, wrong, "{raw}");
            assert!(reason.contains(says), "{raw}: {reason}");
        }
    }
}
