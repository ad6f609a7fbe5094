//! Where segments are read from: this node's folder, or the bucket.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;

use anjian_domain::{Place, Segment};
use anjian_footage::{Media, Segments, Shelf};
use tokio::runtime::Handle;

use crate::Index;
use crate::bucket::client::Bucket;
use crate::bucket::ranged_reader::RangedReader;
use crate::recordings::segment_key::key_of;

/// The folder, and the bucket with the runtime that asks it.
#[derive(Debug)]
struct FolderAndBucket {
    folder: PathBuf,
    bucket: Option<(Bucket, Handle)>,
}

impl Index {
    /// Reads segments wherever they lie; those in the bucket on a thread that may block.
    ///
    /// # Panics
    /// With a bucket, outside a runtime.
    #[must_use]
    pub fn shelf(&self) -> Shelf {
        let bucket = self.bucket().map(|bucket| (bucket.clone(), Handle::current()));
        Shelf::new(Arc::new(FolderAndBucket { folder: self.recordings_folder().to_owned(), bucket }))
    }
}

impl FolderAndBucket {
    fn open_in_bucket(&self, segment: &Segment) -> io::Result<Box<dyn Media>> {
        let Some((bucket, runtime)) = &self.bucket else {
            let path = self.name(segment);
            let reason = format!("{}: it lies in a bucket: set [store] bucket", path.display());
            return Err(io::Error::new(ErrorKind::NotFound, reason));
        };
        let reader =
            RangedReader::new(bucket.clone(), &key_of(&segment.path), segment.size_bytes, runtime.clone());
        Ok(Box::new(reader))
    }
}

impl Segments for FolderAndBucket {
    fn open(&self, segment: &Segment) -> io::Result<Box<dyn Media>> {
        match segment.place {
            Place::Bucket => self.open_in_bucket(segment),
            Place::Here => match File::open(self.name(segment)) {
                // It may have been moved since its row was read.
                Err(error) if error.kind() == ErrorKind::NotFound && self.bucket.is_some() => {
                    self.open_in_bucket(segment)
                }
                opened => Ok(Box::new(opened?)),
            },
            Place::Elsewhere(node) => {
                Err(io::Error::new(ErrorKind::NotFound, format!("it lies on node {node}")))
            }
        }
    }

    fn name(&self, segment: &Segment) -> PathBuf {
        match (&self.bucket, segment.place) {
            (Some((bucket, _)), Place::Bucket) => bucket.locate(&key_of(&segment.path)),
            _ => self.folder.join(&segment.path),
        }
    }
}

impl Media for RangedReader {
    fn size_bytes(&self) -> io::Result<u64> {
        Ok(self.length())
    }

    fn read_at(&mut self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        self.seek(SeekFrom::Start(offset))?;
        self.read(buf)
    }
}
