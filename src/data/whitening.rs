//! Whitening of photographs: a filter that flattens their 1/f² power spectrum and takes the highest frequencies away.
//!
//! R(f) = |f| · exp(−(f/f₀)⁴), f₀ = 0.4 cycles a pixel (Olshausen & Field 1996; Olshausen & Field 1997, "Sparse
//! coding with an overcomplete basis set", p. 3318, where f₀ is 200 cycles a picture of 512).

use std::f64::consts::TAU;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftDirection, FftPlannerScalar};

use super::DataError;
use super::found::Picture;
use super::progress::{Stage, Watch, tell};

/// f₀ in cycles a pixel; the highest frequency along an axis is .5.
pub const CUTOFF: f64 = 0.4;

/// Whitens each picture over its whole frame. Sizes may differ.
///
/// The planner is the scalar one, so that the patches of a seed do not depend on the processor's vector units.
pub(super) fn whiten(pictures: &[Picture], watch: Watch<'_>) -> Result<Vec<Picture>, DataError> {
    let mut planner = FftPlannerScalar::new();
    let mut whitened = Vec::with_capacity(pictures.len());
    let mut rest = pictures;
    while let [first, others @ ..] = rest {
        // The filter is real and symmetric, so two pictures go through one transform as real and imaginary part.
        let second = others
            .first()
            .filter(|second| (second.rows, second.columns) == (first.rows, first.columns));
        whitened.extend(filter(first, second, &mut planner));
        rest = &others[usize::from(second.is_some())..];
        tell(
            watch,
            Stage::Whitening,
            whitened.len() as u64,
            pictures.len() as u64,
        )?;
    }
    Ok(whitened)
}

fn filter(
    first: &Picture,
    second: Option<&Picture>,
    planner: &mut FftPlannerScalar<f64>,
) -> Vec<Picture> {
    let (rows, columns) = (first.rows, first.columns);
    let mut field: Vec<Complex<f64>> = match second {
        Some(second) => first
            .luma
            .iter()
            .zip(&second.luma)
            .map(|(&a, &b)| Complex::new(a.into(), b.into()))
            .collect(),
        None => first
            .luma
            .iter()
            .map(|&a| Complex::new(a.into(), 0.0))
            .collect(),
    };
    let mut other = vec![Complex::default(); field.len()];
    let mut along = |field: &mut [Complex<f64>], length, direction| {
        let fft: std::sync::Arc<dyn Fft<f64>> = planner.plan_fft(length, direction);
        fft.process(field);
    };
    along(&mut field, columns, FftDirection::Forward);
    transpose(&field, &mut other, rows, columns);
    along(&mut other, rows, FftDirection::Forward);
    let scale = 1.0 / field.len() as f64;
    for (x, column) in other.chunks_exact_mut(rows).enumerate() {
        let fx = frequency(x, columns);
        for (y, value) in column.iter_mut().enumerate() {
            *value *= gain(fx.hypot(frequency(y, rows))) * scale;
        }
    }
    along(&mut other, rows, FftDirection::Inverse);
    transpose(&other, &mut field, columns, rows);
    along(&mut field, columns, FftDirection::Inverse);
    let part = |of: &Picture, part: fn(&Complex<f64>) -> f64| Picture {
        file: of.file.clone(),
        rows,
        columns,
        luma: field.iter().map(|value| part(value) as f32).collect(),
    };
    let mut pictures = vec![part(first, |value| value.re)];
    pictures.extend(second.map(|second| part(second, |value| value.im)));
    pictures
}

/// The frequency, in cycles a pixel, of bin `bin` of `length`: 0 to ½, then −½ back to 0.
fn frequency(bin: usize, length: usize) -> f64 {
    let bin = if 2 * bin > length {
        bin as f64 - length as f64
    } else {
        bin as f64
    };
    bin / length as f64
}

/// R(f), up to a factor that the scaling of the patches takes away; its greatest value is near 1.
fn gain(f: f64) -> f64 {
    TAU * f * (-(f / CUTOFF).powi(4)).exp()
}

/// `from` (rows, columns) → `to` (columns, rows), in tiles that stay in cache.
fn transpose<T: Copy>(from: &[T], to: &mut [T], rows: usize, columns: usize) {
    const TILE: usize = 16;
    for top in (0..rows).step_by(TILE) {
        for left in (0..columns).step_by(TILE) {
            for row in top..(top + TILE).min(rows) {
                for column in left..(left + TILE).min(columns) {
                    to[column * rows + row] = from[row * columns + column];
                }
            }
        }
    }
}
