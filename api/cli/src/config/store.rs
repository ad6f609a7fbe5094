//! Where the index is kept.

use anjian_indexer::Database;
use serde::{Deserialize, Deserializer, de};

/// The database of the index.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StoreConfig {
    /// A file in the data folder, or a server.
    #[serde(deserialize_with = "database")]
    pub database: Database,
}

fn database<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Database, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
}
