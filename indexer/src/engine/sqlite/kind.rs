//! What SQLite's answers mean.

use anjian_domain::{ErrorKind, Shortage};

/// SQLite's primary result codes; <https://sqlite.org/rescode.html>.
pub(crate) mod code {
    pub(crate) const PERM: i32 = 3;
    pub(crate) const BUSY: i32 = 5;
    pub(crate) const LOCKED: i32 = 6;
    pub(crate) const NO_MEMORY: i32 = 7;
    pub(crate) const READ_ONLY: i32 = 8;
    pub(crate) const INTERRUPT: i32 = 9;
    pub(crate) const IO: i32 = 10;
    pub(crate) const CORRUPT: i32 = 11;
    pub(crate) const FULL: i32 = 13;
    pub(crate) const CANNOT_OPEN: i32 = 14;
    pub(crate) const PROTOCOL: i32 = 15;
    pub(crate) const SCHEMA: i32 = 17;
    pub(crate) const AUTH: i32 = 23;
    pub(crate) const NOT_A_DATABASE: i32 = 26;
    /// `SQLITE_IOERR_NOMEM`, with its extension.
    pub(crate) const IO_NO_MEMORY: i32 = 3082;
}

/// SQLite's primary result code, without the extension in the upper bits.
pub(crate) fn primary_code(error: &sqlx::Error) -> Option<i32> {
    full_code(error).map(|code| code & 0xff)
}

/// With the extension.
pub(crate) fn full_code(error: &sqlx::Error) -> Option<i32> {
    let sqlx::Error::Database(error) = error else { return None };
    error.code()?.parse().ok()
}

/// Of a code with its extension.
pub(crate) fn kind_of_code(full: i32) -> ErrorKind {
    match full & 0xff {
        _ if full == code::IO_NO_MEMORY => ErrorKind::Unavailable(Shortage::Memory),
        code::NO_MEMORY => ErrorKind::Unavailable(Shortage::Memory),
        code::BUSY | code::LOCKED | code::INTERRUPT | code::PROTOCOL | code::SCHEMA => {
            ErrorKind::Unavailable(Shortage::Busy)
        }
        code::FULL => ErrorKind::Unavailable(Shortage::Room),
        // Read-only is a database whose file system was remounted after an error, or whose rights changed under a
        // running process: evidence waits until a person puts that right. At the start, `IndexError::ReadOnly` refuses.
        code::IO | code::CANNOT_OPEN | code::READ_ONLY => ErrorKind::Unavailable(Shortage::Disk),
        code::CORRUPT | code::NOT_A_DATABASE => ErrorKind::Corrupt,
        code::PERM | code::AUTH => ErrorKind::Refused,
        _ => ErrorKind::Invalid,
    }
}

#[cfg(test)]
mod tests {
    use super::ErrorKind::{Corrupt, Invalid, Refused, Unavailable};
    use super::Shortage::{Busy, Disk, Memory, Room};
    use super::*;
    use crate::engine::kind::kind_of;

    #[test]
    fn sqlites_codes_are_sorted() {
        // Codes as SQLite documents them: primary, and `primary | extension << 8`.
        for (name, code, expected) in [
            ("SQLITE_ERROR", 1, Invalid),
            ("SQLITE_PERM", 3, Refused),
            ("SQLITE_BUSY", 5, Unavailable(Busy)),
            ("SQLITE_BUSY_SNAPSHOT", 517, Unavailable(Busy)),
            ("SQLITE_LOCKED", 6, Unavailable(Busy)),
            ("SQLITE_LOCKED_SHAREDCACHE", 262, Unavailable(Busy)),
            ("SQLITE_NOMEM", 7, Unavailable(Memory)),
            ("SQLITE_READONLY", 8, Unavailable(Disk)),
            ("SQLITE_READONLY_DBMOVED", 1032, Unavailable(Disk)),
            ("SQLITE_INTERRUPT", 9, Unavailable(Busy)),
            ("SQLITE_IOERR", 10, Unavailable(Disk)),
            ("SQLITE_IOERR_WRITE", 778, Unavailable(Disk)),
            ("SQLITE_IOERR_NOMEM", 3082, Unavailable(Memory)),
            ("SQLITE_CORRUPT", 11, Corrupt),
            ("SQLITE_CORRUPT_INDEX", 779, Corrupt),
            ("SQLITE_FULL", 13, Unavailable(Room)),
            ("SQLITE_CANTOPEN", 14, Unavailable(Disk)),
            ("SQLITE_CANTOPEN_ISDIR", 526, Unavailable(Disk)),
            ("SQLITE_PROTOCOL", 15, Unavailable(Busy)),
            ("SQLITE_SCHEMA", 17, Unavailable(Busy)),
            ("SQLITE_CONSTRAINT", 19, Invalid),
            ("SQLITE_CONSTRAINT_UNIQUE", 2067, Invalid),
            ("SQLITE_MISUSE", 21, Invalid),
            ("SQLITE_AUTH", 23, Refused),
            ("SQLITE_NOTADB", 26, Corrupt),
        ] {
            assert_eq!(kind_of_code(code), expected, "{name}");
        }
    }

    #[tokio::test]
    async fn what_sqlite_itself_answers_is_sorted() {
        let mut connection =
            <sqlx::SqliteConnection as sqlx::Connection>::connect("sqlite::memory:").await.unwrap();
        for (sql, expected) in [
            ("SELECT * FROM nowhere", Invalid),
            (
                "PRAGMA max_page_count = 2; CREATE TABLE a (x); CREATE TABLE b (x); CREATE TABLE c (x)",
                Unavailable(Room),
            ),
            ("PRAGMA query_only = 1; DROP TABLE a", Unavailable(Disk)),
        ] {
            let error = sqlx::raw_sql(sql).execute(&mut connection).await.unwrap_err();
            assert_eq!(kind_of(&error), expected, "{error}");
        }
    }
}
