//! What is to be copied, how far it has come, and what was copied.

use crate::{Bucket, StoreAddress};

/// A copy that somebody asks for.
#[derive(Debug)]
pub struct CopyOrder {
    /// What is copied. Nothing of it is changed.
    pub from: StoreAddress,
    /// Where it is copied to: an empty index, or one in which this copy was begun.
    pub to: StoreAddress,
    /// Where files of evidence go. They stay where they are without it.
    pub files: Option<CopyFiles>,
}

/// Buckets of evidence.
#[derive(Debug)]
pub struct CopyFiles {
    /// Where files go.
    pub to: Bucket,
    /// Where those are that lie in a bucket already; in `to` without it.
    pub from: Option<Bucket>,
}

/// What a copy is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyPhase {
    /// Copies rows and files.
    Copying,
    /// Compares both sides.
    Comparing,
}

/// How far a copy has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyProgress {
    /// Copying or comparing.
    pub phase: CopyPhase,
    /// The table at hand.
    pub table: String,
    /// Rows and files that are done.
    pub done: u64,
    /// All of them, as far as is known.
    pub total: u64,
}

/// Hears how far a copy has come, after each page.
pub type CopyListener<'l> = dyn FnMut(CopyProgress) + Send + 'l;

/// A copy that is whole, and was found equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyReport {
    /// Every table, in the order of copying.
    pub tables: Vec<CopiedTable>,
    /// Rows and files that were there already when this process began.
    pub found: u64,
    /// Files of evidence that this process copied, or found in the bucket as recorded.
    pub files: u64,
}

/// A table of which both sides hold the same rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopiedTable {
    /// Its name.
    pub name: String,
    /// Rows.
    pub rows: u64,
    /// SHA-256 over all rows in the order of their keys, 64 lower-case hexadecimal digits.
    pub sha256: String,
}
