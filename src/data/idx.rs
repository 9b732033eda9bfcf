//! IDX, the format of MNIST and its kin (Y. LeCun): a big-endian header, then the values in row-major order.
//!
//! `00 00`, a type byte, the number of dimensions, one u32 for each, the values. Read here: every type, and the
//! dimensions that an `.npy` may have.

use std::path::{Path, PathBuf};

use super::found::{Content, Found, Values};
use super::input::Input;
use super::layout::{Layout, check_reach, every, sides, thinned};
use super::npy::{decode, values};
use super::npy_header::{Header, Kind};
use super::progress::Watch;
use super::{DataError, Preparation, choice, foreign, picture, square};

#[cfg(test)]
mod tests;

const FORMAT: &str = "IDX";

/// Whether `head` begins like an IDX file.
pub(super) fn is_idx(head: &[u8]) -> bool {
    matches!(head, [0, 0, 0x08 | 0x09 | 0x0b..=0x0e, 1..=4, ..])
}

/// Reads images, and from the file beside them, if it is named as MNIST names it, their labels. Unsigned bytes are
/// 8-bit pictures, f64 stays f64, and every other type becomes f32.
pub(super) fn read(
    mut input: Input<'_>,
    path: &Path,
    name: String,
    watch: Watch<'_>,
) -> Result<Found, DataError> {
    let header = header(&mut input)?;
    let samples = header.shape[0];
    let shape = sides(input.file(), &header.shape)?;
    if shape.len() == 1 {
        return Err(input.unsupported(
            "one value a sample, as a file of labels does",
            "choose the file of images; labels beside it are found by their name",
        ));
    }
    let layout = Layout::of(&shape).ok_or_else(|| {
        input.unsupported(
            format!("an array of shape {shape:?}"),
            "write (samples, rows, columns), (samples, values) or (samples, rows, columns, channels), with 1, 3 or 4 \
             channels",
        )
    })?;
    let Some(every) = every(&header.shape) else {
        return Err(super::too_many_values(input.file(), &header.shape));
    };
    let step = every as usize;
    let values = values(&mut input, FORMAT, &header, &shape, step, true)?;
    let inside = match &values {
        Values::Bytes(_) => false,
        Values::F32(values) => values.iter().all(|value| (0.0..=1.0).contains(value)),
        Values::F64(values) => values.iter().all(|value| (0.0..=1.0).contains(value)),
    };
    let bytes = matches!(values, Values::Bytes(_));
    let (content, mut notes) = layout.content(values, input.file());
    check_reach(&content, &input)?;
    notes.extend(thinned(every, samples));
    let suggested = match &content {
        Content::Pictures(pictures) => picture::suggested(pictures),
        Content::Samples { .. } if bytes => Preparation::LEVELS,
        Content::Samples { .. } if inside => Preparation::NONE,
        Content::Samples { .. } => Preparation::UNIT,
    };
    let mut labels = None;
    if let Some(beside) = labels_beside(path).filter(|beside| beside.is_file()) {
        match read_labels(&beside, shape[0], watch) {
            Ok(found) => labels = Some(found.into_iter().step_by(step).collect()),
            Err(DataError::Cancelled) => return Err(DataError::Cancelled),
            Err(error) => notes.push(format!("Labels ignored: {error}.")),
        }
    }
    let encoding = format!("{}, IDX", header.encoding());
    Ok(square::shown(Found {
        labels,
        notes,
        ..Found::new(name, content, encoding, suggested)
    }))
}

/// The labels (count) of an IDX file of one dimension: whole numbers from 0 to 255 of any type.
pub(super) fn labels(mut input: Input<'_>, count: usize) -> Result<Vec<u8>, DataError> {
    let header = header(&mut input)?;
    if header.shape != [count as u64] {
        return Err(input.unsupported(
            format!("labels of shape {:?} for {count} images", header.shape),
            "take the two files from the same set",
        ));
    }
    let mut values: Vec<f64> = Vec::new();
    let size = count as u64 * header.size as u64; // held against the file's length
    let expected = input.position() + size;
    input.pieces(size, FORMAT, expected, |piece| {
        decode(&header, piece, &mut values);
        Ok(())
    })?;
    input.end(FORMAT)?;
    choice::labels(&values).ok_or_else(|| {
        input.unsupported(
            "labels that are not whole numbers from 0 to 255",
            "number the classes from 0",
        )
    })
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

/// The type and the dimensions, held against the file's length.
fn header(input: &mut Input<'_>) -> Result<Header, DataError> {
    let [zero, null, code, count] = input.array::<4>(FORMAT)?;
    if (zero, null) != (0, 0) || !(1..=4).contains(&count) {
        let problem = format!(
            "it begins with {} and not, say, 00 00 08 03",
            foreign::beginning(input.head())
        );
        return Err(input.header(FORMAT, 0, problem));
    }
    let (kind, size) = match code {
        0x08 => (Kind::Unsigned, 1),
        0x09 => (Kind::Signed, 1),
        0x0b => (Kind::Signed, 2),
        0x0c => (Kind::Signed, 4),
        0x0d => (Kind::Float, 4),
        0x0e => (Kind::Float, 8),
        _ => return Err(input.header(FORMAT, 2, format!("{code:02x} is not a type of value"))),
    };
    let mut shape = Vec::with_capacity(usize::from(count));
    for _ in 0..count {
        shape.push(u64::from(u32::from_be_bytes(input.array::<4>(FORMAT)?)));
    }
    let claim = |sides: &[u64]| {
        let values = sides
            .iter()
            .try_fold(1u64, |product, &side| product.checked_mul(side))?;
        values
            .checked_mul(size as u64)?
            .checked_add(input.position())
    };
    let held = |sides: &[u64]| match claim(sides) {
        Some(claimed) => input.check_claim(claimed, FORMAT),
        None => Err(super::too_many_values(input.file(), sides)),
    };
    if let Err(error) = held(&shape) {
        let turned = |side: &u64| u64::from((*side as u32).swap_bytes());
        let turned: Vec<u64> = shape.iter().map(turned).collect();
        return Err(if !input.is_compressed() && held(&turned).is_ok() {
            let problem = "its dimensions are written lowest byte first instead of highest";
            input.header(FORMAT, 4, problem)
        } else {
            error
        });
    }
    if shape.contains(&0) {
        return Err(DataError::NoSamples {
            file: input.file().to_owned(),
            shape: format!("{shape:?}"),
        });
    }
    Ok(Header {
        kind,
        size,
        big_endian: true,
        fortran_order: false,
        shape,
    })
}
