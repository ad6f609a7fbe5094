//! A copy of the database beside it, made before tables are rebuilt: `anjian.db.before-VERSION`, where VERSION is the
//! first migration that rebuilds one. It is what the release before wrote, and that release opens it once it has the
//! name of the database again. Only a person deletes it.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use sqlx::SqliteConnection;

use crate::IndexError;
use crate::engine::blocking::blocking;

/// Whole or not at all: under another name first, safe on disk, then renamed. An older copy of the same name goes.
pub(crate) async fn copy(
    connection: &mut SqliteConnection,
    database: &Path,
    version: i64,
) -> Result<(), IndexError> {
    let copy = beside(database, &format!("before-{version}"));
    let partial = beside(&copy, "partial");
    let written = write(connection, &partial).await;
    let (from, to) = (partial.clone(), copy.clone());
    let kept = match written {
        Ok(()) => blocking(move || Ok(keep(&from, &to))).await?.map_err(Into::into),
        Err(error) => Err(error),
    };
    if let Err(source) = kept {
        let _ = std::fs::remove_file(&partial);
        return Err(IndexError::NotCopied { path: copy, source });
    }
    tracing::info!(database.copy = %copy.display(), version, "the database was copied before its tables are rebuilt");
    Ok(())
}

async fn write(
    connection: &mut SqliteConnection,
    partial: &Path,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    // What a killed process left: SQLite writes only where nothing is.
    match std::fs::remove_file(partial) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let name = partial.to_str().ok_or("the path of data_dir is not UTF-8")?;
    sqlx::query("VACUUM INTO ?").bind(name).execute(connection).await?;
    Ok(())
}

/// SQLite does not wait for the disk when it copies.
fn keep(partial: &Path, copy: &Path) -> std::io::Result<()> {
    File::open(partial)?.sync_all()?;
    std::fs::rename(partial, copy)?;
    File::open(copy.parent().unwrap_or(Path::new(".")))?.sync_all()
}

/// The file with a further ending.
fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

#[cfg(test)]
mod tests {
    use sqlx::Connection;

    use super::*;
    use crate::engine::sqlite::connect::connect_options;

    async fn database(folder: &Path) -> (PathBuf, SqliteConnection) {
        let path = folder.join("anjian.db");
        let options = connect_options(&path).create_if_missing(true);
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        let sql = "CREATE TABLE kept (a); INSERT INTO kept VALUES (7)";
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        (path, connection)
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.filter(|name| name.contains("before")).collect();
        names.sort();
        names
    }

    #[tokio::test]
    async fn a_copy_holds_what_the_database_held() {
        let folder = tempfile::tempdir().unwrap();
        let (path, mut connection) = database(folder.path()).await;
        // What a killed process and an earlier try left.
        std::fs::write(folder.path().join("anjian.db.before-5.partial"), "half").unwrap();
        std::fs::write(folder.path().join("anjian.db.before-5"), "old").unwrap();
        copy(&mut connection, &path, 5).await.unwrap();
        assert_eq!(names(folder.path()), ["anjian.db.before-5"]);
        let options = connect_options(&folder.path().join("anjian.db.before-5"));
        let mut copied = SqliteConnection::connect_with(&options).await.unwrap();
        let found: i64 = sqlx::query_scalar("SELECT a FROM kept").fetch_one(&mut copied).await.unwrap();
        assert_eq!(found, 7);
    }

    #[tokio::test]
    async fn a_copy_that_cannot_be_written_says_where_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (path, mut connection) = database(folder.path()).await;
        let blocked = folder.path().join("anjian.db.before-5");
        std::fs::create_dir_all(blocked.join("in the way")).unwrap();
        let error = copy(&mut connection, &path, 5).await.unwrap_err();
        assert!(matches!(&error, IndexError::NotCopied { path, .. } if *path == blocked), "{error:?}");
        let told = error.to_string();
        assert!(told.contains("anjian.db.before-5") && told.contains("free some space"), "{told}");
        assert_eq!(names(folder.path()), ["anjian.db.before-5"]);
    }
}
