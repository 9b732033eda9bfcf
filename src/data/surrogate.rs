//! Data that share only their mean and covariance with others: what second-order statistics alone are good for.

use std::convert::Infallible;
use std::f64::consts::TAU;

use ndarray::{Array1, Array2, s};

use super::error::grouped;
use super::random::Draw;
use super::{DataError, DataSet, Samples, limits, with_rows};
use crate::numerics::{Real, Rows, eigen, moments};

/// Samples that are drawn or multiplied at a time.
const BLOCK: usize = 1 << 10;

/// Mean (n) and a factor L (n, r) of the covariance L·Lᵀ = 1/m Σ (x − x̄)(x − x̄)ᵀ of a data set, r its rank.
#[derive(Clone, Debug)]
pub struct SecondOrder {
    mean: Array1<f64>,
    factor: Array2<f64>,
}

impl SecondOrder {
    /// Measures the samples of `data`.
    ///
    /// # Errors
    /// [`DataError::TooLarge`]: more values a sample than [`limits::COVARIANCE`].
    pub fn of(data: &DataSet) -> Result<Self, DataError> {
        let length = data.inputs();
        if length > limits::COVARIANCE {
            return Err(DataError::TooLarge {
                file: data.name.clone(),
                found: format!("samples of {} values", grouped(length as u64)),
                limit: format!(
                    "{} for the covariance to be computed",
                    grouped(limits::COVARIANCE as u64)
                ),
                remedy: "cut smaller patches, or take fewer columns".into(),
            });
        }
        let (mean, covariance) = with_rows!(&data.samples, rows => moments(rows));
        let factor = factor(covariance);
        Ok(Self { mean, factor })
    }

    /// The principal axes: orthonormal columns (n, n). `None` for more values than [`limits::WHITENED`], or where the
    /// iteration finds none.
    pub fn axes(&self) -> Option<Array2<f64>> {
        if self.factor.nrows() > limits::WHITENED {
            return None;
        }
        let covariance = self.factor.dot(&self.factor.t());
        eigen(&covariance).map(|(_, vectors)| vectors)
    }

    /// `count` draws (count, n) from the normal distribution with this mean and covariance. The tails go where they
    /// will: clipped to the range of the data they would have another covariance.
    fn draw<T: Real>(&self, count: usize, seed: u64) -> Array2<T> {
        let (length, rank) = self.factor.dim();
        let mut draw = Draw::seeded(seed);
        let mut samples = Array2::from_elem((count, length), T::of(0.0));
        let across = self.factor.t();
        for start in (0..count).step_by(BLOCK) {
            let mut block = samples.slice_mut(s![start..(start + BLOCK).min(count), ..]);
            let mut normal = Normal::new(&mut draw);
            let noise = Array2::from_shape_simple_fn((block.nrows(), rank), || normal.next());
            let values = noise.dot(&across) + &self.mean;
            block.zip_mut_with(&values, |to, value| *to = T::of(*value));
        }
        samples
    }
}

/// Gaussian noise with the mean and covariance `measured` on `data`: as many samples of the same size, drawn from
/// `seed`. It can't be had by its `spec`, which is that of `data`. Not clipped: a sigmoid output can't reach a few of
/// its values.
pub fn gaussian_like(data: &DataSet, measured: &SecondOrder, seed: u64) -> DataSet {
    let samples = match &data.samples {
        Samples::F32(_) | Samples::Levels(_) => Samples::F32(measured.draw(data.len(), seed)),
        Samples::F64(_) => Samples::F64(measured.draw(data.len(), seed)),
    };
    let name = format!("Gaussian noise with the covariance of {}", data.name);
    let fitted = std::sync::Arc::clone(&data.fitted);
    DataSet::prepared_by(name, data.spec.clone(), samples, fitted)
}

/// Two at a time from two uniform ones (Box & Muller 1958).
struct Normal<'a> {
    draw: &'a mut Draw,
    spare: Option<f64>,
}

impl<'a> Normal<'a> {
    fn new(draw: &'a mut Draw) -> Self {
        Self { draw, spare: None }
    }

    fn next(&mut self) -> f64 {
        if let Some(value) = self.spare.take() {
            return value;
        }
        // in (0, 1], so that the logarithm is finite
        let radius = (-2.0 * (1.0 - self.draw.unit()).ln()).sqrt();
        let (sine, cosine) = (TAU * self.draw.unit()).sin_cos();
        self.spare = Some(radius * sine);
        radius * cosine
    }
}

/// Mean and covariance of `samples` (m, n).
fn moments<T: Real>(samples: Rows<'_, T>) -> (Array1<f64>, Array2<f64>) {
    let mean = moments::mean(samples);
    let covariance = moments::covariance::<T, Infallible>(samples, &mean, &mut || Ok(()));
    match covariance {
        Ok(covariance) => (mean, covariance),
        Err(never) => match never {},
    }
}

/// L (n, r) with L·Lᵀ = `matrix`, symmetric and positive semidefinite: Cholesky's with the largest pivot first, which
/// ends where what is left is rounding.
fn factor(mut matrix: Array2<f64>) -> Array2<f64> {
    let length = matrix.nrows();
    let largest = matrix.diag().iter().copied().fold(0.0, f64::max);
    let rounding = length as f64 * f64::EPSILON * largest;
    let mut columns: Vec<Array1<f64>> = Vec::new();
    while columns.len() < length {
        let (pivot, value) =
            matrix
                .diag()
                .iter()
                .copied()
                .enumerate()
                .fold(
                    (0, 0.0),
                    |most, (row, value)| {
                        if value > most.1 { (row, value) } else { most }
                    },
                );
        if value <= rounding {
            break;
        }
        let column = &matrix.column(pivot) / value.sqrt();
        for (row, along) in column.iter().enumerate() {
            if *along != 0.0 {
                matrix.row_mut(row).scaled_add(-along, &column);
            }
        }
        // exactly nothing, so that no pivot is taken twice
        matrix.row_mut(pivot).fill(0.0);
        matrix.column_mut(pivot).fill(0.0);
        columns.push(column);
    }
    let mut factor = Array2::zeros((length, columns.len()));
    for (mut to, column) in factor.columns_mut().into_iter().zip(&columns) {
        to.assign(column);
    }
    factor
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{DataSpec, EmbeddedSet, SampleShape, load};

    fn furthest(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
        (a - b)
            .iter()
            .fold(0.0, |most: f64, gap| most.max(gap.abs()))
    }

    #[test]
    fn the_factor_gives_the_covariance_back_whatever_its_rank() {
        let spread = Array2::from_shape_fn((9, 4), |(row, column)| {
            ((row * 5 + column * 3) as f64).sin() * f64::from(u8::from(row != 6))
        });
        let matrix = spread.dot(&spread.t());
        let found = factor(matrix.clone());
        assert_eq!(found.dim(), (9, 2), "a value that never varies, rank 2");
        assert!(furthest(&found.dot(&found.t()), &matrix) < 1e-12);
        assert_eq!(factor(Array2::zeros((3, 3))).dim(), (3, 0));
    }

    #[test]
    fn the_noise_has_the_mean_and_the_covariance_and_nothing_else() {
        // digits: values at 0 and 1, and some that never vary
        let spec = DataSpec {
            patches: 4_000,
            ..DataSpec::embedded(EmbeddedSet::Digits)
        };
        let data = load(&spec).unwrap();
        let measured = SecondOrder::of(&data).unwrap();
        let noise = gaussian_like(&data, &measured, 3);
        assert_eq!(noise.samples.dim(), data.samples.dim());
        assert_eq!((noise.shape, &noise.fitted), (data.shape, &data.fitted));
        let (Samples::F32(real), Samples::F32(drawn)) = (&data.samples, &noise.samples) else {
            panic!("in the precision of the data")
        };
        let (mean, covariance) = moments(real.view().into());
        let (found_mean, found) = moments(drawn.view().into());
        // the deviation of a mean and of a covariance over m draws
        let count = (data.len() as f64).sqrt();
        for i in 0..data.inputs() {
            let deviation = covariance[[i, i]].sqrt() / count;
            assert!((found_mean[i] - mean[i]).abs() <= 5.0 * deviation + 1e-6);
            for j in 0..data.inputs() {
                let product = covariance[[i, i]] * covariance[[j, j]];
                let deviation = (product + covariance[[i, j]].powi(2)).sqrt() / count;
                assert!((found[[i, j]] - covariance[[i, j]]).abs() <= 5.0 * deviation + 1e-6);
            }
        }
        // Gaussian: of the fourth moments none is left over, and the tails leave the range of the data
        let value = covariance.diag().to_vec().into_iter().enumerate();
        let (widest, variance) = value.fold((0, 0.0), |a, b| if b.1 > a.1 { b } else { a });
        let fourth = drawn
            .column(widest)
            .mapv(|x| (f64::from(x) - mean[widest]).powi(4));
        let kurtosis = fourth.sum() / data.len() as f64 / variance.powi(2);
        assert!((kurtosis - 3.0).abs() < 0.5, "{kurtosis}");
        assert!(noise.range.0 < 0.0 && noise.range.1 > 1.0);
        let again = gaussian_like(&data, &measured, 3);
        assert_eq!(again.samples, noise.samples);
        assert_ne!(gaussian_like(&data, &measured, 4).samples, noise.samples);
    }

    #[test]
    fn samples_too_wide_are_refused_in_a_sentence() {
        let length = limits::COVARIANCE + 1;
        let samples = Samples::F32(Array2::zeros((1, length)));
        let shape = SampleShape::Vector { length };
        let data = DataSet::new("wide", DataSpec::default(), samples, shape);
        let refused = SecondOrder::of(&data).unwrap_err();
        assert!(matches!(refused, DataError::TooLarge { .. }), "{refused}");
    }
}
