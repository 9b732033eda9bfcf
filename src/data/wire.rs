//! A prepared data set as bytes: for a trainer that doesn't share this one's memory.

use std::sync::Arc;

use ndarray::Array2;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::fitted::{PreparationError, PreparationRecord};
use super::{DataSet, DataSpec, FittedPreparation, Samples, Step, TestPart};

/// The form that travels. Everything in it is as the data set has it, to the bit.
#[derive(Serialize, Deserialize)]
struct Record {
    name: String,
    spec: DataSpec,
    samples: Matrix,
    preparation: Vec<Step>,
    fitted: PreparationRecord,
    labels: Option<Vec<u8>>,
    classes: Vec<String>,
    names: Option<Vec<String>>,
    /// What was held out, and its labels.
    test: Option<(Matrix, Option<Vec<u8>>)>,
}

#[derive(Serialize, Deserialize)]
struct Matrix {
    /// (m, n)
    dim: (usize, usize),
    values: Values,
}

/// Row by row, in the precision that they came in.
#[derive(Serialize, Deserialize)]
enum Values {
    F32(Vec<f32>),
    F64(Vec<f64>),
}

/// Why bytes are no data set.
#[derive(Debug, Error)]
pub enum DataWireError {
    #[error("the bytes are not a data set of this version of the lab ({0})")]
    Bytes(#[from] postcard::Error),
    #[error(transparent)]
    Preparation(#[from] PreparationError),
    #[error("the bytes hold another number of values than the data set should have")]
    Length,
}

impl DataSet {
    /// # Errors
    /// A path in its source is not Unicode.
    pub fn to_bytes(&self) -> Result<Vec<u8>, DataWireError> {
        let test = self.test.as_ref();
        let record = Record {
            name: self.name.clone(),
            spec: self.spec.clone(),
            samples: Matrix::of(&self.samples),
            preparation: self.preparation.clone(),
            fitted: PreparationRecord::from((*self.fitted).clone()),
            labels: self.labels.clone(),
            classes: self.classes.clone(),
            names: self.names.as_ref().map(|names| names.to_vec()),
            test: test.map(|test| (Matrix::of(&test.samples), test.labels.clone())),
        };
        Ok(postcard::to_allocvec(&record)?)
    }

    /// # Errors
    /// The bytes are cut short, of something else, or contradict themselves.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DataWireError> {
        let record: Record = postcard::from_bytes(bytes)?;
        let fitted = Arc::new(FittedPreparation::try_from(record.fitted)?);
        let labelled = |(matrix, labels): (Matrix, Option<Vec<u8>>)| {
            Ok::<_, DataWireError>((matrix.read()?, labels))
        };
        let names = record.names.map(Arc::from);
        let data = DataParts {
            name: record.name,
            spec: record.spec,
            preparation: record.preparation,
            classes: record.classes,
            samples: labelled((record.samples, record.labels))?,
            test: record.test.map(labelled).transpose()?,
        }
        .with(fitted)?;
        Ok(DataSet { names, ..data })
    }
}

/// What a prepared data set is put together from again, beside its fitted preparation. Nothing in it is checked.
pub struct DataParts {
    pub name: String,
    pub spec: DataSpec,
    pub preparation: Vec<Step>,
    /// The names of the labels' classes.
    pub classes: Vec<String>,
    /// (m, n), and m labels if it has any.
    pub samples: (Samples, Option<Vec<u8>>),
    /// What was held out.
    pub test: Option<(Samples, Option<Vec<u8>>)>,
}

impl DataParts {
    /// The data set that `fitted` prepared.
    ///
    /// # Errors
    /// The parts have other sizes than it says.
    pub fn with(self, fitted: Arc<FittedPreparation>) -> Result<DataSet, DataWireError> {
        let inputs = fitted.shape.len();
        let fits = |samples: &Samples, labels: &Option<Vec<u8>>| {
            let (count, length) = samples.dim();
            let labels = labels.as_ref().map_or(count, Vec::len);
            count > 0 && length == inputs && labels == count
        };
        let (samples, labels) = self.samples;
        let test = self.test.as_ref();
        if !fits(&samples, &labels) || test.is_some_and(|(test, labels)| !fits(test, labels)) {
            return Err(DataWireError::Length);
        }
        let test = self
            .test
            .map(|(test, labels)| Arc::new(TestPart::new(&samples, test, labels)));
        let mut data = DataSet::prepared_by(self.name, self.spec, samples, fitted);
        data.preparation = self.preparation;
        data.labels = labels;
        data.classes = self.classes;
        data.test = test;
        Ok(data)
    }
}

impl Matrix {
    fn of(samples: &Samples) -> Self {
        Self {
            dim: samples.dim(),
            values: match samples {
                Samples::F32(_) | Samples::Levels(_) => {
                    Values::F32(samples.to::<f32>().iter().copied().collect())
                }
                Samples::F64(array) => Values::F64(array.iter().copied().collect()),
            },
        }
    }

    fn read(self) -> Result<Samples, DataWireError> {
        fn matrix<T>(dim: (usize, usize), values: Vec<T>) -> Result<Array2<T>, DataWireError> {
            Array2::from_shape_vec(dim, values).map_err(|_| DataWireError::Length)
        }
        Ok(match self.values {
            Values::F32(values) => Samples::F32(matrix(self.dim, values)?),
            Values::F64(values) => Samples::F64(matrix(self.dim, values)?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{EmbeddedSet, Held, Preparation, load};

    #[test]
    fn a_set_comes_through_to_the_bit_and_cut_bytes_do_not() {
        let zca = DataSpec {
            patches: 300,
            preparation: Some(Preparation::ZCA),
            ..DataSpec::embedded(EmbeddedSet::Photos)
        };
        let held = DataSpec {
            held: Held::Fraction(0.2),
            ..DataSpec::embedded(EmbeddedSet::Digits)
        };
        for spec in [zca, DataSpec::embedded(EmbeddedSet::Digits), held] {
            let mut data = load(&spec).unwrap();
            data.names = Some((0..data.len()).map(|row| format!("row {row}")).collect());
            let bytes = data.to_bytes().unwrap();
            let through = DataSet::from_bytes(&bytes).unwrap();
            assert_eq!(through.samples, data.samples);
            assert_eq!(through.fitted, data.fitted);
            assert_eq!(through.test, data.test);
            assert_eq!(
                (through.name, through.spec, through.shape),
                (data.name, data.spec, data.shape)
            );
            assert_eq!(
                (through.labels, through.classes, through.names),
                (data.labels, data.classes, data.names)
            );
            assert_eq!(through.preparation, data.preparation);
            assert_eq!(
                (through.variance, through.range),
                (data.variance, data.range)
            );
            for cut in (0..bytes.len()).step_by(bytes.len() / 97 + 1) {
                assert!(DataSet::from_bytes(&bytes[..cut]).is_err(), "{cut}");
            }
        }
    }
}
