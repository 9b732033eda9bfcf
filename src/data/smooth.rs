//! Whether the order of a sample's values says something: of a spectrum or a time series it does, of a table or an
//! embedding it does not.

use ndarray::{Array2, ArrayView1, ArrayView2};

/// Rows that are looked at.
const LOOKED_AT: usize = 500;
/// Curves have at least so many points.
const SHORTEST: usize = 16;
/// Columns next to each other in a curve correlate so much on average; where order means nothing, they correlate as much
/// as any two.
const ALIKE: f64 = 0.7;
/// And by so much more than columns that are half the length apart;
const NEARER: f64 = 0.2;
/// or else they lack so small a part of what those lack to be the same: spectra that differ in their level most of all.
const LACK: f64 = 0.1;

/// Whether the rows of `samples` (m, n) are curves.
pub fn are_curves<T: Copy + Into<f64>>(samples: ArrayView2<'_, T>) -> bool {
    let columns = samples.ncols();
    if columns < SHORTEST {
        return false;
    }
    let part = thinned(samples, LOOKED_AT);
    let near = correlation(&part, 1);
    let far = correlation(&part, columns / 2);
    near >= ALIKE && (near - far >= NEARER || 1.0 - near <= LACK * (1.0 - far))
}

/// At most `most` of the rows, in even steps.
pub(super) fn thinned<T: Copy + Into<f64>>(samples: ArrayView2<'_, T>, most: usize) -> Array2<f64> {
    let step = samples.nrows().div_ceil(most).max(1);
    let rows: Vec<usize> = (0..samples.nrows()).step_by(step).collect();
    Array2::from_shape_fn((rows.len(), samples.ncols()), |(row, column)| {
        samples[[rows[row], column]].into()
    })
}

/// The mean correlation of columns `apart`, of those that vary. NaN where none does.
fn correlation(samples: &Array2<f64>, apart: usize) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for column in 0..samples.ncols().saturating_sub(apart) {
        let found = pearson(samples.column(column), samples.column(column + apart));
        if found.is_finite() {
            sum += found;
            count += 1.0;
        }
    }
    sum / count
}

fn pearson(a: ArrayView1<'_, f64>, b: ArrayView1<'_, f64>) -> f64 {
    let mean = |x: ArrayView1<'_, f64>| x.sum() / x.len() as f64;
    let (a_mean, b_mean) = (mean(a), mean(b));
    let [mut ab, mut aa, mut bb] = [0.0; 3];
    for (a, b) in a.iter().zip(b) {
        let (a, b) = (a - a_mean, b - b_mean);
        ab += a * b;
        aa += a * a;
        bb += b * b;
    }
    ab / (aa * bb).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn peaks_and_walks_are_curves_and_noise_and_shared_factors_are_not() {
        let mut random = ChaCha8Rng::seed_from_u64(5);
        let mut draw = || random.random::<f64>() - 0.5;
        let (m, n) = (300, 128);
        let mut peaks = Array2::<f64>::zeros((m, n));
        for mut row in peaks.rows_mut() {
            for _ in 0..3 {
                let at = (draw() + 0.5) * n as f64;
                for (place, value) in row.iter_mut().enumerate() {
                    *value += (-((place as f64 - at) / 4.0).powi(2)).exp();
                }
            }
        }
        assert!(are_curves(peaks.view()));
        let mut walks = Array2::<f64>::zeros((m, n));
        for mut row in walks.rows_mut() {
            let mut at = 0.0;
            for value in &mut row {
                at += draw();
                *value = at;
            }
        }
        assert!(are_curves(walks.view()));
        let noise = Array2::from_shape_simple_fn((m, n), &mut draw);
        assert!(!are_curves(noise.view()));
        // a level that all points share, and a little shape
        let mut spectra = Array2::<f64>::zeros((m, n));
        for mut row in spectra.rows_mut() {
            let (level, slope) = (5.0 * draw(), draw());
            for (place, value) in row.iter_mut().enumerate() {
                *value = level + slope * (place as f64 / n as f64 - 0.5) + 0.01 * draw();
            }
        }
        assert!(correlation(&spectra, n / 2) > 0.9);
        assert!(are_curves(spectra.view()));
        // every column follows one factor: neighbours are alike, and no more than any others
        let factor: Vec<f64> = (0..m).map(|_| draw()).collect();
        let table = Array2::from_shape_fn((m, n), |(row, _)| factor[row] + 0.2 * draw());
        assert!(!are_curves(table.view()));
        assert!(!are_curves(Array2::<f64>::zeros((m, n)).view()));
        assert!(!are_curves(noise.slice(ndarray::s![.., ..8])));
    }
}
