//! How SQLite describes its tables.

use crate::engine::table::Described;
use crate::engine::value::Kind;

pub(crate) const DESCRIBED: Described = Described {
    columns: "SELECT t.name AS table_name, c.name AS name, c.type AS type, c.\"notnull\" AS is_required, \
         c.pk AS key_position FROM sqlite_schema AS t JOIN pragma_table_info(t.name) AS c \
         WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite!_%' ESCAPE '!' \
         AND t.name NOT LIKE 'written!_text%' ESCAPE '!' AND t.name NOT IN ('_sqlx_migrations', 'store_copy')",
    references: "SELECT t.name AS table_name, r.\"table\" AS parent, r.\"from\" AS name FROM sqlite_schema AS t \
         JOIN pragma_foreign_key_list(t.name) AS r WHERE t.type = 'table'",
    kind_of,
};

fn kind_of(word: &str) -> Option<Kind> {
    match word {
        "INTEGER" => Some(Kind::Integer),
        "REAL" => Some(Kind::Real),
        "TEXT" => Some(Kind::Text),
        "BLOB" => Some(Kind::Bytes),
        _ => None,
    }
}
