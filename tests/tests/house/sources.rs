//! Reads one source file without its tests: the items that stay, how many lines they take, how long functions are.
//!
//! Does not follow `mod` declarations and does not resolve names.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, Block, ImplItem, Item, Meta, Signature};

/// A source file. Code under `#[cfg(test)]` is removed.
pub(crate) struct SourceFile {
    pub(crate) path: PathBuf,
    pub(crate) items: Vec<Item>,
    /// Lines outside `#[cfg(test)]` items, with comments and blank lines.
    pub(crate) line_count: usize,
}

/// A function with a body.
pub(crate) struct Function {
    pub(crate) name: String,
    /// Line of the signature, from 1.
    pub(crate) line: usize,
    /// From the signature to the closing brace.
    pub(crate) line_count: usize,
}

impl SourceFile {
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
        let mut items = syn::parse_file(&text).with_context(|| format!("parse {}", path.display()))?.items;
        let mut test_lines = BTreeSet::new();
        remove_tests(&mut items, &mut test_lines);
        let line_count = text.lines().count() - test_lines.len();
        Ok(Self { path: path.to_owned(), items, line_count })
    }

    /// Names of the types that derive `ToSchema`.
    pub(crate) fn schemas(&self) -> Vec<String> {
        let name = |item: &Item| match item {
            Item::Struct(item) => Some(item.ident.to_string()),
            Item::Enum(item) => Some(item.ident.to_string()),
            _ => None,
        };
        let is_schema = |item: &&Item| attributes(item).iter().any(derives_schema);
        self.items.iter().filter(is_schema).filter_map(name).collect()
    }

    pub(crate) fn functions(&self) -> Vec<Function> {
        let mut functions = Functions(Vec::new());
        self.items.iter().for_each(|item| functions.visit_item(item));
        functions.0
    }
}

/// Removes test items at every depth and collects the lines on which they stand.
fn remove_tests(items: &mut Vec<Item>, test_lines: &mut BTreeSet<usize>) {
    items.retain(|item| keeps(attributes(item), item, test_lines));
    for item in items {
        match item {
            Item::Mod(module) => {
                if let Some((_, inner)) = &mut module.content {
                    remove_tests(inner, test_lines);
                }
            }
            Item::Impl(block) => {
                block.items.retain(|inner| keeps(impl_item_attributes(inner), inner, test_lines));
            }
            _ => {}
        }
    }
}

fn keeps(attributes: &[Attribute], node: &impl Spanned, test_lines: &mut BTreeSet<usize>) -> bool {
    let is_test = attributes.iter().any(is_test_only);
    if is_test {
        let span = node.span();
        test_lines.extend(span.start().line..=span.end().line);
    }
    !is_test
}

fn derives_schema(attribute: &Attribute) -> bool {
    let Meta::List(list) = &attribute.meta else { return false };
    list.path.is_ident("derive") && list.tokens.to_string().split(", ").any(|name| name.trim() == "ToSchema")
}

/// `cfg(test)`, or `cfg(all(.., test, ..))`.
fn is_test_only(attribute: &Attribute) -> bool {
    let Meta::List(list) = &attribute.meta else { return false };
    let condition = list.tokens.to_string().replace(' ', "");
    let all = condition.strip_prefix("all(").and_then(|rest| rest.strip_suffix(')'));
    list.path.is_ident("cfg") && all.unwrap_or(&condition).split(',').any(|part| part == "test")
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::TraitAlias(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn impl_item_attributes(item: &ImplItem) -> &[Attribute] {
    match item {
        ImplItem::Const(item) => &item.attrs,
        ImplItem::Fn(item) => &item.attrs,
        ImplItem::Macro(item) => &item.attrs,
        ImplItem::Type(item) => &item.attrs,
        _ => &[],
    }
}

struct Functions(Vec<Function>);

impl Functions {
    fn push(&mut self, signature: &Signature, body: &Block) {
        let line = signature.span().start().line;
        let last = body.brace_token.span.close().end().line;
        self.0.push(Function { name: signature.ident.to_string(), line, line_count: last - line + 1 });
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_fn(&mut self, node: &'ast syn::ItemFn) {
        self.push(&node.sig, &node.block);
        visit::visit_item_fn(self, node);
    }

    fn visit_impl_item_fn(&mut self, node: &'ast syn::ImplItemFn) {
        self.push(&node.sig, &node.block);
        visit::visit_impl_item_fn(self, node);
    }

    fn visit_trait_item_fn(&mut self, node: &'ast syn::TraitItemFn) {
        if let Some(body) = &node.default {
            self.push(&node.sig, body);
        }
        visit::visit_trait_item_fn(self, node);
    }
}
