//! Pages of keys, and the question whether there is a bucket at all, which is the shortest page.

use object_store::ObjectMeta;
use object_store::aws::AmazonS3;
use object_store::list::{PaginatedListOptions, PaginatedListStore};
use object_store::path::Path as Key;

use super::cause::Cause;
use super::client::{Bucket, Place};
use crate::IndexError;

/// Keys of one page: what S3 gives at most.
const PAGE: usize = 1_000;

impl Bucket {
    /// Keys and sizes below the folder `prefix`, all for an empty one; in the order of keys, those after `after`, at most
    /// `limit` and 1000. An empty answer is the end.
    ///
    /// # Errors
    /// When the bucket refuses or cannot answer.
    pub async fn list(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, u64)>, IndexError> {
        const DOING: &str = "list";
        let below = self.folder(DOING, prefix)?;
        let limit = limit.min(PAGE);
        if limit == 0 {
            return Ok(Vec::new());
        }
        let after = after.map(|key| self.key(DOING, key)).transpose()?;
        match self.place() {
            Place::S3(s3) => {
                let page = async move { list_page(&s3, &below, after.as_ref(), limit).await };
                let found = self.request(DOING, prefix, page).await?;
                Ok(found.iter().filter_map(|object| self.own(object)).collect())
            }
            Place::Folder(folder) => {
                let list = move || folder.list(below.as_ref(), after.as_ref().map(AsRef::as_ref), limit);
                self.blocking(DOING, prefix, list).await
            }
        }
    }

    /// Whether the bucket is there and lets in; writes nothing.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub async fn probe(&self) -> Result<(), IndexError> {
        const DOING: &str = "open";
        let below = self.folder(DOING, "")?;
        match self.place() {
            Place::S3(s3) => {
                let page = async move { list_page(&s3, &below, None, 1).await };
                self.request(DOING, "", page).await.map(|_| ())
            }
            Place::Folder(folder) => self.blocking(DOING, "", move || folder.probe()).await,
        }
    }

    fn folder(&self, doing: &'static str, prefix: &str) -> Result<Key, IndexError> {
        if prefix.is_empty() { Ok(self.prefix().clone()) } else { self.key(doing, prefix) }
    }

    /// An object of a list, without the bucket's prefix.
    fn own(&self, object: &ObjectMeta) -> Option<(String, u64)> {
        let key = object.location.as_ref().strip_prefix(self.prefix().as_ref())?;
        Some((key.trim_start_matches('/').to_owned(), object.size))
    }
}

/// One page of the keys below a folder.
async fn list_page(
    s3: &AmazonS3,
    below: &Key,
    after: Option<&Key>,
    limit: usize,
) -> Result<Vec<ObjectMeta>, Cause> {
    let prefix = Some(below.as_ref()).filter(|below| !below.is_empty()).map(|below| format!("{below}/"));
    let options = PaginatedListOptions {
        offset: after.map(ToString::to_string),
        max_keys: Some(limit),
        ..PaginatedListOptions::default()
    };
    let found = s3.list_paginated(prefix.as_deref(), options).await?.result.objects;
    // A caller that continues after the last key would miss keys out of order.
    if found.is_sorted_by(|one, next| one.location.as_ref() < next.location.as_ref()) {
        return Ok(found);
    }
    Err(Cause::Invalid("it does not list keys in order, so pages would miss some".to_owned()))
}
