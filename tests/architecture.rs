//! The invariants of the source tree: who may import whom, and where `unsafe` may stand.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by them"
)]

use std::path::{Path, PathBuf};

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// (module, path, source without comments) of every file below `src/`.
fn modules() -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    files
        .into_iter()
        // modules of tests alone
        .filter(|path| !path.ends_with("testing.rs") && !path.ends_with("tests.rs"))
        .map(|path| {
            let below = path.strip_prefix(&root).unwrap();
            let first = below
                .components()
                .next()
                .unwrap()
                .as_os_str()
                .to_str()
                .unwrap();
            let module = first.trim_end_matches(".rs").to_owned();
            let source = std::fs::read_to_string(&path).unwrap();
            let code: Vec<&str> = source
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .collect();
            (module, path, code.join("\n"))
        })
        .collect()
}

fn assert_absent(module: &str, forbidden: &[&str]) {
    let mut seen = 0;
    for (name, path, source) in modules() {
        if name == module {
            seen += 1;
            for word in forbidden {
                assert!(!source.contains(word), "{} uses {word}", path.display());
            }
        }
    }
    assert!(
        seen > 0,
        "the module {module} has no files: was it renamed?"
    );
}

#[test]
fn the_engine_room_never_imports_the_toolkit() {
    for module in ["model", "optim", "numerics", "data", "training"] {
        assert_absent(module, &["egui", "eframe", "rfd::", "winit"]);
    }
}

#[test]
fn dependencies_run_downwards() {
    let upward: [(&str, &[&str]); 8] = [
        (
            "numerics",
            &[
                "crate::model",
                "crate::optim",
                "crate::data",
                "crate::training",
                "crate::io",
                "crate::cli",
            ],
        ),
        (
            "optim",
            &[
                "crate::data",
                "crate::training",
                "crate::io",
                "crate::cli",
                "crate::app",
                "crate::ui",
            ],
        ),
        (
            "model",
            &[
                "crate::data",
                "crate::training",
                "crate::io",
                "crate::cli",
                "crate::app",
                "crate::ui",
            ],
        ),
        (
            "data",
            &[
                "crate::model",
                "crate::optim",
                "crate::training",
                "crate::io",
                "crate::cli",
                "crate::app",
            ],
        ),
        (
            "training",
            &["crate::io", "crate::cli", "crate::app", "crate::ui"],
        ),
        ("io", &["crate::cli", "crate::app", "crate::ui"]),
        ("cli", &["crate::app", "crate::ui"]),
        ("ui", &["crate::cli"]),
    ];
    for (module, forbidden) in upward {
        assert_absent(module, forbidden);
    }
}

#[test]
fn unsafe_stands_in_numerics_alone() {
    for (module, path, source) in modules() {
        let unsafe_code = source
            .lines()
            .any(|line| line.contains("unsafe ") && !line.contains('"'));
        assert!(
            module == "numerics" || !unsafe_code,
            "{} has unsafe code",
            path.display()
        );
    }
}

#[test]
fn only_io_writes_files() {
    for (module, path, source) in modules() {
        let code = source.split("#[cfg(test)]").next().unwrap_or_default();
        for word in [
            "File::create",
            "fs::write",
            "create_dir",
            "OpenOptions",
            "fs::remove",
            "fs::rename",
        ] {
            assert!(
                module == "io" || !code.contains(word),
                "{} uses {word}",
                path.display()
            );
        }
    }
}

#[test]
fn the_kernels_and_the_model_make_no_system_calls() {
    for module in ["model", "optim", "numerics"] {
        for (name, path, source) in modules() {
            let code = source.split("#[cfg(test)]").next().unwrap_or_default();
            for word in ["std::fs", "std::env", "std::process", "std::net"] {
                assert!(
                    name != module || !code.contains(word),
                    "{} uses {word}",
                    path.display()
                );
            }
        }
    }
}
