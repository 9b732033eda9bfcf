//! NumPy's `.npy` (NEP 1): a magic string, a header that is a Python dictionary, then the values.

use ndarray::{Array2, ArrayD, ShapeBuilder};

use super::error::grouped;
use super::found::{Content, Found, Values};
use super::input::Input;
use super::layout::{Layout, check_reach, every, sides, thinned};
use super::npy_header::{Header, HeaderProblem, Kind, MAGIC, parse_header};
use super::{DataError, Preparation, foreign, limits, picture};
use crate::numerics::Real;

const FORMAT: &str = "NPY";

pub(super) fn is_npy(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

/// Reads (m, n) as it stands, (m, rows, columns) as pictures, and with channels before or after these in colour: bytes
/// of three dimensions or more are 8-bit pictures, f64 stays f64, and every other type becomes f32.
pub(super) fn read(mut input: Input<'_>, name: String) -> Result<Found, DataError> {
    let header = read_header(&mut input)?;
    let samples = header.shape.first().copied().unwrap_or(0);
    let Some(every) = every(&header.shape) else {
        return Err(super::too_many_values(input.file(), &header.shape));
    };
    let shape = sides(input.file(), &header.shape)?;
    let layout = Layout::of(&shape).ok_or_else(|| {
        input.unsupported(
            format!("an array of shape {shape:?}"),
            "save it as (samples, values), (samples, rows, columns) or (samples, rows, columns, channels), with 1, 3 or \
             4 channels",
        )
    })?;
    let pictures = shape.len() > 2;
    let values = values(
        &mut input,
        FORMAT,
        &header,
        &shape,
        every as usize,
        pictures,
    )?;
    let bytes = matches!(values, Values::Bytes(_));
    let (content, mut notes) = layout.content(values, input.file());
    check_reach(&content, &input)?;
    notes.extend(thinned(every, samples));
    let suggested = match &content {
        Content::Pictures(pictures) => picture::suggested(pictures),
        Content::Samples { .. } if bytes => Preparation::LEVELS,
        Content::Samples { .. } => Preparation::NONE,
    };
    Ok(Found {
        suggested,
        name,
        content,
        encoding: format!("{}, NPY", header.encoding()),
        labels: None,
        notes,
        class_names: Vec::new(),
        column_names: Vec::new(),
        variables: Vec::new(),
    })
}

fn read_header(input: &mut Input<'_>) -> Result<Header, DataError> {
    let magic = input.array::<8>(FORMAT)?;
    let [version, minor] = [magic[6], magic[7]];
    if !magic.starts_with(MAGIC) {
        let begins = foreign::beginning(input.head());
        let problem = format!("it begins with {begins} and not with \\x93NUMPY");
        return Err(input.header(FORMAT, 0, problem));
    }
    let length = match version {
        1 => u64::from(u16::from_le_bytes(input.array(FORMAT)?)),
        2 | 3 => u64::from(u32::from_le_bytes(input.array(FORMAT)?)),
        _ => {
            return Err(input.header(
                FORMAT,
                6,
                format!("{version}.{minor} is not a version of the format"),
            ));
        }
    };
    if length > limits::NPY_HEADER {
        return Err(input.header(
            FORMAT,
            8,
            format!(
                "{} bytes of header are more than {}",
                grouped(length),
                grouped(limits::NPY_HEADER)
            ),
        ));
    }
    let start = input.position();
    let mut text = Vec::new();
    input.pieces(length, FORMAT, start + length, |piece| {
        text.extend_from_slice(piece);
        Ok(())
    })?;
    let header = parse_header(&text).map_err(|problem| match problem {
        HeaderProblem::Broken { byte, problem } => {
            input.header(FORMAT, start + byte as u64, problem)
        }
        HeaderProblem::Unsupported { found } => input.unsupported(
            found,
            "save it as a plain array of numbers, say `x.astype(numpy.float32)`",
        ),
    })?;
    let count = header
        .shape
        .iter()
        .try_fold(1u64, |product, &side| product.checked_mul(side));
    let claim = count
        .and_then(|count| count.checked_mul(header.size as u64))
        .and_then(|bytes| bytes.checked_add(input.position()));
    let (Some(count), Some(claim)) = (count, claim) else {
        return Err(super::too_many_values(input.file(), &header.shape));
    };
    input.check_claim(claim, FORMAT)?;
    if count == 0 {
        return Err(DataError::NoSamples {
            file: input.file().to_owned(),
            shape: format!("{:?}", header.shape),
        });
    }
    Ok(header)
}

/// All that is left of `input` as (m, n): unsigned bytes stay bytes where `bytes`, f64 stays f64, every other type
/// becomes f32; of each `every` samples the first.
pub(super) fn values(
    input: &mut Input<'_>,
    format: &'static str,
    header: &Header,
    shape: &[usize],
    every: usize,
    bytes: bool,
) -> Result<Values, DataError> {
    let values = match (header.kind, header.size) {
        (Kind::Unsigned, 1) if bytes => Values::Bytes(array(input, format, header, shape, every)?),
        (Kind::Float, 8) => {
            let values = array(input, format, header, shape, every)?;
            finite(&values, input.file())?;
            Values::F64(values)
        }
        _ => {
            let values = array(input, format, header, shape, every)?;
            finite(&values, input.file())?;
            Values::F32(values)
        }
    };
    input.end(format)?;
    Ok(values)
}

/// The values as (m, n), whatever their type and order in the file; of each `every` samples the first.
fn array<T: Number>(
    input: &mut Input<'_>,
    format: &'static str,
    header: &Header,
    shape: &[usize],
    every: usize,
) -> Result<Array2<T>, DataError> {
    let count = shape.iter().product::<usize>();
    let samples = shape[0].div_ceil(every);
    let width = count / shape[0];
    let bytes = (count * header.size) as u64;
    let expected = input.position() + bytes;
    let mut values: Vec<T> = Vec::new();
    if !input.is_compressed() {
        // its bytes are there: the claim was checked
        input.room(&mut values, samples * width)?;
    }
    let (mut piece, mut at) = (Vec::new(), 0);
    input.pieces(bytes, format, expected, |bytes| {
        if every == 1 {
            decode(header, bytes, &mut values);
            return Ok(());
        }
        piece.clear();
        decode(header, bytes, &mut piece);
        for value in &piece {
            let sample = if header.fortran_order {
                at % shape[0]
            } else {
                at / width
            };
            if sample.is_multiple_of(every) {
                values.push(*value);
            }
            at += 1;
        }
        Ok(())
    })?;
    let mut kept = shape.to_vec();
    kept[0] = samples;
    let order = kept.set_f(header.fortran_order);
    #[expect(
        clippy::expect_used,
        reason = "`pieces` delivered each of the `count` values or failed"
    )]
    let values = ArrayD::from_shape_vec(order, values).expect("as many values as the shape has");
    #[expect(
        clippy::expect_used,
        reason = "the product is the same, and the order is made standard first"
    )]
    let matrix = values
        .as_standard_layout()
        .into_owned()
        .into_shape_with_order((samples, width))
        .expect("same size");
    Ok(matrix)
}

pub(super) fn finite<T: Real>(values: &Array2<T>, file: &str) -> Result<(), DataError> {
    match values.indexed_iter().find(|(_, value)| !value.is_finite()) {
        None => Ok(()),
        Some(((row, column), value)) => Err(DataError::NotFinite {
            file: file.to_owned(),
            value: value.f64(),
            row: row as u64 + 1,
            column: column as u64 + 1,
        }),
    }
}

/// What values are decoded to.
pub(crate) trait Number: Copy {
    fn of_unsigned(value: u64) -> Self;
    fn of_signed(value: i64) -> Self;
    fn of_single(value: f32) -> Self;
    fn of_double(value: f64) -> Self;
}

macro_rules! number {
    ($type:ty) => {
        impl Number for $type {
            fn of_unsigned(value: u64) -> Self {
                value as $type
            }
            fn of_signed(value: i64) -> Self {
                value as $type
            }
            fn of_single(value: f32) -> Self {
                value as $type
            }
            fn of_double(value: f64) -> Self {
                value as $type
            }
        }
    };
}
number!(f32);
number!(f64);
number!(u8); // from bytes alone, where it is exact

/// Appends the values of `bytes` (whole values) to `values`.
pub(crate) fn decode<T: Number>(header: &Header, bytes: &[u8], values: &mut Vec<T>) {
    fn each<T, const N: usize>(
        bytes: &[u8],
        big: bool,
        values: &mut Vec<T>,
        value: impl Fn([u8; N]) -> T,
    ) {
        values.extend(bytes.as_chunks::<N>().0.iter().map(|&chunk| {
            let mut chunk = chunk;
            if big {
                chunk.reverse();
            }
            value(chunk)
        }));
    }
    let big = header.big_endian;
    match (header.kind, header.size) {
        (Kind::Unsigned, 1) => each(bytes, big, values, |b| {
            T::of_unsigned(u8::from_le_bytes(b).into())
        }),
        (Kind::Unsigned, 2) => each(bytes, big, values, |b| {
            T::of_unsigned(u16::from_le_bytes(b).into())
        }),
        (Kind::Unsigned, 4) => each(bytes, big, values, |b| {
            T::of_unsigned(u32::from_le_bytes(b).into())
        }),
        (Kind::Unsigned, _) => each(bytes, big, values, |b| {
            T::of_unsigned(u64::from_le_bytes(b))
        }),
        (Kind::Signed, 1) => each(bytes, big, values, |b| {
            T::of_signed(i8::from_le_bytes(b).into())
        }),
        (Kind::Signed, 2) => each(bytes, big, values, |b| {
            T::of_signed(i16::from_le_bytes(b).into())
        }),
        (Kind::Signed, 4) => each(bytes, big, values, |b| {
            T::of_signed(i32::from_le_bytes(b).into())
        }),
        (Kind::Signed, _) => each(bytes, big, values, |b| T::of_signed(i64::from_le_bytes(b))),
        (Kind::Float, 2) => each(bytes, big, values, |b| {
            T::of_single(half::f16::from_le_bytes(b).to_f32())
        }),
        (Kind::Float, 4) => each(bytes, big, values, |b| T::of_single(f32::from_le_bytes(b))),
        (Kind::Float, _) => each(bytes, big, values, |b| T::of_double(f64::from_le_bytes(b))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Folder, golden, gzip, loaded, refuse_every_cut, values};
    use super::super::{DataSpec, Samples, load};
    use super::super::{Preprocessing, SampleShape};
    use super::*;

    fn npy(descr: &str, fortran: bool, shape: &str, data: &[u8]) -> Vec<u8> {
        let order = if fortran { "True" } else { "False" };
        let header =
            format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}\n");
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.extend(data);
        bytes
    }

    fn bytes_of<const N: usize>(values: impl IntoIterator<Item = [u8; N]>) -> Vec<u8> {
        values.into_iter().flatten().collect()
    }

    #[test]
    fn every_type_and_order_comes_as_it_stands() {
        let numbers = [1i8, 2, 3, 4, 5, 6];
        let cases = [
            ("|u1", bytes_of(numbers.map(|v| (v as u8).to_le_bytes()))),
            ("|i1", bytes_of(numbers.map(i8::to_le_bytes))),
            ("<u2", bytes_of(numbers.map(|v| (v as u16).to_le_bytes()))),
            (">i2", bytes_of(numbers.map(|v| i16::from(v).to_be_bytes()))),
            ("<i4", bytes_of(numbers.map(|v| i32::from(v).to_le_bytes()))),
            (">u4", bytes_of(numbers.map(|v| (v as u32).to_be_bytes()))),
            (">i8", bytes_of(numbers.map(|v| i64::from(v).to_be_bytes()))),
            ("<u8", bytes_of(numbers.map(|v| (v as u64).to_le_bytes()))),
            (
                "<f2",
                bytes_of(numbers.map(|v| half::f16::from(v).to_le_bytes())),
            ),
            (
                ">f2",
                bytes_of(numbers.map(|v| half::f16::from(v).to_be_bytes())),
            ),
            ("<f4", bytes_of(numbers.map(|v| f32::from(v).to_le_bytes()))),
            (">f4", bytes_of(numbers.map(|v| f32::from(v).to_be_bytes()))),
            ("<f8", bytes_of(numbers.map(|v| f64::from(v).to_le_bytes()))),
            (">f8", bytes_of(numbers.map(|v| f64::from(v).to_be_bytes()))),
        ];
        let folder = Folder::new();
        for (descr, data) in cases {
            let set = loaded(&folder.file("c.npy", &npy(descr, false, "(2, 3)", &data))).unwrap();
            assert_eq!(values(&set), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], "{descr}");
            assert_eq!(
                matches!(set.samples, Samples::F64(_)),
                descr.ends_with("f8")
            );
            assert_eq!(set.shape, SampleShape::Vector { length: 3 });
            assert!(set.preparation.is_empty());
            let set = loaded(&folder.file("f.npy", &npy(descr, true, "(2, 3)", &data))).unwrap();
            assert_eq!(
                values(&set),
                [1.0, 3.0, 5.0, 2.0, 4.0, 6.0],
                "{descr} in Fortran order"
            );
        }
    }

    #[test]
    fn the_sample_arrays_agree_with_one_another() {
        let bytes = values(&loaded(&golden("imgs_u8_3d.npy")).unwrap());
        for name in ["imgs_f4_fortran.npy", "imgs_f8_be.npy"] {
            let set = loaded(&golden(name)).unwrap();
            assert_eq!(set.shape, SampleShape::grey(28, 28));
            let worst = values(&set)
                .iter()
                .zip(&bytes)
                .map(|(a, b)| (a - b).abs())
                .fold(0.0, f64::max);
            assert!(worst < 1e-6, "{name}: {worst}");
        }
    }

    #[test]
    fn three_dimensions_are_pictures_in_either_order() {
        let folder = Folder::new();
        let data = bytes_of((0u8..12).map(|v| f32::from(v).to_le_bytes()));
        let set = loaded(&folder.file("c", &npy("<f4", false, "(2, 3, 2)", &data))).unwrap();
        assert_eq!(set.shape, SampleShape::grey(3, 2));
        assert_eq!(values(&set), (0..12).map(f64::from).collect::<Vec<_>>());
        let set = loaded(&folder.file("f", &npy("<f4", true, "(2, 3, 2)", &data))).unwrap();
        assert_eq!(
            values(&set),
            [0.0, 6.0, 2.0, 8.0, 4.0, 10.0, 1.0, 7.0, 3.0, 9.0, 5.0, 11.0]
        );
    }

    #[test]
    fn nan_and_infinity_are_named_by_place() {
        let folder = Folder::new();
        for (bad, text) in [(f64::NAN, "NaN"), (f64::NEG_INFINITY, "-inf")] {
            let data = bytes_of([0.0, 1.0, 2.0, 3.0, bad, 5.0].map(f64::to_le_bytes));
            let message = loaded(&folder.file("n.npy", &npy("<f8", false, "(2, 3)", &data)))
                .unwrap_err()
                .to_string();
            assert!(
                message.contains(&format!("{text} in row 2, column 2")),
                "{message}"
            );
        }
        let data = bytes_of([1e200, -1e200].map(f64::to_le_bytes));
        let message = loaded(&folder.file("n.npy", &npy("<f8", false, "(2, 1)", &data)))
            .unwrap_err()
            .to_string();
        assert!(message.contains("too far to square"), "{message}");
    }

    #[test]
    fn every_cut_is_refused() {
        let whole = npy(
            "<f4",
            false,
            "(2, 2)",
            &bytes_of([0.0f32, 1.0, 2.0, 3.0].map(f32::to_le_bytes)),
        );
        refuse_every_cut("cut.npy", &whole);
        refuse_every_cut("cut.npy.gz", &gzip(&whole));
    }

    #[test]
    fn claims_are_held_against_what_is_there() {
        let folder = Folder::new();
        let mut long_header = b"\x93NUMPY\x02\x00".to_vec();
        long_header.extend(u32::MAX.to_le_bytes());
        let cases = [
            (
                npy("<f4", false, "(1000000000000, 1)", &[]),
                "ends too soon",
            ),
            (
                npy(
                    "<f4",
                    false,
                    "(18446744073709551615, 18446744073709551615)",
                    &[],
                ),
                "is too large",
            ),
            (npy("<f8", false, "(1000, 1000)", &[]), "ends too soon"),
            (npy("<f4", false, "(0, 3)", &[]), "no samples"),
            (npy("<f4", false, "(3,)", &[0; 12]), "an array of shape [3]"),
            (npy("<f4", false, "()", &[0; 4]), "an array of shape []"),
            (npy("<c8", false, "(2, 2)", &[0; 32]), "NumPy type \"<c8\""),
            (
                npy("<f4", false, "(1, 1)", &[0; 5]),
                "goes on after its end",
            ),
            (long_header, "bytes of header are more than"),
            (b"\x93NUMPY\x09\x00\x10\x00".to_vec(), "9.0 is no version"),
        ];
        for (bytes, part) in cases {
            for bytes in [gzip(&bytes), bytes] {
                let message = loaded(&folder.file("claim.npy", &bytes))
                    .unwrap_err()
                    .to_string();
                assert!(
                    message.contains(part) || message.contains("compressed ones can hold"),
                    "{part}: {message}"
                );
            }
        }
    }

    #[test]
    fn one_sample_is_taken_and_preparation_is_done_where_asked() {
        let folder = Folder::new();
        let one = bytes_of([0.25, 0.5].map(f64::to_le_bytes));
        let set = loaded(&folder.file("one.npy", &npy("<f8", false, "(1, 2)", &one))).unwrap();
        assert_eq!((set.len(), set.variance), (1, 0.0));
        let four = bytes_of([-2.0, 0.0, 4.0, 6.0].map(f64::to_le_bytes));
        let path = folder.file("four.npy", &npy("<f8", false, "(2, 2)", &four));
        let set = load(&DataSpec {
            preparation: Preprocessing::Unit.preparation(),
            ..DataSpec::file(&path)
        })
        .unwrap();
        assert_eq!(values(&set), [0.0, 0.25, 0.75, 1.0]);
        assert_eq!(set.sentences(), ["Scaled linearly from [-2, 6] to [0, 1]."]);
        let error = load(&DataSpec {
            preparation: Some(Preparation::WHITEN),
            ..DataSpec::file(&path)
        })
        .unwrap_err();
        assert!(error.to_string().contains("for photographs"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn more_samples_than_fit_are_thinned_evenly_and_it_is_said() {
        // a sparse file: one sample in 2,048 is not 0
        let (samples, width) = (300_000u64, 1_000u64);
        for fortran in [false, true] {
            let folder = Folder::new();
            let header = npy("|u1", fortran, "(300000, 20, 50)", &[]);
            let path = folder.file("large.npy", &header);
            let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
            file.set_len(header.len() as u64 + samples * width).unwrap();
            for sample in (0..samples).step_by(2_048) {
                use std::os::unix::fs::FileExt;
                let at = if fortran { sample } else { sample * width };
                let value = [(sample / 2_048) as u8];
                file.write_all_at(&value, header.len() as u64 + at).unwrap();
            }
            let found = super::super::testing::found(&path).unwrap();
            assert_eq!(found.count(), 150_000);
            let Content::Samples {
                values: Values::Bytes(values),
                ..
            } = &found.content
            else {
                panic!("{}", found.summary())
            };
            for sample in (0..150_000).step_by(1_024) {
                assert_eq!(
                    values[[sample, 0]],
                    (sample / 1_024) as u8,
                    "{fortran} {sample}"
                );
            }
            assert_eq!(values.iter().filter(|value| **value > 0).count(), 146);
            assert!(
                found.notes[0].starts_with("1 in 2 of 300,000 samples taken"),
                "{:?}",
                found.notes
            );
        }
    }
}
