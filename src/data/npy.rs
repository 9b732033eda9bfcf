//! NumPy's `.npy` (NEP 1): a magic string, a header that is a Python dictionary, then the values.

use ndarray::{Array2, ArrayD, ShapeBuilder};

use super::found::{Content, Found, Values, shape_of};
use super::input::Input;
use super::npy_header::{Header, HeaderProblem, Kind, parse_header};
use super::{DataError, SampleShape, limits};
use crate::numerics::Real;

const FORMAT: &str = "NPY";
const MAGIC: &[u8] = b"\x93NUMPY";

pub(super) fn is_npy(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

/// Reads (m, n) as it stands, or (m, rows, columns) as pictures: bytes of three dimensions are 8-bit pictures, f64
/// stays f64, and every other type becomes f32.
pub(super) fn read(mut input: Input<'_>, name: String) -> Result<Found, DataError> {
    let header = read_header(&mut input)?;
    // each side is at most the product, which is at most `limits::VALUES`
    let shape: Vec<usize> = header.shape.iter().map(|&side| side as usize).collect();
    let shown = match shape[..] {
        [_, length] => shape_of(length),
        [_, rows, columns] => SampleShape::Image { rows, columns },
        _ => {
            return Err(input.unsupported(
                format!("an array of shape {shape:?}"),
                "save it as (samples, values) or (samples, rows, columns)",
            ));
        }
    };
    let values = match (header.kind, header.size) {
        (Kind::Unsigned, 1) if shape.len() == 3 => {
            Values::Bytes(array(&mut input, &header, &shape)?)
        }
        (Kind::Float, 8) => {
            let values = array(&mut input, &header, &shape)?;
            finite(&values, input.file())?;
            Values::F64(values)
        }
        _ => {
            let values = array(&mut input, &header, &shape)?;
            finite(&values, input.file())?;
            Values::F32(values)
        }
    };
    input.end(FORMAT)?;
    Ok(Found {
        name,
        content: Content::Samples {
            values,
            shape: shown,
        },
        labels: None,
        notes: Vec::new(),
    })
}

fn read_header(input: &mut Input<'_>) -> Result<Header, DataError> {
    let magic = input.array::<8>(FORMAT)?;
    let [version, minor] = [magic[6], magic[7]];
    if !magic.starts_with(MAGIC) {
        return Err(input.header(FORMAT, 0, "it does not begin with \\x93NUMPY"));
    }
    let length = match version {
        1 => u64::from(u16::from_le_bytes(input.array(FORMAT)?)),
        2 | 3 => u64::from(u32::from_le_bytes(input.array(FORMAT)?)),
        _ => {
            return Err(input.header(
                FORMAT,
                6,
                format!("{version}.{minor} is no version of the format"),
            ));
        }
    };
    if length > limits::NPY_HEADER {
        return Err(input.header(
            FORMAT,
            8,
            format!(
                "{length} bytes of header are more than {}",
                limits::NPY_HEADER
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
    let Some(count) = count.filter(|count| *count <= limits::VALUES) else {
        return Err(super::too_many_values(input.file(), &header.shape));
    };
    input.check_claim(input.position() + count * header.size as u64, FORMAT)?;
    if count == 0 {
        return Err(DataError::NoSamples {
            file: input.file().to_owned(),
            shape: format!("{:?}", header.shape),
        });
    }
    Ok(header)
}

/// The values as (m, n), whatever their type and order in the file.
fn array<T: Number>(
    input: &mut Input<'_>,
    header: &Header,
    shape: &[usize],
) -> Result<Array2<T>, DataError> {
    let count = shape.iter().product::<usize>();
    let bytes = (count * header.size) as u64;
    let expected = input.position() + bytes;
    let mut values: Vec<T> = Vec::new();
    if !input.is_compressed() {
        values.reserve_exact(count); // its bytes are there: the claim was checked
    }
    input.pieces(bytes, FORMAT, expected, |piece| {
        decode(header, piece, &mut values);
        Ok(())
    })?;
    let order = shape.to_vec().set_f(header.fortran_order);
    #[expect(
        clippy::expect_used,
        reason = "`pieces` delivered each of the `count` values or failed"
    )]
    let values = ArrayD::from_shape_vec(order, values).expect("as many values as the shape has");
    let rows = shape[0];
    #[expect(
        clippy::expect_used,
        reason = "the product is the same, and the order is made standard first"
    )]
    let matrix = values
        .as_standard_layout()
        .into_owned()
        .into_shape_with_order((rows, count / rows))
        .expect("same size");
    Ok(matrix)
}

fn finite<T: Real>(values: &Array2<T>, file: &str) -> Result<(), DataError> {
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
        (Kind::Float, 4) => each(bytes, big, values, |b| T::of_single(f32::from_le_bytes(b))),
        (Kind::Float, _) => each(bytes, big, values, |b| T::of_double(f64::from_le_bytes(b))),
    }
}
