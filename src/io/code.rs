//! The code of a data set, as NumPy or a table reads it.

use std::path::Path;

use super::error::name_of;
use super::{IoError, atomic_write, npy};
use crate::data::Samples;

/// What a code is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The matrix (m, h) for `numpy.load`, without labels.
    Npy,
    /// A row a sample, under the names `h0,h1,…`, and `label` last where there are labels.
    Csv,
}

impl Form {
    /// By the suffix of `path`.
    ///
    /// # Errors
    /// It has none of the two.
    pub fn of(path: &Path) -> Result<Self, IoError> {
        let suffix = path.extension().and_then(|suffix| suffix.to_str());
        match suffix.map(str::to_ascii_lowercase).as_deref() {
            Some("npy") => Ok(Self::Npy),
            Some("csv") => Ok(Self::Csv),
            _ => Err(IoError::Suffix {
                file: name_of(path),
                wanted: ".npy or .csv",
            }),
        }
    }
}

/// Writes `code` (m, h) as the suffix of `path` says; `labels`, m of them where there are any, go into a table alone.
/// Numbers are written in full: reading gives the same bits.
///
/// # Errors
/// Another suffix than .npy or .csv; it cannot be written.
pub fn write(path: &Path, code: &Samples, labels: Option<&[String]>) -> Result<(), IoError> {
    match Form::of(path)? {
        Form::Npy => npy::write_samples(path, code),
        Form::Csv => atomic_write(path, |writer| {
            let mut table = csv::Writer::from_writer(writer);
            let units = (0..code.dim().1).map(|unit| format!("h{unit}"));
            let name = labels.map(|_| "label".to_owned());
            table.write_record(units.chain(name))?;
            for row in 0..code.dim().0 {
                let values: Vec<String> = match code {
                    Samples::F32(array) => array.row(row).iter().map(f32::to_string).collect(),
                    Samples::F64(array) => array.row(row).iter().map(f64::to_string).collect(),
                    Samples::Levels(_) => {
                        let row = code.select::<f32>(&[row]);
                        row.iter().map(f32::to_string).collect()
                    }
                };
                let label = labels.and_then(|labels| labels.get(row)).cloned();
                table.write_record(values.into_iter().chain(label))?;
            }
            table.flush()
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{DataSpec, load};
    use ndarray::array;

    #[test]
    fn a_table_is_read_again_bit_by_bit_with_its_labels() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("code.CSV");
        let values = array![[0.1, 1e-17], [2.0 / 3.0, 0.25], [0.5, 0.75]];
        let labels = ["red, dark", "white", "red, dark"].map(str::to_owned);
        write(&path, &Samples::F64(values.clone()), Some(&labels)).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("h0,h1,label\n0.1,"), "{text}");
        let set = load(&DataSpec {
            preparation: Some(crate::data::Preparation::NONE),
            ..DataSpec::file(&path)
        })
        .unwrap();
        assert_eq!(set.samples, Samples::F64(values));
        assert_eq!(set.labels, Some(vec![0, 1, 0]));
        assert_eq!(set.classes, ["red, dark", "white"]);
    }

    #[test]
    fn another_suffix_is_refused() {
        for name in ["code.txt", "code", "npy", ".csv"] {
            let refusal = Form::of(Path::new(name)).unwrap_err().to_string();
            assert!(
                refusal.contains(name) && refusal.contains(".npy or .csv"),
                "{refusal}"
            );
        }
    }
}
