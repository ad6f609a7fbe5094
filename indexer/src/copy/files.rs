//! Files of evidence on their way into the bucket: each is compared with the size and the SHA-256 of its row.

use std::io::Write;
use std::path::{Path, PathBuf};

use anjian_domain::ErrorKind;
use futures_util::{StreamExt, TryStreamExt, stream};
use tempfile::NamedTempFile;

use crate::check::bucket::digest;
use crate::copy::error::CopyError;
use crate::copy::numbers::is_kept;
use crate::copy::order::CopyFiles;
use crate::copy::page::{PageSize, Values};
use crate::engine::blocking::blocking;
use crate::engine::table::Table;
use crate::engine::value::Value;
use crate::evidence::move_out::key_of;
use crate::nodes::register::BUCKET;
use crate::{Bucket, IndexError};

/// Rows whose files are copied between two notes.
pub(crate) const PAGE: PageSize = PageSize(32);
/// Files on their way at once.
const AT_ONCE: usize = 4;

/// A file, as its row has it.
struct Piece {
    path: String,
    size_bytes: u64,
    sha256: String,
    /// It lies in a bucket already.
    is_far: bool,
}

/// Copies the files of rows of evidence; `folder` is the data folder of those that lie in none of the buckets. Answers how many.
pub(crate) async fn copy(
    files: &CopyFiles,
    folder: &Path,
    table: &Table,
    rows: &[Values],
) -> Result<u64, CopyError> {
    let pieces: Vec<_> = rows.iter().filter_map(|row| piece(table, row)).collect();
    let count = pieces.len() as u64;
    let copied = stream::iter(pieces).map(|piece| copy_one(files, folder, piece)).buffered(AT_ONCE);
    copied.try_collect::<()>().await?;
    Ok(count)
}

/// `None` for a file that is gone or given up.
fn piece(table: &Table, row: &Values) -> Option<Piece> {
    let value = |column: &str| table.place_of(column).map(|place| &row[place]);
    let text = |column: &str| match value(column) {
        Some(Value::Text(Some(text))) => Some(text.clone()),
        _ => None,
    };
    let size_bytes = match value("size_bytes") {
        Some(Value::Integer(Some(size))) => u64::try_from(*size).ok()?,
        _ => return None,
    };
    let is_far = *value("place")? == Value::Integer(Some(BUCKET));
    is_kept(value("is_gone")?, value("expired_us")?).then_some(Piece {
        path: text("path")?,
        size_bytes,
        sha256: text("sha256")?,
        is_far,
    })
}

async fn copy_one(files: &CopyFiles, folder: &Path, piece: Piece) -> Result<(), CopyError> {
    let key = key_of(&piece.path);
    let done = match &files.from {
        _ if !piece.is_far => {
            let path = folder.join("evidence").join(&piece.path);
            files.to.put_file(&key, &path, piece.size_bytes, &piece.sha256).await
        }
        Some(from) => carry(from, &files.to, &key, &piece).await,
        None => return verify(&files.to, &key, &piece).await,
    };
    let advice = "compare index and files with `anjian check` on the source, or take the file from a backup";
    done.map_err(|error| explain(error, &piece.path, advice))
}

/// From one bucket into the other, by way of a file: its digest is known before anything arrives.
async fn carry(from: &Bucket, to: &Bucket, key: &str, piece: &Piece) -> Result<(), IndexError> {
    let mut chunks = std::pin::pin!(from.stream(key, 0..piece.size_bytes).await?);
    let mut held =
        blocking(|| NamedTempFile::new().map_err(|source| not_held(&std::env::temp_dir(), source))).await?;
    while let Some(chunk) = chunks.try_next().await? {
        held = blocking(move || {
            let written = held.write_all(&chunk);
            written.map_err(|source| not_held(held.path(), source))?;
            Ok(held)
        })
        .await?;
    }
    to.put_file(key, held.path(), piece.size_bytes, &piece.sha256).await
}

fn not_held(path: &Path, source: std::io::Error) -> IndexError {
    IndexError::File { doing: "write", path: PathBuf::from(path), source }
}

/// The bucket holds it already: with the bytes of the row?
async fn verify(bucket: &Bucket, key: &str, piece: &Piece) -> Result<(), CopyError> {
    let advice = "name the bucket that holds it with --blobs-from";
    let wrong = |reason: String| CopyError::File { path: piece.path.clone(), reason, advice };
    let found = bucket.size(key).await?.ok_or_else(|| wrong(format!("it is not in {}", bucket.name())))?;
    if found != piece.size_bytes {
        return Err(wrong(format!(
            "{} has {found} bytes of it, its row says {}",
            bucket.name(),
            piece.size_bytes
        )));
    }
    let sha256 = digest(bucket, key, found).await?;
    if sha256 == piece.sha256 { Ok(()) } else { Err(wrong(format!("{} has other bytes", bucket.name()))) }
}

/// What is wrong with one file is told with its path; an outage is the bucket's.
fn explain(error: IndexError, path: &str, advice: &'static str) -> CopyError {
    match error.kind() {
        ErrorKind::Refused | ErrorKind::Unavailable(_) => error.into(),
        _ => CopyError::File { path: path.to_owned(), reason: error.to_string(), advice },
    }
}
