//! Models and gradients as NumPy reads them: an `.npz` of W1 (h, n), b1 (h), W2 (n, h), b2 (n).

use std::fs::File;
use std::io::{Cursor, Read, Write};
use std::path::Path;

use npyz::WriterBuilder;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::{IoError, write_atomically};
use crate::model::Parameters;
use crate::numerics::{Precision, Real};

const NAMES: [&str; 4] = ["W1", "b1", "W2", "b2"];
/// Most values that one array of a model may hold; more is no model that the lab could train.
const MAX_VALUES: u64 = 1 << 28;
/// A `.npy` header is a few dozen bytes; a longer one is not NumPy's.
const MAX_HEADER: u64 = 1 << 16;

/// Writes `parameters`, or a gradient, in its own precision; stored, not compressed, as `numpy.savez` does.
///
/// # Errors
/// The file can't be written.
pub fn write_parameters<T: Real>(path: &Path, parameters: &Parameters<T>) -> Result<(), IoError> {
    let (n, h) = (parameters.inputs() as u64, parameters.hidden() as u64);
    let arrays = [
        (parameters.encoder_range(), vec![h, n]),
        (parameters.encoder_bias_range(), vec![h]),
        (parameters.decoder_range(), vec![n, h]),
        (parameters.decoder_bias_range(), vec![n]),
    ];
    write_atomically(path, |file| {
        let mut archive = ZipWriter::new(file);
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        for (name, (range, shape)) in NAMES.iter().zip(arrays) {
            let npy = npy(&parameters.flat()[range], &shape)?;
            let options = stored.large_file(npy.len() >= u32::MAX as usize);
            archive.start_file(format!("{name}.npy"), options)?;
            archive.write_all(&npy)?;
        }
        archive.finish()?;
        Ok(())
    })
}

/// The bytes of a `.npy` file.
fn npy<T: Real>(values: &[T], shape: &[u64]) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(values.len() * size_of::<T>() + 128);
    match T::PRECISION {
        Precision::F32 => {
            let mut writer = npyz::WriteOptions::<f32>::new()
                .default_dtype()
                .shape(shape)
                .writer(&mut bytes)
                .begin_nd()?;
            writer.extend(values.iter().map(|value| value.f64() as f32))?;
            writer.finish()?;
        }
        Precision::F64 => {
            let mut writer = npyz::WriteOptions::<f64>::new()
                .default_dtype()
                .shape(shape)
                .writer(&mut bytes)
                .begin_nd()?;
            writer.extend(values.iter().map(|value| value.f64()))?;
            writer.finish()?;
        }
    }
    Ok(bytes)
}

/// Reads a model, f32 or f64, C or Fortran order, stored or deflated, and converts it to `T`.
///
/// # Errors
/// The file can't be read, is no archive, or lacks an array of the right shape; a value is not finite.
pub fn read_parameters<T: Real>(path: &Path) -> Result<Parameters<T>, IoError> {
    let file = File::open(path).map_err(|source| IoError::Read {
        path: path.to_owned(),
        source,
    })?;
    let wrong = |problem: String| IoError::model(path, problem);
    let mut archive =
        ZipArchive::new(file).map_err(|error| wrong(format!("no .npz archive: {error}")))?;
    let mut arrays = Vec::new();
    for name in NAMES {
        arrays.push(read_array(&mut archive, name).map_err(wrong)?);
    }
    let [w1, b1, w2, b2] = &arrays[..] else {
        unreachable!("one array a name")
    };
    let [hidden, inputs] = w1.shape[..] else {
        return Err(wrong(format!("W1 has shape {:?}, not (h, n)", w1.shape)));
    };
    let expected: [&[u64]; 3] = [&[hidden], &[inputs, hidden], &[inputs]];
    for ((array, name), shape) in [b1, w2, b2].into_iter().zip(&NAMES[1..]).zip(expected) {
        if array.shape != shape {
            return Err(wrong(format!(
                "W1 is {:?}, so {name} must be {shape:?}, and is {:?}",
                w1.shape, array.shape
            )));
        }
    }
    let mut flat = Vec::with_capacity(arrays.iter().map(|array| array.values.len()).sum());
    for (array, name) in arrays.iter().zip(NAMES) {
        if let Some(place) = array.values.iter().position(|value| !value.is_finite()) {
            let value = array.values[place];
            return Err(wrong(format!(
                "{name} holds {value} as value {}",
                place + 1
            )));
        }
        flat.extend(array.values.iter().map(|value| T::of(*value)));
    }
    Parameters::from_flat(flat, inputs as usize, hidden as usize)
        .ok_or_else(|| wrong("its arrays don't fit together".to_owned()))
}

struct Array {
    shape: Vec<u64>,
    /// In C order.
    values: Vec<f64>,
}

/// Claims of the archive and of the header are held against the bytes that are there before anything is allocated.
fn read_array<R: Read + std::io::Seek>(
    archive: &mut ZipArchive<R>,
    name: &str,
) -> Result<Array, String> {
    let entry = archive
        .by_name(&format!("{name}.npy"))
        .map_err(|error| format!("no array {name}: {error}"))?;
    let limit = MAX_VALUES * 8 + MAX_HEADER;
    let mut bytes = Vec::new();
    entry
        .take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| format!("{name} is damaged: {error}"))?;
    if bytes.len() as u64 > limit {
        return Err(format!("{name} holds more than {MAX_VALUES} values"));
    }
    let header = match bytes.get(..12) {
        Some(&[0x93, b'N', b'U', b'M', b'P', b'Y', version, _, a, b, c, d]) => match version {
            1 => 10 + u64::from(u16::from_le_bytes([a, b])),
            _ => 12 + u64::from(u32::from_le_bytes([a, b, c, d])),
        },
        _ => return Err(format!("{name} is no .npy array")),
    };
    if header > (bytes.len() as u64).min(MAX_HEADER) {
        return Err(format!("{name} is cut short in its header"));
    }
    let npy =
        npyz::NpyFile::new(Cursor::new(&bytes)).map_err(|error| format!("{name}: {error}"))?;
    let shape = npy.shape().to_vec();
    let count = shape
        .iter()
        .try_fold(1u64, |product, side| product.checked_mul(*side));
    let rest = bytes.len() as u64 - header;
    let width = match npy.dtype() {
        npyz::DType::Plain(kind) if matches!(kind.type_char(), npyz::TypeChar::Float) => {
            kind.size_field()
        }
        other => {
            return Err(format!(
                "{name} is of type {}, not f32 or f64",
                other.descr()
            ));
        }
    };
    if width != 4 && width != 8 {
        return Err(format!("{name} holds floats of {width} bytes, not 4 or 8"));
    }
    if count.and_then(|count| count.checked_mul(width)) != Some(rest) {
        return Err(format!(
            "{name} claims shape {shape:?}, and {rest} bytes of values are there"
        ));
    }
    let order = npy.order();
    let values: Vec<f64> = if width == 4 {
        let values = npy
            .into_vec::<f32>()
            .map_err(|error| format!("{name}: {error}"))?;
        values.into_iter().map(f64::from).collect()
    } else {
        npy.into_vec::<f64>()
            .map_err(|error| format!("{name}: {error}"))?
    };
    let values = match (order, &shape[..]) {
        (npyz::Order::Fortran, &[rows, columns]) => (0..rows * columns)
            .map(|i| values[(i / columns + i % columns * rows) as usize])
            .collect(),
        _ => values,
    };
    Ok(Array { shape, values })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(arrays: &[(&str, Vec<u8>)], method: CompressionMethod) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(method);
        for (name, bytes) in arrays {
            writer.start_file(*name, options).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn read(bytes: &[u8]) -> Result<Parameters<f64>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.npz");
        std::fs::write(&path, bytes).unwrap();
        read_parameters(&path).map_err(|error| error.to_string())
    }

    fn good() -> Vec<(&'static str, Vec<u8>)> {
        vec![
            (
                "W1.npy",
                npy(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &[2, 3]).unwrap(),
            ),
            ("b1.npy", npy(&[7.0f32, 8.0], &[2]).unwrap()),
            (
                "W2.npy",
                npy(&[9.0, 10.0, 11.0, 12.0, 13.0, 14.0], &[3, 2]).unwrap(),
            ),
            ("b2.npy", npy(&[15.0, 16.0, 17.0], &[3]).unwrap()),
        ]
    }

    #[test]
    fn what_is_written_is_read_back_to_the_bit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.npz");
        let model = Parameters::<f64>::initial(7, 3, 5);
        write_parameters(&path, &model).unwrap();
        assert_eq!(read_parameters::<f64>(&path).unwrap(), model);
        let single = model.cast::<f32>();
        write_parameters(&path, &single).unwrap();
        assert_eq!(read_parameters::<f32>(&path).unwrap(), single);
    }

    #[test]
    fn both_precisions_and_compressions_are_read() {
        for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
            let model = read(&archive(&good(), method)).unwrap();
            let expected: Vec<f64> = (1..=17).map(f64::from).collect();
            assert_eq!(model.flat(), expected);
        }
    }

    #[test]
    fn what_is_no_model_is_refused_with_the_reason() {
        let whole = archive(&good(), CompressionMethod::Deflated);
        assert!(read(b"no zip").unwrap_err().contains("no .npz archive"));
        assert!(
            read(&archive(&good()[..3], CompressionMethod::Stored))
                .unwrap_err()
                .contains("no array b2")
        );
        let with = |name: &'static str, bytes: Vec<u8>| {
            let mut arrays = good();
            arrays.retain(|(other, _)| *other != name);
            arrays.push((name, bytes));
            read(&archive(&arrays, CompressionMethod::Stored)).unwrap_err()
        };
        assert!(with("W2.npy", npy(&[1.0; 6], &[2, 3]).unwrap()).contains("W2 must be [3, 2]"));
        assert!(with("W1.npy", npy(&[1.0; 6], &[6]).unwrap()).contains("not (h, n)"));
        assert!(
            with("b1.npy", npy(&[1.0, f64::NAN], &[2]).unwrap())
                .contains("b1 holds NaN as value 2")
        );
        assert!(with("b1.npy", b"\x93NUMPY".to_vec()).contains("no .npy"));
        // a header of 128 bytes that claims 10^12 values
        let mut bomb = npy(&[1.0; 6], &[2, 3]).unwrap();
        let text = String::from_utf8_lossy(&bomb).into_owned();
        let place = text.find("(2, 3").unwrap() - text.matches('\u{fffd}').count() * 2;
        bomb.splice(place..place + 5, *b"(9999999, 99999");
        bomb.truncate(128);
        assert!(with("W1.npy", bomb).contains("W1"));
        for length in 0..whole.len() {
            assert!(read(&whole[..length]).is_err(), "cut at byte {length}");
        }
    }
}
