//! A run on one page: the experiment, what was done to its data, what came of it.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::error::name_of;
use super::hexadecimal::hexadecimal;
use super::{IoError, ModelRecord, atomic_write, record};
use crate::data::{DataSet, Preparation, PreparationRecord, SampleShape};
use crate::training::Experiment;

#[derive(Serialize)]
struct Document<'a, R> {
    program: &'static str,
    version: &'static str,
    /// SHA-256 of the bytes of model.npz, in hexadecimal.
    model_sha256: &'a str,
    /// Epochs trained.
    epoch: u64,
    /// Enough to run it again.
    experiment: &'a Experiment,
    data: Data<'a>,
    /// What was measured on the data, as in the model's own record; null where that takes arrays, which are in the
    /// model alone.
    preparation: Option<PreparationRecord>,
    results: &'a R,
}

#[derive(Serialize)]
struct Data<'a> {
    name: &'a str,
    samples: usize,
    /// Held out to test with, beside these.
    test_samples: usize,
    inputs: usize,
    /// The columns' names, one for each value of a sample; empty where they have none.
    names: &'a [String],
    /// The name of each class, by its number; empty where labels are numbers, or there are none.
    classes: &'a [String],
    shape: SampleShape,
    /// 1/(2m) Σ‖x − x̄‖²
    variance: f64,
    range: (f64, f64),
    /// What was done to the raw values, in order.
    preparation: Vec<String>,
    /// The same as choices.
    prepared: Preparation,
}

/// Writes everything needed to run `experiment` again, the data as they were prepared, and the `results` after `epoch`
/// epochs. Numbers that are not finite become null. `model` is the file whose weights these are.
///
/// # Errors
/// The data's path is not Unicode, the model cannot be read, or the file cannot be written.
pub fn write(
    path: &Path,
    (model, epoch): (&Path, u64),
    experiment: &Experiment,
    data: &DataSet,
    results: &impl Serialize,
) -> Result<(), IoError> {
    let (samples, inputs) = data.samples.dim();
    let preparation = PreparationRecord::from((*data.fitted).clone());
    let digest = sha256(model).map_err(|source| IoError::Read {
        file: name_of(model),
        source,
    })?;
    let document = Document {
        program: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        model_sha256: &digest,
        epoch,
        experiment,
        preparation: preparation.arrays.is_empty().then_some(preparation),
        data: Data {
            name: &data.name,
            samples,
            test_samples: data.test.as_ref().map_or(0, |test| test.len()),
            inputs,
            names: &data.fitted.columns,
            classes: &data.fitted.classes,
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

/// What a `run.json` beside `model` says, where it was written for exactly these bytes. `Err` says what is wrong with
/// one that was.
pub(super) fn record_of(model: &Path) -> Result<Option<ModelRecord>, String> {
    let Some(document) = of_model(model) else {
        return Ok(None);
    };
    let none = |name: &str| Err(format!("run.json has no array {name}"));
    record::from_run(document, none).map(Some)
}

/// What was done to the data of `model`, a sentence a step, as the `run.json` beside it says; nothing where there is none.
pub fn steps(model: &Path) -> Vec<String> {
    let document = of_model(model);
    let steps = document
        .as_ref()
        .and_then(|document| document.pointer("/data/preparation"));
    let steps = steps
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    let texts = steps.iter().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

/// The `run.json` beside `model`, where it was written for exactly these bytes.
pub(super) fn of_model(model: &Path) -> Option<Value> {
    // one that cannot be read, or is no JSON, is that of no model
    let text = std::fs::read(model.with_file_name("run.json")).ok()?;
    let document: Value = serde_json::from_slice(&text).ok()?;
    let claimed = document.get("model_sha256").and_then(Value::as_str)?;
    let digest = sha256(model).ok()?;
    (claimed == digest).then_some(document)
}

/// SHA-256 of a file's bytes, in hexadecimal.
pub(super) fn sha256(path: &Path) -> std::io::Result<String> {
    let mut hasher = Sha256::new();
    std::io::copy(&mut File::open(path)?, &mut hasher)?;
    Ok(hexadecimal(&hasher.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{DataSpec, EmbeddedSet, load};

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
        let model = folder.path().join("model.npz");
        std::fs::write(&model, b"abc").unwrap();
        write(
            &path,
            (&model, 3),
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
        // of "abc", by NIST's own example
        assert_eq!(
            document["model_sha256"],
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
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
        let path = folder.path().join("run.json");
        std::fs::write(&path, b"a model").unwrap();
        let error = write(&path, (&path, 0), &experiment, &data, &()).unwrap_err();
        assert!(matches!(error, IoError::Json { .. }), "{error}");
    }
}
