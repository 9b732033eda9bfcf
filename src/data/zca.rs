//! ZCA whitening: the rotation-free transform after which values are uncorrelated.

use ndarray::{Array1, Array2, ArrayView2, s};

use super::error::grouped;
use super::preparation::Whitening;
use super::progress::{Stage, Watch, tell};
use super::{DataError, limits};
use crate::numerics::{Real, eigen, moments};

/// Samples that are multiplied at a time: Cancel is heard between two.
const BLOCK: usize = 1 << 10;

/// x ↦ (x − x̄)·Z with Z = U diag(1/√(s + ε u²)) Uᵀ, u what is 1 in the units of ε; U, s from the covariance 1/m Σ (x − x̄)(x − x̄)ᵀ (Bell & Sejnowski
/// 1997; UFLDL, "Whitening"). Z is symmetric.
#[derive(Clone, Debug, PartialEq)]
pub struct Zca {
    /// ε, of values in [0, 1]
    pub epsilon: f64,
    /// x̄ (n)
    pub mean: Array1<f64>,
    /// Z (n, n)
    pub matrix: Array2<f64>,
    /// Z⁻¹ = U diag(√(s + ε u²)) Uᵀ (n, n)
    pub inverse: Array2<f64>,
    /// Least and greatest value before whitening.
    pub range: (f64, f64),
}

impl Zca {
    /// Measures `samples` (m, n) and whitens them in place; `unit` is what 1 is in the units of ε.
    ///
    /// # Errors
    /// ε out of range, n over the limit, cancelled, or an iteration that finds no eigenvalues.
    pub(super) fn fit<T: Real>(
        file: &str,
        samples: &mut Array2<T>,
        (epsilon, unit): (f64, f64),
        watch: Watch<'_>,
    ) -> Result<Self, DataError> {
        let (count, length) = samples.dim();
        let (least, most) = Whitening::EPSILON_RANGE;
        if !(least..=most).contains(&epsilon) {
            return Err(DataError::Epsilon { epsilon });
        }
        if length > limits::WHITENED {
            return Err(DataError::TooLarge {
                file: file.to_owned(),
                found: format!("samples of {} values to whiten", grouped(length as u64)),
                limit: format!("{} values", grouped(limits::WHITENED as u64)),
                remedy: "cut smaller patches, take the colour away or choose another whitening"
                    .into(),
            });
        }
        let total = (count.div_ceil(BLOCK) + moments::blocks(count)) as u64 + 1;
        let mut done = 0;
        let mut word = || {
            done += 1;
            tell(watch, Stage::Whitening, done, total)
        };
        let mean = moments::mean(samples.view());
        let range = samples.iter().map(|value| value.f64()).fold(
            (f64::INFINITY, f64::NEG_INFINITY),
            |(least, most), value| (least.min(value), most.max(value)),
        );
        let covariance = moments::covariance(samples.view(), &mean, &mut word)?;
        let (values, vectors) = eigen(&covariance).ok_or_else(|| DataError::Preparation {
            file: file.to_owned(),
            reason: "its covariance has no eigenvalues that could be found",
        })?;
        word()?;
        let spread = |gain: fn(f64) -> f64| {
            // U diag(gain) Uᵀ
            let scaled =
                &vectors * &values.mapv(|value| gain(value.max(0.0) + epsilon * unit * unit));
            scaled.dot(&vectors.t())
        };
        let zca = Self {
            epsilon,
            matrix: spread(|value| value.sqrt().recip()),
            inverse: spread(f64::sqrt),
            mean,
            range,
        };
        zca.whiten_with(samples, &mut word)?;
        Ok(zca)
    }

    /// Whitens `samples` (m, n) in place by what was measured on others.
    ///
    /// # Errors
    /// Cancelled.
    pub(super) fn whiten<T: Real>(
        &self,
        samples: &mut Array2<T>,
        watch: Watch<'_>,
    ) -> Result<(), DataError> {
        let total = samples.nrows().div_ceil(BLOCK) as u64;
        let mut done = 0;
        self.whiten_with(samples, &mut || {
            done += 1;
            tell(watch, Stage::Whitening, done, total)
        })
    }

    /// `word` is said after each block.
    fn whiten_with<T: Real>(
        &self,
        samples: &mut Array2<T>,
        word: &mut dyn FnMut() -> Result<(), DataError>,
    ) -> Result<(), DataError> {
        let count = samples.nrows();
        for start in (0..count).step_by(BLOCK) {
            let mut block = samples.slice_mut(s![start..(start + BLOCK).min(count), ..]);
            let whitened = (block.mapv(T::f64) - &self.mean).dot(&self.matrix);
            block.zip_mut_with(&whitened, |value, whitened| *value = T::of(*whitened));
            word()?;
        }
        Ok(())
    }

    /// W·Z for encoder weights W (h, n): since W·(Z(x − x̄)) = (W·Z)(x − x̄), what each unit looks for in plain values.
    pub fn features<T: Real>(&self, weights: ArrayView2<'_, T>) -> Array2<T> {
        weights.mapv(T::f64).dot(&self.matrix).mapv(T::of)
    }

    /// Whitened samples (k, n) as they were before.
    pub fn undo<T: Real>(&self, samples: ArrayView2<'_, T>) -> Array2<T> {
        (samples.mapv(T::f64).dot(&self.inverse) + &self.mean).mapv(T::of)
    }
}

#[cfg(test)]
mod tests {
    use super::super::progress::unwatched;
    use super::super::random::Draw;
    use super::*;
    use ndarray::Axis;

    /// Correlated noise: each value leans on the one before.
    fn samples(count: usize, length: usize) -> Array2<f64> {
        let mut draw = Draw::seeded(3);
        let mut last = 0.0;
        Array2::from_shape_fn((count, length), |(_, column)| {
            if column == 0 {
                last = 0.0;
            }
            last = 0.8 * last + draw.unit();
            last + column as f64
        })
    }

    fn covariance(samples: &Array2<f64>) -> Array2<f64> {
        let centred = samples - &samples.mean_axis(Axis(0)).unwrap();
        centred.t().dot(&centred) / samples.nrows() as f64
    }

    fn furthest(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
        (a - b)
            .iter()
            .fold(0.0, |most: f64, value| most.max(value.abs()))
    }

    #[test]
    fn whitened_samples_have_the_covariance_that_epsilon_leaves() {
        let plain = samples(3_000, 12);
        let mut whitened = plain.clone();
        let zca = Zca::fit("x", &mut whitened, (1e-6, 1.0), &unwatched).unwrap();
        assert!(furthest(&covariance(&whitened), &Array2::eye(12)) < 1e-3);
        assert!(
            whitened
                .mean_axis(Axis(0))
                .unwrap()
                .iter()
                .all(|mean| mean.abs() < 1e-12)
        );
        // not rotated: of all whitening transforms the one closest to doing nothing, hence symmetric
        assert!(furthest(&zca.matrix, &zca.matrix.t().to_owned()) < 1e-10);
        // with more ε, C (C + ε)⁻¹: shown by multiplying back
        let mut softer = plain.clone();
        let zca = Zca::fit("x", &mut softer, (0.1, 1.0), &unwatched).unwrap();
        let plain_covariance = covariance(&plain);
        let expected = zca.matrix.dot(&plain_covariance).dot(&zca.matrix);
        assert!(furthest(&covariance(&softer), &expected) < 1e-10);
        let identity = zca
            .matrix
            .dot(&zca.matrix)
            .dot(&(plain_covariance + Array2::<f64>::eye(12) * 0.1));
        assert!(furthest(&identity, &Array2::eye(12)) < 1e-10);
    }

    #[test]
    fn it_is_undone_and_features_are_seen_through_it() {
        let plain = samples(500, 9);
        let mut whitened = plain.clone();
        let zca = Zca::fit("x", &mut whitened, (0.1, 1.0), &unwatched).unwrap();
        assert!(furthest(&zca.undo(whitened.view()), &plain) < 1e-10);
        let weights =
            Array2::from_shape_fn((4, 9), |(unit, value)| ((unit * 7 + value) as f64).sin());
        // the answer to whitened samples is that of the feature to plain ones
        let answer = whitened.dot(&weights.t());
        let features = zca.features(weights.view());
        let through = (&plain - &zca.mean).dot(&features.t());
        assert!(furthest(&answer, &through) < 1e-10);
        assert_eq!(
            zca.range.0,
            plain.iter().copied().fold(f64::INFINITY, f64::min)
        );
    }

    #[test]
    fn a_constant_value_stays_finite_and_limits_hold() {
        let mut flat = samples(50, 4);
        flat.column_mut(2).fill(7.0);
        Zca::fit("x", &mut flat, (0.1, 1.0), &unwatched).unwrap();
        assert!(flat.iter().all(|value| value.is_finite()));
        for epsilon in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let error = Zca::fit("x", &mut flat, (epsilon, 1.0), &unwatched).unwrap_err();
            assert!(matches!(error, DataError::Epsilon { .. }), "{error}");
        }
        let mut wide = Array2::<f32>::zeros((2, limits::WHITENED + 1));
        let error = Zca::fit("x", &mut wide, (0.1, 1.0), &unwatched).unwrap_err();
        assert!(matches!(error, DataError::TooLarge { .. }), "{error}");
    }
}
