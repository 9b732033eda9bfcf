//! `history.csv`: a row an epoch, as far back as the history keeps them all, thinned before.

use std::io::Write;
use std::path::Path;

use super::{IoError, write_atomically};
use crate::training::Record;

const HEADER: &str = "epoch,total_cost,reconstruction_loss,decay_penalty,sparsity_penalty,fvu,alive,constant,silent,\
                      saturated";

/// Writes `records` with numbers that read back to the same f64; an undefined FVU is left empty.
///
/// # Errors
/// The file can't be written.
pub fn write<'a>(path: &Path, records: impl Iterator<Item = &'a Record>) -> Result<(), IoError> {
    write_atomically(path, |file| {
        writeln!(file, "{HEADER}")?;
        for record in records {
            let (cost, counts) = (record.cost, record.counts);
            let fvu = if record.fvu.is_finite() {
                record.fvu.to_string()
            } else {
                String::new()
            };
            writeln!(
                file,
                "{},{},{},{},{},{fvu},{},{},{},{}",
                record.epoch,
                cost.total(),
                cost.reconstruction_loss,
                cost.decay_penalty,
                cost.sparsity_penalty,
                counts.alive,
                counts.constant,
                counts.silent,
                counts.saturated
            )?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_every_column_and_undefined_is_empty() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.csv");
        let record = Record {
            epoch: 3,
            fvu: f64::NAN,
            ..Default::default()
        };
        write(
            &path,
            [
                record,
                Record {
                    fvu: 0.1 + 0.2,
                    ..record
                },
            ]
            .iter(),
        )
        .unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
        assert_eq!(rows.len(), 3);
        assert!(rows.iter().all(|row| row.len() == 10));
        assert_eq!((rows[1][5], rows[2][5]), ("", "0.30000000000000004"));
    }
}
