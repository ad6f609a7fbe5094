//! Walking over boxes without trusting them.
//!
//! Only leaves are given to the box library: it decodes whatever is nested in whatever, and boxes nested
//! thousands deep in a damaged file would use up the stack.

use mp4_atom::{Atom, DecodeMaybe, Header};

/// A box that is wholly there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BoxView<'a> {
    pub(crate) kind: [u8; 4],
    pub(crate) body: &'a [u8],
    /// Header and body.
    pub(crate) size: usize,
    /// Where its header begins in what was walked over.
    pub(crate) at: usize,
}

impl BoxView<'_> {
    /// Where its body begins in what was walked over.
    pub(crate) fn body_at(&self) -> usize {
        self.at + self.size - self.body.len()
    }
}

/// The boxes that follow each other in `bytes`; ends before the first that is not whole.
pub(crate) fn walk(bytes: &[u8]) -> impl Iterator<Item = BoxView<'_>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let mut body = rest;
        let header = Header::decode_maybe(&mut body).ok().flatten()?;
        let body_size = header.size.unwrap_or(body.len());
        let size = (rest.len() - body.len()).checked_add(body_size)?;
        let at = bytes.len() - rest.len();
        let view = BoxView { kind: header.kind.into(), body: body.get(..body_size)?, size, at };
        rest = rest.get(size..)?;
        Some(view)
    })
}

/// The body of the first box at the end of `path`, each name inside the one before.
pub(crate) fn find<'a>(bytes: &'a [u8], path: &[&[u8; 4]]) -> Option<&'a [u8]> {
    let (first, deeper) = path.split_first()?;
    let body = walk(bytes).find(|view| &view.kind == *first)?.body;
    if deeper.is_empty() { Some(body) } else { find(body, deeper) }
}

/// The leaf `T` directly in `bytes`.
pub(crate) fn leaf<T: Atom>(bytes: &[u8]) -> Option<T> {
    let kind: [u8; 4] = T::KIND.into();
    let mut body = find(bytes, &[&kind])?;
    T::decode_body(&mut body).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_is_nested_and_stops_at_what_is_not_whole() {
        let inner = b"\0\0\0\x0cdeepdata";
        let mut bytes = b"\0\0\0\x08free\0\0\0\x14nest".to_vec();
        bytes.extend_from_slice(inner);
        bytes.extend_from_slice(b"\0\0\0\x20mdatshort");
        assert_eq!(find(&bytes, &[b"nest", b"deep"]), Some(b"data".as_slice()));
        assert_eq!(walk(&bytes).count(), 2);
        for bad in [&b"\0\0\0\x04free"[..], b"\0\0\0\x01free\xff\xff\xff\xff\xff\xff\xff\xff", b"", b"\0\0"] {
            assert_eq!(walk(bad).count(), 0, "{bad:?}");
        }
    }
}
