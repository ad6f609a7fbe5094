//! Files that the index keeps, answered with byte ranges: from the local disk, and from the bucket.

use std::fs::{File, Metadata};
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

use anjian_indexer::{IndexError, RangedReader};
use axum::http::HeaderMap;
use axum::response::Response;
use headers::{HeaderMapExt, LastModified};
use tokio::runtime::Handle;

use crate::http::problem::Problem;
use crate::http::ranges::{Media, part_of};
use crate::shared::Shared;

/// A file that is open, with how long it is and when it was written.
pub(crate) struct OpenFile {
    file: File,
    metadata: Metadata,
}

impl OpenFile {
    /// Opens a file. `missing` says what is missing when it is not there.
    pub(crate) async fn open(
        shared: &Shared,
        path: &Path,
        missing: impl FnOnce(&Path) -> String + Send + 'static,
    ) -> Result<Self, Problem> {
        let path = path.to_owned();
        let opened = shared.files.open(move || {
            let opened = File::open(&path).and_then(|file| Ok(Self { metadata: file.metadata()?, file }));
            opened.map_err(|source| match source.kind() {
                ErrorKind::NotFound => Problem::NotFound(missing(&path)),
                _ => Problem::Index(IndexError::File { doing: "read", path, source }),
            })
        });
        opened.await
    }

    /// The part that the headers ask for. What the disk holds counts, not what the row says.
    pub(crate) async fn answer(
        self,
        shared: &Shared,
        media: Media,
        asked: &HeaderMap,
    ) -> Result<Response, Problem> {
        let Self { file, metadata } = self;
        let media = Media { length: metadata.len(), ..media };
        let unreadable = |_| Problem::Internal("the file could not be read");
        let mut response =
            media.answer(&shared.files, asked, move |bytes| part_of(file, bytes).map_err(unreadable)).await?;
        if let Ok(written) = metadata.modified() {
            response.headers_mut().typed_insert(LastModified::from(written));
        }
        Ok(response)
    }
}

/// The part of an object that the headers ask for.
pub(crate) async fn from_bucket(
    shared: &Shared,
    media: Media,
    key: &str,
    asked: &HeaderMap,
) -> Result<Response, Problem> {
    let bucket = shared.index.require_bucket()?.clone();
    let reader = RangedReader::new(bucket, key, media.length, Handle::current());
    media.answer(&shared.files, asked, move |bytes| beginning(reader, bytes)).await
}

/// The part of an object, of which the first bytes are there: an error is known before the answer begins.
fn beginning(mut reader: RangedReader, bytes: Range<u64>) -> Result<impl Read + Send + 'static, Problem> {
    let begun = reader.seek(SeekFrom::Start(bytes.start)).and_then(|_| {
        let mut reader = BufReader::new(reader.take(bytes.end - bytes.start));
        reader.fill_buf()?;
        Ok(reader)
    });
    begun.map_err(not_read)
}

fn not_read(error: io::Error) -> Problem {
    match error.downcast::<IndexError>() {
        Ok(error) => Problem::Index(error),
        Err(error) => {
            tracing::error!(%error, "an object of the bucket is not readable");
            Problem::Internal("the file could not be read from the bucket")
        }
    }
}
