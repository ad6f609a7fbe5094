//! A bucket of its own for a case.

use std::future::Future;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anjian_indexer::{Bucket, BucketCredentials, BucketSettings, BucketStyle};
use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::private_bucket::PrivateBucket;

pub(crate) const SECRET: &str = "not-to-be-shown";

/// The S3 endpoint of this test run.
pub(crate) fn endpoint() -> &'static PrivateBucket {
    static ENDPOINT: OnceLock<PrivateBucket> = OnceLock::new();
    ENDPOINT.get_or_init(PrivateBucket::start)
}

pub(crate) struct Place {
    pub(crate) bucket: Bucket,
    /// Of the bucket on S3.
    pub(crate) name: String,
    /// Files that are put, and the folder `nas`.
    pub(crate) folder: TempDir,
    pub(crate) runtime: Runtime,
}

/// A file on the local disk, as its row has it.
pub(crate) struct LocalFile {
    pub(crate) path: PathBuf,
    pub(crate) bytes: Vec<u8>,
    pub(crate) sha256: String,
}

impl LocalFile {
    pub(crate) fn size(&self) -> u64 {
        self.bytes.len() as u64
    }
}

impl Place {
    /// An empty bucket on S3, below a prefix.
    pub(crate) fn s3() -> Self {
        Self::s3_at(endpoint().endpoint(), Duration::from_secs(60))
    }

    /// The same at another address.
    pub(crate) fn s3_at(address: &str, timeout: Duration) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("case-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        endpoint().create(&name);
        let bucket = open(address, &name, timeout);
        Self { bucket, name, folder: tempfile::tempdir().unwrap(), runtime: runtime() }
    }

    /// An empty folder.
    pub(crate) fn folder() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("nas");
        std::fs::create_dir(&root).unwrap();
        let settings = BucketSettings::of(format!("file://{}", root.display()).parse().unwrap());
        let bucket = Bucket::open(&settings).unwrap();
        Self { bucket, name: String::new(), folder, runtime: runtime() }
    }

    pub(crate) fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// A file of that many bytes, none of which is like its neighbours.
    pub(crate) fn file(&self, size: usize) -> LocalFile {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64 ^ size as u64;
        let mut bytes = Vec::with_capacity(size + 8);
        while bytes.len() < size {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            bytes.extend_from_slice(&state.to_le_bytes());
        }
        bytes.truncate(size);
        let path = self.folder.path().join(format!("file-{size}"));
        std::fs::write(&path, &bytes).unwrap();
        let sha256 = hex::encode(Sha256::digest(&bytes));
        LocalFile { path, bytes, sha256 }
    }

    /// Puts a file of that many bytes, in a task of its own.
    pub(crate) fn put(&self, key: &str, size: usize) -> LocalFile {
        let file = self.file(size);
        let (bucket, key, path) = (self.bucket.clone(), key.to_owned(), file.path.clone());
        let (size, sha256) = (file.size(), file.sha256.clone());
        let put = self.runtime.spawn(async move { bucket.put_file(&key, &path, size, &sha256).await });
        self.wait(put).unwrap().unwrap();
        file
    }

    /// All chunks of a stream, read in a task of its own.
    pub(crate) fn streamed(&self, key: &str, range: Range<u64>) -> Vec<u8> {
        let (bucket, key) = (self.bucket.clone(), key.to_owned());
        let chunks = self
            .runtime
            .spawn(async move { bucket.stream(&key, range).await?.try_collect::<Vec<_>>().await });
        self.wait(chunks).unwrap().unwrap().concat()
    }

    pub(crate) fn keys(&self) -> Vec<String> {
        let found = self.wait(self.bucket.list("", None, 1_000)).unwrap();
        found.into_iter().map(|(key, _)| key).collect()
    }

    /// That nothing is there, seen or unseen.
    #[track_caller]
    pub(crate) fn assert_empty(&self) {
        assert_eq!(self.keys(), [""; 0]);
        if self.name.is_empty() {
            let entries = std::fs::read_dir(self.folder.path().join("nas")).unwrap();
            let left: Vec<_> = entries.filter(|entry| !entry.as_ref().unwrap().path().is_dir()).collect();
            assert!(left.is_empty(), "{left:?}");
        } else {
            assert_eq!(self.uploads(), 0, "parts of an upload are left");
        }
    }

    /// Uploads of parts that were begun, and neither completed nor given up.
    pub(crate) fn uploads(&self) -> usize {
        endpoint().ask("GET", &format!("/{}?uploads", self.name)).matches("<Upload>").count()
    }
}

pub(crate) fn open(address: &str, bucket: &str, timeout: Duration) -> Bucket {
    let settings = BucketSettings {
        endpoint: Some(address.parse().unwrap()),
        style: BucketStyle::Path,
        timeout,
        ..BucketSettings::of(format!("s3://{bucket}/north/plant").parse().unwrap())
    };
    Bucket::open_with(&settings, BucketCredentials::new("key-of-the-test", SECRET)).unwrap()
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}
