//! The invariants of the source tree: who may use whom, that nothing goes round in circles, and where `unsafe`, files,
//! clocks and threads may stand.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by them"
)]

mod source_tree;

use std::path::Path;
use std::sync::LazyLock;

use self::source_tree::{SourceFile, Tree};

/// Every module of the crate, from the top down, with what it may use: always something further down.
const LAYERS: [(&str, &[&str]); 11] = [
    ("main", &["app", "cli", "training"]),
    (
        "app",
        &["ui", "lab", "io", "training", "model", "data", "numerics"],
    ),
    (
        "ui",
        &["lab", "io", "training", "model", "data", "numerics"],
    ),
    ("lab", &["io", "training", "model", "data", "numerics"]),
    // the window's equal, never its dependency, nor the other way about
    (
        "cli",
        &["io", "training", "optim", "model", "data", "numerics"],
    ),
    ("io", &["training", "model", "data", "numerics"]),
    ("training", &["optim", "model", "data", "numerics"]),
    ("optim", &["model", "numerics"]),
    ("model", &["numerics"]),
    ("data", &["numerics"]),
    ("numerics", &[]),
];

/// Folders whose files must not depend on each other in a circle.
const NO_CIRCLES: &[&str] = &["ui", "lab", "app"];

/// Folders that know neither threads nor the clock nor files, so that they run in a browser.
const SYSTEMLESS: &[&str] = &["numerics", "model", "optim", "data", "training", "lab"];

/// The files in them that may: a browser leaves them out, or gets an error from them.
const HOSTS: &[&str] = &[
    "data/input.rs",              // opens files; readers work on bytes
    "numerics/give_way.rs",       // only a pool of two asks
    "numerics/pool.rs",           // with one worker it starts no thread
    "training/run/workers.rs",    // with one worker there is nothing to choose
    "training/trainer/thread.rs", // the training thread
    "lab/jobs/threads.rs",        // a thread a job
];

static TREE: LazyLock<Tree> =
    LazyLock::new(|| Tree::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")));

/// The files of a module.
fn files_of(module: &str) -> impl Iterator<Item = &'static SourceFile> {
    TREE.files
        .iter()
        .filter(move |file| file.module() == module)
}

#[test]
fn the_list_of_layers_runs_downwards() {
    for (index, (module, used)) in LAYERS.iter().enumerate() {
        for name in *used {
            assert!(
                LAYERS[index + 1..].iter().any(|(below, _)| below == name),
                "{module} may use {name}, which does not stand below it"
            );
        }
    }
}

#[test]
fn the_list_of_layers_has_every_module() {
    for file in &TREE.files {
        let module = file.module();
        assert!(
            module == "lib" || LAYERS.iter().any(|(listed, _)| *listed == module),
            "{} belongs to no layer: put `{module}` in its place in LAYERS",
            file.path
        );
    }
    for (module, _) in LAYERS {
        let there = files_of(module).next().is_some();
        assert!(there, "`{module}` is in LAYERS and has no files");
    }
    assert_eq!(
        TREE.unreached, [""; 0],
        "no `mod` reaches these files: delete them"
    );
}

#[test]
fn dependencies_run_downwards() {
    let upward = upward_dependencies(&TREE);
    let found: Vec<String> = upward.iter().map(ToString::to_string).collect();
    assert!(
        found.is_empty(),
        "these go against LAYERS:\n{}",
        found.join("\n")
    );
}

/// The top-level module of a path below `src`.
fn module_of(path: &str) -> &str {
    let first = path.split('/').next().unwrap();
    first.strip_suffix(".rs").unwrap_or(first)
}

/// Every dependency that `LAYERS` does not allow.
fn upward_dependencies(tree: &Tree) -> Vec<source_tree::Dependency> {
    tree.dependencies()
        .filter(|dependency| {
            let (from, to) = (module_of(&dependency.from), module_of(&dependency.to));
            let allowed = LAYERS
                .iter()
                .any(|(module, used)| *module == from && used.contains(&to));
            from != to && !allowed
        })
        .collect()
}

#[test]
fn no_files_depend_on_each_other_in_a_circle() {
    for folder in NO_CIRCLES {
        assert!(files_of(folder).count() > 1, "{folder} was renamed");
        let circles = TREE.circles(folder);
        let told: Vec<String> = circles
            .iter()
            .map(|circle| {
                let lines: Vec<String> = circle.iter().map(ToString::to_string).collect();
                lines.join("\n")
            })
            .collect();
        assert!(
            circles.is_empty(),
            "{} circles in {folder}:\n{}",
            circles.len(),
            told.join("\n\n")
        );
    }
}

/// No file of `module`, but for `except`, names anything of other crates at or below `roots`.
fn assert_unnamed(module: &str, roots: &[&str], except: &[&str]) {
    for file in files_of(module).filter(|file| !except.contains(&file.path.as_str())) {
        if let Some(name) = file.names(roots) {
            panic!("{} uses {name}", file.path);
        }
    }
}

#[test]
fn only_the_window_knows_the_toolkit() {
    for (module, _) in LAYERS {
        if !["app", "ui"].contains(&module) {
            assert_unnamed(
                module,
                &["egui", "eframe", "egui_plot", "rfd", "winit"],
                &[],
            );
        }
    }
}

#[test]
fn unsafe_stands_in_numerics_alone() {
    for file in &TREE.files {
        assert!(
            file.module() == "numerics" || !file.has_unsafe,
            "{} has unsafe code",
            file.path
        );
    }
}

#[test]
fn only_io_writes_files() {
    const WRITING: [&str; 14] = [
        "std::fs::File::create",
        "std::fs::File::create_new",
        "std::fs::File::options",
        "std::fs::OpenOptions",
        "std::fs::write",
        "std::fs::copy",
        "std::fs::create_dir",
        "std::fs::create_dir_all",
        "std::fs::hard_link",
        "std::fs::remove_dir_all",
        "std::fs::remove_file",
        "std::fs::rename",
        "std::fs::set_permissions",
        "tempfile",
    ];
    for (module, _) in LAYERS {
        if module != "io" {
            assert_unnamed(module, &WRITING, &[]);
        }
    }
}

#[test]
fn the_kernels_and_the_model_make_no_system_calls() {
    for module in ["model", "optim", "numerics"] {
        assert_unnamed(
            module,
            &["std::fs", "std::env", "std::process", "std::net"],
            &[],
        );
    }
}

#[test]
fn what_runs_in_a_browser_knows_no_clock_thread_or_file() {
    const SYSTEM: [&str; 6] = [
        "std::thread",
        "std::time::Instant",
        "std::time::SystemTime",
        "std::fs",
        "std::process",
        "std::net",
    ];
    for module in SYSTEMLESS {
        assert_unnamed(module, &SYSTEM, HOSTS);
    }
    for host in HOSTS {
        let file = TREE.files.iter().find(|file| file.path == *host);
        assert!(
            file.is_some_and(|file| file.names(&SYSTEM).is_some()),
            "{host} needs no exception: take it out of HOSTS"
        );
    }
}

// That the checks above can fail, on trees small enough to be seen through.

fn circles(files: &[(&str, &str)]) -> Vec<Vec<String>> {
    let tree = Tree::new(files.iter().copied());
    let circles = tree.circles("ui");
    circles
        .iter()
        .map(|circle| circle.iter().map(ToString::to_string).collect())
        .collect()
}

#[test]
fn a_circle_of_two_files_is_found() {
    let lib = ("lib.rs", "pub mod ui;");
    let ui = ("ui/mod.rs", "mod a; mod b; mod c;");
    let c = ("ui/c.rs", "use super::a::A; struct C(A);");
    let a = ("ui/a.rs", "pub struct A(crate::ui::b::B);");
    let b = (
        "ui/b.rs",
        "use super::a; pub struct B; fn f() { a::A::new() }",
    );
    assert_eq!(
        circles(&[lib, ui, a, b, c]),
        [[
            "ui/a.rs uses ui/b.rs (crate::ui::b::B)",
            "ui/b.rs uses ui/a.rs (a::A::new)"
        ]]
    );
    let apart = (
        "ui/b.rs",
        "pub struct B; #[cfg(test)] mod tests { use super::super::a::A; }",
    );
    assert!(circles(&[lib, ui, a, apart, c]).is_empty());
}

#[test]
fn a_re_export_is_followed_to_the_file_that_defines_it() {
    let lib = ("lib.rs", "pub mod ui;");
    let ui = (
        "ui/mod.rs",
        "mod a; mod b; pub use a::A; pub use self::b::{B as Beta, *};",
    );
    let a = ("ui/a.rs", "use crate::ui::Beta; pub struct A(Beta);");
    for b in [
        "pub struct B; fn f(a: super::A) {}",
        "pub struct B; use crate::ui::*; fn f() -> A {}",
        "pub struct B; use crate::{ui as window}; fn f() { println!(\"{}\", window::A::NAME) }",
    ] {
        assert_eq!(circles(&[lib, ui, a, ("ui/b.rs", b)]).len(), 1, "{b}");
    }
    assert!(circles(&[lib, ui, a, ("ui/b.rs", "pub struct B;")]).is_empty());
}

#[test]
fn a_file_and_its_parent_are_a_circle_where_each_uses_the_other() {
    let lib = ("lib.rs", "pub mod ui;");
    let a = ("ui/a.rs", "pub struct A; fn f() { super::helper() }");
    let facade = ("ui/mod.rs", "mod a; pub use a::A; fn helper() {}");
    assert!(circles(&[lib, facade, a]).is_empty());
    let user = (
        "ui/mod.rs",
        "mod a; pub use a::A; fn helper() {} struct Ui(A);",
    );
    assert_eq!(circles(&[lib, user, a]).len(), 1);
}

#[test]
fn an_upward_dependency_is_found_however_it_is_written() {
    for optim in [
        "use crate::data::DataSet;",
        "use crate::{data::{self, DataSet}, model};",
        "fn f() { let _ = crate::data::load(); }",
        "fn f() { assert!(x == crate::data::DataSet::default()); }",
        "pub use crate::data::*;",
    ] {
        let tree = Tree::new([
            ("lib.rs", "pub mod data; pub mod model; pub mod optim;"),
            ("data.rs", "pub struct DataSet; pub fn load() {}"),
            ("model.rs", ""),
            ("optim.rs", optim),
        ]);
        let found = upward_dependencies(&tree);
        assert_eq!(found.len(), 1, "{optim}");
        assert_eq!((&*found[0].from, &*found[0].to), ("optim.rs", "data.rs"));
    }
}

#[test]
fn what_is_named_of_other_crates_is_known_in_full() {
    let source = "use std::{fs::File as Open, thread}; // std::net
        fn f() { Open::create(\"std::env\"); thread::spawn(g); vec![std::time::Instant::now()]; }
        #[cfg(test)] mod tests { fn f() { std::process::exit(0) } }
        mod inner { pub unsafe fn g() {} }";
    let tree = Tree::new([("lib.rs", "mod ui;"), ("ui.rs", source)]);
    let file = &tree.files[1];
    for name in [
        "std::fs::File::create",
        "std::thread::spawn",
        "std::time::Instant::now",
    ] {
        assert!(file.foreign.contains(name), "{name}: {:?}", file.foreign);
    }
    let absent = file.names(&["std::net", "std::env", "std::process", "std::f"]);
    assert_eq!(absent, None);
    assert!(file.has_unsafe);
}
