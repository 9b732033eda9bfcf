//! A matrix as NumPy reads it: `numpy.load("samples.npy")`.

use std::io::Write;
#[cfg(not(target_family = "wasm"))]
use std::path::Path;

#[cfg(not(target_family = "wasm"))]
use super::{IoError, atomic_write};
#[cfg(not(target_family = "wasm"))]
use crate::data::Samples;
use crate::numerics::{Precision, Real};

/// Values encoded at a time.
const PIECE: usize = 8192;

/// Writes samples (m, n) in the precision that they have, in C order, little-endian.
///
/// # Errors
/// It cannot be written.
#[cfg(not(target_family = "wasm"))]
pub fn write_samples(path: &Path, samples: &Samples) -> Result<(), IoError> {
    fn write<T: Real>(writer: &mut dyn Write, array: &ndarray::Array2<T>) -> std::io::Result<()> {
        let (rows, columns) = array.dim();
        writer.write_all(&header::<T>(&format!("({rows}, {columns})")))?;
        let array = array.as_standard_layout();
        array
            .as_slice()
            .map_or(Ok(()), |values| write_values(writer, values))
    }
    atomic_write(path, |writer| match samples {
        Samples::F32(array) => write(writer, array),
        Samples::F64(array) => write(writer, array),
        Samples::Levels(_) => write(writer, &*samples.to::<f32>()),
    })
}

/// A header of version 1.0: the values begin at a multiple of 64 bytes.
pub(super) fn header<T: Real>(shape: &str) -> Vec<u8> {
    header_of(&format!("<f{}", size_of::<T>()), shape)
}

/// The same for a type by NumPy's name.
pub(super) fn header_of(descr: &str, shape: &str) -> Vec<u8> {
    let text = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
    let length = (10 + text.len() + 1).next_multiple_of(64) - 10;
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((length as u16).to_le_bytes()); // a shape of two numbers is under 100 bytes
    bytes.extend(format!("{text:<width$}\n", width = length - 1).as_bytes());
    bytes
}

/// The values, little-endian.
pub(super) fn write_values<T: Real>(
    writer: &mut (impl Write + ?Sized),
    values: &[T],
) -> std::io::Result<()> {
    for piece in values.chunks(PIECE) {
        let bytes: Vec<u8> = match T::PRECISION {
            Precision::F32 => piece
                .iter()
                .flat_map(|value| (value.f64() as f32).to_le_bytes())
                .collect(),
            Precision::F64 => piece
                .iter()
                .flat_map(|value| value.f64().to_le_bytes())
                .collect(),
        };
        writer.write_all(&bytes)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{DataSpec, load};
    use ndarray::Array2;

    #[test]
    fn what_is_written_is_read_again_bit_by_bit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("samples.npy");
        let values = Array2::from_shape_fn((7, 5), |(row, column)| {
            (row as f64 - 0.1) / (column as f64 + 0.3)
        });
        for samples in [
            Samples::F64(values.clone()),
            Samples::F32(values.mapv(|v| v as f32)),
        ] {
            write_samples(&path, &samples).unwrap();
            assert_eq!(load(&DataSpec::file(&path)).unwrap().samples, samples);
        }
    }
}
