//! IDX, the format of MNIST and its kin (Y. LeCun): a big-endian header, then the values in row-major order.
//!
//! `00 00`, a type byte, the number of dimensions, one u32 for each, the values. Read here: unsigned bytes (m, n) and
//! (m, rows, columns).

use std::path::{Path, PathBuf};

use ndarray::Array2;

use super::found::{Content, Found, Values, shape_of};
use super::input::Input;
use super::progress::Watch;
use super::{DataError, SampleShape, limits};

const FORMAT: &str = "IDX";
const UNSIGNED_BYTE: u8 = 0x08;

/// Whether `head` begins like an IDX file.
pub(super) fn is_idx(head: &[u8]) -> bool {
    matches!(head, [0, 0, 0x08 | 0x09 | 0x0b..=0x0e, 1..=4, ..])
}

/// Reads images, and from the file beside them, if it is named as MNIST names it, their labels.
pub(super) fn read(
    mut input: Input<'_>,
    path: &Path,
    name: String,
    watch: Watch<'_>,
) -> Result<Found, DataError> {
    let dimensions = header(&mut input)?;
    let (samples, shape) = match dimensions[..] {
        [samples, length] => (samples, shape_of(length)),
        [samples, rows, columns] => (samples, SampleShape::Image { rows, columns }),
        [_] => {
            return Err(input.unsupported(
                "one value a sample, as a file of labels does",
                "choose the file of images; labels beside it are found by their name",
            ));
        }
        _ => {
            return Err(input.unsupported(
                format!("{} dimensions", dimensions.len()),
                "write (samples, rows, columns) or (samples, values)",
            ));
        }
    };
    let values = body(&mut input, &dimensions)?;
    let values = Array2::from_shape_vec((samples, values.len() / samples.max(1)), values)
        .map_err(|error| input.header(FORMAT, 4, error.to_string()))?;
    let mut notes = Vec::new();
    let mut labels = None;
    if let Some(beside) = labels_beside(path).filter(|beside| beside.is_file()) {
        match read_labels(&beside, samples, watch) {
            Ok(found) => labels = Some(found),
            Err(DataError::Cancelled) => return Err(DataError::Cancelled),
            Err(error) => notes.push(format!("Labels left aside: {error}")),
        }
    }
    Ok(Found {
        name,
        content: Content::Samples {
            values: Values::Bytes(values),
            shape,
        },
        labels,
        notes,
    })
}

/// The labels (count) of an IDX file of one dimension.
pub(super) fn labels(mut input: Input<'_>, count: usize) -> Result<Vec<u8>, DataError> {
    let dimensions = header(&mut input)?;
    if dimensions != [count] {
        return Err(input.unsupported(
            format!("labels of shape {dimensions:?} for {count} images"),
            "take the two files from the same set",
        ));
    }
    body(&mut input, &dimensions)
}

fn read_labels(path: &Path, count: usize, watch: Watch<'_>) -> Result<Vec<u8>, DataError> {
    labels(Input::open(path, watch)?, count)
}

/// `train-images-idx3-ubyte.gz` → `train-labels-idx1-ubyte.gz`
fn labels_beside(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    (name.contains("images") && name.contains("idx3"))
        .then(|| path.with_file_name(name.replace("images", "labels").replace("idx3", "idx1")))
}

/// The dimensions, held against the file's length and the limits.
fn header(input: &mut Input<'_>) -> Result<Vec<usize>, DataError> {
    let [zero, null, kind, count] = input.array::<4>(FORMAT)?;
    if (zero, null) != (0, 0) || !(1..=4).contains(&count) {
        let problem = format!(
            "it begins {zero:02x} {null:02x} {kind:02x} {count:02x} and not, say, 00 00 08 03"
        );
        return Err(input.header(FORMAT, 0, problem));
    }
    if kind != UNSIGNED_BYTE {
        let kind = match kind {
            0x09 => "signed bytes",
            0x0b => "16-bit integers",
            0x0c => "32-bit integers",
            0x0d => "32-bit floating-point numbers",
            0x0e => "64-bit floating-point numbers",
            _ => return Err(input.header(FORMAT, 2, format!("{kind:02x} is no type of value"))),
        };
        return Err(input.unsupported(kind, "write unsigned bytes, or save the array as .npy"));
    }
    let mut dimensions = Vec::with_capacity(usize::from(count));
    for _ in 0..count {
        dimensions.push(u64::from(u32::from_be_bytes(input.array::<4>(FORMAT)?)));
    }
    let size = dimensions
        .iter()
        .try_fold(1u64, |product, &side| product.checked_mul(side));
    let Some(size) = size.filter(|size| *size <= limits::VALUES) else {
        return Err(super::too_many_values(input.file(), &dimensions));
    };
    input.check_claim(size + input.position(), FORMAT)?;
    if size == 0 {
        return Err(DataError::NoSamples {
            file: input.file().to_owned(),
            shape: format!("{dimensions:?}"),
        });
    }
    // each is at most the product, which is at most the limit
    Ok(dimensions.into_iter().map(|side| side as usize).collect())
}

fn body(input: &mut Input<'_>, dimensions: &[usize]) -> Result<Vec<u8>, DataError> {
    let size = dimensions.iter().product::<usize>() as u64;
    let expected = input.position() + size;
    let mut values = Vec::new();
    input.pieces(size, FORMAT, expected, |piece| {
        values.extend_from_slice(piece);
        Ok(())
    })?;
    input.end(FORMAT)?;
    Ok(values)
}
