//! A matrix out of an array's file: which way round it lies, and which of its columns are taken.

use ndarray::Axis;

use super::choice::classes;
use super::error::grouped;
use super::found::{Content, Found, Values};
use super::reading::{Column, Columns, Labels, Orientation, Reading, Understood};
use super::{DataError, SampleShape, limits, square};

/// How a matrix is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turn {
    /// Whether its shape suggests that columns are samples.
    pub(super) advised: bool,
    pub(super) transposed: bool,
}

impl Turn {
    /// Of a matrix of these sides; `float`: whether it may be a spectrogram, `matlab`: whether it comes from there.
    pub(super) fn of(
        (rows, columns): (u64, u64),
        orientation: Orientation,
        (float, matlab): (bool, bool),
    ) -> Self {
        let advised = columns_are_samples(rows, columns, float);
        Self {
            advised,
            transposed: orientation.transposes(advised, matlab),
        }
    }
}

/// Whether a matrix of this shape has its samples in its columns, as UFLDL's 64 × 10,000 `patches` and spectrograms do:
/// as many rows as a picture has pixels or a spectrum has values, more columns, and no such number of these.
fn columns_are_samples(rows: u64, columns: u64, float: bool) -> bool {
    const SMALLEST: u64 = 4;
    let side = |length: u64| {
        let side = length.isqrt();
        (SMALLEST..=limits::SAMPLE_SIDE as u64).contains(&side) && side * side == length
    };
    let picture = |length: u64| side(length) || length.is_multiple_of(3) && side(length / 3);
    // a Fourier transform has a power of two or one more, and these are usual numbers of mel bands
    let spectrum = |length: u64| {
        (32..=4096).contains(&length) && length.is_power_of_two()
            || (65..=4097).contains(&length) && (length - 1).is_power_of_two()
            || [40, 80, 96].contains(&length)
    };
    if rows >= columns || picture(columns) {
        return false;
    }
    picture(rows) || float && spectrum(rows) && !spectrum(columns) && columns / 4 >= rows
}

/// What is said of a matrix of these sides, as the file has it, that was turned.
pub(super) fn turned((rows, columns): (usize, usize)) -> String {
    format!(
        "Columns taken as samples: {} of {} values each.",
        grouped(columns as u64),
        grouped(rows as u64)
    )
}

/// What is wrong with a matrix that was turned, by the rows and columns of its file.
pub(super) fn as_in_file(error: DataError) -> DataError {
    match error {
        DataError::NotFinite {
            file,
            value,
            row,
            column,
        } => DataError::NotFinite {
            file,
            value,
            row: column,
            column: row,
        },
        other => other,
    }
}

/// The matrix that was found, already turned, with the columns that `reading` asks for.
pub(super) fn chosen(
    mut found: Found,
    reading: &Reading,
    turn: Turn,
    file: &str,
) -> Result<Found, DataError> {
    let Content::Samples { values, shape } = &mut found.content else {
        return Ok(found);
    };
    let (samples, width) = values.dim();
    let place = |column: &Column| match column {
        Column::At(place) if *place < width => Ok(*place),
        _ => Err(DataError::Unsupported {
            file: file.to_owned(),
            found: format!("{} columns without names", grouped(width as u64)),
            remedy: format!("choose them by their places, 0 to {}", width - 1),
        }),
    };
    let label = match &reading.labels {
        Labels::Column(column) => Some(place(column)?),
        Labels::Auto | Labels::None => None,
    };
    let asked = match &reading.columns {
        Columns::These(columns) => columns.iter().map(place).collect::<Result<Vec<_>, _>>()?,
        Columns::Suggested | Columns::All => (0..width).filter(|&at| Some(at) != label).collect(),
    };
    if label.is_some_and(|label| asked.contains(&label)) || asked.is_empty() {
        return Err(DataError::Unsupported {
            file: file.to_owned(),
            found: "no column that is both a value and a label".into(),
            remedy: "take each column as one of them, and one at least as a value".into(),
        });
    }
    if let Some(label) = label {
        let words = column(values, label);
        if let Some((labels, names)) = classes(&words, &mut found.notes) {
            (found.labels, found.class_names) = (Some(labels), names);
        }
    }
    if !asked.iter().copied().eq(0..width) {
        *values = match &*values {
            Values::Bytes(array) => Values::Bytes(array.select(Axis(1), &asked).into_shared()),
            Values::F32(array) => Values::F32(array.select(Axis(1), &asked)),
            Values::F64(array) => Values::F64(array.select(Axis(1), &asked)),
        };
        *shape = SampleShape::Vector {
            length: asked.len(),
        };
    }
    let mut found = square::shown(found);
    if turn.transposed {
        found.notes.insert(0, turned((width, samples)));
    }
    let suggested = Reading {
        columns: Columns::All,
        orientation: Orientation::settled(turn.advised),
        ..Reading::default()
    };
    found.understood = Some(Understood {
        reading: Reading {
            columns: match reading.columns {
                Columns::Suggested => Columns::All,
                _ => reading.columns.clone(),
            },
            orientation: Orientation::settled(turn.transposed),
            ..reading.clone()
        },
        suggested,
        columns: Vec::new(),
        rows_left_out: 0,
        filled: Vec::new(),
    });
    Ok(found)
}

fn column(values: &Values, place: usize) -> Vec<String> {
    match values {
        Values::Bytes(array) => array.column(place).iter().map(u8::to_string).collect(),
        Values::F32(array) => array.column(place).iter().map(f32::to_string).collect(),
        Values::F64(array) => array.column(place).iter().map(f64::to_string).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_may_say_that_columns_are_samples() {
        for (rows, columns, float) in [
            (64, 10_000, true),
            (64, 5_120, false),
            (192, 100_000, true),
            (784, 60_000, false),
            (128, 2_000, true),
            (257, 1_500, true),
            (80, 3_000, true),
        ] {
            assert!(
                columns_are_samples(rows, columns, float),
                "{rows} × {columns}"
            );
        }
        for (rows, columns, float) in [
            (10_000, 64, true),
            (64, 64, true),
            (100, 784, true),
            (400, 784, false),
            (128, 2_000, false),
            (128, 256, true),
            (40, 60, true),
            (150, 4, true),
            (4, 150, true),
            (30, 1_000, true),
        ] {
            assert!(
                !columns_are_samples(rows, columns, float),
                "{rows} × {columns}"
            );
        }
    }
}
