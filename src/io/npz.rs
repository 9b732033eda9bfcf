//! A model, or a gradient, as NumPy reads it: `numpy.load("model.npz")` has `W1 (h, n)`, `b1 (h)`, `W2 (n, h)`,
//! `b2 (n)`.

use std::fs::File;
use std::io::{BufReader, Read, Seek, Write};
use std::path::Path;

use zip::ZipArchive;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::error::name_of;
use super::{IoError, atomic_write, npy};
use crate::data::limits;
use crate::data::npy::decode;
use crate::data::npy_header::{Header, HeaderProblem, Kind, split};
use crate::model::Parameters;
use crate::numerics::Real;

/// The arrays, in the order of the flat vector.
const NAMES: [&str; 4] = ["W1", "b1", "W2", "b2"];
const REMEDY: &str = "choose a .npz with the arrays W1 (h, n), b1 (h), W2 (n, h) and b2 (n), as `sae-lab train` writes";

/// Writes `parameters` (a model or a gradient) in `T`'s precision. The same parameters give the same bytes.
///
/// # Errors
/// It cannot be written.
pub fn write_parameters<T: Real>(path: &Path, parameters: &Parameters<T>) -> Result<(), IoError> {
    let (n, h) = (parameters.inputs(), parameters.hidden());
    let arrays = [
        (parameters.encoder_range(), format!("({h}, {n})")),
        (parameters.encoder_bias_range(), format!("({h},)")),
        (parameters.decoder_range(), format!("({n}, {h})")),
        (parameters.decoder_bias_range(), format!("({n},)")),
    ];
    atomic_write(path, |writer| {
        let mut zip = ZipWriter::new(writer);
        for (name, (range, shape)) in NAMES.into_iter().zip(arrays) {
            let values = &parameters.flat()[range];
            let size = size_of::<T>() as u64;
            // the field for sizes is 32 bits wide unless asked for more, with room for the header
            let large = (values.len() as u64 + 64) * size > u64::from(u32::MAX);
            let options = SimpleFileOptions::default()
                .compression_method(zip::CompressionMethod::Stored)
                .last_modified_time(zip::DateTime::default())
                .large_file(large);
            zip.start_file(format!("{name}.npy"), options)?;
            zip.write_all(&npy::header::<T>(&shape))?;
            npy::write_values(&mut zip, values)?;
        }
        zip.finish()?;
        Ok(())
    })
}

/// Reads a model in `T`'s precision, whatever the file's; stored or deflated, in C or Fortran order.
///
/// # Errors
/// The file cannot be read, is no `.npz`, lacks an array, or one has a type, shape or value that a model cannot have.
pub fn read_parameters<T: Real>(path: &Path) -> Result<Parameters<T>, IoError> {
    let unreadable = |source| IoError::Read {
        file: name_of(path),
        source,
    };
    if !path.metadata().map_err(unreadable)?.is_file() {
        return Err(model_error(path, "it is not a file"));
    }
    let file = File::open(path).map_err(unreadable)?;
    let mut archive = ZipArchive::new(BufReader::new(file))
        .map_err(|error| model_error(path, format!("as an .npz it is broken ({error})")))?;
    let (w1, w1_shape) = array::<T>(&mut archive, path, NAMES[0])?;
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
        let (values, shape) = array::<T>(&mut archive, path, name)?;
        if shape != expected {
            let problem = format!(
                "{name} has shape {shape:?}, and to W1 of {w1_shape:?} belongs {expected:?}"
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

/// One array in row-major order, and its shape.
fn array<T: Real>(
    archive: &mut ZipArchive<impl Read + Seek>,
    path: &Path,
    name: &str,
) -> Result<(Vec<T>, Vec<usize>), IoError> {
    let broken = |problem: String| model_error(path, format!("{name} {problem}"));
    let mut entry = archive
        .by_name(&format!("{name}.npy"))
        .map_err(|error| match error {
            zip::result::ZipError::FileNotFound => broken("is missing".into()),
            other => broken(format!("is broken ({other})")),
        })?;
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
    let (header, body) = split(&bytes).map_err(|problem| match problem {
        HeaderProblem::Broken { byte, problem } => {
            broken(format!("has a broken header at byte {byte}: {problem}"))
        }
        HeaderProblem::Unsupported { found } => broken(format!("holds {found}")),
    })?;
    let count = header
        .shape
        .iter()
        .try_fold(1u64, |product, &side| product.checked_mul(side));
    if count.and_then(|count| count.checked_mul(header.size as u64)) != Some(body.len() as u64) {
        return Err(broken(format!(
            "has {} bytes of values, which its shape {:?} does not",
            body.len(),
            header.shape
        )));
    }
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
mod tests;
