//! W1, b1, W2, b2 as one flat vector, so that an optimiser sees just that.

use std::ops::Range;

use ndarray::{ArrayView1, ArrayView2, ArrayViewMut1, ArrayViewMut2};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::numerics::Real;

/// The weights and biases of an n-h-n autoencoder, or a gradient of the same shape.
///
/// Flat, in the order `W1 (h, n)`, `b1 (h)`, `W2 (n, h)`, `b2 (n)`, each in row-major order.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters<T> {
    flat: Vec<T>,
    inputs: usize,
    hidden: usize,
}

/// 2nh + h + n, where a `usize` holds it.
fn count(inputs: usize, hidden: usize) -> Option<usize> {
    let weights = inputs.checked_mul(hidden)?.checked_mul(2)?;
    weights.checked_add(hidden)?.checked_add(inputs)
}

impl<T: Real> Parameters<T> {
    /// All zero. `inputs` is n, `hidden` is h.
    ///
    /// # Panics
    /// Where there are more parameters than an address can tell apart; so does [`Self::initial`].
    pub fn zeros(inputs: usize, hidden: usize) -> Self {
        // the allocator refuses the largest length
        let count = count(inputs, hidden).unwrap_or(usize::MAX);
        Self {
            flat: vec![T::zero(); count],
            inputs,
            hidden,
        }
    }

    /// W ~ U(±√(6/(n+h+1))), b = 0 (CS294A "initializeParameters"), from ChaCha8 with `seed`: the same weights for
    /// the same seed in every release, on every machine and in both precisions (drawn in f64, then rounded).
    pub fn initial(inputs: usize, hidden: usize, seed: u64) -> Self {
        let mut parameters = Self::zeros(inputs, hidden);
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let range = (6.0 / (inputs + hidden + 1) as f64).sqrt();
        for block in [parameters.encoder_range(), parameters.decoder_range()] {
            for weight in &mut parameters.flat[block] {
                *weight = T::of((rng.random::<f64>() * 2.0 - 1.0) * range);
            }
        }
        parameters
    }

    /// From the flat vector; `None` unless its length is 2nh + h + n.
    pub fn from_flat(flat: Vec<T>, inputs: usize, hidden: usize) -> Option<Self> {
        (Some(flat.len()) == count(inputs, hidden)).then_some(Self {
            flat,
            inputs,
            hidden,
        })
    }

    /// n
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// h
    pub fn hidden(&self) -> usize {
        self.hidden
    }

    pub fn flat(&self) -> &[T] {
        &self.flat
    }

    pub fn flat_mut(&mut self) -> &mut [T] {
        &mut self.flat
    }

    /// Where W1 lies in the flat vector.
    pub fn encoder_range(&self) -> Range<usize> {
        0..self.inputs * self.hidden
    }

    /// Where b1 lies in the flat vector.
    pub fn encoder_bias_range(&self) -> Range<usize> {
        let start = self.inputs * self.hidden;
        start..start + self.hidden
    }

    /// Where W2 lies in the flat vector.
    pub fn decoder_range(&self) -> Range<usize> {
        let start = self.encoder_bias_range().end;
        start..start + self.inputs * self.hidden
    }

    /// Where b2 lies in the flat vector.
    pub fn decoder_bias_range(&self) -> Range<usize> {
        let start = self.decoder_range().end;
        start..start + self.inputs
    }

    /// W1 (h, n)
    pub fn encoder_weights(&self) -> ArrayView2<'_, T> {
        matrix(&self.flat[self.encoder_range()], self.hidden, self.inputs)
    }

    /// b1 (h)
    pub fn encoder_bias(&self) -> ArrayView1<'_, T> {
        ArrayView1::from(&self.flat[self.encoder_bias_range()])
    }

    /// W2 (n, h)
    pub fn decoder_weights(&self) -> ArrayView2<'_, T> {
        matrix(&self.flat[self.decoder_range()], self.inputs, self.hidden)
    }

    /// b2 (n)
    pub fn decoder_bias(&self) -> ArrayView1<'_, T> {
        ArrayView1::from(&self.flat[self.decoder_bias_range()])
    }

    pub fn encoder_weights_mut(&mut self) -> ArrayViewMut2<'_, T> {
        let range = self.encoder_range();
        matrix_mut(&mut self.flat[range], self.hidden, self.inputs)
    }

    pub fn encoder_bias_mut(&mut self) -> ArrayViewMut1<'_, T> {
        let range = self.encoder_bias_range();
        ArrayViewMut1::from(&mut self.flat[range])
    }

    pub fn decoder_weights_mut(&mut self) -> ArrayViewMut2<'_, T> {
        let range = self.decoder_range();
        matrix_mut(&mut self.flat[range], self.inputs, self.hidden)
    }

    pub fn decoder_bias_mut(&mut self) -> ArrayViewMut1<'_, T> {
        let range = self.decoder_bias_range();
        ArrayViewMut1::from(&mut self.flat[range])
    }

    pub fn is_finite(&self) -> bool {
        self.flat.iter().all(|value| value.is_finite())
    }

    /// The same values, rounded to `U`.
    pub fn cast<U: Real>(&self) -> Parameters<U> {
        Parameters {
            flat: self.flat.iter().map(|value| U::of(value.f64())).collect(),
            inputs: self.inputs,
            hidden: self.hidden,
        }
    }
}

fn matrix<T>(slice: &[T], rows: usize, columns: usize) -> ArrayView2<'_, T> {
    #[expect(
        clippy::expect_used,
        reason = "both ranges above are rows * columns long"
    )]
    ArrayView2::from_shape((rows, columns), slice).expect("a block's length is its shape's product")
}

fn matrix_mut<T>(slice: &mut [T], rows: usize, columns: usize) -> ArrayViewMut2<'_, T> {
    #[expect(
        clippy::expect_used,
        reason = "both ranges above are rows * columns long"
    )]
    ArrayViewMut2::from_shape((rows, columns), slice)
        .expect("a block's length is its shape's product")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_tile_the_flat_vector() {
        let parameters = Parameters::<f32>::zeros(7, 3);
        let ranges = [
            parameters.encoder_range(),
            parameters.encoder_bias_range(),
            parameters.decoder_range(),
            parameters.decoder_bias_range(),
        ];
        assert_eq!(ranges[0].start, 0);
        for pair in ranges.windows(2) {
            assert_eq!(pair[0].end, pair[1].start);
        }
        assert_eq!(ranges[3].end, parameters.flat().len());
    }

    #[test]
    fn a_seed_means_the_same_in_both_precisions_and_stays_in_range() {
        let double = Parameters::<f64>::initial(64, 25, 7);
        let single = Parameters::<f32>::initial(64, 25, 7);
        let range = (6.0f64 / 90.0).sqrt();
        assert_eq!(double.cast::<f32>(), single);
        assert!(double.flat().iter().all(|w| w.abs() <= range));
        assert!(
            double
                .encoder_bias()
                .iter()
                .chain(double.decoder_bias())
                .all(|b| *b == 0.0)
        );
        assert_ne!(double, Parameters::initial(64, 25, 8));
        // Pinned: a seed must mean the same in every release.
        assert!(
            (double.flat()[0] - PINNED_FIRST_WEIGHT).abs() < 1e-15,
            "{:.17}",
            double.flat()[0]
        );
    }

    const PINNED_FIRST_WEIGHT: f64 = -0.176_713_335_632_842_64;
}
