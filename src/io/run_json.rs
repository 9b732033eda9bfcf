//! `run.json`: everything needed to run it again, and what came of it.

use std::io::Write;
use std::path::Path;

use serde::Serialize;

use super::{IoError, write_atomically};
use crate::data::DataSet;
use crate::training::Experiment;

#[derive(Serialize)]
struct Document<'a, R> {
    program: &'static str,
    version: &'static str,
    experiment: &'a Experiment,
    data: Data<'a>,
    results: &'a R,
}

#[derive(Serialize)]
struct Data<'a> {
    name: &'a str,
    samples: usize,
    inputs: usize,
    shape: crate::data::SampleShape,
    /// What was done to the raw data, in order.
    preparation: &'a [String],
    range: (f64, f64),
    /// 1/(2m) Σ‖x − x̄‖²
    variance: f64,
}

/// Writes the experiment, what its data were, and `results`.
///
/// # Errors
/// The file can't be written.
pub fn write(
    path: &Path,
    experiment: &Experiment,
    data: &DataSet,
    results: &impl Serialize,
) -> Result<(), IoError> {
    let (samples, inputs) = data.samples.dim();
    let document = Document {
        program: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        experiment,
        data: Data {
            name: &data.name,
            samples,
            inputs,
            shape: data.shape,
            preparation: &data.preparation,
            range: data.range,
            variance: data.variance,
        },
        results,
    };
    write_atomically(path, |file| {
        serde_json::to_writer_pretty(&mut *file, &document)?;
        writeln!(file)
    })
}
