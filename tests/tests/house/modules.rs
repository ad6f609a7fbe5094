//! Reads a crate as a tree of modules: what each one defines, imports and names.
//!
//! Does not expand macros: it reads the paths inside macro calls and attributes from their tokens. Does not follow
//! `#[path]`. An import inside a function counts for its whole module.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::visit::{self, Visit};
use syn::{Item, ItemMod, ItemUse, Meta, UseTree, Visibility};

use crate::sources::SourceFile;

/// `crate::zone::Zone` as three texts.
pub(crate) type Segments = Vec<String>;

/// What a name means inside a module. One name can mean a module and an item at once.
pub(crate) enum Meaning {
    Module(usize),
    Item,
    Import(Segments),
}

/// What code names.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mention {
    Path(Segments),
    /// `use path::*`
    Glob(Segments),
}

pub(crate) struct Module {
    pub(crate) file: PathBuf,
    /// Index in [`Crate::modules`].
    pub(crate) parent: Option<usize>,
    pub(crate) names: BTreeMap<String, Vec<Meaning>>,
    /// Modules of which every name is imported or re-exported.
    pub(crate) globs: Vec<Segments>,
    pub(crate) mentions: BTreeSet<Mention>,
}

impl Module {
    fn define(&mut self, name: String, meaning: Meaning) {
        self.names.entry(name).or_default().push(meaning);
    }
}

/// One library or executable.
#[derive(Default)]
pub(crate) struct Crate {
    pub(crate) files: Vec<SourceFile>,
    /// The root comes first.
    pub(crate) modules: Vec<Module>,
}

impl Crate {
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let mut read = Self::default();
        let folder = root.parent().unwrap_or(Path::new(""));
        read.add_file(root, folder, None)?;
        Ok(read)
    }

    fn add_file(&mut self, path: &Path, folder: &Path, parent: Option<usize>) -> Result<usize> {
        let source = SourceFile::read(path)?;
        let id = self.add_module(&source.items, path, folder, parent)?;
        self.files.push(source);
        Ok(id)
    }

    /// `folder` is where the files of child modules lie.
    fn add_module(
        &mut self,
        items: &[Item],
        file: &Path,
        folder: &Path,
        parent: Option<usize>,
    ) -> Result<usize> {
        let id = self.modules.len();
        self.modules.push(Module {
            file: file.to_owned(),
            parent,
            names: BTreeMap::new(),
            globs: Vec::new(),
            mentions: BTreeSet::new(),
        });
        for item in items {
            if let Item::Mod(child) = item {
                let name = child.ident.unraw().to_string();
                let child_id = self.add_child(child, file, &folder.join(&name), id)?;
                self.modules[id].define(name, Meaning::Module(child_id));
            } else {
                self.modules[id].read_item(item);
            }
        }
        Ok(id)
    }

    fn add_child(&mut self, child: &ItemMod, file: &Path, folder: &Path, parent: usize) -> Result<usize> {
        if let Some((_, items)) = &child.content {
            return self.add_module(items, file, folder, Some(parent));
        }
        let candidates = [folder.with_extension("rs"), folder.join("mod.rs")];
        let Some(path) = candidates.iter().find(|path| path.is_file()) else {
            bail!("{} declares `mod {};`, which has no file", file.display(), child.ident);
        };
        self.add_file(path, folder, Some(parent))
    }
}

fn defined_name(item: &Item) -> Option<&Ident> {
    match item {
        Item::Const(item) => Some(&item.ident),
        Item::Enum(item) => Some(&item.ident),
        Item::Fn(item) => Some(&item.sig.ident),
        Item::Macro(item) => item.ident.as_ref(),
        Item::Static(item) => Some(&item.ident),
        Item::Struct(item) => Some(&item.ident),
        Item::Trait(item) => Some(&item.ident),
        Item::TraitAlias(item) => Some(&item.ident),
        Item::Type(item) => Some(&item.ident),
        Item::Union(item) => Some(&item.ident),
        _ => None,
    }
}

impl Module {
    fn read_item(&mut self, item: &Item) {
        if let Some(name) = defined_name(item) {
            self.define(name.unraw().to_string(), Meaning::Item);
        }
        self.visit_item(item);
    }

    fn read_use(&mut self, prefix: &Segments, tree: &UseTree, is_reexport: bool) {
        match tree {
            UseTree::Path(path) => {
                self.read_use(&joined(prefix, &path.ident), &path.tree, is_reexport);
            }
            UseTree::Group(group) => {
                group.items.iter().for_each(|tree| self.read_use(prefix, tree, is_reexport));
            }
            UseTree::Name(name) => self.import(prefix, &name.ident, None, is_reexport),
            UseTree::Rename(rename) => {
                self.import(prefix, &rename.ident, Some(&rename.rename), is_reexport);
            }
            UseTree::Glob(_) => {
                self.globs.push(prefix.clone());
                if !is_reexport {
                    self.mentions.insert(Mention::Glob(prefix.clone()));
                }
            }
        }
    }

    fn import(&mut self, prefix: &Segments, name: &Ident, renamed: Option<&Ident>, is_reexport: bool) {
        let path = if name == "self" { prefix.clone() } else { joined(prefix, name) };
        let known_as = renamed.map(|name| name.unraw().to_string()).or_else(|| path.last().cloned());
        if !is_reexport {
            self.mentions.insert(Mention::Path(path.clone()));
        }
        if let Some(known_as) = known_as {
            self.define(known_as, Meaning::Import(path));
        }
    }

    fn read_tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<_> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            let (path, end) = path_at(&tokens, at);
            if is_worth_resolving(&path, tokens.get(end)) {
                self.mentions.insert(Mention::Path(path));
            }
            match &tokens[at] {
                TokenTree::Group(group) => self.read_tokens(group.stream()),
                TokenTree::Literal(literal) => self.read_literal(&literal.to_string()),
                _ => {}
            }
            at = end.max(at + 1);
        }
    }

    /// Serde takes functions as texts: `deserialize_with = "secret::source_url"`.
    fn read_literal(&mut self, literal: &str) {
        if let Ok(path) = syn::parse_str::<syn::Path>(literal.trim_matches('"'))
            && path.segments.len() > 1
        {
            self.visit_path(&path);
        }
    }
}

fn joined(prefix: &Segments, name: &Ident) -> Segments {
    prefix.iter().cloned().chain([name.unraw().to_string()]).collect()
}

/// The path that begins at a token, empty if none does, and the index of the token after it.
fn path_at(tokens: &[TokenTree], start: usize) -> (Segments, usize) {
    let is_mark = |at: usize, mark: char| is_punctuation(tokens.get(at), mark);
    let is_colons = |at: usize| is_mark(at, ':') && is_mark(at + 1, ':');
    // A field or a method; `..` is a range.
    let follows_dot = start >= 1 && is_mark(start - 1, '.') && !(start >= 2 && is_mark(start - 2, '.'));
    let follows_colons = start >= 2 && is_colons(start - 2);
    let mut path = Segments::new();
    let mut at = start;
    while let Some(TokenTree::Ident(name)) = tokens.get(at).filter(|_| !follows_dot && !follows_colons) {
        path.push(name.unraw().to_string());
        at += 1;
        if !(is_colons(at) && matches!(tokens.get(at + 2), Some(TokenTree::Ident(_)))) {
            break;
        }
        at += 2;
    }
    (path, at)
}

fn is_punctuation(token: Option<&TokenTree>, mark: char) -> bool {
    matches!(token, Some(TokenTree::Punct(found)) if found.as_char() == mark)
}

/// A single lower-case word among tokens is a local variable or a field unless it is called.
fn is_worth_resolving(path: &Segments, next: Option<&TokenTree>) -> bool {
    let is_call =
        matches!(next, Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis);
    let [name] = path.as_slice() else { return !path.is_empty() };
    is_call || name.starts_with(char::is_uppercase)
}

impl<'ast> Visit<'ast> for Module {
    fn visit_item_use(&mut self, node: &'ast ItemUse) {
        if node.leading_colon.is_none() {
            let is_reexport = !matches!(node.vis, Visibility::Inherited);
            self.read_use(&Segments::new(), &node.tree, is_reexport);
        }
    }

    fn visit_path(&mut self, node: &'ast syn::Path) {
        if node.leading_colon.is_none() {
            let path = node.segments.iter().map(|segment| segment.ident.unraw().to_string()).collect();
            self.mentions.insert(Mention::Path(path));
        }
        visit::visit_path(self, node);
    }

    fn visit_macro(&mut self, node: &'ast syn::Macro) {
        self.visit_path(&node.path);
        self.read_tokens(node.tokens.clone());
    }

    fn visit_attribute(&mut self, node: &'ast syn::Attribute) {
        if let Meta::List(list) = &node.meta {
            self.read_tokens(list.tokens.clone());
        }
    }
}
