//! Columns to checked values, and back. A value that this program does not understand becomes an
//! [`IndexError::Row`] that names table and column, never a panic or a silent default.

use anjian_domain::{MediaTime, Moment, WallTime};
use serde::Serialize;
use serde::de::value::{Error as WordError, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};
use uuid::Uuid;

use crate::IndexError;
use crate::engine::row::{Readable, Row};

/// A row of which it is known where it came from.
pub(crate) struct Columns<'r> {
    pub(crate) table: &'static str,
    pub(crate) row: &'r Row,
}

impl<'r> Columns<'r> {
    pub(crate) fn get<T: Readable<'r>>(&self, column: &str) -> Result<T, IndexError> {
        self.row.try_get(column).map_err(|error| self.refuse(column, &error.to_string()))
    }

    /// A value that is written as one word: an id or the name of an enumeration.
    pub(crate) fn word<T: DeserializeOwned>(&self, column: &str) -> Result<T, IndexError> {
        self.parse_word(column, self.get(column)?)
    }

    pub(crate) fn word_or_null<T: DeserializeOwned>(&self, column: &str) -> Result<Option<T>, IndexError> {
        self.get::<Option<&str>>(column)?.map(|word| self.parse_word(column, word)).transpose()
    }

    fn parse_word<T: DeserializeOwned>(&self, column: &str, word: &str) -> Result<T, IndexError> {
        let words: StrDeserializer<'_, WordError> = word.into_deserializer();
        T::deserialize(words).map_err(|error| self.refuse(column, &error.to_string()))
    }

    pub(crate) fn json<T: DeserializeOwned>(&self, column: &str) -> Result<T, IndexError> {
        self.parse_json(column, self.get(column)?)
    }

    pub(crate) fn json_or_null<T: DeserializeOwned>(&self, column: &str) -> Result<Option<T>, IndexError> {
        self.get::<Option<&str>>(column)?.map(|text| self.parse_json(column, text)).transpose()
    }

    fn parse_json<T: DeserializeOwned>(&self, column: &str, text: &str) -> Result<T, IndexError> {
        serde_json::from_str(text).map_err(|error| self.refuse(column, &error.to_string()))
    }

    pub(crate) fn uuid(&self, column: &str) -> Result<Uuid, IndexError> {
        Uuid::from_slice(self.get(column)?).map_err(|error| self.refuse(column, &error.to_string()))
    }

    pub(crate) fn uuid_or_null(&self, column: &str) -> Result<Option<Uuid>, IndexError> {
        let bytes: Option<&[u8]> = self.get(column)?;
        let parse = |bytes| Uuid::from_slice(bytes).map_err(|error| self.refuse(column, &error.to_string()));
        bytes.map(parse).transpose()
    }

    pub(crate) fn wall(&self, column: &str) -> Result<WallTime, IndexError> {
        self.wall_or_null(column)?.ok_or_else(|| self.refuse(column, "is null"))
    }

    pub(crate) fn wall_or_null(&self, column: &str) -> Result<Option<WallTime>, IndexError> {
        let micros: Option<i64> = self.get(column)?;
        let outside = || self.refuse(column, "is outside the calendar");
        micros.map(|micros| WallTime::from_micros(micros).ok_or_else(outside)).transpose()
    }

    pub(crate) fn media_or_null(&self, column: &str) -> Result<Option<MediaTime>, IndexError> {
        let nanos: Option<i64> = self.get(column)?;
        let negative = |_| self.refuse(column, "is negative");
        nanos.map(|nanos| u64::try_from(nanos).map(MediaTime::from_nanos).map_err(negative)).transpose()
    }

    pub(crate) fn moment(&self, wall: &str, media: &str) -> Result<Moment, IndexError> {
        let media_time = self.media_or_null(media)?.ok_or_else(|| self.refuse(media, "is null"))?;
        Ok(Moment { wall: self.wall(wall)?, media: media_time })
    }

    /// A column that holds 0 or 1.
    pub(crate) fn flag(&self, column: &str) -> Result<bool, IndexError> {
        match self.get::<i64>(column)? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(self.refuse(column, &format!("{other} is neither 0 nor 1"))),
        }
    }

    /// A small number of things.
    pub(crate) fn count(&self, column: &str) -> Result<u32, IndexError> {
        self.count_or_null(column)?.ok_or_else(|| self.refuse(column, "is null"))
    }

    pub(crate) fn count_or_null(&self, column: &str) -> Result<Option<u32>, IndexError> {
        let outside = |_| self.refuse(column, "is no number of things");
        self.get::<Option<i64>>(column)?.map(|count| u32::try_from(count).map_err(outside)).transpose()
    }

    pub(crate) fn unsigned(&self, column: &str) -> Result<u64, IndexError> {
        u64::try_from(self.get::<i64>(column)?).map_err(|_| self.refuse(column, "is negative"))
    }

    pub(crate) fn refuse(&self, column: &str, why: &str) -> IndexError {
        IndexError::Row { table: self.table, reason: format!("{column}: {why}") }
    }
}

/// A place in a source as a column holds it: nanoseconds, up to 292 years.
pub(crate) fn media_column(media: MediaTime) -> i64 {
    i64::try_from(media.as_nanos()).unwrap_or(i64::MAX)
}

/// The word by which a column names a value.
pub(crate) fn word_of(value: &impl ToString) -> String {
    value.to_string()
}

/// An id as a column holds it.
pub(crate) fn uuid_column(id: Uuid) -> Vec<u8> {
    id.into_bytes().to_vec()
}

/// A value as a JSON column holds it.
pub(crate) fn json_column<T: Serialize + ?Sized>(
    table: &'static str,
    value: &T,
) -> Result<String, IndexError> {
    serde_json::to_string(value)
        .map_err(|error| IndexError::Row { table, reason: format!("cannot be written as JSON: {error}") })
}
