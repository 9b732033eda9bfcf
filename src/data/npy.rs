//! NumPy's `.npy` (NEP 1): a magic string, a header that is a Python dictionary, then the values.

use ndarray::{Array2, ArrayD, ShapeBuilder};

use super::error::grouped;
use super::found::{Content, Found, Values};
use super::input::Input;
use super::layout::{Layout, check_reach, every, sides, thinned};
use super::matrix::{self, Turn, as_in_file};
use super::npy_header::{Header, HeaderProblem, Kind, MAGIC, parse_header};
use super::{DataError, Preparation, Reading, foreign, limits, picture};
use crate::numerics::Real;

#[cfg(test)]
mod tests;

const FORMAT: &str = "NPY";

pub(super) fn is_npy(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

/// Reads (m, n) as it stands, (m, rows, columns) as pictures, and with channels before or after these in colour, bytes
/// of (rows, columns, channels) as one photograph: bytes of three dimensions or more are 8-bit pictures, as are flat
/// rows of them that are pictures, f64 stays f64, and every other type becomes f32.
pub(super) fn read(
    mut input: Input<'_>,
    name: String,
    reading: &Reading,
) -> Result<Found, DataError> {
    let header = read_header(&mut input)?;
    described(input, FORMAT, header, name, reading)
}

/// Reads the array that `header` describes, all that is left of `input`.
pub(super) fn described(
    mut input: Input<'_>,
    format: &'static str,
    mut header: Header,
    name: String,
    reading: &Reading,
) -> Result<Found, DataError> {
    let turn = match header.shape[..] {
        [rows, columns] => {
            let float = header.kind == Kind::Float;
            Some(Turn::of(
                (rows, columns),
                reading.orientation,
                (float, false),
            ))
        }
        _ => None,
    };
    let transposed = turn.is_some_and(|turn| turn.transposed);
    if transposed {
        header.shape.reverse();
        header.fortran_order = !header.fortran_order;
    }
    if is_one_photograph(&header) {
        header.shape.insert(0, 1);
    }
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
        format,
        &header,
        &shape,
        every as usize,
        true, // of flat rows until it is known whether they are pictures
    )
    .map_err(|error| if transposed { as_in_file(error) } else { error })?;
    let bytes = matches!(values, Values::Bytes(_));
    let (content, mut notes) = layout.content(values, input.file());
    check_reach(&content, &input)?;
    notes.extend(thinned(every, samples));
    let suggested = match &content {
        Content::Pictures(pictures) => picture::suggested(pictures),
        Content::Samples { .. } if bytes && pictures => Preparation::LEVELS,
        Content::Samples { .. } => Preparation::NONE,
    };
    let encoding = format!("{}, {format}", header.encoding());
    let found = Found {
        notes,
        ..Found::new(name, content, encoding, suggested)
    };
    match turn {
        Some(turn) => matrix::chosen(found, reading, turn, input.file()).map(settled),
        None => Ok(found),
    }
}

/// Flat rows that were read as bytes: pictures of 8 bits where they are pictures, else numbers as any others.
fn settled(mut found: Found) -> Found {
    if let Content::Samples { values, shape } = &mut found.content
        && let Values::Bytes(bytes) = values
    {
        if shape.is_vector() {
            *values = Values::F32(bytes.mapv(f32::from));
        } else if found.suggested == Preparation::NONE {
            found.suggested = Preparation::LEVELS;
        }
    }
    found
}

/// Whether it is (rows, columns, channels) and not (m, rows, columns), as a photograph opened by Pillow is.
fn is_one_photograph(header: &Header) -> bool {
    let bytes = (header.kind, header.size) == (Kind::Unsigned, 1);
    let large = |side: u64| side > limits::SAMPLE_SIDE as u64;
    bytes && matches!(header.shape[..], [rows, columns, 3 | 4] if large(rows) && large(columns))
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
        (Kind::Unsigned, 1) if bytes => {
            let values: Array2<u8> = array(input, format, header, shape, every)?;
            Values::Bytes(values.into_shared())
        }
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
    let matrix = if values.is_standard_layout() {
        values
    } else {
        values.as_standard_layout().into_owned()
    }
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
