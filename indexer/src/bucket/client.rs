//! [`Bucket`]: one request after the other, each with its bounds.

use std::fmt::{Debug, Formatter};
use std::future::Future;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, stream};
use object_store::ObjectStoreExt;
use object_store::aws::AmazonS3;
use object_store::path::Path as Key;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::cause::Cause;
use super::credentials::BucketCredentials;
use super::folder::Folder;
use super::s3;
use super::settings::{BucketAddress, BucketSettings};
use crate::IndexError;

/// Requests at once: enough to use a line, few enough to leave it to others and to spare the store.
const AT_ONCE: usize = 8;
/// What a stream asks for at a time.
const CHUNK_BYTES: u64 = 2 * 1024 * 1024;

/// Where objects lie. Cheap to clone; clones share their turns and connections.
///
/// It belongs to the runtime on which it is used first: its connections are served there.
#[derive(Clone)]
pub struct Bucket(Arc<Inner>);

struct Inner {
    place: Place,
    /// Of every key; the root for none.
    prefix: Key,
    /// Without a secret.
    name: String,
    turns: Arc<Semaphore>,
    timeout: Duration,
}

#[derive(Clone)]
pub(super) enum Place {
    S3(AmazonS3),
    Folder(Arc<Folder>),
}

impl Bucket {
    /// Opens it with the credentials of the environment; a folder needs none. Asks nothing yet, see [`probe`](Self::probe).
    ///
    /// # Errors
    /// When settings do not go together or credentials are missing.
    pub fn open(settings: &BucketSettings) -> Result<Self, IndexError> {
        Self::with(settings, BucketCredentials::from_environment)
    }

    /// [`open`](Self::open) with other credentials.
    ///
    /// # Errors
    /// When settings do not go together.
    pub fn open_with(settings: &BucketSettings, credentials: BucketCredentials) -> Result<Self, IndexError> {
        Self::with(settings, || Ok(credentials))
    }

    fn with(
        settings: &BucketSettings,
        credentials: impl FnOnce() -> Result<BucketCredentials, String>,
    ) -> Result<Self, IndexError> {
        let name = settings.address.to_string();
        let refused = |cause| failed(&name, "open", "", cause);
        if let Some((_, reason)) = settings.problem() {
            return Err(refused(Cause::Invalid(reason)));
        }
        let (place, prefix) = match &settings.address {
            BucketAddress::Folder(root) => (Place::Folder(Arc::new(Folder::new(root.clone()))), Key::ROOT),
            BucketAddress::S3 { bucket, prefix } => {
                let credentials = credentials().map_err(|reason| refused(Cause::Invalid(reason)))?;
                let s3 = s3::open(bucket, settings, &credentials).map_err(refused)?;
                (Place::S3(s3), prefix.clone())
            }
        };
        Ok(Self(Arc::new(Inner {
            place,
            prefix,
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            timeout: settings.timeout,
            name,
        })))
    }

    /// Its address, for people.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Where an object lies, for people.
    #[must_use]
    pub fn locate(&self, key: &str) -> PathBuf {
        format!("{}/{key}", self.name().trim_end_matches('/')).into()
    }

    /// Bytes of an object, in one request: for ranges that fit into memory. A range that reaches past the object's end is
    /// `Corrupt`: the object is another than the row says.
    ///
    /// # Errors
    /// When the object is not there, or the bucket cannot give it.
    pub async fn read(&self, key: &str, range: Range<u64>) -> Result<Bytes, IndexError> {
        const DOING: &str = "read";
        let at = self.key(DOING, key)?;
        if range.is_empty() {
            return Ok(Bytes::new());
        }
        let (asked, expected) = (range.clone(), range.end - range.start);
        let bytes = match self.place() {
            Place::S3(s3) => {
                self.request(DOING, key, async move { Ok(s3.get_range(&at, asked).await?) }).await
            }
            Place::Folder(folder) => {
                self.blocking(DOING, key, move || folder.read(at.as_ref(), &asked)).await
            }
        }?;
        let found = bytes.len() as u64;
        if found == expected {
            return Ok(bytes);
        }
        Err(self.failed(DOING, key, Cause::Length { what: "the answer", expected, found }))
    }

    /// The same in chunks of up to 2 MiB, one request each: a reader that pauses holds neither connection nor turn. The first
    /// chunk is there when this returns.
    ///
    /// # Errors
    /// As [`read`](Self::read); later ones come in the stream, and end it.
    pub async fn stream(
        &self,
        key: &str,
        range: Range<u64>,
    ) -> Result<impl Stream<Item = Result<Bytes, IndexError>> + Send + use<>, IndexError> {
        let begin = range.start.saturating_add(CHUNK_BYTES).min(range.end);
        let first = self.read(key, range.start..begin).await?;
        let (bucket, key) = (self.clone(), key.to_owned());
        let rest = stream::try_unfold(begin..range.end, move |left| {
            let (bucket, key) = (bucket.clone(), key.clone());
            async move {
                if left.is_empty() {
                    return Ok(None);
                }
                let middle = left.start.saturating_add(CHUNK_BYTES).min(left.end);
                let chunk = bucket.read(&key, left.start..middle).await?;
                Ok(Some((chunk, middle..left.end)))
            }
        });
        let first = stream::iter(Some(Ok(first)).filter(|_| !range.is_empty()));
        Ok(futures_util::StreamExt::chain(first, rest))
    }

    /// Bytes of an object; none when it is not there. That the bucket itself is there is made sure of first.
    ///
    /// # Errors
    /// When the bucket cannot answer, or is not there itself.
    pub async fn size(&self, key: &str) -> Result<Option<u64>, IndexError> {
        const DOING: &str = "look up";
        let at = self.key(DOING, key)?;
        let size = match self.place() {
            Place::S3(s3) => self.request(DOING, key, async move { Ok(s3.head(&at).await?.size) }).await,
            Place::Folder(folder) => self.blocking(DOING, key, move || folder.size(at.as_ref())).await,
        };
        self.unless_gone(size).await
    }

    /// Deletes an object. One that is gone already is no error.
    ///
    /// # Errors
    /// When the bucket refuses or cannot answer.
    pub async fn delete(&self, key: &str) -> Result<(), IndexError> {
        const DOING: &str = "delete";
        let at = self.key(DOING, key)?;
        let deleted = match self.place() {
            Place::S3(s3) => self.request(DOING, key, async move { Ok(s3.delete(&at).await?) }).await,
            Place::Folder(folder) => self.blocking(DOING, key, move || folder.delete(at.as_ref())).await,
        };
        self.unless_gone(deleted).await.map(|_| ())
    }

    pub(super) fn place(&self) -> Place {
        self.0.place.clone()
    }

    /// Where the object with this key lies.
    pub(super) fn key(&self, doing: &'static str, key: &str) -> Result<Key, IndexError> {
        let invalid = "this is no key: names between single slashes, none of them \".\" or \"..\"";
        let whole = if key.is_empty() { None } else { self.below(key) };
        whole.ok_or_else(|| self.failed(doing, key, Cause::Invalid(invalid.to_owned())))
    }

    /// What the address of the bucket puts before every key.
    pub(super) fn prefix(&self) -> &Key {
        &self.0.prefix
    }

    /// A key, below the bucket's prefix.
    fn below(&self, key: &str) -> Option<Key> {
        let key = Key::parse(key).ok().filter(|parsed| parsed.as_ref() == key)?;
        let prefix = &self.0.prefix;
        if prefix.is_root() { Some(key) } else { Key::parse(format!("{prefix}/{key}")).ok() }
    }

    /// Nothing when it is the object that is missing, and not the bucket.
    async fn unless_gone<T>(&self, result: Result<T, IndexError>) -> Result<Option<T>, IndexError> {
        match result {
            Err(error) if error.kind() == anjian_domain::ErrorKind::Missing => {
                self.probe().await?;
                Ok(None)
            }
            result => result.map(Some),
        }
    }

    /// Runs file work as a request.
    pub(super) async fn blocking<T: Send + 'static>(
        &self,
        doing: &'static str,
        key: &str,
        work: impl FnOnce() -> Result<T, Cause> + Send + 'static,
    ) -> Result<T, IndexError> {
        let work = async { tokio::task::spawn_blocking(work).await.unwrap_or(Err(Cause::Ending)) };
        self.request(doing, key, work).await
    }

    /// Runs a request within its bounds. When its time is over this answers, and the request keeps its turn until it has ended
    /// too: a NAS that hangs takes a few threads and no more.
    pub(super) async fn request<T: Send + 'static>(
        &self,
        doing: &'static str,
        key: &str,
        work: impl Future<Output = Result<T, Cause>> + Send + 'static,
    ) -> Result<T, IndexError> {
        let patience = self.0.timeout;
        let turn = match timeout(patience, self.0.turns.clone().acquire_owned()).await {
            Ok(Ok(turn)) => turn,
            Ok(Err(_)) => return Err(self.failed(doing, key, Cause::Ending)),
            Err(_) => return Err(self.failed(doing, key, Cause::NoTurn(patience))),
        };
        let running = tokio::spawn(async move {
            let _turn = turn;
            work.await
        });
        let done = match timeout(patience, running).await {
            Ok(Ok(done)) => done,
            Ok(Err(_)) => Err(Cause::Ending),
            Err(_) => Err(Cause::TimedOut(patience)),
        };
        done.map_err(|cause| self.failed(doing, key, cause))
    }

    pub(super) fn failed(&self, doing: &'static str, key: &str, cause: Cause) -> IndexError {
        failed(&self.0.name, doing, key, cause)
    }
}

impl Debug for Bucket {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Bucket").field(&self.0.name).finish()
    }
}

fn failed(bucket: &str, doing: &'static str, key: &str, cause: Cause) -> IndexError {
    IndexError::Bucket {
        doing,
        key: key.to_owned(),
        bucket: bucket.to_owned(),
        kind: cause.kind(),
        source: Box::new(cause),
    }
}
