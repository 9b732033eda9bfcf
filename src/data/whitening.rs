//! Whitening of photographs: a filter that flattens their 1/f² power spectrum and takes the highest frequencies away.
//!
//! R(f) = |f| · exp(−(f/f₀)⁴), f₀ = 0.4 cycles a pixel (Olshausen & Field 1996; Olshausen & Field 1997, "Sparse
//! coding with an overcomplete basis set", p. 3318, where f₀ is 200 cycles a picture of 512).

use std::f64::consts::TAU;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftDirection, FftPlannerScalar};

use super::found::Picture;

/// f₀ in cycles a pixel; the highest frequency along an axis is .5.
pub(super) const CUTOFF: f64 = 0.4;

/// Whitens each grey picture over its whole frame, f₀ being `cutoff`. Sizes may differ.
///
/// The planner is the scalar one, so that the patches of a seed do not depend on the processor's vector units.
pub(super) fn whiten(pictures: &[Picture], cutoff: f64) -> Vec<Picture> {
    let mut planner = FftPlannerScalar::new();
    let mut whitened = Vec::with_capacity(pictures.len());
    let mut rest = pictures;
    while let [first, others @ ..] = rest {
        // The filter is real and symmetric, so two pictures go through one transform as real and imaginary part.
        let second = others
            .first()
            .filter(|second| (second.rows, second.columns) == (first.rows, first.columns));
        whitened.extend(filter(first, second, cutoff, &mut planner));
        rest = &others[usize::from(second.is_some())..];
    }
    whitened
}

fn filter(
    first: &Picture,
    second: Option<&Picture>,
    cutoff: f64,
    planner: &mut FftPlannerScalar<f64>,
) -> Vec<Picture> {
    let (rows, columns) = (first.rows, first.columns);
    let mut field: Vec<Complex<f64>> = match second {
        Some(second) => first
            .values
            .iter()
            .zip(&second.values)
            .map(|(&a, &b)| Complex::new(a.into(), b.into()))
            .collect(),
        None => first
            .values
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
            *value *= gain(fx.hypot(frequency(y, rows)), cutoff) * scale;
        }
    }
    along(&mut other, rows, FftDirection::Inverse);
    transpose(&other, &mut field, columns, rows);
    along(&mut field, columns, FftDirection::Inverse);
    let part = |of: &Picture, part: fn(&Complex<f64>) -> f64| {
        let values = field.iter().map(|value| part(value) as f32).collect();
        Picture::grey(of.file.clone(), rows, columns, values)
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
fn gain(f: f64, cutoff: f64) -> f64 {
    TAU * f * (-(f / cutoff).powi(4)).exp()
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

#[cfg(test)]
mod tests {
    use super::super::progress::unwatched;
    use super::super::random::Draw;
    use super::super::{Content, DataSpec, EmbeddedSet, find};
    use super::*;

    fn photos() -> Vec<Picture> {
        match find(&DataSpec::embedded(EmbeddedSet::Photos), &unwatched)
            .unwrap()
            .content
        {
            Content::Pictures(pictures) => pictures,
            Content::Samples { .. } => panic!("photographs are pictures"),
        }
    }

    /// Mean power along rows in bands of frequency: about 1/40, 1/20, 1/10, 1/5 cycles a pixel.
    fn bands(pictures: &[Picture]) -> [f64; 4] {
        let fft = FftPlannerScalar::new().plan_fft_forward(512);
        let mut power = vec![0.0; 512];
        for row in pictures
            .iter()
            .flat_map(|picture| picture.values.chunks_exact(512))
        {
            let mut field: Vec<Complex<f64>> = row
                .iter()
                .map(|&value| Complex::new(value.into(), 0.0))
                .collect();
            fft.process(&mut field);
            power
                .iter_mut()
                .zip(&field)
                .for_each(|(sum, value)| *sum += value.norm_sqr());
        }
        [10..16, 20..32, 40..64, 80..128].map(|band| {
            let width = band.len() as f64;
            power[band].iter().sum::<f64>() / width
        })
    }

    #[test]
    fn whitening_flattens_the_spectrum_of_photographs() {
        let photos = photos();
        let before = bands(&photos);
        let after = bands(&whiten(&photos, CUTOFF));
        let spread = |bands: [f64; 4]| {
            bands.iter().copied().fold(0.0, f64::max)
                / bands.iter().copied().fold(f64::MAX, f64::min)
        };
        assert!(spread(before) > 20.0, "{before:?}");
        assert!(spread(after) < 3.0, "{after:?}");
    }

    /// Noise of any size: odd, prime, a line.
    fn noise(rows: usize, columns: usize, seed: u64) -> Picture {
        let mut draw = Draw::seeded(seed);
        let values = (0..rows * columns).map(|_| draw.unit() as f32).collect();
        Picture::grey(format!("noise {seed}"), rows, columns, values)
    }

    #[test]
    fn the_filter_is_the_one_written_above() {
        // A plain DFT of a small picture, the gain applied, and back.
        let (rows, columns) = (5, 6);
        let picture = noise(rows, columns, 1);
        let pixel = |row: usize, column: usize| f64::from(picture.values[row * columns + column]);
        let whitened = whiten(std::slice::from_ref(&picture), CUTOFF).remove(0);
        for (place, &got) in whitened.values.iter().enumerate() {
            let (y, x) = (place / columns, place % columns);
            let mut expected = 0.0;
            for (v, u) in (0..rows).flat_map(|v| (0..columns).map(move |u| (v, u))) {
                let signed = |bin: usize, length: usize| {
                    let bin = if bin > length / 2 {
                        bin as f64 - length as f64
                    } else {
                        bin as f64
                    };
                    bin / length as f64
                };
                let f = (signed(v, rows).powi(2) + signed(u, columns).powi(2)).sqrt();
                let gain = TAU * f * (-(f / 0.4).powi(4)).exp();
                for (row, column) in
                    (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)))
                {
                    let turn = v as f64 * (y as f64 - row as f64) / rows as f64
                        + u as f64 * (x as f64 - column as f64) / columns as f64;
                    expected +=
                        pixel(row, column) * gain * (TAU * turn).cos() / (rows * columns) as f64;
                }
            }
            assert!(
                (f64::from(got) - expected).abs() < 1e-6,
                "{y}, {x}: {got} {expected}"
            );
        }
    }

    #[test]
    fn two_go_through_one_transform_unmixed() {
        let pictures = [
            noise(7, 12, 1),
            noise(7, 12, 2),
            noise(7, 12, 3),
            noise(1, 13, 4),
        ];
        let together = whiten(&pictures, CUTOFF);
        assert_eq!(together.len(), 4);
        for (picture, together) in pictures.iter().zip(&together) {
            let alone = whiten(std::slice::from_ref(picture), CUTOFF).remove(0);
            assert_eq!(
                (&alone.file, alone.rows, alone.columns),
                (&together.file, together.rows, together.columns)
            );
            for (a, b) in alone.values.iter().zip(&together.values) {
                assert!((a - b).abs() < 1e-6);
            }
        }
    }
}
