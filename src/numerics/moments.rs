//! Mean and covariance of samples, in f64 whatever the samples are in.

use ndarray::{Array1, Array2};

use super::{Real, Rows};

/// Samples that are multiplied at a time: the caller is heard between two blocks.
const BLOCK: usize = 1 << 10;

/// x̄ (n) of `samples` (m, n); zeros where there are none.
pub fn mean<'a, T: Real>(samples: impl Into<Rows<'a, T>>) -> Array1<f64> {
    let samples = samples.into();
    let mut mean = Array1::<f64>::zeros(samples.ncols());
    samples.each(|row| mean.zip_mut_with(&row, |sum, value| *sum += value.f64()));
    mean / samples.nrows().max(1) as f64
}

/// How often [`covariance`] calls `word` for that many samples.
pub fn blocks(samples: usize) -> usize {
    samples.div_ceil(BLOCK)
}

/// 1/m Σ (x − x̄)(x − x̄)ᵀ (n, n) of `samples` (m, n) around their `mean` (n). `word` is said after each block.
///
/// # Errors
/// Those of `word`, which end it.
pub fn covariance<'a, T: Real, E>(
    samples: impl Into<Rows<'a, T>>,
    mean: &Array1<f64>,
    word: &mut dyn FnMut() -> Result<(), E>,
) -> Result<Array2<f64>, E> {
    let samples = samples.into();
    let length = samples.ncols();
    let mut covariance = Array2::<f64>::zeros((length, length));
    samples.try_blocks(BLOCK, |block| {
        let centred = block.mapv(T::f64) - mean;
        covariance += &centred.t().dot(&centred);
        word()
    })?;
    Ok(covariance / samples.nrows().max(1) as f64)
}
