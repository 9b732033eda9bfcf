//! A model, or a gradient, as NumPy reads it: `numpy.load("model.npz")` has `W1 (h, n)`, `b1 (h)`, `W2 (n, h)`,
//! `b2 (n)`, and a model that was trained here `record`: `bytes(model["record"]).decode()` is JSON.

use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::Path;
use std::sync::Arc;

use zip::ZipArchive;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::error::name_of;
use super::{IoError, ModelRecord, atomic_write, npy, record, run_file, run_json};
use crate::data::npy::decode;
use crate::data::npy_header::{Header, HeaderProblem, Kind, split};
use crate::data::{NamedArray, limits};
use crate::model::Parameters;
use crate::numerics::Real;

/// The arrays, in the order of the flat vector.
const NAMES: [&str; 4] = ["W1", "b1", "W2", "b2"];
/// How the model was made.
const RECORD: &str = "record";
const REMEDY: &str = "choose a .npz with the arrays W1 (h, n), b1 (h), W2 (n, h) and b2 (n), as `sae-lab train` writes";

/// Writes `parameters` (a model or a gradient) in `T`'s precision. The same parameters give the same bytes.
///
/// # Errors
/// It cannot be written.
pub fn write_parameters<T: Real>(path: &Path, parameters: &Parameters<T>) -> Result<(), IoError> {
    write(path, parameters, &[])
}

/// Writes a model in `T`'s precision, with the record of how it was made. The same model gives the same bytes.
///
/// # Errors
/// The data's path is not Unicode, or the file cannot be written.
pub fn write_model<T: Real>(
    path: &Path,
    parameters: &Parameters<T>,
    record: &ModelRecord,
) -> Result<(), IoError> {
    let (json, arrays) = record::to_json(record).map_err(|error| IoError::Json {
        file: name_of(path),
        problem: error.to_string(),
    })?;
    let mut text = npy::header_of("|u1", &format!("({},)", json.len()));
    text.extend(json.bytes());
    let mut further = vec![(RECORD.to_owned(), text)];
    for array in arrays {
        let sides: Vec<String> = array.shape.iter().map(|side| format!("{side},")).collect();
        let mut bytes = npy::header_of("<f8", &format!("({})", sides.join(" ")));
        bytes.extend(array.values.iter().flat_map(|value| value.to_le_bytes()));
        further.push((array.name, bytes));
    }
    write(path, parameters, &further)
}

/// The four arrays, and `further` members that are arrays already.
fn write<T: Real>(
    path: &Path,
    parameters: &Parameters<T>,
    further: &[(String, Vec<u8>)],
) -> Result<(), IoError> {
    let (n, h) = (parameters.inputs(), parameters.hidden());
    let arrays = [
        (parameters.encoder_range(), format!("({h}, {n})")),
        (parameters.encoder_bias_range(), format!("({h},)")),
        (parameters.decoder_range(), format!("({n}, {h})")),
        (parameters.decoder_bias_range(), format!("({n},)")),
    ];
    let options = |bytes: u64| {
        SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored)
            .last_modified_time(zip::DateTime::default())
            // the field for sizes is 32 bits wide unless asked for more
            .large_file(bytes > u64::from(u32::MAX))
    };
    atomic_write(path, |writer| {
        let mut zip = ZipWriter::new(writer);
        for (name, (range, shape)) in NAMES.into_iter().zip(arrays) {
            let values = &parameters.flat()[range];
            let bytes = (values.len() as u64 + 64) * size_of::<T>() as u64; // with room for the header
            zip.start_file(format!("{name}.npy"), options(bytes))?;
            zip.write_all(&npy::header::<T>(&shape))?;
            npy::write_values(&mut zip, values)?;
        }
        for (name, bytes) in further {
            zip.start_file(format!("{name}.npy"), options(bytes.len() as u64))?;
            zip.write_all(bytes)?;
        }
        zip.finish()?;
        Ok(())
    })
}

/// Reads a model in `T`'s precision, whatever the file's, and how it was made: by its own record, or else by a `run.json`
/// beside it that was written for exactly these bytes. Of a run's file, the model where the run stands.
///
/// # Errors
/// As [`read_parameters`]; a record that is damaged, of a newer version, or of another model.
pub fn read_model<T: Real>(path: &Path) -> Result<(Parameters<T>, Option<ModelRecord>), IoError> {
    let mut archive = open(path)?;
    if run_file::is_run(&archive) {
        let run = run_file::read(path)?.checkpoint;
        let refused = || model_error(path, "it has not as many weights as its settings ask for");
        let parameters = run.model().ok_or_else(refused)?;
        let record = ModelRecord {
            experiment: run.experiment(),
            preparation: Some(Arc::clone(run.preparation())),
            epoch: run.epoch(),
        };
        return Ok((parameters, Some(record)));
    }
    let parameters = weights(&mut archive, path)?;
    let record = record(&mut archive, path, &parameters)?;
    Ok((parameters, record))
}

/// How the model in `path`, whose weights are `parameters`, was made, where that is known as in [`read_model`].
///
/// # Errors
/// The file cannot be read; as [`read_model`].
pub fn read_record<T: Real>(
    path: &Path,
    parameters: &Parameters<T>,
) -> Result<Option<ModelRecord>, IoError> {
    let mut archive = open(path)?;
    if run_file::is_run(&archive) {
        return Ok(read_model::<T>(path)?.1);
    }
    record(&mut archive, path, parameters)
}

fn record<T: Real>(
    archive: &mut Archive,
    path: &Path,
    parameters: &Parameters<T>,
) -> Result<Option<ModelRecord>, IoError> {
    let refused = |problem| IoError::Record {
        file: name_of(path),
        problem,
    };
    let record = match member(archive, path, RECORD)? {
        Some(bytes) => {
            let text = text(&bytes).map_err(refused)?;
            let array = |name: &str| match member(archive, path, name) {
                Ok(Some(bytes)) => named(name, &bytes),
                Ok(None) => Err(format!("the array {name} is missing")),
                Err(error) => Err(error.to_string()),
            };
            Some(record::from_json(text, array).map_err(refused)?)
        }
        None => run_json::record_of(path).map_err(refused)?,
    };
    if let Some(record) = &record {
        fits(parameters, record).map_err(refused)?;
    }
    Ok(record)
}

/// Whether `record` can be that of `parameters`.
fn fits<T: Real>(parameters: &Parameters<T>, record: &ModelRecord) -> Result<(), String> {
    let (h, n) = (parameters.hidden(), parameters.inputs());
    if record.experiment.hidden != h {
        let found = record.experiment.hidden;
        return Err(format!("it has {found} hidden units, but W1 has {h}"));
    }
    match &record.preparation {
        Some(fitted) if fitted.inputs() != n => Err(format!(
            "its preparation makes samples of {}, and W1 takes {n} inputs",
            fitted.shape
        )),
        _ => Ok(()),
    }
}

/// Reads the weights alone in `T`'s precision, whatever the file's; stored or deflated, in C or Fortran order.
///
/// # Errors
/// The file cannot be read, is no `.npz`, lacks an array, or one has a type, shape or value that a model cannot have.
pub fn read_parameters<T: Real>(path: &Path) -> Result<Parameters<T>, IoError> {
    weights(&mut open(path)?, path)
}

type Archive = ZipArchive<BufReader<File>>;

fn open(path: &Path) -> Result<Archive, IoError> {
    let unreadable = |source| IoError::Read {
        file: name_of(path),
        source,
    };
    if !path.metadata().map_err(unreadable)?.is_file() {
        return Err(model_error(path, "it is not a file"));
    }
    let file = File::open(path).map_err(unreadable)?;
    ZipArchive::new(BufReader::new(file))
        .map_err(|error| model_error(path, format!("it is not a valid .npz file ({error})")))
}

fn weights<T: Real>(archive: &mut Archive, path: &Path) -> Result<Parameters<T>, IoError> {
    let (w1, w1_shape) = array::<T>(archive, path, NAMES[0])?;
    let &[h, n] = w1_shape.as_slice() else {
        return Err(model_error(
            path,
            format!("W1 has shape {w1_shape:?} and not (h, n)"),
        ));
    };
    if h == 0 || n == 0 {
        return Err(model_error(
            path,
            format!("W1 has shape ({h}, {n}), which is empty"),
        ));
    }
    let mut flat = w1;
    for (name, expected) in NAMES
        .into_iter()
        .zip([vec![h, n], vec![h], vec![n, h], vec![n]])
        .skip(1)
    {
        let (values, shape) = array::<T>(archive, path, name)?;
        if shape != expected {
            let problem = format!(
                "{name} has shape {shape:?}, but W1 of shape {w1_shape:?} needs {expected:?}"
            );
            return Err(model_error(path, problem));
        }
        flat.extend(values);
    }
    #[expect(
        clippy::expect_used,
        reason = "hn + h + nh + n values: each array's shape was checked"
    )]
    Ok(Parameters::from_flat(flat, n, h).expect("the shapes add up"))
}

/// The bytes of a member, header and all; `None`: there is none of that name.
fn member(archive: &mut Archive, path: &Path, name: &str) -> Result<Option<Vec<u8>>, IoError> {
    let broken = |problem: String| model_error(path, format!("{name} {problem}"));
    let mut entry = match archive.by_name(&format!("{name}.npy")) {
        Ok(entry) => entry,
        Err(zip::result::ZipError::FileNotFound) => return Ok(None),
        Err(other) => return Err(broken(format!("is broken ({other})"))),
    };
    let most = limits::VALUES.saturating_mul(8).min(
        entry
            .compressed_size()
            .saturating_mul(limits::DEFLATE_RATIO),
    );
    if entry.size() > most {
        return Err(broken(format!(
            "claims {} bytes, more than it can hold",
            entry.size()
        )));
    }
    let mut bytes = Vec::new();
    entry
        .by_ref()
        .take(most + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| broken(format!("is broken ({error})")))?;
    Ok(Some(bytes))
}

/// The header of an array, and as many bytes of values as it promises. `Err` says what is wrong, after the array's name.
fn parsed(bytes: &[u8]) -> Result<(Header, &[u8]), String> {
    let (header, body) = split(bytes).map_err(|problem| match problem {
        HeaderProblem::Broken { byte, problem } => {
            format!("has a broken header at byte {byte}: {problem}")
        }
        HeaderProblem::Unsupported { found } => format!("holds {found}"),
    })?;
    let count = header
        .shape
        .iter()
        .try_fold(1u64, |product, &side| product.checked_mul(side));
    if count.and_then(|count| count.checked_mul(header.size as u64)) != Some(body.len() as u64) {
        return Err(format!(
            "has {} bytes of values, which its shape {:?} does not",
            body.len(),
            header.shape
        ));
    }
    Ok((header, body))
}

/// The text of the record.
fn text(bytes: &[u8]) -> Result<&[u8], String> {
    let (header, body) = parsed(bytes).map_err(|problem| format!("its array {problem}"))?;
    if header.kind != Kind::Unsigned || header.size != 1 || header.shape.len() != 1 {
        return Err("it is not one row of bytes".into());
    }
    Ok(body)
}

/// One of the record's arrays, in f64 and row-major order.
fn named(name: &str, bytes: &[u8]) -> Result<NamedArray, String> {
    let (header, body) = parsed(bytes).map_err(|problem| format!("{name} {problem}"))?;
    if header.kind != Kind::Float || header.size != 8 {
        return Err(format!(
            "{name} does not hold 64-bit floating-point numbers"
        ));
    }
    let shape: Vec<usize> = header.shape.iter().map(|&side| side as usize).collect(); // their product is in memory
    let mut values: Vec<f64> = Vec::with_capacity(body.len() / header.size);
    decode(&header, body, &mut values);
    Ok(NamedArray {
        name: name.to_owned(),
        values: in_rows(values, &header, &shape),
        shape,
    })
}

/// One array in row-major order, and its shape.
fn array<T: Real>(
    archive: &mut Archive,
    path: &Path,
    name: &str,
) -> Result<(Vec<T>, Vec<usize>), IoError> {
    let broken = |problem: String| model_error(path, format!("{name} {problem}"));
    let bytes = member(archive, path, name)?.ok_or_else(|| broken("is missing".into()))?;
    let (header, body) = parsed(&bytes).map_err(broken)?;
    if header.kind != Kind::Float {
        return Err(broken(
            "holds whole numbers, and weights are floating-point".into(),
        ));
    }
    let shape: Vec<usize> = header.shape.iter().map(|&side| side as usize).collect(); // their product is in memory
    let mut values: Vec<f64> = Vec::with_capacity(body.len() / header.size);
    decode(&header, body, &mut values);
    if let Some(place) = values.iter().position(|value| !T::of(*value).is_finite()) {
        return Err(broken(format!(
            "holds {:e} at place {place}, out of range",
            values[place]
        )));
    }
    Ok((in_rows(values, &header, &shape), shape))
}

fn in_rows<T: Real>(values: Vec<f64>, header: &Header, shape: &[usize]) -> Vec<T> {
    match shape {
        &[rows, columns] if header.fortran_order => (0..rows * columns)
            .map(|place| T::of(values[place % columns * rows + place / columns]))
            .collect(),
        _ => values.into_iter().map(T::of).collect(),
    }
}

fn model_error(path: &Path, problem: impl Into<String>) -> IoError {
    IoError::Model {
        file: name_of(path),
        problem: problem.into(),
        remedy: REMEDY,
    }
}

#[cfg(test)]
mod record_tests;
#[cfg(test)]
mod tests;
