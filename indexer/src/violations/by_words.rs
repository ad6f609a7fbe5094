//! A search by words as searches without: of the cameras that are called so, and of the verdicts in which they occur.

use std::borrow::Cow;

use anjian_domain::{CameraId, Sites, Viewer};

use crate::viewer::reach;
use crate::{Index, IndexError, SearchWords, ViolationQuery};

/// One of the searches. No violation is found by two of them.
pub(crate) struct Part<'q> {
    pub(crate) query: Cow<'q, ViolationQuery>,
    /// Set where the words have to occur in what was written of the verdict, and the camera is none of these.
    pub(crate) besides: Option<Vec<CameraId>>,
}

impl Part<'_> {
    /// The words that have to occur in what was written.
    pub(crate) fn words(&self) -> Option<&SearchWords> {
        self.besides.as_ref().and(self.query.words.as_ref())
    }

    /// Whether its violations are gathered by their marks.
    pub(crate) fn is_marked(&self) -> bool {
        self.words().is_some() || !self.query.marks.is_empty()
    }
}

impl Index {
    pub(crate) async fn parts<'q>(
        &self,
        viewer: &Viewer,
        query: Cow<'q, ViolationQuery>,
    ) -> Result<Vec<Part<'q>>, IndexError> {
        let Some(words) = &query.words else { return Ok(vec![Part { query, besides: None }]) };
        let mut named = self.cameras_named(viewer, words).await?;
        if !query.cameras.is_empty() {
            named.retain(|camera| query.cameras.contains(camera));
        }
        if named.len() > Sites::MAX {
            let reason =
                format!("words: {} cameras are called so: use more words, or choose a site", named.len());
            return Err(IndexError::Query(reason));
        }
        let of_cameras = |cameras: &[CameraId]| {
            let query = query.clone().into_owned();
            let query = ViolationQuery { cameras: cameras.to_vec(), words: None, ..query };
            Part { query: Cow::Owned(query), besides: None }
        };
        let mut parts: Vec<_> = named.chunks(ViolationQuery::MAX_VALUES).map(of_cameras).collect();
        // Who sees confirmed violations only does not see what officers wrote.
        if !reach::is_confirmed_only(viewer) {
            parts.push(Part { query, besides: Some(named) });
        }
        Ok(parts)
    }
}
