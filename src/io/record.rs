//! How a model was made, as it travels with the weights: JSON in the member `record` of `model.npz`, its large arrays as
//! further members.
//!
//! Version 1: `{"version": 1, "program": "sae-lab 0.1.0", "experiment": {…}, "preparation": {…}, "epoch": 100}`, where
//! `preparation` is a [`PreparationRecord`].

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::data::{FittedPreparation, NamedArray, PreparationRecord};
use crate::training::Experiment;

const VERSION: u64 = 1;

/// How a model was made.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelRecord {
    pub experiment: Experiment,
    /// What the training data taught. `None` where a `run.json` is all there is, and holds no arrays.
    pub preparation: Option<Arc<FittedPreparation>>,
    /// Epochs trained.
    pub epoch: u64,
}

#[derive(Serialize, Deserialize)]
struct Written {
    version: u64,
    program: String,
    experiment: Experiment,
    preparation: Option<PreparationRecord>,
    epoch: u64,
}

/// The record as JSON, and the arrays that go beside it.
///
/// # Errors
/// A path that is not Unicode.
#[cfg(not(target_family = "wasm"))]
pub(super) fn to_json(
    record: &ModelRecord,
) -> Result<(String, Vec<NamedArray>), serde_json::Error> {
    let mut preparation = record
        .preparation
        .as_deref()
        .map(|fitted| PreparationRecord::from(fitted.clone()));
    let arrays = preparation
        .as_mut()
        .map(|preparation| std::mem::take(&mut preparation.arrays));
    let written = Written {
        version: VERSION,
        program: format!("{} {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")),
        experiment: record.experiment.clone(),
        preparation,
        epoch: record.epoch,
    };
    Ok((serde_json::to_string(&written)?, arrays.unwrap_or_default()))
}

/// The record out of the bytes of its JSON; `array` gives those that lie beside it, by name. `Err` says what is wrong.
pub(super) fn from_json(
    bytes: &[u8],
    array: impl FnMut(&str) -> Result<NamedArray, String>,
) -> Result<ModelRecord, String> {
    let text = std::str::from_utf8(bytes)
        .map_err(|error| format!("it is not UTF-8 text from byte {} on", error.valid_up_to()))?;
    let value = serde_json::from_str(text).map_err(|error| format!("it is not JSON ({error})"))?;
    from_value(value, array)
}

/// The same out of a `run.json`, whose own `version` is the program's.
#[cfg(not(target_family = "wasm"))]
pub(super) fn from_run(
    mut document: Value,
    array: impl FnMut(&str) -> Result<NamedArray, String>,
) -> Result<ModelRecord, String> {
    if let Some(entries) = document.as_object_mut() {
        entries.insert("version".into(), VERSION.into());
    }
    from_value(document, array)
}

/// The same of JSON that was parsed.
fn from_value(
    value: Value,
    mut array: impl FnMut(&str) -> Result<NamedArray, String>,
) -> Result<ModelRecord, String> {
    // asked first: what a newer version looks like nobody knows
    match value.get("version").and_then(Value::as_u64) {
        Some(VERSION) => {}
        Some(version) if version > VERSION => {
            return Err(format!(
                "it is of version {version}, and this program knows versions up to {VERSION}: use a newer sae-lab"
            ));
        }
        _ => return Err("its version is unknown".into()),
    }
    let written: Written = serde_json::from_value(value)
        .map_err(|error| format!("a part of it is missing or not valid ({error})"))?;
    let settings = written.experiment.hyperparameters.check();
    settings.map_err(|error| format!("its {error}"))?;
    let preparation = match written.preparation {
        None => None,
        Some(mut preparation) => {
            for name in preparation.array_names() {
                if !preparation.arrays.iter().any(|array| array.name == name) {
                    preparation.arrays.push(array(name)?);
                }
            }
            let fitted = FittedPreparation::try_from(preparation);
            Some(Arc::new(fitted.map_err(|error| error.to_string())?))
        }
    };
    Ok(ModelRecord {
        experiment: written.experiment,
        preparation,
        epoch: written.epoch,
    })
}
