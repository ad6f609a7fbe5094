//! Which file names items of which other file of its crate, and where these arrows run in a circle.
//!
//! A name that comes through re-exports belongs to the file that defines it. `mod` declarations and re-exports are no
//! arrows by themselves. An unknown name in a known module counts as an item that a macro of that module makes.
//!
//! Does not resolve method calls. Takes a local variable for the re-export of the same name in its file.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use crate::modules::{Crate, Meaning, Mention, Module};

/// From a file to a file, with the names that make the arrow. `*` is a glob import.
pub(crate) type Arrows<'a> = BTreeMap<&'a Path, BTreeMap<&'a Path, BTreeSet<String>>>;

/// Files that all reach each other.
pub(crate) type Circle<'a> = BTreeSet<&'a Path>;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Target {
    Module(usize),
    /// Defined in the module `home`.
    Item {
        home: usize,
        name: String,
    },
}

struct Resolver<'a> {
    modules: &'a [Module],
    /// Names being looked up, so that imports that name each other end.
    open: Vec<(usize, String)>,
}

impl Resolver<'_> {
    /// Empty if the path leads out of the crate.
    fn resolve(&mut self, from: usize, path: &[String]) -> Vec<Target> {
        let (base, rest) = self.base(from, path);
        let (mut found, rest) = match (base, rest) {
            (Some(module), rest) => (vec![Target::Module(module)], rest),
            (None, [first, rest @ ..]) => (self.look_up(from, first), rest),
            (None, []) => return Vec::new(),
        };
        for name in rest {
            found = self.descend(found, name);
        }
        found
    }

    /// The module that leading `crate`, `self` and `super` stand for, and what follows them.
    fn base<'p>(&self, from: usize, path: &'p [String]) -> (Option<usize>, &'p [String]) {
        let mut base = None;
        for (index, name) in path.iter().enumerate() {
            let here = base.unwrap_or(from);
            base = match name.as_str() {
                "crate" => Some(0),
                "self" => Some(here),
                "super" => self.modules[here].parent,
                _ => return (base, &path[index..]),
            };
        }
        (base, &[])
    }

    fn descend(&mut self, found: Vec<Target>, name: &str) -> Vec<Target> {
        let is_module = |target: &Target| matches!(target, Target::Module(_));
        if !found.iter().any(is_module) {
            // A variant or an associated function: it belongs to its type.
            return found;
        }
        let mut inner = Vec::new();
        for target in found {
            if let Target::Module(module) = target {
                let targets = self.look_up(module, name);
                let is_made_by_macro = targets.is_empty() && !self.may_come_from_outside(module, name);
                inner.extend(targets);
                inner.extend(is_made_by_macro.then(|| Target::Item { home: module, name: name.to_owned() }));
            }
        }
        inner
    }

    fn look_up(&mut self, module: usize, name: &str) -> Vec<Target> {
        let modules = self.modules;
        let here = &modules[module];
        let meanings = here.names.get(name).map_or(&[][..], Vec::as_slice);
        let mut found: Vec<_> = meanings.iter().filter_map(|meaning| direct(meaning, module, name)).collect();
        let key = (module, name.to_owned());
        if self.open.contains(&key) {
            return found;
        }
        self.open.push(key);
        for meaning in meanings {
            if let Meaning::Import(path) = meaning {
                found.extend(self.resolve(module, path));
            }
        }
        if meanings.is_empty() {
            for glob in &here.globs {
                found.extend(self.look_up_in_glob(module, glob, name));
            }
        }
        self.open.pop();
        found
    }

    fn look_up_in_glob(&mut self, module: usize, glob: &[String], name: &str) -> Vec<Target> {
        let mut found = Vec::new();
        for target in self.resolve(module, glob) {
            if let Target::Module(source) = target {
                found.extend(self.look_up(source, name));
            }
        }
        found
    }

    fn may_come_from_outside(&mut self, module: usize, name: &str) -> bool {
        let modules = self.modules;
        modules[module].names.contains_key(name)
            || modules[module].globs.iter().any(|glob| self.resolve(module, glob).is_empty())
    }
}

fn direct(meaning: &Meaning, home: usize, name: &str) -> Option<Target> {
    match meaning {
        Meaning::Module(module) => Some(Target::Module(*module)),
        Meaning::Item => Some(Target::Item { home, name: name.to_owned() }),
        Meaning::Import(_) => None,
    }
}

/// Every arrow of a crate.
pub(crate) fn arrows(read: &Crate) -> Arrows<'_> {
    let mut resolver = Resolver { modules: &read.modules, open: Vec::new() };
    let mut arrows = Arrows::new();
    for (id, module) in read.modules.iter().enumerate() {
        for mention in &module.mentions {
            for (home, name) in named_items(&mut resolver, id, mention) {
                let file = read.modules[home].file.as_path();
                if file != module.file {
                    arrows.entry(&module.file).or_default().entry(file).or_default().insert(name);
                }
            }
        }
    }
    arrows
}

/// Home and name of each item that a mention stands for. A glob stands for the module's own file if that defines
/// items; the names that code then takes from it have their own mentions.
fn named_items(resolver: &mut Resolver<'_>, from: usize, mention: &Mention) -> Vec<(usize, String)> {
    let (path, is_glob) = match mention {
        Mention::Path(path) => (path, false),
        Mention::Glob(path) => (path, true),
    };
    let modules = resolver.modules;
    let defines_items = |module: usize| {
        modules[module].names.values().flatten().any(|meaning| matches!(meaning, Meaning::Item))
    };
    let targets = resolver.resolve(from, path).into_iter();
    targets
        .filter_map(|target| match target {
            Target::Item { home, name } => Some((home, name)),
            Target::Module(module) => (is_glob && defines_items(module)).then(|| (module, "*".to_owned())),
        })
        .collect()
}

/// Every circle of more than one file, each once.
pub(crate) fn circles<'a>(arrows: &Arrows<'a>) -> BTreeSet<Circle<'a>> {
    let reached: BTreeMap<_, _> = arrows.keys().map(|file| (*file, reached_from(arrows, file))).collect();
    let mutual = |from: &'a Path| {
        let is_mutual = |to: &&'a Path| reached.get(*to).is_some_and(|back| back.contains(from));
        reached[from].iter().copied().filter(is_mutual).collect::<Circle<'a>>()
    };
    reached.keys().map(|file| mutual(file)).filter(|circle| circle.len() > 1).collect()
}

fn reached_from<'a>(arrows: &Arrows<'a>, start: &'a Path) -> BTreeSet<&'a Path> {
    let mut reached = BTreeSet::new();
    let mut open = vec![start];
    while let Some(file) = open.pop() {
        let next = arrows.get(file).into_iter().flat_map(BTreeMap::keys);
        open.extend(next.filter(|file| reached.insert(**file)));
    }
    reached
}

/// The arrows inside a circle, one a line, with files relative to `root`.
pub(crate) fn describe(circle: &Circle<'_>, arrows: &Arrows<'_>, root: &Path) -> String {
    let mut text = format!("circle of {} files:\n", circle.len());
    let relative = |file: &Path| file.strip_prefix(root).unwrap_or(file).display().to_string();
    for from in circle {
        for (to, names) in arrows[from].iter().filter(|(to, _)| circle.contains(*to)) {
            let names: Vec<_> = names.iter().map(String::as_str).collect();
            let names = names.join(", ");
            // Writing to a `String` cannot fail.
            let _ = writeln!(text, "  {} -> {}: {names}", relative(from), relative(to));
        }
    }
    text
}
