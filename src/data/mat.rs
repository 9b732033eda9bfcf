//! MATLAB's `.mat`, versions 4 to 7 (The MathWorks, "MAT-File Format"). Version 7.3 is HDF5, and refused.
//!
//! Arrays lie column by column. (m, n) is taken as samples by values; rows × columns × count as pictures, as UFLDL's
//! `IMAGES` are.

mod v4;
mod v5;

use ndarray::{Array2, ArrayView2, ArrayView4, ShapeBuilder};

use super::choice::{Candidate, NoChoice, choose, labels, names_labels, note, variables_of};
use super::found::{Content, Found, Values};
use super::input::Input;
use super::layout::{Layout, check_reach, pictures};
use super::matrix::{self, Turn, as_in_file};
use super::npy::{decode, finite};
use super::npy_header::{Header, Kind};
use super::reading::Wanted;
use super::tensors::TensorInfo;
use super::{DataError, Preparation, Reading, foreign, limits, picture};

const FORMAT: &str = "MAT";
const HDF5: &[u8] = b"\x89HDF\r\n\x1a\n";

/// A numeric, real, full array, as the file has it.
pub(super) struct Variable {
    name: String,
    dimensions: Vec<u64>,
    /// The type that its values are stored in, which may be smaller than the class.
    stored: Stored,
    /// The type that MATLAB shows it in.
    class: Class,
    /// As many values as the dimensions multiply to.
    bytes: Vec<u8>,
}

/// What a file holds.
#[derive(Default)]
struct Contents {
    variables: Vec<Variable>,
    /// What cannot be trained on: its name, and what it is.
    others: Vec<(String, &'static str)>,
}

impl Contents {
    fn len(&self) -> usize {
        self.variables.len() + self.others.len()
    }
}

/// How one value is stored.
#[derive(Clone, Copy)]
struct Stored {
    kind: Kind,
    size: usize,
    big_endian: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Double,
    Single,
    Byte,
    /// Everything else that f32 serves.
    Other,
}

/// Why a file was refused, before its name is known.
enum Problem {
    /// Ends at its end, where more should be.
    Short {
        needed: u64,
    },
    Broken {
        byte: u64,
        problem: String,
    },
    /// Compressed arrays that unpack beyond all measure.
    Bomb,
}

type Parsed<T> = Result<T, Problem>;

pub(super) fn is_mat(head: &[u8]) -> bool {
    head.starts_with(b"MATLAB") || head.starts_with(HDF5) || v4::is_header(head)
}

/// The numeric arrays of a whole file.
pub(super) fn variables(input: &mut Input<'_>) -> Result<Vec<Variable>, DataError> {
    Ok(contents(input)?.variables)
}

fn contents(input: &mut Input<'_>) -> Result<Contents, DataError> {
    let bytes = input.rest(limits::WHOLE_FILE)?;
    if bytes.starts_with(HDF5) || bytes.starts_with(b"MATLAB 7.3") {
        let remedy =
            "save it again with save('file.mat', '-v7') in MATLAB, or as .npy from Python's h5py";
        return Err(input.unsupported("MATLAB 7.3 data, which is HDF5", remedy));
    }
    if !is_mat(&bytes) && !matches!(bytes.get(126..128), Some(b"IM" | b"MI")) {
        let begins = foreign::beginning(input.head());
        let problem = format!("it begins with {begins} and not with MATLAB");
        return Err(input.header(FORMAT, 0, problem));
    }
    let parsed = if v4::is_header(&bytes) {
        v4::variables(&bytes)
    } else {
        v5::variables(&bytes)
    };
    parsed.map_err(|problem| match problem {
        Problem::Short { needed } => input.truncated(FORMAT, needed, bytes.len() as u64),
        Problem::Broken { byte, problem } => input.header(FORMAT, byte, problem),
        Problem::Bomb => DataError::Bomb {
            file: input.file().to_owned(),
            ratio: limits::EXPANSION,
            remedy: "save it with '-v6' if it is meant to be so",
        },
    })
}

/// Reads the array `variable`, or the one that looks most like data, and labels that go with it.
pub(super) fn read(
    mut input: Input<'_>,
    name: String,
    wanted: Wanted<'_>,
) -> Result<Found, DataError> {
    let Contents { variables, others } = contents(&mut input)?;
    let arrays = variables.iter().map(|variable| Candidate {
        name: variable.name.clone(),
        shape: variable.dimensions.clone(),
        usable: matches!(
            variable.dimensions[..],
            [_, _] | [_, _, _] | [_, _, 1 | 3 | 4, _]
        ) && !variable.dimensions.contains(&0),
        what: None,
    });
    let candidates: Vec<Candidate> = arrays
        .chain(others.into_iter().map(|(name, what)| Candidate {
            name,
            shape: Vec::new(),
            usable: false,
            what: Some(what.into()),
        }))
        .collect();
    let chosen = choose(&candidates, wanted.variable)
        .map_err(|NoChoice { found, remedy }| input.unsupported(found, remedy))?;
    let size = variables[chosen].dimensions.iter().product::<u64>(); // its values are there
    if size > limits::VALUES {
        return Err(super::too_many_values(
            input.file(),
            &variables[chosen].dimensions,
        ));
    }
    let mut found = interpret(&variables[chosen], name, input.file(), wanted.reading)?;
    check_reach(&found.content, &input)?;
    found.notes.extend(note(&candidates, chosen));
    found.variables = variables_of(&candidates, chosen);
    if let Content::Samples { values, .. } = &found.content
        && found.labels.is_none()
    {
        let samples = values.dim().0 as u64;
        let beside = variables.iter().find(|other| {
            names_labels(&other.name)
                && other
                    .dimensions
                    .iter()
                    .copied()
                    .filter(|&side| side != 1)
                    .eq([samples])
        });
        found.labels = beside.and_then(|beside| labels(&beside.values::<f64>()));
    }
    Ok(found)
}

impl Stored {
    /// The same, as the shared decoder of numbers has it.
    fn header(self) -> Header {
        Header {
            kind: self.kind,
            size: self.size,
            big_endian: self.big_endian,
            fortran_order: true,
            shape: Vec::new(),
        }
    }
}

impl Variable {
    /// As an array among others; `None` where it has no place in memory.
    pub(super) fn info(&self) -> Option<TensorInfo> {
        let (kind, size) = match self.class {
            Class::Double => (Kind::Float, 8),
            Class::Single => (Kind::Float, 4),
            Class::Byte | Class::Other => (Kind::Signed, self.stored.size),
        };
        TensorInfo::of(&self.name, &self.dimensions, (kind, size))
    }

    /// How its values are stored, and as many of them as its dimensions multiply to, column by column.
    pub(super) fn stored(&self) -> (Header, &[u8]) {
        (self.stored.header(), &self.bytes)
    }

    fn values<T: super::npy::Number>(&self) -> Vec<T> {
        let mut values = Vec::with_capacity(self.bytes.len() / self.stored.size);
        decode(&self.stored.header(), &self.bytes, &mut values);
        values
    }
}

/// (m, n) as samples; rows × columns × count, or rows × columns × channels × count, as small pictures, or as
/// photographs to be cut.
fn interpret(
    variable: &Variable,
    name: String,
    file: &str,
    reading: &Reading,
) -> Result<Found, DataError> {
    // their product is in memory, so each fits
    let sides: Vec<usize> = variable
        .dimensions
        .iter()
        .map(|&side| side as usize)
        .collect();
    let photographs = variable.name.to_lowercase().starts_with("images");
    let bytes = variable.class == Class::Byte;
    let turn = match sides[..] {
        [rows, columns] if !photographs => {
            let float = variable.stored.kind == Kind::Float;
            let size = (rows as u64, columns as u64);
            Some(Turn::of(size, reading.orientation, (float, true)))
        }
        _ => None,
    };
    let transposed = turn.is_some_and(|turn| turn.transposed);
    let (layout, values) = match sides[..] {
        [rows, columns] if !photographs => {
            let size = (rows, columns);
            let values = if variable.class == Class::Double {
                Values::F64(samples(variable.values(), size, transposed))
            } else {
                Values::F32(samples(variable.values(), size, transposed))
            };
            (Layout::Values(values.dim().1), values)
        }
        [rows, columns] => {
            let layout = Layout::Grey(rows, columns);
            (layout, pictures_of(variable, [rows, columns, 1, 1]))
        }
        [rows, columns, count] => {
            let layout = Layout::Grey(rows, columns);
            (layout, pictures_of(variable, [rows, columns, 1, count]))
        }
        [rows, columns, channels @ (1 | 3 | 4), count] => {
            let layout = Layout::Last(rows, columns, channels);
            (
                layout,
                pictures_of(variable, [rows, columns, channels, count]),
            )
        }
        // `usable` leaves these
        _ => {
            return Err(DataError::NoSamples {
                file: file.to_owned(),
                shape: format!("{sides:?}"),
            });
        }
    };
    check(&values, file).map_err(|error| if transposed { as_in_file(error) } else { error })?;
    let (mut content, mut notes) = layout.content(values, &format!("{file}, {}", variable.name));
    if photographs
        && let Content::Samples { values, shape } = &content
        && !matches!(layout, Layout::Values(_))
    {
        content = Content::Pictures(pictures(values, *shape, file));
    }
    let suggested = match &content {
        Content::Pictures(pictures) => {
            let any = |test: fn(&f32) -> bool| {
                pictures
                    .iter()
                    .any(|picture| picture.values.iter().any(test))
            };
            // values below 0 are no brightness: such pictures, UFLDL's IMAGES among them, were whitened already
            if any(|value| *value < 0.0) {
                notes.push("Taken as already whitened, since it has values below 0.".into());
                Preparation::CONTRAST
            } else {
                picture::suggested(pictures)
            }
        }
        Content::Samples { .. } if bytes => Preparation::LEVELS,
        Content::Samples { .. } => Preparation::NONE,
    };
    let encoding = format!(
        "{}, MAT variable {}",
        variable.stored.header().encoding(),
        variable.name
    );
    let found = Found {
        notes,
        ..Found::new(name, content, encoding, suggested)
    };
    match turn {
        Some(turn) => matrix::chosen(found, reading, turn, file),
        None => Ok(found),
    }
}

/// rows × columns × channels × count in the class that the variable has.
fn pictures_of(variable: &Variable, sides: [usize; 4]) -> Values {
    match variable.class {
        Class::Byte => Values::Bytes(arranged(&variable.values(), sides).into_shared()),
        Class::Double => Values::F64(arranged(&variable.values(), sides)),
        Class::Single | Class::Other => Values::F32(arranged(&variable.values(), sides)),
    }
}

/// (m, n) out of column-major order, rows or columns as samples.
fn samples<T: Copy>(
    values: Vec<T>,
    (rows, columns): (usize, usize),
    transposed: bool,
) -> Array2<T> {
    #[expect(
        clippy::expect_used,
        reason = "a variable has as many values as its dimensions multiply to"
    )]
    let view =
        ArrayView2::from_shape((rows, columns).f(), &values).expect("sized by its dimensions");
    let view = if transposed { view.t() } else { view.view() };
    view.as_standard_layout().into_owned()
}

/// rows × columns × channels × count, column by column → (count, rows · columns · channels), each picture row by row.
fn arranged<T: Copy>(values: &[T], [rows, columns, channels, count]: [usize; 4]) -> Array2<T> {
    #[expect(
        clippy::expect_used,
        reason = "a variable has as many values as its dimensions multiply to"
    )]
    let view = ArrayView4::from_shape((rows, columns, channels, count).f(), values)
        .expect("sized by its dimensions");
    let pictures: Vec<T> = view.permuted_axes([3, 0, 1, 2]).iter().copied().collect();
    #[expect(clippy::expect_used, reason = "the same values in another order")]
    Array2::from_shape_vec((count, rows * columns * channels), pictures)
        .expect("the same number of values")
}

fn check(values: &Values, file: &str) -> Result<(), DataError> {
    match values {
        Values::Bytes(_) => Ok(()),
        Values::F32(values) => finite(values, file),
        Values::F64(values) => finite(values, file),
    }
}

#[cfg(test)]
mod tests;
