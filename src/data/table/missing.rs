//! Values that are not there: how programs write them, and what becomes of their rows.

use super::survey::Survey;
use crate::data::{DataError, Incomplete};

/// What programs write where a value is missing.
pub(super) fn is_missing(text: &str) -> bool {
    const WRITTEN: [&str; 14] = [
        "", "na", "n/a", "#n/a", "<na>", "nan", "null", "none", "nil", "?", "-", "--", ".",
        "missing",
    ];
    const LONGEST: usize = 7;
    text.len() <= LONGEST && WRITTEN.contains(&text.to_ascii_lowercase().as_str())
}

/// The rows of the columns in use, without gaps.
pub(super) struct Complete {
    /// Row by row.
    pub(super) values: Vec<f64>,
    /// The rows that are left, by their places.
    pub(super) rows: Vec<usize>,
    /// How many rows have a gap.
    pub(super) incomplete: usize,
    /// Row and column, of those in use, of each gap that was filled.
    pub(super) filled: Vec<(usize, usize)>,
    /// The gaps of each column in use.
    pub(super) gaps: Vec<usize>,
    /// A column, of those in use, whose gaps nothing can fill.
    pub(super) unknown: Option<usize>,
    /// What became of rows with gaps, with nothing left open.
    pub(super) choice: Incomplete,
}

/// Takes the numbers of the columns `used` out of `survey`, and sees to the gaps in them.
pub(super) fn complete(
    survey: &mut Survey,
    used: &[usize],
    incomplete: Incomplete,
    room: impl Fn(&mut Vec<usize>, usize) -> Result<(), DataError>,
) -> Result<Complete, DataError> {
    let (width, count) = (survey.columns.len(), survey.rows);
    let has_gap = |place: usize| {
        let row = &survey.values[place * width..(place + 1) * width];
        used.iter().any(|column| row[*column].is_nan())
    };
    let choice = match incomplete {
        // a column without a value cannot be filled
        Incomplete::Auto
            if (0..count).all(has_gap) && used.iter().all(|&at| !survey.columns[at].is_empty()) =>
        {
            Incomplete::FillMean
        }
        Incomplete::Auto => Incomplete::LeaveOut,
        chosen => chosen,
    };
    let mut values = std::mem::take(&mut survey.values);
    let mut done = Complete {
        values: Vec::new(),
        rows: Vec::new(),
        incomplete: 0,
        filled: Vec::new(),
        gaps: vec![0; used.len()],
        unknown: None,
        choice,
    };
    room(&mut done.rows, count)?;
    let mut means = vec![(0.0, 0.0); used.len()];
    let mut row = vec![0.0; used.len()];
    // values move towards the front, never past where they are read
    let mut end = 0;
    for place in 0..count {
        for (value, column) in row.iter_mut().zip(used) {
            *value = values[place * width + column];
        }
        let mut gap = false;
        for (column, value) in row.iter().enumerate() {
            if value.is_nan() {
                gap = true;
                done.gaps[column] += 1;
                if choice == Incomplete::FillMean {
                    done.filled.push((place, column));
                }
            } else {
                let (mean, seen) = &mut means[column];
                *seen += 1.0;
                *mean += (value - *mean) / *seen;
            }
        }
        done.incomplete += usize::from(gap);
        if gap && choice == Incomplete::LeaveOut {
            continue;
        }
        done.rows.push(place);
        values[end..end + row.len()].copy_from_slice(&row);
        end += row.len();
    }
    values.truncate(end);
    for &(row, column) in &done.filled {
        values[row * used.len() + column] = means[column].0;
    }
    if choice == Incomplete::FillMean {
        done.unknown = done.gaps.iter().position(|gaps| *gaps == count);
    }
    done.values = values;
    Ok(done)
}
