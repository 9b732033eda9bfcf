//! A Python that has what a test needs.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The first of `SAE_LAB_PYTHON`, the environment that `tests/interop/venv` makes, and `python3` that has these libraries.
pub fn with(libraries: &[&str]) -> PathBuf {
    let asked = std::env::var_os("SAE_LAB_PYTHON").map(PathBuf::from);
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/interop-venv/bin/python");
    let known = [own, "python3".into(), "/usr/bin/python3".into()];
    let import = format!("import {}", libraries.join(", "));
    let has = |python: &PathBuf| {
        let output = Command::new(python).args(["-c", &import]).output();
        output.is_ok_and(|output| output.status.success())
    };
    let mut all = asked.into_iter().chain(known);
    all.find(has).unwrap_or_else(|| {
        panic!("this test needs Python with {import:?}: apt-get install python3-numpy, or tests/interop/venv")
    })
}
