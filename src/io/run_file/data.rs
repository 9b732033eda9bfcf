//! The prepared data, where a run's file carries them.

use std::io::{Read, Seek, Write};
use std::sync::Arc;

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::members::{Problem, Reader, Writer};
use super::{MOST_DATA, json};
use crate::data::wire::DataParts;
use crate::data::{DataSet, DataSpec, FittedPreparation, Samples, Step};
use crate::numerics::Real;
use crate::training::run::Numbers;

const DATA: &str = "data.json";
const SAMPLES: &str = "data/samples";
const TEST: &str = "data/test_samples";

#[derive(Serialize, Deserialize)]
struct Head {
    name: String,
    spec: DataSpec,
    preparation: Vec<Step>,
    classes: Vec<String>,
    labels: bool,
    /// What was held out, and whether it has labels.
    test: Option<bool>,
}

/// Data that are to go with a run.
pub(super) struct Embedded<'a>(&'a DataSet);

impl<'a> Embedded<'a> {
    /// `Err` has the bytes of data that are too large.
    pub(super) fn of(data: &'a DataSet) -> Result<Self, u64> {
        let test = data.test.as_ref().map_or(0, |test| bytes(&test.samples));
        match bytes(&data.samples) + test {
            bytes if bytes > MOST_DATA => Err(bytes),
            _ => Ok(Self(data)),
        }
    }

    pub(super) fn text(&self) -> Result<Vec<u8>, Problem> {
        let data = self.0;
        json::to_json(&Head {
            name: data.name.clone(),
            spec: data.spec.clone(),
            preparation: data.preparation.clone(),
            classes: data.classes.clone(),
            labels: data.labels.is_some(),
            test: data.test.as_ref().map(|test| test.labels.is_some()),
        })
    }

    pub(super) fn write<W: Write + Seek>(
        &self,
        writer: &mut Writer<W>,
        text: &[u8],
    ) -> std::io::Result<()> {
        let data = self.0;
        writer.text(DATA, text)?;
        write_samples(writer, SAMPLES, &data.samples, data.labels.as_deref())?;
        match &data.test {
            Some(test) => write_samples(writer, TEST, &test.samples, test.labels.as_deref()),
            None => Ok(()),
        }
    }
}

fn bytes(samples: &Samples) -> u64 {
    let (count, inputs) = samples.dim();
    let size = match samples {
        Samples::F32(_) | Samples::Levels(_) => size_of::<f32>(),
        Samples::F64(_) => size_of::<f64>(),
    };
    (count * inputs * size) as u64
}

fn write_samples<W: Write + Seek>(
    writer: &mut Writer<W>,
    name: &str,
    samples: &Samples,
    labels: Option<&[u8]>,
) -> std::io::Result<()> {
    fn matrix<T: Real, W: Write + Seek>(
        writer: &mut Writer<W>,
        name: &str,
        array: &Array2<T>,
    ) -> std::io::Result<()> {
        let (rows, columns) = array.dim();
        let array = array.as_standard_layout();
        let values = array.as_slice().unwrap_or_default(); // it is in standard layout
        writer.array(&format!("{name}.npy"), &[rows, columns], values)
    }
    match samples {
        Samples::F32(array) => matrix(writer, name, array)?,
        Samples::F64(array) => matrix(writer, name, array)?,
        Samples::Levels(_) => matrix(writer, name, &*samples.to::<f32>())?,
    }
    match labels {
        Some(labels) => writer.bytes(&labels_of(name), labels),
        None => Ok(()),
    }
}

/// The data set that `fitted` prepared.
pub(super) fn read<R: Read + Seek>(
    reader: &mut Reader<R>,
    fitted: &Arc<FittedPreparation>,
) -> Result<DataSet, Problem> {
    let head: Head = reader.text(DATA)?;
    let samples = read_samples(reader, SAMPLES, head.labels)?;
    let test = head.test.map(|labels| read_samples(reader, TEST, labels));
    let parts = DataParts {
        name: head.name,
        spec: head.spec,
        preparation: head.preparation,
        classes: head.classes,
        samples,
        test: test.transpose()?,
    };
    parts
        .with(Arc::clone(fitted))
        .map_err(|error| error.to_string())
}

fn read_samples<R: Read + Seek>(
    reader: &mut Reader<R>,
    name: &str,
    labels: bool,
) -> Result<(Samples, Option<Vec<u8>>), Problem> {
    let file = format!("{name}.npy");
    let (shape, numbers) = reader.numbers(&file)?;
    let &[rows, columns] = shape.as_slice() else {
        return Err(format!(
            "its {file} is of shape {shape:?} and must have rows and columns"
        ));
    };
    let length = |_| format!("its {file} has another number of values than its shape");
    let samples = match numbers {
        Numbers::F32(values) => {
            Samples::F32(Array2::from_shape_vec((rows, columns), values).map_err(length)?)
        }
        Numbers::F64(values) => {
            Samples::F64(Array2::from_shape_vec((rows, columns), values).map_err(length)?)
        }
    };
    let finite = match &samples {
        Samples::F32(array) => array.iter().all(|value| value.is_finite()),
        Samples::F64(array) => array.iter().all(|value| value.is_finite()),
        Samples::Levels(_) => true,
    };
    if !finite {
        return Err(format!("its {file} has a value that is not finite"));
    }
    let labels = labels.then(|| reader.row_of_bytes(&labels_of(name)));
    Ok((samples, labels.transpose()?))
}

fn labels_of(samples: &str) -> String {
    format!("{samples}_labels.npy")
}
