//! What was measured before, to say what has become slower: of each row the share of the processor's peak, which two
//! machines with the same kernels have much alike.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::CliError;
use crate::io::{IoError, atomic_write};
use crate::numerics::{KernelPath, Precision};

/// Slower than before by more than that counts: what one measurement differs from the next by is less.
const NOISE: f64 = 0.1;
/// The committed file.
const KEPT: &str = include_str!("../../../assets/bench-baseline.json");

/// One row that was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    pub kernels: KernelPath,
    pub precision: Precision,
    pub threads: usize,
    pub workload: String,
    /// GFLOP/s over the GEMM peak of as many threads
    pub share: f64,
}

impl Row {
    fn is_of(&self, other: &Self) -> bool {
        (self.kernels, self.precision, self.threads, &self.workload)
            == (
                other.kernels,
                other.precision,
                other.threads,
                &other.workload,
            )
    }
}

/// How a row compares with the same one before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Change {
    pub before: f64,
    /// Of the speed: 0.02 is 2 % faster
    pub by: f64,
}

impl Change {
    pub fn is_slower(self) -> bool {
        self.by < -NOISE
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Baseline {
    rows: Vec<Row>,
}

impl Baseline {
    /// That in the file at `path`, or the committed one.
    ///
    /// # Errors
    /// It cannot be read, or is none.
    pub fn read(path: Option<&Path>) -> Result<Self, CliError> {
        let file = || path.map_or_else(String::new, |path| path.display().to_string());
        let text = match path {
            None => KEPT.to_owned(),
            Some(path) => std::fs::read_to_string(path).map_err(|source| IoError::Read {
                file: file(),
                source,
            })?,
        };
        let read: Self = serde_json::from_str(&text).map_err(|error| {
            CliError::Usage(format!(
                "{} is no baseline ({error}): write one with --save-baseline",
                file()
            ))
        })?;
        Ok(read)
    }

    /// What was measured before of the row that is `now`.
    pub fn change(&self, now: &Row) -> Option<Change> {
        let before = self.rows.iter().find(|row| row.is_of(now))?.share;
        let by = now.share / before - 1.0;
        by.is_finite().then_some(Change { before, by })
    }

    /// Takes `row` in the place of the same one before.
    pub fn take(&mut self, row: Row) {
        self.rows.retain(|before| !before.is_of(&row));
        self.rows.push(row);
    }

    /// A row a line, so that a change of one is a change of one line.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), CliError> {
        let lines: Result<Vec<String>, CliError> =
            self.rows.iter().map(crate::cli::json_line).collect();
        let text = format!("{{\"rows\": [\n  {}\n]}}\n", lines?.join(",\n  "));
        atomic_write(path, |writer| {
            std::io::Write::write_all(writer, text.as_bytes())
        })?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(workload: &str, share: f64) -> Row {
        Row {
            kernels: KernelPath::Avx2,
            precision: Precision::F32,
            threads: 2,
            workload: workload.to_owned(),
            share,
        }
    }

    #[test]
    fn the_committed_one_can_be_read_and_has_every_row_once() {
        let kept = Baseline::read(None).unwrap();
        assert!(!kept.rows.is_empty());
        for (place, row) in kept.rows.iter().enumerate() {
            assert!(row.share > 0.05 && row.share < 1.2, "{row:?}");
            assert!(
                kept.rows[..place].iter().all(|other| !other.is_of(row)),
                "{row:?}"
            );
        }
    }

    #[test]
    fn slower_is_what_lost_more_than_the_noise() {
        let mut baseline = Baseline::default();
        baseline.take(row("patches", 0.2));
        baseline.take(row("patches", 0.5));
        assert_eq!(baseline.rows.len(), 1, "in the place of the one before");
        let slower = |share| baseline.change(&row("patches", share)).unwrap().is_slower();
        assert!(slower(0.44) && !slower(0.46) && !slower(0.6));
        assert_eq!(baseline.change(&row("digits", 0.5)), None);
        let other = Row {
            threads: 1,
            ..row("patches", 0.5)
        };
        assert_eq!(baseline.change(&other), None);
    }

    #[test]
    fn it_comes_back_from_its_file_and_anything_else_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("baseline.json");
        let mut baseline = Baseline::default();
        baseline.take(row("patches", 0.5));
        baseline.take(row("digits", 0.75));
        baseline.write(&path).unwrap();
        assert_eq!(Baseline::read(Some(&path)).unwrap(), baseline);
        std::fs::write(&path, "{}").unwrap();
        let error = Baseline::read(Some(&path)).unwrap_err();
        assert!(error.to_string().contains("--save-baseline"), "{error}");
        assert_eq!(error.status(), 2);
        assert_eq!(
            Baseline::read(Some(&folder.path().join("none")))
                .unwrap_err()
                .status(),
            2
        );
    }
}
