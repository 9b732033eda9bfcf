//! Follows paths to what they name.

use std::collections::BTreeSet;

use super::Tree;
use super::scan::Path;

/// What a path may name. A name can be a module and a function at once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    /// Something that the file of this index defines.
    Item(usize),
    Module(Path),
    /// Something of another crate.
    Foreign(Path),
}

/// Imports on the way, by module and name, so that one that names itself ends.
type Way = Vec<(Path, String)>;

impl Tree {
    /// Finds every dependency, and what is named of other crates.
    pub(super) fn connect(&mut self) {
        let mut edges = Vec::new();
        let mut foreign: Vec<BTreeSet<String>> = vec![BTreeSet::new(); self.files.len()];
        for (module, (file, found)) in &self.modules {
            let mut note = |path: &Path, targets: BTreeSet<Target>, imported: bool| {
                for target in targets {
                    match target {
                        Target::Item(to) if to != *file => {
                            edges.push(((*file, to), path.join("::")));
                        }
                        Target::Foreign(name) if imported || name.len() > 1 => {
                            foreign[*file].insert(name.join("::"));
                        }
                        _ => {}
                    }
                }
            };
            for import in &found.imports {
                let mut targets = self.resolve(module, &import.path, &mut Way::new());
                if import.re_export {
                    targets.retain(|target| !self.is_below(target, *file));
                }
                if import.name.is_none() {
                    // everything of a module: its file
                    let files = targets.iter().filter_map(|target| match target {
                        Target::Module(path) => Some(Target::Item(self.modules.get(path)?.0)),
                        _ => None,
                    });
                    let files: Vec<Target> = files
                        .filter(|target| !import.re_export || !self.is_below(target, *file))
                        .collect();
                    targets.extend(files);
                }
                note(&import.path, targets, true);
            }
            for path in &found.mentioned {
                note(path, self.resolve(module, path, &mut Way::new()), false);
            }
        }
        for (edge, by) in edges {
            self.edges.entry(edge).or_insert(by);
        }
        for (file, names) in self.files.iter_mut().zip(foreign) {
            file.foreign = names;
        }
    }

    /// Whether `target` lies in the module that `file` holds, or is that.
    fn is_below(&self, target: &Target, file: usize) -> bool {
        let home = |file: usize| {
            let mut modules = self
                .modules
                .iter()
                .filter(move |(_, found)| found.0 == file);
            modules.next().map(|(path, _)| path)
        };
        let path = match target {
            Target::Item(of) => home(*of),
            Target::Module(path) => Some(path),
            Target::Foreign(_) => None,
        };
        match (path, home(file)) {
            (Some(path), Some(above)) => path.starts_with(above),
            _ => false,
        }
    }

    /// What `path` names when it is written in the module `from`.
    fn resolve(&self, from: &[String], path: &[String], way: &mut Way) -> BTreeSet<Target> {
        let Some((head, mut rest)) = path.split_first() else {
            return BTreeSet::new();
        };
        let at = |module: &[String]| BTreeSet::from([Target::Module(module.to_vec())]);
        let mut targets = match head.as_str() {
            "Self" => return BTreeSet::new(),
            // the program's own main file names the library by the package's name
            "crate" | "sae_lab" => at(&[]),
            "self" => at(from),
            "super" => {
                let mut module = &from[..from.len().saturating_sub(1)];
                while let Some(("super", more)) = rest.split_first().map(|(a, b)| (a.as_str(), b)) {
                    (module, rest) = (&module[..module.len().saturating_sub(1)], more);
                }
                at(module)
            }
            "" => BTreeSet::from([Target::Foreign(Vec::new())]),
            _ => {
                let named = self.named(from, head, way);
                if named.is_empty() {
                    BTreeSet::from([Target::Foreign(vec![head.clone()])])
                } else {
                    named
                }
            }
        };
        for name in rest {
            let before = std::mem::take(&mut targets);
            for target in before {
                match target {
                    Target::Module(module) => {
                        let named = self.named(&module, name, way);
                        if named.is_empty() && !targets.iter().any(|t| matches!(t, Target::Item(_)))
                        {
                            // made by a macro, say: at home in that module's file
                            targets.extend(self.modules.get(&module).map(|m| Target::Item(m.0)));
                        }
                        targets.extend(named);
                    }
                    Target::Foreign(mut path) => {
                        path.push(name.clone());
                        targets.insert(Target::Foreign(path));
                    }
                    // a variant, an associated function
                    item => {
                        targets.insert(item);
                    }
                }
            }
        }
        targets
    }

    /// What `name` names in `module`: what is defined there, a module within it, or what is imported into it.
    fn named(&self, module: &[String], name: &str, way: &mut Way) -> BTreeSet<Target> {
        let mut targets = BTreeSet::new();
        let Some((file, found)) = self.modules.get(module) else {
            return targets;
        };
        let step = (module.to_vec(), name.to_owned());
        if way.contains(&step) {
            return targets;
        }
        way.push(step);
        if found.items.contains(name) {
            targets.insert(Target::Item(*file));
        }
        let child = [module, &[name.to_owned()]].concat();
        if self.modules.contains_key(&child) {
            targets.insert(Target::Module(child));
        }
        for import in &found.imports {
            if import.name.as_deref() == Some(name) {
                targets.extend(self.resolve(module, &import.path, way));
            }
        }
        if targets.is_empty() {
            for import in found.imports.iter().filter(|import| import.name.is_none()) {
                for target in self.resolve(module, &import.path, way) {
                    if let Target::Module(other) = target {
                        targets.extend(self.named(&other, name, way));
                    }
                }
            }
        }
        way.pop();
        targets
    }
}
