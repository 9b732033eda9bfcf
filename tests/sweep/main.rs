//! `sae-lab sweep`: what it writes, that it goes on where it was stopped, and what it refuses.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by them, and prints what it measured"
)]

mod files;
mod map;
mod refusals;
mod resume;

use std::path::Path;
use std::process::{Command, Output};

/// `sae-lab sweep` into `folder`.
fn sweep(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sae-lab"));
    command
        .arg("sweep")
        .args(arguments)
        .arg("--out")
        .arg(folder);
    command
}

/// The same, to its end.
fn swept(folder: &Path, arguments: &[&str]) -> Output {
    let output = sweep(folder, arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    output
}

/// The rows of a table, by column.
struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn read(folder: &Path) -> Self {
        let text = std::fs::read_to_string(folder.join("sweep.csv")).unwrap();
        let mut lines = text.lines().map(|line| {
            let cells = line.split(',').map(str::to_owned);
            cells.collect::<Vec<String>>()
        });
        let columns = lines.next().unwrap();
        let rows: Vec<Vec<String>> = lines.collect();
        assert!(rows.iter().all(|row| row.len() == columns.len()));
        Self { columns, rows }
    }

    fn column(&self, name: &str) -> Vec<&str> {
        let index = self.columns.iter().position(|column| column == name);
        let index = index.unwrap_or_else(|| panic!("no column {name}"));
        self.rows.iter().map(|row| &*row[index]).collect()
    }

    fn numbers(&self, name: &str) -> Vec<f64> {
        let texts = self.column(name);
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }
}
