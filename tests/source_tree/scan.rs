//! What one file says: its modules, the names they define and import, and every path they mention.

use std::collections::BTreeSet;

use syn::buffer::Cursor;
use syn::parse::ParseStream;
use syn::visit::{self, Visit};
use syn::{Attribute, ImplItem, Item, Meta, UseTree};

/// A path as it is written, by its segments.
pub type Path = Vec<String>;

/// A module as it is written, in its file or within another module of that file.
#[derive(Debug, Default)]
pub struct Module {
    /// What is defined here: types, functions, constants, macros.
    pub items: BTreeSet<String>,
    /// Modules whose files are elsewhere.
    pub declared: Vec<String>,
    /// The same, of tests alone.
    pub of_tests: Vec<String>,
    /// `use` by `use`: what it is called here and where it comes from.
    pub imports: Vec<Import>,
    /// Every path that is mentioned, in code or in a macro's tokens.
    pub mentioned: BTreeSet<Path>,
    pub has_unsafe: bool,
}

#[derive(Debug)]
pub struct Import {
    /// `None`: everything, `*`
    pub name: Option<String>,
    pub path: Path,
    /// It has a visibility of its own: others may take it from here.
    pub re_export: bool,
}

/// The modules of a file: itself (the empty path) and those within it, as paths below it. What stands under
/// `#[cfg(test)]` is left out.
pub fn scan(source: &str) -> syn::Result<Vec<(Path, Module)>> {
    let file = syn::parse_file(source)?;
    let mut scanner = Scanner {
        modules: vec![(Vec::new(), Module::default())],
        current: 0,
    };
    scanner.visit_file(&file);
    Ok(scanner.modules)
}

struct Scanner {
    modules: Vec<(Path, Module)>,
    current: usize,
}

impl Scanner {
    fn module(&mut self) -> &mut Module {
        &mut self.modules[self.current].1
    }

    fn import(&mut self, tree: &UseTree, mut path: Path, re_export: bool) {
        let (name, last) = match tree {
            UseTree::Path(step) => {
                path.push(step.ident.to_string());
                return self.import(&step.tree, path, re_export);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.import(tree, path.clone(), re_export);
                }
                return;
            }
            UseTree::Glob(_) => (None, None),
            UseTree::Name(name) => (Some(name.ident.to_string()), Some(name.ident.to_string())),
            UseTree::Rename(name) => (Some(name.rename.to_string()), Some(name.ident.to_string())),
        };
        // `a::{self}` is `a`
        let this = last.as_deref() == Some("self");
        path.extend(last.filter(|_| !this || path.is_empty()));
        let name = name.map(|name| match path.last() {
            Some(last) if name == "self" => last.clone(),
            _ => name,
        });
        self.module().imports.push(Import {
            name,
            path,
            re_export,
        });
    }

    /// The paths in tokens that nobody has parsed: `a::b::c`, and single names from `least` = 1 on, but for fields and
    /// methods.
    fn tokens(&mut self, mut cursor: Cursor<'_>, least: usize) {
        let (mut path, mut joined) = (Path::new(), false);
        let mut before = ' ';
        while !cursor.eof() {
            if let Some((ident, next)) = cursor.ident() {
                if !joined {
                    self.mention(&mut path, least);
                }
                if ident == "unsafe" {
                    self.module().has_unsafe = true;
                }
                if joined || before != '.' {
                    path.push(ident.to_string());
                }
                (joined, before, cursor) = (false, ' ', next);
            } else if let Some((punct, next)) = cursor.punct() {
                joined = before == ':' && punct.as_char() == ':' && !path.is_empty();
                before = punct.as_char();
                if before != ':' {
                    self.mention(&mut path, least);
                }
                cursor = next;
            } else if let Some((inner, _, _, next)) = cursor.any_group() {
                self.mention(&mut path, least);
                self.tokens(inner, least);
                (joined, before, cursor) = (false, ' ', next);
            } else if let Some((_, next)) = cursor.token_tree() {
                self.mention(&mut path, least);
                (joined, before, cursor) = (false, ' ', next);
            } else {
                break;
            }
        }
        self.mention(&mut path, least);
    }

    fn mention(&mut self, path: &mut Path, least: usize) {
        let path = std::mem::take(path);
        if path.len() >= least {
            self.module().mentioned.insert(path);
        }
    }

    fn parse_tokens(&mut self, input: ParseStream<'_>, least: usize) -> syn::Result<()> {
        input.step(|cursor| {
            self.tokens(*cursor, least);
            let mut rest = *cursor;
            while let Some((_, next)) = rest.token_tree() {
                rest = next;
            }
            Ok(((), rest))
        })
    }
}

impl<'ast> Visit<'ast> for Scanner {
    fn visit_item(&mut self, item: &'ast Item) {
        let tests = of_tests(attributes(item));
        if let Item::Mod(module) = item
            && module.content.is_none()
        {
            let name = module.ident.to_string();
            let list = self.module();
            if tests {
                list.of_tests.push(name);
            } else {
                list.declared.push(name);
            }
        } else if !tests {
            self.module().items.extend(defined(item));
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        let attributes = match item {
            ImplItem::Fn(item) => &item.attrs,
            ImplItem::Const(item) => &item.attrs,
            _ => return visit::visit_impl_item(self, item),
        };
        if !of_tests(attributes) {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        let outer = self.current;
        let mut path = self.modules[outer].0.clone();
        path.push(module.ident.to_string());
        self.modules.push((path, Module::default()));
        self.current = self.modules.len() - 1;
        visit::visit_item_mod(self, module);
        self.current = outer;
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let outside = item.leading_colon.map(|_| String::new());
        let re_export = !matches!(item.vis, syn::Visibility::Inherited);
        self.import(&item.tree, outside.into_iter().collect(), re_export);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let outside = path.leading_colon.map(|_| String::new());
        let segments = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string());
        let written = outside.into_iter().chain(segments).collect();
        self.module().mentioned.insert(written);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, found: &'ast syn::Macro) {
        self.visit_path(&found.path);
        // parsing tokens into nothing but paths cannot fail
        let _ = found.parse_body_with(|input: ParseStream<'_>| self.parse_tokens(input, 1));
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let Meta::List(list) = &attribute.meta {
            let _ = list.parse_args_with(|input: ParseStream<'_>| self.parse_tokens(input, 2));
        }
    }

    fn visit_expr_unsafe(&mut self, block: &'ast syn::ExprUnsafe) {
        self.module().has_unsafe = true;
        visit::visit_expr_unsafe(self, block);
    }

    fn visit_signature(&mut self, signature: &'ast syn::Signature) {
        self.module().has_unsafe |= signature.unsafety.is_some();
        visit::visit_signature(self, signature);
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        self.module().has_unsafe |= item.unsafety.is_some();
        visit::visit_item_impl(self, item);
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        self.module().has_unsafe |= item.unsafety.is_some();
        visit::visit_item_trait(self, item);
    }

    fn visit_item_foreign_mod(&mut self, item: &'ast syn::ItemForeignMod) {
        self.module().has_unsafe = true;
        visit::visit_item_foreign_mod(self, item);
    }
}

/// `#[cfg(test)]`, or `#[cfg(all(test, …))]`.
fn of_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let Meta::List(list) = &attribute.meta else {
            return false;
        };
        let condition = list.tokens.to_string().replace(' ', "");
        list.path.is_ident("cfg") && (condition == "test" || condition.starts_with("all(test,"))
    })
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

/// The name that an item gives to something here.
fn defined(item: &Item) -> Option<String> {
    let ident = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => return item.ident.as_ref().map(ToString::to_string),
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::TraitAlias(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(ident.to_string())
}
