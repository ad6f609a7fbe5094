//! What becomes of the numbers of nodes, and of the places of files: all that a copied row may have changed.
//!
//! A column `node` or `place` holds the number of a node in every table; 0 is the bucket. A database in a data folder has one
//! node, number 1, without a key. A server knows that node by the key in the folder's file `node`.

use std::path::Path;

use crate::StoreAddress;
use crate::copy::error::CopyError;
use crate::copy::page::Values;
use crate::copy::plan::holds_files;
use crate::copy::sides::{Source, failed};
use crate::engine::sql;
use crate::engine::table::Table;
use crate::engine::value::{Kind, Value};
use crate::nodes::register::{BUCKET, folder_key, make_folder_key};

const NODE: &str = "node";
/// The only node of a data folder.
const ONLY: i64 = 1;

/// What a row is on the other side.
pub(crate) struct Numbers {
    way: Way,
    /// Files that are kept go into the bucket.
    into_bucket: bool,
}

enum Way {
    /// The folder's node gets the key by which the server knows it.
    ToServer { key: String },
    /// The node whose folder it is becomes the only one. Nodes that no row names stay behind.
    ToFolder { own: Option<i64>, folder: String },
}

/// The same for one table, whose columns are looked up once.
pub(crate) struct Carrier<'n> {
    numbers: &'n Numbers,
    table: &'n Table,
    /// Columns with numbers of nodes.
    places: Vec<usize>,
    /// `id` and `key` of the table of nodes.
    node: Option<(usize, usize)>,
    /// `place`, `is_gone` and `expired_us` of a table whose rows name files.
    files: Option<(usize, usize, usize)>,
}

impl Numbers {
    /// Gives the data folder a key when it has none and a server is to know it.
    pub(crate) async fn of(
        source: &mut Source<'_>,
        to: &StoreAddress,
        into_bucket: bool,
    ) -> Result<Self, CopyError> {
        let way = match (source.address.folder(), to.folder()) {
            (Some(folder), _) => {
                let key = folder_key(folder).await?;
                let key = if let Some(key) = key { key } else { make_folder_key(folder).await? };
                Way::ToServer { key }
            }
            (None, folder) => {
                let folder = folder.unwrap_or(Path::new(""));
                let own = own_node(source, folder).await?;
                Way::ToFolder { own, folder: folder.display().to_string() }
            }
        };
        Ok(Self { way, into_bucket })
    }

    pub(crate) fn carrier<'n>(&'n self, table: &'n Table) -> Carrier<'n> {
        let columns = table.columns.iter().enumerate();
        let is_number = |name: &str, kind| kind == Kind::Integer && ["node", "place"].contains(&name);
        let places = columns.filter(|(_, column)| is_number(&column.name, column.kind));
        let node = (table.name == NODE).then(|| Some((table.place_of("id")?, table.place_of("key")?)));
        let files = (self.into_bucket && holds_files(&table.name)).then(|| {
            Some((table.place_of("place")?, table.place_of("is_gone")?, table.place_of("expired_us")?))
        });
        Carrier {
            numbers: self,
            table,
            places: places.map(|(place, _)| place).collect(),
            node: node.flatten(),
            files: files.flatten(),
        }
    }
}

/// The number of the node that has this data folder.
async fn own_node(source: &mut Source<'_>, folder: &Path) -> Result<Option<i64>, CopyError> {
    let Some(key) = folder_key(folder).await? else { return Ok(None) };
    let query = sql::query("SELECT id FROM node WHERE key = $1").bind(key);
    let found = query.scalar_or_none(&mut source.held).await;
    found.map_err(failed(source.address, "look for the node of the data folder", NODE))
}

impl Carrier<'_> {
    /// The row as the target has it; `None` for one that stays behind.
    pub(crate) fn carry(&self, mut row: Values) -> Result<Option<Values>, CopyError> {
        if let Some((id, key)) = self.node {
            match &self.numbers.way {
                Way::ToServer { key: word } => row[key] = word.as_str().into(),
                Way::ToFolder { own, .. } => {
                    if own.is_none_or(|own| row[id] != own.into()) {
                        return Ok(None);
                    }
                    (row[id], row[key]) = (ONLY.into(), "".into());
                }
            }
        }
        for place in &self.places {
            row[*place] = self.renumber(&row[*place])?;
        }
        if let Some((place, is_gone, expired_us)) = self.files
            && is_kept(&row[is_gone], &row[expired_us])
        {
            row[place] = BUCKET.into();
        }
        Ok(Some(row))
    }

    fn renumber(&self, number: &Value) -> Result<Value, CopyError> {
        match (&self.numbers.way, number) {
            (Way::ToServer { .. }, _) | (_, Value::Integer(None | Some(BUCKET))) => Ok(number.clone()),
            (Way::ToFolder { own, .. }, Value::Integer(found)) if own == found => Ok(ONLY.into()),
            (Way::ToFolder { folder, .. }, _) => {
                let node = if let Value::Integer(Some(node)) = number { *node } else { 0 };
                let table = self.table.name.clone();
                Err(CopyError::OtherNode { table, node, folder: folder.clone() })
            }
        }
    }
}

/// Whether the file of a row is there to be copied.
pub(crate) fn is_kept(is_gone: &Value, expired_us: &Value) -> bool {
    *is_gone == Value::Integer(Some(0)) && *expired_us == Value::Integer(None)
}
