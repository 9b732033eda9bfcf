//! A checkpoint out of its file: weights, and what is said of them beside them.

use std::collections::BTreeMap;
use std::path::Path;

use serde::de::DeserializeOwned;
use xxhash_rust::xxh3::xxh3_64;

use super::folder::{Bytes, read};
use super::layout::{Layout, Matrix, TensorMap, layout};
use super::progress::Progress;
use super::watcher::{Outcome, Request, Stamp};
use crate::data::{DataError, TensorFile, TensorInfo};
use crate::io::{ModelRecord, record};
use crate::model::{HiddenActivation, OutputActivation, Parameters};
use crate::training::Experiment;

/// Where the lab's own record is.
const RECORD: &str = "record";
/// Where an `.npz` has what a `.safetensors` has as its metadata.
const METADATA: &str = "metadata";
/// What may stand beside the weights as a number.
const NUMBERS: [&str; 8] = [
    "sparsity_target",
    "rho",
    "sparsity_weight",
    "beta",
    "weight_decay",
    "lambda",
    "epoch",
    "step",
];

/// A model as another program left it.
#[derive(Debug)]
pub struct Checkpoint {
    /// By its metadata, or else by its name.
    pub progress: Progress,
    /// Which tensors were taken.
    pub layout: Layout,
    /// They may be infinite or NaN, as a training leaves them that diverged.
    pub weights: Parameters<f64>,
    /// The lab's own record.
    pub record: Option<ModelRecord>,
    pub settings: Told,
}

/// The settings that metadata name.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Told {
    /// ρ: `rho` or `sparsity_target`
    pub sparsity_target: Option<f64>,
    /// β: `beta` or `sparsity_weight`
    pub sparsity_weight: Option<f64>,
    /// λ: `lambda` or `weight_decay`
    pub weight_decay: Option<f64>,
    pub hidden_activation: Option<HiddenActivation>,
    pub output_activation: Option<OutputActivation>,
}

impl Told {
    /// What is told holds in `experiment`.
    pub fn put_in(&self, experiment: &mut Experiment) {
        fn put<V: Copy>(place: &mut V, told: Option<V>) {
            if let Some(told) = told {
                *place = told;
            }
        }
        let settings = &mut experiment.hyperparameters;
        put(&mut settings.sparsity_target, self.sparsity_target);
        put(&mut settings.sparsity_weight, self.sparsity_weight);
        put(&mut settings.weight_decay, self.weight_decay);
        put(&mut experiment.hidden_activation, self.hidden_activation);
        put(&mut experiment.output_activation, self.output_activation);
    }
}

impl From<&Experiment> for Told {
    fn from(experiment: &Experiment) -> Self {
        let settings = &experiment.hyperparameters;
        Self {
            sparsity_target: Some(settings.sparsity_target),
            sparsity_weight: Some(settings.sparsity_weight),
            weight_decay: Some(settings.weight_decay),
            hidden_activation: Some(experiment.hidden_activation),
            output_activation: Some(experiment.output_activation),
        }
    }
}

impl Checkpoint {
    /// What the file says of its settings: the lab's own record, or else its metadata.
    pub fn told(&self) -> Told {
        let record = self.record.as_ref();
        record.map_or(self.settings, |record| Told::from(&record.experiment))
    }
}

/// What a file was found to be.
#[derive(Debug)]
pub enum Content {
    Model(Box<Checkpoint>),
    /// It is whole, and cannot be used: a sentence that names it.
    Unusable(String),
    /// It is damaged or ends too soon: a sentence that names it.
    Unfinished(String),
    Changed,
}

impl Content {
    pub fn outcome(&self, digest: u64) -> Outcome {
        match self {
            Self::Model(_) | Self::Unusable(_) => Outcome::Whole { digest },
            Self::Unfinished(_) => Outcome::Unfinished,
            Self::Changed => Outcome::Changed,
        }
    }
}

/// Reads the file that a watcher asked for, as a model of `inputs` inputs, or as many as its own record says. The outcome
/// and the stamp are for the watcher.
pub fn open(
    folder: &Path,
    request: &Request,
    inputs: usize,
    map: &TensorMap,
) -> (Content, Outcome, Stamp) {
    let name = &request.seen.name;
    let (bytes, stamp) = match read(folder, request) {
        Bytes::Whole(bytes, stamp) => (bytes, stamp),
        Bytes::Changed => return (Content::Changed, Outcome::Changed, request.seen.stamp),
        Bytes::Unreadable(problem) => {
            let content = Content::Unfinished(format!("{name}: {problem}"));
            return (content, Outcome::Unfinished, request.seen.stamp);
        }
    };
    let digest = xxh3_64(&bytes);
    let content = content(name, bytes, inputs, map);
    let outcome = content.outcome(digest);
    (content, outcome, stamp)
}

fn content(name: &str, bytes: Vec<u8>, inputs: usize, map: &TensorMap) -> Content {
    let mut file = match TensorFile::open(name, bytes) {
        Ok(file) => file,
        Err(error) => return Content::Unfinished(error.to_string()),
    };
    match checkpoint(name, &mut file, inputs, map) {
        Ok(checkpoint) => Content::Model(Box::new(checkpoint)),
        Err(Refusal::Damaged(error)) => Content::Unfinished(error.to_string()),
        Err(Refusal::Unusable(sentence)) => Content::Unusable(sentence),
    }
}

enum Refusal {
    Damaged(DataError),
    Unusable(String),
}

impl From<DataError> for Refusal {
    fn from(error: DataError) -> Self {
        Self::Damaged(error)
    }
}

fn checkpoint(
    name: &str,
    file: &mut TensorFile,
    inputs: usize,
    map: &TensorMap,
) -> Result<Checkpoint, Refusal> {
    let unusable = |problem: String| Refusal::Unusable(format!("{name}: {problem}"));
    let record = match file.metadata().get(RECORD).cloned() {
        Some(text) => Some(own_record(file, &text).map_err(|problem| {
            unusable(format!(
                "its record of how it was made cannot be used: {problem}"
            ))
        })?),
        None => None,
    };
    let own =
        own_names(file.tensors()).filter(|_| record.is_some() && *map == TensorMap::default());
    let found = match &own {
        Some((inputs, map)) => layout(file.tensors(), *inputs, map),
        None => layout(file.tensors(), inputs, map),
    };
    let layout = found.map_err(|problem| {
        unusable(format!(
            "{problem}; it holds {}: say which is which (--map in a command), as W1=NAME,b1=NAME,W2=NAME,b2=NAME",
            listed(file.tensors())
        ))
    })?;
    if let Some(record) = record
        .as_ref()
        .filter(|record| record.experiment.hidden != layout.hidden)
    {
        let (said, found) = (record.experiment.hidden, layout.hidden);
        return Err(unusable(format!(
            "its record speaks of {said} hidden units, and it has {found}"
        )));
    }
    let weights = weights(file, &layout)?;
    let beside = beside(file)?.map_err(unusable)?;
    let (told, progress) =
        told(&beside).map_err(|problem| unusable(format!("its metadata: {problem}")))?;
    let of_record = record.as_ref().map(|record| Progress {
        epoch: Some(record.epoch),
        step: None,
    });
    Ok(Checkpoint {
        progress: progress.or(of_record.unwrap_or_else(|| Progress::of_name(name))),
        layout,
        weights,
        record,
        settings: told,
    })
}

fn own_record(file: &mut TensorFile, text: &str) -> Result<ModelRecord, String> {
    record::from_json(text.as_bytes(), |name| match file.array(name) {
        Ok(Some(array)) => Ok(array),
        Ok(None) => Err(format!("the array {name} is missing")),
        Err(error) => Err(error.to_string()),
    })
}

/// The inputs and the names of a file that the lab wrote.
fn own_names(tensors: &[TensorInfo]) -> Option<(usize, TensorMap)> {
    let encoder = tensors.iter().find(|tensor| tensor.name == "W1")?;
    let &[_, inputs] = &encoder.shape[..] else {
        return None;
    };
    let [encoder, encoder_bias, decoder, decoder_bias] =
        ["W1", "b1", "W2", "b2"].map(|name| Some(name.to_owned()));
    let map = TensorMap {
        encoder,
        encoder_bias,
        decoder,
        decoder_bias,
    };
    Some((inputs, map))
}

/// "encoder.weight (64×784), encoder.bias (64) and 2 more"
fn listed(tensors: &[TensorInfo]) -> String {
    const SHOWN: usize = 12;
    if tensors.is_empty() {
        return "no tensors of numbers".into();
    }
    let one = |tensor: &TensorInfo| {
        let sides: Vec<String> = tensor.shape.iter().map(usize::to_string).collect();
        match sides.is_empty() {
            true => tensor.name.clone(),
            false => format!("{} ({})", tensor.name, sides.join("×")),
        }
    };
    let shown: Vec<String> = tensors.iter().take(SHOWN).map(one).collect();
    let more = tensors.len().saturating_sub(SHOWN);
    match more {
        0 => shown.join(", "),
        _ => format!("{} and {more} more", shown.join(", ")),
    }
}

/// W1, b1, W2, b2 one after the other, each row by row.
fn weights(file: &mut TensorFile, layout: &Layout) -> Result<Parameters<f64>, Refusal> {
    let (n, h) = (layout.inputs, layout.hidden);
    let mut values = |name: &str| -> Result<Vec<f64>, Refusal> {
        Ok(file
            .array(name)?
            .map(|array| array.values)
            .unwrap_or_default())
    };
    let mut flat = upright(values(&layout.encoder.name)?, &layout.encoder);
    let decoder = match &layout.decoder {
        Some(decoder) => upright(values(&decoder.name)?, decoder),
        None => transposed(&flat, (h, n)),
    };
    flat.extend(values(&layout.encoder_bias)?);
    flat.extend(decoder);
    flat.extend(values(&layout.decoder_bias)?);
    Parameters::from_flat(flat, n, h)
        .ok_or_else(|| Refusal::Unusable("its tensors have other sizes than they say".into()))
}

fn upright(values: Vec<f64>, matrix: &Matrix) -> Vec<f64> {
    if matrix.transposed {
        transposed(&values, matrix.shape)
    } else {
        values
    }
}

/// A matrix (rows, columns), row by row, with the two exchanged.
fn transposed(values: &[f64], (rows, columns): (usize, usize)) -> Vec<f64> {
    let places = (0..columns).flat_map(|column| (0..rows).map(move |row| row * columns + column));
    places
        .filter_map(|place| values.get(place).copied())
        .collect()
}

/// What is said beside the tensors, by name: as metadata, or in arrays of one number.
fn beside(file: &mut TensorFile) -> Result<Result<BTreeMap<String, String>, String>, DataError> {
    let mut beside = file.metadata().clone();
    let written = beside.remove(METADATA);
    if let Some(text) = written.filter(|text| text.starts_with('{')) {
        let entries: BTreeMap<String, serde_json::Value> = match serde_json::from_str(&text) {
            Ok(entries) => entries,
            Err(error) => return Ok(Err(format!("its array {METADATA} is not JSON ({error})"))),
        };
        beside.extend(entries.into_iter().map(|(key, value)| match value {
            serde_json::Value::String(text) => (key, text),
            other => (key, other.to_string()),
        }));
    }
    for name in NUMBERS {
        let single =
            |tensor: &TensorInfo| tensor.name == name && tensor.shape.iter().all(|&side| side == 1);
        if file.tensors().iter().any(single)
            && let Some(array) = file.array(name)?
            && let [value] = array.values[..]
        {
            beside.insert(name.to_owned(), value.to_string());
        }
    }
    Ok(Ok(beside))
}

/// The settings and the progress; `Err` names what cannot be understood.
fn told(beside: &BTreeMap<String, String>) -> Result<(Told, Progress), String> {
    let find = |names: &[&str]| {
        let found = names.iter().find_map(|&name| beside.get_key_value(name));
        found.map(|(name, text)| (name.clone(), text.trim().to_owned()))
    };
    let number = |names: &[&str]| match find(names) {
        None => Ok(None),
        Some((name, text)) => match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Some(number)),
            _ => Err(format!("{name} is {text:?} and not a number")),
        },
    };
    let count = |name: &str| match find(&[name]) {
        None => Ok(None),
        Some((_, text)) => match text.parse::<u64>() {
            Ok(count) => Ok(Some(count)),
            Err(_) => Err(format!("{name} is {text:?} and not a whole number")),
        },
    };
    let told = Told {
        sparsity_target: number(&["sparsity_target", "rho"])?,
        sparsity_weight: number(&["sparsity_weight", "beta"])?,
        weight_decay: number(&["weight_decay", "lambda"])?,
        hidden_activation: activation(find(&["hidden_activation"]), "sigmoid or tanh")?,
        output_activation: activation(find(&["output_activation"]), "sigmoid, tanh or linear")?,
    };
    let progress = Progress {
        epoch: count("epoch")?,
        step: count("step")?,
    };
    Ok((told, progress))
}

fn activation<A: DeserializeOwned>(
    told: Option<(String, String)>,
    known: &str,
) -> Result<Option<A>, String> {
    let Some((name, text)) = told else {
        return Ok(None);
    };
    match serde_json::from_value(serde_json::Value::String(text.to_lowercase())) {
        Ok(activation) => Ok(Some(activation)),
        Err(_) => Err(format!(
            "{name} is {text:?}, and the lab's models have {known}"
        )),
    }
}

#[cfg(test)]
mod tests;
