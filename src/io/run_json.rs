//! A run on one page: the experiment, what was done to its data, what came of it.

use std::io::Write;
use std::path::Path;

use serde::Serialize;

use super::error::name_of;
use super::{IoError, atomic_write};
use crate::data::{DataSet, Preparation, SampleShape};
use crate::training::Experiment;

#[derive(Serialize)]
struct Document<'a, R> {
    program: &'static str,
    version: &'static str,
    /// Enough to run it again.
    experiment: &'a Experiment,
    data: Data<'a>,
    results: &'a R,
}

#[derive(Serialize)]
struct Data<'a> {
    name: &'a str,
    samples: usize,
    inputs: usize,
    shape: SampleShape,
    /// 1/(2m) Σ‖x − x̄‖²
    variance: f64,
    range: (f64, f64),
    /// What was done to the raw values, in order.
    preparation: Vec<String>,
    /// The same as choices.
    prepared: Preparation,
}

/// Writes everything needed to run `experiment` again, the data as they were prepared, and the `results`. Numbers that
/// are not finite become null.
///
/// # Errors
/// The data's path is not Unicode, or the file cannot be written.
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
            variance: data.variance,
            range: data.range,
            preparation: data.sentences(),
            prepared: data.prepared(),
        },
        results,
    };
    let text = serde_json::to_string_pretty(&document).map_err(|error| IoError::Json {
        file: name_of(path),
        problem: error.to_string(),
    })?;
    atomic_write(path, |writer| writeln!(writer, "{text}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{DataSpec, EmbeddedSet, load};
    use serde_json::Value;

    #[test]
    fn what_is_written_is_enough_to_run_it_again() {
        let mut experiment = Experiment {
            hidden: 49,
            seed: 7,
            ..Experiment::default()
        };
        experiment.data = DataSpec {
            patches: 100,
            seed: 5,
            ..DataSpec::embedded(EmbeddedSet::Leaves)
        };
        experiment.hyperparameters.weight_decay = 0.1 + 0.2;
        let data = load(&experiment.data).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.json");
        write(
            &path,
            &experiment,
            &data,
            &serde_json::json!({"epochs": 3, "fvu": f64::NAN}),
        )
        .unwrap();
        let document: Value =
            serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let again: Experiment = serde_json::from_value(document["experiment"].clone()).unwrap();
        assert_eq!(again, experiment);
        assert_eq!(load(&again.data).unwrap().samples, data.samples);
        assert_eq!(document["version"], env!("CARGO_PKG_VERSION"));
        assert_eq!(document["data"]["samples"], 100);
        assert_eq!(
            document["data"]["preparation"].as_array().unwrap().len(),
            data.preparation.len()
        );
        assert_eq!(
            (&document["results"]["epochs"], &document["results"]["fvu"]),
            (&Value::from(3), &Value::Null)
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_json_cannot_hold_is_an_error_and_not_a_panic() {
        use std::os::unix::ffi::OsStrExt;
        let data = load(&DataSpec::embedded(EmbeddedSet::Bars)).unwrap();
        let name = std::ffi::OsStr::from_bytes(b"\xff.npy");
        let experiment = Experiment {
            data: DataSpec::file(name),
            ..Experiment::default()
        };
        let folder = tempfile::tempdir().unwrap();
        let error = write(&folder.path().join("run.json"), &experiment, &data, &()).unwrap_err();
        assert!(matches!(error, IoError::Json { .. }), "{error}");
    }
}
