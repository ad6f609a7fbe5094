//! Why a copy failed, for a person who has to put it right.

use anjian_domain::WallTime;

use crate::IndexError;

/// Why a store could not be copied.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CopyError {
    /// One of the two could not be opened, or a file could not be copied.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// Both are of one engine.
    #[error(
        "{from} and {to} are of one kind: copy them with the tools of the database, see docs/store.md, Backup"
    )]
    OneEngine {
        /// What was to be copied.
        from: String,
        /// Where to.
        to: String,
    },
    /// A live system uses the source.
    #[error("{store}: node {node} was there at {seen}; stop its `anjian serve`, wait a minute and try again")]
    SourceServed {
        /// The source.
        store: String,
        /// The machine, and its data folder.
        node: String,
        /// When it last wrote.
        seen: WallTime,
    },
    /// Somebody used the target before.
    #[error("{store}: not empty, table {table} has rows; name an empty database or folder as the target")]
    NotEmpty {
        /// The target.
        store: String,
        /// The first table with rows.
        table: String,
    },
    /// The copy was finished, and one of the two was used since.
    #[error(
        "{store}: this copy was finished at {finished}, and {from} or {store} was used since; nothing was copied. Go on \
         with the one that is in use; for another copy, name an empty target"
    )]
    Finished {
        /// The target.
        store: String,
        /// The source.
        from: String,
        /// When it was.
        finished: String,
    },
    /// Another copy was begun there.
    #[error("{store}: holds a copy of {other}; name an empty database or folder as the target")]
    OtherCopy {
        /// The target.
        store: String,
        /// What that copy copies.
        other: String,
    },
    /// The source is not what it was when the copy was begun.
    #[error(
        "{store}: `anjian serve` used {from} since this copy was begun; begin again with an empty target: {advice}"
    )]
    SourceUsed {
        /// The target.
        store: String,
        /// The source.
        from: String,
        /// How it becomes empty.
        advice: &'static str,
    },
    /// Evidence went another way when the copy was begun.
    #[error("{store}: this copy was begun with evidence going to {begun}; name the same with --blobs")]
    OtherFiles {
        /// The target.
        store: String,
        /// The bucket, or that it stays.
        begun: String,
    },
    /// Another process fills the target.
    #[error("{store}: another `anjian store copy` fills it; let that one finish")]
    Raced {
        /// The target.
        store: String,
    },
    /// The engines have different tables.
    #[error(
        "table {table}: {from} and {to} do not have the same columns; bring both up to date with this anjian"
    )]
    Schema {
        /// The first table that differs.
        table: String,
        /// The source.
        from: String,
        /// The target.
        to: String,
    },
    /// A single data folder cannot take what several nodes have.
    #[error(
        "table {table}: a row belongs to node {node}, and {folder} is another node's data folder or nobody's; give the \
         data folder of that node, with its file `node`; the rows of several nodes need a database server"
    )]
    OtherNode {
        /// The table.
        table: String,
        /// The number of the node.
        node: i64,
        /// The data folder.
        folder: String,
    },
    /// A table has no order in which it could be copied.
    #[error("table {table}: has no primary key, so its rows have no order; report this")]
    NoKey {
        /// The table.
        table: String,
    },
    /// Rows could not be read or written.
    #[error(
        "{store}: cannot {doing} (table {table}): {source}; run the same command again, it goes on from there"
    )]
    Database {
        /// The database.
        store: String,
        /// What was being done.
        doing: &'static str,
        /// The table it was done to.
        table: String,
        /// What the database said.
        #[source]
        source: sqlx::Error,
    },
    /// How far a copy has come cannot be read.
    #[error("{store}: table store_copy: {reason}; begin again with an empty target: {advice}")]
    Note {
        /// The target.
        store: String,
        /// What is wrong with it.
        reason: String,
        /// How it becomes empty.
        advice: &'static str,
    },
    /// A file of evidence is not what its row says.
    #[error("table evidence: {path}: {reason}; {advice}")]
    File {
        /// The file, as its row has it.
        path: String,
        /// What is wrong with it.
        reason: String,
        /// What to do.
        advice: &'static str,
    },
    /// Source and target differ.
    #[error(
        "table {table}: {difference}; one of the two was changed since: begin again with an empty target: {advice}"
    )]
    Differs {
        /// The table.
        table: String,
        /// Rows of each side, and the first that differs.
        difference: String,
        /// How the target becomes empty.
        advice: &'static str,
    },
}
