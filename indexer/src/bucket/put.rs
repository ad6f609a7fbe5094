//! Copying a file to the bucket.

use std::path::Path;

use bytes::Bytes;
use object_store::aws::AmazonS3;
use object_store::path::Path as Key;
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt, PutMultipartOptions};

use super::cause::Cause;
use super::client::{Bucket, Place};
use super::source_file::SourceFile;
use crate::IndexError;

const DOING: &str = "store";
/// Larger files go in parts of this size. It is what one request carries, and the memory that a copy takes.
const PART_BYTES: u64 = 8 * 1024 * 1024;

impl Bucket {
    /// Copies a file there, and answers when it is safe: its bytes were those of `sha256` when they were read, the bucket has
    /// compared them with what arrived, and says the right size. Storing the same again is no error.
    ///
    /// Nothing is visible under the key before all of it is there. A process that is killed may leave parts of a large object
    /// behind, which a rule of the bucket takes away (`AbortIncompleteMultipartUpload`).
    ///
    /// # Errors
    /// `Corrupt` when the file is not what was recorded, and then nothing is stored; otherwise when the file cannot be read,
    /// or the bucket refuses or cannot answer.
    pub async fn put_file(
        &self,
        key: &str,
        path: &Path,
        size_bytes: u64,
        sha256: &str,
    ) -> Result<(), IndexError> {
        let at = self.key(DOING, key)?;
        let (from, sha256) = (path.to_owned(), sha256.to_owned());
        match self.place() {
            Place::Folder(folder) => {
                let put = move || folder.put(at.as_ref(), SourceFile::open(&from)?, size_bytes, &sha256);
                self.blocking(DOING, key, put).await?;
            }
            Place::S3(s3) => {
                let file = Sending { bucket: self, key, at, s3, size_bytes, sha256 };
                let source = file.off_thread(move || SourceFile::open(&from)).await?;
                if size_bytes <= PART_BYTES {
                    file.whole(source).await?;
                } else {
                    file.in_parts(source).await?;
                }
            }
        }
        self.confirm(key, size_bytes).await
    }

    /// Takes away what has another size than it should.
    async fn confirm(&self, key: &str, expected: u64) -> Result<(), IndexError> {
        let found = self.size(key).await?.unwrap_or_default();
        if found == expected {
            return Ok(());
        }
        self.delete(key).await?;
        Err(self.failed(DOING, key, Cause::Length { what: "what arrived", expected, found }))
    }
}

/// A file on its way to S3.
struct Sending<'s> {
    bucket: &'s Bucket,
    key: &'s str,
    at: Key,
    s3: AmazonS3,
    size_bytes: u64,
    sha256: String,
}

impl Sending<'_> {
    async fn whole(self, source: SourceFile) -> Result<(), IndexError> {
        let (source, bytes) = self.next_part(source).await?;
        self.verify(source).await?;
        let (s3, at) = (self.s3.clone(), self.at.clone());
        self.request(async move {
            s3.put(&at, bytes.into()).await?;
            Ok(())
        })
        .await
    }

    async fn in_parts(self, source: SourceFile) -> Result<(), IndexError> {
        let (s3, at) = (self.s3.clone(), self.at.clone());
        let begin = async move { Ok(s3.put_multipart_opts(&at, PutMultipartOptions::default()).await?) };
        let mut upload = self.request(begin).await?;
        match self.send_parts(&mut *upload, source).await {
            Ok(()) => self.request(complete(upload)).await,
            Err(error) => {
                let given_up = self.request(async move { Ok(upload.abort().await?) }).await;
                if let Err(error) = given_up {
                    tracing::warn!(object.key = self.key, %error, "parts of an upload stay in the bucket");
                }
                Err(error)
            }
        }
    }

    async fn send_parts(
        &self,
        upload: &mut dyn MultipartUpload,
        mut source: SourceFile,
    ) -> Result<(), IndexError> {
        loop {
            let part;
            (source, part) = self.next_part(source).await?;
            if part.is_empty() {
                return self.verify(source).await;
            }
            let sending = upload.put_part(part.into());
            self.request(async { Ok(sending.await?) }).await?;
        }
    }

    async fn next_part(&self, mut source: SourceFile) -> Result<(SourceFile, Bytes), IndexError> {
        let read = move || source.read_part(PART_BYTES).map(|part| (source, part));
        self.off_thread(read).await
    }

    async fn verify(&self, source: SourceFile) -> Result<(), IndexError> {
        let (size_bytes, sha256) = (self.size_bytes, self.sha256.clone());
        self.off_thread(move || source.verify(size_bytes, &sha256)).await
    }

    /// Runs work on the local disk: it takes no turn at the bucket.
    async fn off_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Cause> + Send + 'static,
    ) -> Result<T, IndexError> {
        let done = tokio::task::spawn_blocking(work).await.unwrap_or(Err(Cause::Ending));
        done.map_err(|cause| self.bucket.failed(DOING, self.key, cause))
    }

    async fn request<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Cause>> + Send + 'static,
    ) -> Result<T, IndexError> {
        self.bucket.request(DOING, self.key, work).await
    }
}

/// Makes an object of the parts, or takes them away.
async fn complete(mut upload: Box<dyn MultipartUpload>) -> Result<(), Cause> {
    match upload.complete().await {
        Ok(_) => Ok(()),
        Err(error) => {
            // The first error says more than a second one.
            let _ = upload.abort().await;
            Err(error.into())
        }
    }
}
