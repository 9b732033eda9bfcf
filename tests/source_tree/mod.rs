//! The source tree as a graph: which file depends on which, by every path that is written in it.
//!
//! A path is followed through imports and re-exports to the file that defines what it names. `mod x;` is no dependency,
//! nor is a re-export of what lies below the file itself: both only say where things are. What stands under
//! `#[cfg(test)]` does not count.

mod resolve;
mod scan;

use std::collections::{BTreeMap, BTreeSet};

use self::scan::{Module, Path, scan};

/// A file of the tree.
#[derive(Debug)]
pub struct SourceFile {
    /// Below `src`, with `/` whatever the system: "ui/theme.rs".
    pub path: String,
    pub has_unsafe: bool,
    /// What it names of other crates, in full: "std::fs::File::create".
    pub foreign: BTreeSet<String>,
}

impl SourceFile {
    /// The top-level module that it belongs to: "ui".
    pub fn module(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// The first foreign name at or below one of `roots`: "std::fs" has "std::fs::File".
    pub fn names(&self, roots: &[&str]) -> Option<&str> {
        let below = |name: &str, root: &str| {
            name.strip_prefix(root)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
        };
        let mut names = self.foreign.iter().map(String::as_str);
        names.find(|name| roots.iter().any(|root| below(name, root)))
    }
}

/// That one file depends on another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    pub from: String,
    pub to: String,
    /// A path that says so.
    pub by: String,
}

/// All files that `lib.rs` and `main.rs` reach by `mod`, but for those of tests alone.
#[derive(Debug)]
pub struct Tree {
    pub files: Vec<SourceFile>,
    /// By (from, to), indices of `files`: a path that says so.
    edges: BTreeMap<(usize, usize), String>,
    /// Files that no `mod` reaches.
    pub unreached: Vec<String>,
    modules: BTreeMap<Path, (usize, Module)>,
}

impl Tree {
    /// The tree of `sources`: paths below `src`, and what they hold.
    ///
    /// # Panics
    /// If a file is no Rust, or a `mod` has no file.
    pub fn new<'a>(sources: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut sources: BTreeMap<&str, &str> = sources.into_iter().collect();
        let mut tree = Self {
            files: Vec::new(),
            edges: BTreeMap::new(),
            unreached: Vec::new(),
            modules: BTreeMap::new(),
        };
        for (root, module) in [("lib.rs", vec![]), ("main.rs", vec!["main".to_owned()])] {
            if let Some(source) = sources.remove(root) {
                tree.add(root, module, source, &mut sources);
            }
        }
        tree.unreached = sources.into_keys().map(str::to_owned).collect();
        tree.connect();
        tree
    }

    /// The tree of a folder on disk.
    pub fn read(folder: &std::path::Path) -> Self {
        fn walk(folder: &std::path::Path, below: &str, found: &mut Vec<(String, String)>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_str().unwrap();
                if path.is_dir() {
                    walk(&path, &format!("{below}{name}/"), found);
                } else if name.ends_with(".rs") {
                    let source = std::fs::read_to_string(&path).unwrap();
                    found.push((format!("{below}{name}"), source));
                }
            }
        }
        let mut found = Vec::new();
        walk(folder, "", &mut found);
        Self::new(
            found
                .iter()
                .map(|(path, source)| (path.as_str(), source.as_str())),
        )
    }

    /// Adds the file of `module` and those that it declares.
    fn add(&mut self, file: &str, module: Path, source: &str, rest: &mut BTreeMap<&str, &str>) {
        let modules = scan(source).unwrap_or_else(|error| panic!("{file}: {error}"));
        let index = self.files.len();
        self.files.push(SourceFile {
            path: file.to_owned(),
            has_unsafe: modules.iter().any(|(_, module)| module.has_unsafe),
            foreign: BTreeSet::new(),
        });
        for (below, found) in modules {
            let path = [module.as_slice(), &below].concat();
            for (name, tests) in found
                .declared
                .iter()
                .map(|name| (name, false))
                .chain(found.of_tests.iter().map(|name| (name, true)))
            {
                let child = [path.as_slice(), std::slice::from_ref(name)].concat();
                let place = child.join("/");
                let files = [format!("{place}.rs"), format!("{place}/mod.rs")];
                let (file, source) = files
                    .iter()
                    .find_map(|file| rest.remove_entry(file.as_str()))
                    .unwrap_or_else(|| panic!("{file}: no file for `mod {name}`"));
                if tests {
                    // what it declares is of tests too
                    rest.retain(|path, _| !path.starts_with(&format!("{place}/")));
                } else {
                    self.add(file, child, source, rest);
                }
            }
            self.modules.insert(path, (index, found));
        }
    }

    /// Every dependency of a file on another.
    pub fn dependencies(&self) -> impl Iterator<Item = Dependency> {
        self.edges.iter().map(|(&(from, to), by)| Dependency {
            from: self.files[from].path.clone(),
            to: self.files[to].path.clone(),
            by: by.clone(),
        })
    }

    /// Every circle among the files of `folder`: files that each depend on all others of the circle, by one or several
    /// steps. Each is told by its dependencies.
    pub fn circles(&self, folder: &str) -> Vec<Vec<Dependency>> {
        let inside = |index: usize| self.files[index].module() == folder;
        let nodes: Vec<usize> = (0..self.files.len()).filter(|file| inside(*file)).collect();
        let next = |file: &usize| {
            let edges = self.edges.range((*file, 0)..(*file + 1, 0));
            let to: Vec<usize> = edges
                .map(|(&(_, to), _)| to)
                .filter(|to| inside(*to))
                .collect();
            to
        };
        let components = pathfinding::prelude::strongly_connected_components(&nodes, next);
        let mut circles: Vec<Vec<Dependency>> = components
            .into_iter()
            .filter(|component| component.len() > 1)
            .map(|component| {
                let names: Vec<&str> = component
                    .iter()
                    .map(|&file| self.files[file].path.as_str())
                    .collect();
                self.dependencies()
                    .filter(|edge| {
                        names.contains(&edge.from.as_str()) && names.contains(&edge.to.as_str())
                    })
                    .collect()
            })
            .collect();
        circles.sort_by(|a, b| a[0].from.cmp(&b[0].from));
        circles
    }
}

impl std::fmt::Display for Dependency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} uses {} ({})", self.from, self.to, self.by)
    }
}
