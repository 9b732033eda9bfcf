//! Whether flat rows are pictures: square grey ones, or colour ones of 32×32 or 64×64.
//!
//! A row of 784 values may be a digit, an embedding or a spectrum. In a picture, neighbours across and neighbours down
//! are both more alike than pixels far from each other; in an embedding no place is near another; a curve is like
//! itself further on, and so it does not notice where a row of the supposed square ends and the next begins.
//!
//! Likeness is the correlation over the samples, averaged over pairs of places: neighbours across `a` and down `d`, far
//! apart in both directions `f`, from the end of a row to the beginning of the next `r`, and of a column `c`. A picture
//! has, for (a, r) and for (d, c),
//!
//! - a − f > [`MARGIN`] = .06 and more than [`ERRORS`] = 4 of its standard errors, and
//! - a − r > (a − f) / [`SEAM`] = 4;
//!
//! of the values, or else of their distances from the mean: whitening leaves nothing in the values, but bright and dark
//! still come together. Measured, the smaller a − f or d − f, of the values and of the distances:
//!
//! | | values | distances |
//! |---|---|---|
//! | digits 8×8 | .35 | .10 |
//! | Fashion 28×28 | .73 | .59 |
//! | photographs in patches of 8×8, 5×5 | .11, .08 | .15, .11 |
//! | the same whitened as Olshausen and Field do | .60 | .32 |
//! | the same by ZCA, ε .1, .01, 1e-5 of the variance | .14, .02, .00 | .16, .16, .16 |
//! | bars 8×8 | .46 | .46 |
//! | Gaussian, 2,000 rows of 64 to 1,024 | < .01 | < .01 |
//!
//! Embeddings (Gaussian in 3 or 6 dimensions, rectified or not, in any scales) reach .3 by chance with 5×5 and stay
//! below 4 standard errors: of 2,000 such sets none was taken for pictures. Random walks, spectra and noisy sines reach
//! .95, but with (a − r) / (a − f) about 0, where pictures have .6 and more; of 6,000 such sets of 30 or 64 rows 12 were
//! taken for pictures, all of 49 values or fewer. With 30 to 64 rows 3 in 100 sets of Fashion are missed, with 200 none.
//!
//! It cannot be told from fewer than [`ROWS_LEAST`] rows, nor of pictures whose pixels are noise; then the number of
//! values decides, or the measure says no.

use ndarray::{Array2, ArrayView1, ArrayView2, Axis};

use super::error::grouped;
use super::found::{Content, Found, Values, shape_of};
use super::layout::Layout;
use super::{SampleShape, limits};

#[cfg(test)]
mod tests;

/// How much more alike neighbours must be than pixels far apart.
const MARGIN: f64 = 0.06;

/// By how many standard errors.
const ERRORS: f64 = 4.0;

/// The part of that difference that the end of a row must show.
const SEAM: f64 = 4.0;

/// Fewer rows than this tell nothing.
const ROWS_LEAST: usize = 30;

/// More rows than this tell nothing more.
const ROWS: usize = 1000;

/// Most values that are looked at.
const LOOKED_AT: usize = 1 << 22;

/// Squares of a longer side are not looked at.
const SIDE: usize = 256;

/// The sides of colour pictures that are looked for.
const COLOUR_SIDES: [usize; 2] = [32, 64];

/// What flat rows are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    Vector,
    /// Grey, of this side.
    Grey(usize),
    /// Red, then green, then blue.
    Planes(usize),
    /// A pixel's colours side by side.
    Interleaved(usize),
}

/// What the rows of `values` are, by measuring them.
pub(super) fn told(values: &Values) -> Told {
    let (_, length) = values.dim();
    if let Some(side) = COLOUR_SIDES
        .into_iter()
        .find(|side| 3 * side * side == length)
    {
        return colour(&looked_at(values), side);
    }
    let SampleShape::Image { rows: side, .. } = shape_of(length) else {
        return Told::Vector;
    };
    if length < limits::TABLE_PICTURE {
        return Told::Vector;
    }
    if side > SIDE {
        return Told::Grey(side);
    }
    let rows = looked_at(values);
    if rows.nrows() < ROWS_LEAST || Grid::grey(side).is_picture(&rows) {
        Told::Grey(side)
    } else {
        Told::Vector
    }
}

fn colour(rows: &Array2<f64>, side: usize) -> Told {
    let arrangements = [
        (Told::Planes(side), Grid::planes(side)),
        (Told::Interleaved(side), Grid::interleaved(side)),
    ];
    if rows.nrows() < ROWS_LEAST {
        return Told::Vector;
    }
    arrangements
        .into_iter()
        .filter(|(_, grid)| grid.is_picture(rows))
        .min_by(|(_, a), (_, b)| a.roughness(rows).total_cmp(&b.roughness(rows)))
        .map_or(Told::Vector, |(told, _)| told)
}

/// Flat rows as what they are, how a row is shown, and what there is to say of it.
pub(super) fn arranged(values: Values) -> (Values, SampleShape, Option<String>) {
    let (_, length) = values.dim();
    let rows = grouped(length as u64);
    let (side, lie, layout) = match told(&values) {
        Told::Grey(side) => return (values, SampleShape::grey(side, side), None),
        Told::Vector => {
            let square = length >= limits::TABLE_PICTURE && !shape_of(length).is_vector();
            let side = length.isqrt();
            let note = square.then(|| {
                format!(
                    "Rows of {rows} values not taken for pictures of {side}×{side}: neighbours there are no more alike \
                     than others."
                )
            });
            return (values, SampleShape::Vector { length }, note);
        }
        Told::Planes(side) => (
            side,
            "red, then green, then blue",
            Layout::First(side, side, 3),
        ),
        Told::Interleaved(side) => (
            side,
            "a pixel's colours side by side",
            Layout::Last(side, side, 3),
        ),
    };
    let note = format!("Rows of {rows} values taken for colour pictures of {side}×{side}, {lie}.");
    let (values, shape) = layout.samples(values);
    (values, shape, Some(note))
}

/// What was found, its flat rows as what they are.
pub(super) fn shown(mut found: Found) -> Found {
    match found.content {
        Content::Samples { values, shape } if shape.is_vector() => {
            let (values, shape, note) = arranged(values);
            found.content = Content::Samples { values, shape };
            found.notes.extend(note);
        }
        other => found.content = other,
    }
    found
}

/// Rows at even steps, in double precision.
fn looked_at(values: &Values) -> Array2<f64> {
    fn of<T: Copy>(array: ArrayView2<'_, T>, value: impl Fn(T) -> f64) -> Array2<f64> {
        let (samples, length) = array.dim();
        let most = (LOOKED_AT / length.max(1)).clamp(ROWS_LEAST, ROWS);
        let step = samples.div_ceil(most).max(1);
        array.slice(ndarray::s![..;step, ..]).mapv(value)
    }
    match values {
        Values::Bytes(array) => of(array.view(), f64::from),
        Values::F32(array) => of(array.view(), f64::from),
        Values::F64(array) => of(array.view(), |value| value),
    }
}

/// Where the pixels of a square lie in a row.
struct Grid {
    side: usize,
    /// Where each channel begins.
    channels: Vec<usize>,
    across: usize,
    down: usize,
}

type Pair = (usize, usize);

impl Grid {
    fn grey(side: usize) -> Self {
        Self {
            side,
            channels: vec![0],
            across: 1,
            down: side,
        }
    }

    fn planes(side: usize) -> Self {
        Self {
            channels: (0..3).map(|channel| channel * side * side).collect(),
            ..Self::grey(side)
        }
    }

    fn interleaved(side: usize) -> Self {
        Self {
            side,
            channels: vec![0, 1, 2],
            across: 3,
            down: 3 * side,
        }
    }

    /// Pairs of places (down, across), from each to another.
    fn pairs(&self, other: impl Fn(usize, usize) -> Option<(usize, usize)>) -> Vec<Pair> {
        let at = |start: usize, (y, x): (usize, usize)| start + y * self.down + x * self.across;
        let mut pairs = Vec::new();
        for &start in &self.channels {
            for y in 0..self.side {
                for x in 0..self.side {
                    if let Some(to) = other(y, x).filter(|&(y, x)| y.max(x) < self.side) {
                        pairs.push((at(start, (y, x)), at(start, to)));
                    }
                }
            }
        }
        pairs
    }

    fn is_picture(&self, rows: &Array2<f64>) -> bool {
        let distances = || standard(rows).mapv_into(f64::abs);
        self.shows(&standard(rows)) || self.shows(&standard(&distances()))
    }

    /// Whether likeness goes by nearness in the square.
    fn shows(&self, standard: &Array2<f64>) -> bool {
        let last = self.side - 1;
        let half = self.side.div_ceil(2);
        let mut far = self.pairs(|y, x| Some((y + half, x + half)));
        far.extend(self.pairs(|y, x| Some((y + half, x.checked_sub(half)?))));
        let far = Likeness::of(standard, &far);
        let across = self.pairs(|y, x| Some((y, x + 1)));
        let down = self.pairs(|y, x| Some((y + 1, x)));
        let row_ends = self.pairs(|y, x| (x == last).then_some((y + 1, 0)));
        let column_ends = self.pairs(|y, x| (y == last).then_some((0, x + 1)));
        [(across, row_ends), (down, column_ends)]
            .into_iter()
            .all(|(near, ends)| {
                let (near, ends) = (Likeness::of(standard, &near), Likeness::of(standard, &ends));
                let margin = near.mean - far.mean;
                let error = near.squared_error() + far.squared_error();
                let seam = ends.count == 0.0 || near.mean - ends.mean > margin / SEAM;
                near.count > 0.0 && margin > MARGIN && margin > ERRORS * error.sqrt() && seam
            })
    }

    /// The mean difference of neighbours.
    fn roughness(&self, rows: &Array2<f64>) -> f64 {
        let mut pairs = self.pairs(|y, x| Some((y, x + 1)));
        pairs.extend(self.pairs(|y, x| Some((y + 1, x))));
        let of = |row: ArrayView1<'_, f64>| {
            let differences = pairs.iter().map(|&(a, b)| (row[a] - row[b]).abs());
            differences.sum::<f64>()
        };
        rows.axis_iter(Axis(0)).map(of).sum::<f64>() / (pairs.len() * rows.nrows()).max(1) as f64
    }
}

/// Each column less its mean, in units of its deviation; 0 where it does not vary.
fn standard(rows: &Array2<f64>) -> Array2<f64> {
    let mut standard = rows.clone();
    for mut column in standard.columns_mut() {
        let count = column.len().max(1) as f64;
        let mean = column.sum() / count;
        column.mapv_inplace(|value| value - mean);
        let deviation = (column.iter().map(|value| value * value).sum::<f64>() / count).sqrt();
        // what rounding leaves of a constant is no variation
        let scale = if deviation > 1e-9 * mean.abs() && deviation.is_finite() {
            1.0 / deviation
        } else {
            0.0
        };
        column.mapv_inplace(|value| value * scale);
    }
    standard
}

/// The correlations of pairs of columns.
struct Likeness {
    count: f64,
    mean: f64,
    variance: f64,
}

impl Likeness {
    /// Pairs with a column that does not vary do not count.
    fn of(standard: &Array2<f64>, pairs: &[Pair]) -> Self {
        let mut sums = vec![0.0; pairs.len()];
        let mut varies = vec![false; standard.ncols()];
        for row in standard.rows() {
            for (sum, &(a, b)) in sums.iter_mut().zip(pairs) {
                *sum += row[a] * row[b];
            }
            for (varies, &value) in varies.iter_mut().zip(row) {
                *varies |= value != 0.0;
            }
        }
        let counted = pairs.iter().zip(&sums);
        let counted: Vec<f64> = counted
            .filter(|((a, b), _)| varies[*a] && varies[*b])
            .map(|(_, sum)| sum / standard.nrows().max(1) as f64)
            .collect();
        let count = counted.len() as f64;
        let mean = counted.iter().sum::<f64>() / count.max(1.0);
        let squares = counted.iter().map(|value| (value - mean).powi(2));
        Self {
            count,
            mean,
            variance: squares.sum::<f64>() / count.max(1.0),
        }
    }

    /// Of the mean.
    fn squared_error(&self) -> f64 {
        self.variance / self.count.max(1.0)
    }
}
