//! Runs the command and reads what it says and writes.
#![allow(dead_code, reason = "each test uses its share of it")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

pub fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sae-lab"))
        .args(arguments)
        .output()
        .unwrap()
}

/// The line of `--json` of a command that ends well.
pub fn json(arguments: &[&str]) -> Value {
    json_and_said(arguments).0
}

/// The same, and what goes to standard error.
pub fn json_and_said(arguments: &[&str]) -> (Value, String) {
    let output = run(&[arguments, &["--json"]].concat());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{arguments:?}: {said}");
    let lines = String::from_utf8(output.stdout).unwrap();
    assert_eq!(lines.lines().count(), 1, "{lines}");
    (serde_json::from_str(&lines).unwrap(), said)
}

/// A file of JSON.
pub fn read(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// A path as an argument.
pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
