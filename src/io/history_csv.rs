//! A run's curves as a table.

use std::io::Write;
use std::path::Path;

use serde::Deserialize;

use super::error::name_of;
use super::{IoError, atomic_write};
use crate::training::Record;

/// The columns, in order.
pub const COLUMNS: &str = "epoch,total_cost,reconstruction_loss,decay_penalty,sparsity_penalty,fvu,alive,constant,silent,saturated,duplicate,test_reconstruction_loss,test_fvu";

/// Writes one line an epoch, under a line of column names. Numbers are written in full: reading gives the same bits.
/// What the test part says is of exactly that epoch, and empty where it was not measured then.
///
/// # Errors
/// It cannot be written.
pub fn write<'a>(
    path: &Path,
    records: impl IntoIterator<Item = &'a Record>,
) -> Result<(), IoError> {
    atomic_write(path, |writer| {
        writeln!(writer, "{COLUMNS}")?;
        for Record {
            epoch,
            cost,
            fvu,
            counts,
            test,
            ..
        } in records
        {
            write!(
                writer,
                "{epoch},{},{},{},{},{fvu},{},{},{},{},{},",
                cost.total(),
                cost.reconstruction_loss,
                cost.decay_penalty,
                cost.sparsity_penalty,
                counts.alive,
                counts.constant,
                counts.silent,
                counts.saturated,
                counts.duplicate
            )?;
            match test {
                Some(test) => writeln!(writer, "{},{}", test.reconstruction_loss, test.fvu)?,
                None => writeln!(writer, ",")?,
            }
        }
        Ok(())
    })
}

/// What the curves of the cost take of an epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
pub struct Row {
    pub epoch: u64,
    pub total_cost: f64,
    pub reconstruction_loss: f64,
    pub decay_penalty: f64,
    pub sparsity_penalty: f64,
    /// Where it was measured.
    #[serde(default)]
    pub test_reconstruction_loss: Option<f64>,
    /// Not in every table, and not where it is no number.
    #[serde(default)]
    pub fvu: Option<f64>,
    #[serde(default)]
    pub alive: Option<u64>,
}

/// Data that never vary have an FVU that is no number.
fn finite(fvu: f64) -> Option<f64> {
    Some(fvu).filter(|fvu| fvu.is_finite())
}

impl From<&Record> for Row {
    fn from(record: &Record) -> Self {
        Self {
            epoch: record.epoch,
            total_cost: record.cost.total(),
            reconstruction_loss: record.cost.reconstruction_loss,
            decay_penalty: record.cost.decay_penalty,
            sparsity_penalty: record.cost.sparsity_penalty,
            test_reconstruction_loss: record.test.map(|test| test.reconstruction_loss),
            fvu: finite(record.fvu),
            alive: Some(record.counts.alive as u64),
        }
    }
}

/// Reads the curves of a table that [`write`] wrote.
///
/// # Errors
/// It cannot be read, or is no such table.
pub fn read(path: &Path) -> Result<Vec<Row>, IoError> {
    let file = std::fs::File::open(path).map_err(|source| IoError::Read {
        file: name_of(path),
        source,
    })?;
    let refused = |problem: String| IoError::History {
        file: name_of(path),
        problem,
    };
    let mut rows: Vec<Row> = Vec::new();
    for row in csv::Reader::from_reader(std::io::BufReader::new(file)).deserialize() {
        let mut row: Row = row.map_err(|error| refused(error.to_string()))?;
        row.fvu = row.fvu.and_then(finite);
        if rows.last().is_some_and(|last| last.epoch >= row.epoch) {
            return Err(refused(format!("epoch {} is not in its place", row.epoch)));
        }
        rows.push(row);
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Cost;
    use crate::model::units::StateCounts;
    use crate::training::TestLoss;

    #[test]
    fn every_column_has_its_value() {
        let cost = Cost {
            reconstruction_loss: 0.1,
            decay_penalty: 0.25,
            sparsity_penalty: 3.0,
        };
        let counts = StateCounts {
            alive: 20,
            constant: 1,
            silent: 2,
            saturated: 3,
            duplicate: 4,
        };
        let records = [
            Record {
                epoch: 1,
                cost,
                fvu: 0.7,
                counts,
                test: Some(TestLoss {
                    reconstruction_loss: 0.2,
                    fvu: 0.75,
                }),
                ..Record::default()
            },
            Record {
                epoch: 2,
                cost,
                fvu: f64::NAN,
                ..Record::default()
            },
        ];
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.csv");
        write(&path, &records).unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        assert_eq!(text.lines().next(), Some(COLUMNS));
        assert_eq!(
            text.lines().nth(1),
            Some("1,3.35,0.1,0.25,3,0.7,20,1,2,3,4,0.2,0.75")
        );
        assert_eq!(
            text.lines().nth(2),
            Some("2,3.35,0.1,0.25,3,NaN,0,0,0,0,0,,")
        );
        assert_eq!(text.lines().count(), 3);
        let rows = read(&folder.path().join("history.csv")).unwrap();
        assert_eq!(rows, records.each_ref().map(Row::from));
        for broken in ["epoch,fvu\n1,2\n", &text.replace("\n2,", "\n1,")] {
            std::fs::write(folder.path().join("broken.csv"), broken).unwrap();
            let refusal = read(&folder.path().join("broken.csv")).unwrap_err();
            assert!(matches!(refusal, IoError::History { .. }), "{refusal}");
        }
    }
}
