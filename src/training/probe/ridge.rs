//! Ridge regression on the indicators of classes: with Z the standardised features (m, d) and Y the indicators (m, k), the
//! W that minimises 1/m ‖Y − 1b − ZW‖² + α ‖W‖², b not penalised. In terms of moments about the mean,
//! (S_zz + αI) W = S_zy; so samples are gone through once, and every α costs a factorisation.

use ndarray::{Array1, Array2, ArrayView2, Axis};

use super::split::Split;
use crate::numerics::{Cholesky, Real};

/// α, in units of a feature's variance, which is 1.
const PENALTIES: [f64; 7] = [10.0, 1.0, 0.1, 1e-2, 1e-3, 1e-4, 1e-5];
/// Which of them is taken where nothing is set aside to choose by.
const UNCHOSEN: usize = 2;
/// Rows that are multiplied at a time.
const BLOCK: usize = 1 << 10;
/// A feature that deviates by less than this part of its size is constant: the rest is rounding.
const ROUNDING: f64 = 1e-6;

/// Features with their classes.
pub(super) struct Examples<'a, S> {
    /// (m, d)
    pub features: ArrayView2<'a, S>,
    /// (m)
    pub classes: &'a [usize],
    /// k
    pub count: usize,
    pub split: &'a Split,
}

/// What the fits need of the examples, standardised by the training samples.
pub(super) struct Moments<'a, S> {
    examples: Examples<'a, S>,
    /// (d)
    mean: Array1<f64>,
    deviation: Array1<f64>,
    fit: Sums,
    validation: Sums,
}

/// Sums over some samples.
struct Sums {
    /// How many.
    count: f64,
    /// Σ z (d)
    features: Array1<f64>,
    /// Σ y (k)
    classes: Array1<f64>,
    /// Σ z zᵀ (d, d)
    squares: Array2<f64>,
    /// Σ z yᵀ (d, k)
    products: Array2<f64>,
}

impl<'a, S: Real> Examples<'a, S> {
    /// `None` where `go_on`, asked between blocks of samples, said no.
    pub fn moments(self, go_on: &dyn Fn() -> bool) -> Option<Moments<'a, S>> {
        let (mean, deviation) = self.scales();
        let fit = self.sums(&self.split.fit, (&mean, &deviation), go_on)?;
        let validation = self.sums(&self.split.validation, (&mean, &deviation), go_on)?;
        Some(Moments {
            examples: self,
            mean,
            deviation,
            fit,
            validation,
        })
    }

    /// Mean and deviation (d) of the features over the training samples; 0 is the deviation of a constant.
    fn scales(&self) -> (Array1<f64>, Array1<f64>) {
        let width = self.features.ncols();
        let count = self.split.training().count().max(1) as f64;
        let mut mean = Array1::<f64>::zeros(width);
        let mut largest = Array1::<f64>::zeros(width);
        for row in self.split.training() {
            let values = self.features.row(row);
            mean.zip_mut_with(&values, |sum, value| *sum += value.f64());
            largest.zip_mut_with(&values, |most, value| *most = most.max(value.f64().abs()));
        }
        mean /= count;
        let mut squares = Array1::<f64>::zeros(width);
        for row in self.split.training() {
            ndarray::Zip::from(&mut squares)
                .and(&mean)
                .and(self.features.row(row))
                .for_each(|sum, mean, value| *sum += (value.f64() - mean).powi(2));
        }
        let mut deviation = (squares / count).mapv(f64::sqrt);
        deviation.zip_mut_with(&largest, |deviation, largest| {
            if *deviation <= ROUNDING * largest {
                *deviation = 0.0;
            }
        });
        (mean, deviation)
    }

    fn sums(
        &self,
        rows: &[usize],
        scales: (&Array1<f64>, &Array1<f64>),
        go_on: &dyn Fn() -> bool,
    ) -> Option<Sums> {
        let (width, count) = (self.features.ncols(), self.count);
        let mut sums = Sums {
            count: rows.len() as f64,
            features: Array1::zeros(width),
            classes: Array1::zeros(count),
            squares: Array2::zeros((width, width)),
            products: Array2::zeros((width, count)),
        };
        for rows in rows.chunks(BLOCK) {
            let block = self.standardised(rows, scales);
            sums.features += &block.sum_axis(Axis(0));
            sums.squares += &block.t().dot(&block);
            for (row, values) in rows.iter().zip(block.rows()) {
                let class = self.classes[*row];
                sums.classes[class] += 1.0;
                let mut products = sums.products.column_mut(class);
                products += &values;
            }
            if !go_on() {
                return None;
            }
        }
        Some(sums)
    }

    /// The features of some rows (r, d), brought to mean 0 and deviation 1; a constant to 0.
    fn standardised(
        &self,
        rows: &[usize],
        (mean, deviation): (&Array1<f64>, &Array1<f64>),
    ) -> Array2<f64> {
        let mut block = Array2::zeros((rows.len(), self.features.ncols()));
        for (row, mut to) in rows.iter().zip(block.rows_mut()) {
            ndarray::Zip::from(&mut to)
                .and(self.features.row(*row))
                .and(mean)
                .and(deviation)
                .for_each(|to, value, mean, deviation| {
                    if *deviation > 0.0 {
                        *to = (value.f64() - mean) / deviation;
                    }
                });
        }
        block
    }
}

impl<S: Real> Moments<'_, S> {
    /// The covariance (d, d) of the features themselves over the training samples.
    pub fn covariance(&self) -> Array2<f64> {
        let count = self.fit.count + self.validation.count;
        let mut covariance = (&self.fit.squares + &self.validation.squares) / count;
        covariance *= &self.deviation;
        covariance *= &self.deviation.view().insert_axis(Axis(1));
        covariance
    }

    /// The accuracy on the test samples of what is fitted to the training samples, with the penalty that does best on the
    /// samples set aside; the greatest of equals. `None` where `go_on` said no.
    pub fn accuracy(&self, go_on: &dyn Fn() -> bool) -> Option<f64> {
        let split = self.examples.split;
        let mut chosen = UNCHOSEN;
        if !split.validation.is_empty() {
            let mut fits = Vec::with_capacity(PENALTIES.len());
            for penalty in PENALTIES {
                fits.push(Fit::to(&self.fit, penalty));
                if !go_on() {
                    return None;
                }
            }
            let right = self.right(&split.validation, &fits, go_on)?;
            let best = right.iter().copied().max().unwrap_or(0);
            chosen = right.iter().position(|count| *count == best)?;
        }
        let all = self.fit.joined(&self.validation);
        let right = self.right(&split.test, &[Fit::to(&all, PENALTIES[chosen])], go_on)?;
        Some(right[0] as f64 / split.test.len().max(1) as f64)
    }

    /// How many of `rows` each of `fits` tells the class of.
    fn right(
        &self,
        rows: &[usize],
        fits: &[Option<Fit>],
        go_on: &dyn Fn() -> bool,
    ) -> Option<Vec<usize>> {
        let mut right = vec![0; fits.len()];
        for rows in rows.chunks(BLOCK) {
            let block = self
                .examples
                .standardised(rows, (&self.mean, &self.deviation));
            for (right, fit) in right.iter_mut().zip(fits) {
                // one that rounding left without a solution tells nothing
                let Some(fit) = fit else { continue };
                let values = block.dot(&fit.weights) + &fit.bias;
                let classes = rows.iter().map(|row| self.examples.classes[*row]);
                for (values, class) in values.rows().into_iter().zip(classes) {
                    let answer = greatest(values.iter().copied());
                    *right += usize::from(answer == class);
                }
            }
            if !go_on() {
                return None;
            }
        }
        Some(right)
    }
}

/// The place of the greatest; the first of equals.
fn greatest(values: impl Iterator<Item = f64>) -> usize {
    let mut best = (0, f64::NEG_INFINITY);
    for (place, value) in values.enumerate() {
        if value > best.1 {
            best = (place, value);
        }
    }
    best.0
}

impl Sums {
    fn joined(&self, other: &Self) -> Self {
        Self {
            count: self.count + other.count,
            features: &self.features + &other.features,
            classes: &self.classes + &other.classes,
            squares: &self.squares + &other.squares,
            products: &self.products + &other.products,
        }
    }
}

/// W (d, k) and b (k).
struct Fit {
    weights: Array2<f64>,
    bias: Array1<f64>,
}

impl Fit {
    /// `None` where the equations are singular as far as rounding lets one tell.
    fn to(sums: &Sums, penalty: f64) -> Option<Self> {
        let mean = &sums.features / sums.count;
        let classes = &sums.classes / sums.count;
        let outer = |one: &Array1<f64>, other: &Array1<f64>| {
            let one = one.view().insert_axis(Axis(1));
            one.dot(&other.view().insert_axis(Axis(0)))
        };
        let mut squares = &sums.squares / sums.count - outer(&mean, &mean);
        for place in 0..squares.nrows() {
            squares[[place, place]] += penalty;
        }
        let products = &sums.products / sums.count - outer(&mean, &classes);
        let weights = Cholesky::of(squares)?.solve(products);
        let bias = classes - mean.dot(&weights);
        Some(Self { weights, bias })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wave(row: usize, column: usize) -> f64 {
        ((row * 37 + column * 101) % 53) as f64 / 53.0 + ((row * column) % 7) as f64
    }

    #[test]
    fn its_gradient_is_zero() {
        let (count, width, classes) = (60, 5, 3);
        let features = Array2::from_shape_fn((count, width), |(row, column)| wave(row, column));
        let of: Vec<usize> = (0..count).map(|row| (row * row) % classes).collect();
        let split = Split {
            fit: (0..count).collect(),
            validation: Vec::new(),
            test: Vec::new(),
        };
        let examples = Examples {
            features: features.view(),
            classes: &of,
            count: classes,
            split: &split,
        };
        let moments = examples.moments(&|| true).unwrap();
        let z = moments
            .examples
            .standardised(&split.fit, (&moments.mean, &moments.deviation));
        let y = Array2::from_shape_fn((count, classes), |(row, class)| {
            f64::from(u8::from(of[row] == class))
        });
        for penalty in PENALTIES {
            let fit = Fit::to(&moments.fit, penalty).unwrap();
            let rest = z.dot(&fit.weights) + &fit.bias - &y;
            let slope = z.t().dot(&rest) / count as f64 + &fit.weights * penalty;
            let bias = rest.mean_axis(Axis(0)).unwrap();
            let off = |values: &mut dyn Iterator<Item = &f64>| {
                values.fold(0.0f64, |most, value| most.max(value.abs()))
            };
            assert!(off(&mut slope.iter()) < 1e-12 && off(&mut bias.iter()) < 1e-12);
        }
        let centred = &features - &features.mean_axis(Axis(0)).unwrap();
        let covariance = centred.t().dot(&centred) / count as f64;
        let difference = covariance - moments.covariance();
        assert!(difference.iter().all(|value| value.abs() < 1e-12));
    }

    #[test]
    fn a_constant_feature_is_left_out_and_test_samples_teach_nothing() {
        // feature 0 tells the class on the training samples, feature 1 is constant but for rounding, feature 2 tells it
        // on the test samples alone
        let of: Vec<usize> = (0..40).map(|row| row % 2).collect();
        let value = |(row, column): (usize, usize)| match column {
            0 if row < 30 => of[row] as f64 + 0.01 * (row % 5) as f64,
            0 => 0.5,
            1 => 0.05 + 1e-9 * (row % 3) as f64,
            _ if row >= 30 => of[row] as f64,
            _ => 0.5,
        };
        let features = Array2::from_shape_fn((40, 3), value);
        let split = Split {
            fit: (0..24).collect(),
            validation: (24..30).collect(),
            test: (30..40).collect(),
        };
        let examples = Examples {
            features: features.view(),
            classes: &of,
            count: 2,
            split: &split,
        };
        let moments = examples.moments(&|| true).unwrap();
        assert_eq!(
            moments.deviation.slice(ndarray::s![1..]),
            ndarray::array![0.0, 0.0]
        );
        let accuracy = moments.accuracy(&|| true).unwrap();
        assert_eq!(accuracy, 0.5, "all of one class");
    }
}
