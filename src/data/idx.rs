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
use super::{DataError, Preparation, choice, foreign, picture};

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
    Ok(Found {
        name,
        content,
        encoding: format!("{}, IDX", header.encoding()),
        suggested,
        labels,
        notes,
        class_names: Vec::new(),
        column_names: Vec::new(),
        variables: Vec::new(),
    })
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

#[cfg(test)]
mod tests {
    use super::super::SampleShape;
    use super::super::testing::{Folder, found, golden, gzip, loaded, refuse_every_cut, values};
    use super::*;

    /// An IDX file of unsigned bytes.
    fn idx(dimensions: &[u32], values: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0, 0, 8, dimensions.len() as u8];
        bytes.extend(dimensions.iter().flat_map(|side| side.to_be_bytes()));
        bytes.extend_from_slice(values);
        bytes
    }

    #[test]
    fn images_come_as_they_were_written_plain_and_gzipped() {
        let folder = Folder::new();
        let pixels: Vec<u8> = (0..24).map(|value| value * 11).collect();
        let written = idx(&[4, 2, 3], &pixels);
        for (name, bytes) in [
            ("a.idx", written.clone()),
            ("b-idx3-ubyte.gz", gzip(&written)),
            ("no ending", written),
        ] {
            let set = loaded(&folder.file(name, &bytes)).unwrap();
            assert_eq!(set.shape, SampleShape::grey(2, 3));
            assert_eq!(set.samples.dim(), (4, 6));
            assert_eq!(set.range, (0.0, f64::from(253.0f32 / 255.0)));
            let expected: Vec<f64> = pixels
                .iter()
                .map(|&pixel| f64::from(f32::from(pixel) / 255.0))
                .collect();
            assert_eq!(values(&set), expected);
            assert_eq!(set.sentences(), ["Bytes divided by 255, into [0, 1]."]);
        }
        let set = loaded(&folder.file("d", &idx(&[3, 9], &pixels.repeat(2)[..27]))).unwrap();
        assert_eq!(set.shape, SampleShape::grey(3, 3));
    }

    /// An IDX file of values of type `code`.
    fn typed(code: u8, dimensions: &[u32], values: &[u8]) -> Vec<u8> {
        let mut bytes = idx(dimensions, values);
        bytes[2] = code;
        bytes
    }

    #[test]
    fn every_type_of_value_is_read() {
        let folder = Folder::new();
        let numbers = [-1i8, 0, 1, 2, 3, 100];
        let cases: [(u8, Vec<u8>); 5] = [
            (0x09, numbers.iter().flat_map(|v| v.to_be_bytes()).collect()),
            (
                0x0b,
                numbers
                    .iter()
                    .flat_map(|&v| i16::from(v).to_be_bytes())
                    .collect(),
            ),
            (
                0x0c,
                numbers
                    .iter()
                    .flat_map(|&v| i32::from(v).to_be_bytes())
                    .collect(),
            ),
            (
                0x0d,
                numbers
                    .iter()
                    .flat_map(|&v| f32::from(v).to_be_bytes())
                    .collect(),
            ),
            (
                0x0e,
                numbers
                    .iter()
                    .flat_map(|&v| f64::from(v).to_be_bytes())
                    .collect(),
            ),
        ];
        for (code, values) in cases {
            let bytes = typed(code, &[3, 2], &values);
            refuse_every_cut("cut.idx", &bytes);
            let found = found(&folder.file("typed.idx", &bytes)).unwrap();
            assert_eq!(found.suggested.scaling, super::super::Scaling::Unit);
            let Content::Samples { values, .. } = found.content else {
                panic!("samples")
            };
            let values: Vec<f64> = match values {
                Values::F64(values) if code == 0x0e => values.into_iter().collect(),
                Values::F32(values) => values.into_iter().map(f64::from).collect(),
                other => panic!("{code:x}: {other:?}"),
            };
            assert_eq!(values, numbers.map(f64::from), "{code:x}");
        }
        let images = folder.file("t-images-idx3-ubyte", &idx(&[2, 1, 2], &[0, 1, 2, 3]));
        let labels = [7i32, 9].map(i32::to_be_bytes).concat();
        folder.file("t-labels-idx1-ubyte", &typed(0x0c, &[2], &labels));
        assert_eq!(found(&images).unwrap().labels, Some(vec![7, 9]));
        let labels = [7.5f32, 9.0].map(f32::to_be_bytes).concat();
        folder.file("t-labels-idx1-ubyte", &typed(0x0d, &[2], &labels));
        let left = found(&images).unwrap();
        assert!(left.labels.is_none() && left.notes[0].contains("no whole numbers"));
    }

    #[test]
    fn the_sample_files_hold_the_same_images() {
        let plain = loaded(&golden("imgs-idx3-ubyte")).unwrap();
        assert_eq!(plain.samples.dim(), (40, 784));
        for other in ["imgs-idx3-ubyte.gz", "imgs_u8_3d.npy"] {
            let other = loaded(&golden(other)).unwrap();
            assert_eq!((&plain.samples, plain.shape), (&other.samples, other.shape));
        }
    }

    #[test]
    fn labels_beside_are_found_and_a_bad_one_does_not_stop_the_images() {
        let folder = Folder::new();
        let images = folder.file("t-images-idx3-ubyte", &idx(&[3, 1, 2], &[0, 1, 2, 3, 4, 5]));
        assert_eq!(found(&images).unwrap().labels, None);
        folder.file("t-labels-idx1-ubyte", &idx(&[3], &[7, 8, 9]));
        assert_eq!(found(&images).unwrap().labels, Some(vec![7, 8, 9]));
        folder.file("t-labels-idx1-ubyte", &idx(&[2], &[7, 8]));
        let left = found(&images).unwrap();
        assert!(
            left.labels.is_none() && left.notes[0].starts_with("Labels ignored: "),
            "{:?}",
            left.notes
        );
        let message = loaded(&folder.file("labels", &idx(&[3], &[7, 8, 9])))
            .unwrap_err()
            .to_string();
        assert!(message.contains("choose the file of images"), "{message}");
    }

    #[test]
    fn every_cut_is_refused() {
        let whole = idx(
            &[3, 2, 2],
            &[0, 50, 100, 150, 200, 250, 5, 10, 15, 20, 25, 30],
        );
        refuse_every_cut("cut.idx", &whole);
        refuse_every_cut("cut.idx.gz", &gzip(&whole));
    }

    #[test]
    fn what_follows_the_end_is_refused() {
        let folder = Folder::new();
        let mut bytes = idx(&[2, 1, 2], &[1, 2, 3, 4]);
        bytes.push(5);
        for bytes in [bytes.clone(), gzip(&bytes)] {
            let error = loaded(&folder.file("long.idx", &bytes)).unwrap_err();
            assert!(
                matches!(error, DataError::Overlong { expected: 20, .. }),
                "{error}"
            );
        }
    }

    #[test]
    fn a_header_that_claims_the_world_is_refused_before_anything_is_allocated() {
        let folder = Folder::new();
        let bombs: [&[u32]; 5] = [
            &[u32::MAX; 4],
            &[u32::MAX, u32::MAX, u32::MAX],
            &[1_000_000, 1_000, 1_000],
            &[16_000, 128, 128],
            &[0, 28, 28],
        ];
        for dimensions in bombs {
            for bytes in [idx(dimensions, &[]), gzip(&idx(dimensions, &[]))] {
                let error = loaded(&folder.file("bomb.idx", &bytes)).unwrap_err();
                let expected = matches!(
                    error,
                    DataError::TooLarge { .. }
                        | DataError::Truncated { .. }
                        | DataError::NoSamples { .. }
                        | DataError::Header { .. }
                );
                assert!(expected, "{dimensions:?}: {error}");
            }
        }
    }

    #[test]
    fn other_types_and_wrong_beginnings_say_what_they_are() {
        let folder = Folder::new();
        let cases: [(&str, Vec<u8>, &str); 5] = [
            (
                "f.idx",
                typed(0x0d, &[1, 1], &f32::NAN.to_be_bytes()),
                "NaN in row 1, column 1",
            ),
            (
                "m.idx",
                vec![1, 2, 3, 4, 5, 6, 7, 8],
                "begins with the bytes 01 02 03 04",
            ),
            (
                "k.idx",
                vec![0, 0, 7, 2, 0, 0, 0, 1],
                "07 is not a type of value (byte 2)",
            ),
            ("four", idx(&[1, 5, 2, 2], &[3; 20]), "shape [1, 5, 2, 2]"),
            ("same", idx(&[2, 1, 2], &[3, 3, 3, 3]), "nothing to learn"),
        ];
        for (name, bytes, part) in cases {
            let message = loaded(&folder.file(name, &bytes)).unwrap_err().to_string();
            assert!(
                message.contains(part) && message.contains(name),
                "{message}"
            );
        }
    }
}
