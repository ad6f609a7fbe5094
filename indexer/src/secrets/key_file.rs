//! Files of 32 secret bytes in the folder `keys` of the data folder, hexadecimal, readable by their owner only.

use std::fs;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::IndexError;

/// What a key file holds.
pub(crate) type Key = [u8; 32];

/// Random bytes of the system, for secrets.
///
/// # Errors
/// When the system gives none.
pub fn random<const N: usize>() -> Result<[u8; N], IndexError> {
    let mut bytes = [0; N];
    let failed = |error| IndexError::Query(format!("the system gives no random bytes: {error}"));
    getrandom::fill(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

/// `None`: there is no such file.
pub(crate) fn read(path: &Path) -> Result<Option<Key>, IndexError> {
    let failed = |source| IndexError::File { doing: "read", path: path.to_owned(), source };
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        read => read.map_err(failed)?,
    };
    let key = hex::decode(text.trim()).ok().and_then(|bytes| Key::try_from(bytes).ok());
    key.map(Some).ok_or_else(|| failed(ErrorKind::InvalidData.into()))
}

/// # Errors
/// When it cannot be written, or is there already.
pub(crate) fn write(path: &Path, key: &Key) -> Result<(), IndexError> {
    let failed = |source| IndexError::File { doing: "write", path: path.to_owned(), source };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let file = fs::File::options().write(true).create_new(true).mode(0o600).open(path);
    let mut file = file.map_err(failed)?;
    writeln!(file, "{}", hex::encode(key)).and_then(|()| file.sync_all()).map_err(failed)
}

/// The key of a file, which is made when there is none. Of two that make it at once, one wins.
pub(crate) fn read_or_make(path: &Path) -> Result<Key, IndexError> {
    if let Some(key) = read(path)? {
        return Ok(key);
    }
    match write(path, &random()?) {
        Err(IndexError::File { source, .. }) if source.kind() == ErrorKind::AlreadyExists => {}
        written => written?,
    }
    let gone =
        || IndexError::File { doing: "read", path: path.to_owned(), source: ErrorKind::NotFound.into() };
    read(path)?.ok_or_else(gone)
}
