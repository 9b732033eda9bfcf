//! Features that keep how much there is of what, and lose how it is put together.

use ndarray::{Array2, ArrayView2, Axis};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rustfft::num_complex::Complex;
use rustfft::{FftDirection, FftPlanner};

use super::MatchError;
use crate::numerics::Real;

/// How the n inputs of a feature lie in the plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeatureGrid {
    pub rows: usize,
    pub columns: usize,
    /// 1 for grey pictures and plain vectors.
    pub channels: usize,
    /// Whether a pixel's channels follow each other; else a channel's pixels do.
    pub interleaved: bool,
}

impl FeatureGrid {
    /// A grey picture, row by row.
    pub fn picture(rows: usize, columns: usize) -> Self {
        Self {
            rows,
            columns,
            channels: 1,
            interleaved: false,
        }
    }

    /// A plain vector: one row.
    pub fn vector(length: usize) -> Self {
        Self::picture(1, length)
    }

    fn check(&self, inputs: usize) -> Result<(), MatchError> {
        let Self {
            rows,
            columns,
            channels,
            ..
        } = *self;
        let values = rows
            .checked_mul(columns)
            .and_then(|pixels| pixels.checked_mul(channels));
        if values == Some(inputs) && inputs > 0 {
            return Ok(());
        }
        Err(MatchError::Grid {
            inputs,
            rows,
            columns,
            channels,
        })
    }

    fn index(&self, channel: usize, pixel: usize) -> usize {
        if self.interleaved {
            pixel * self.channels + channel
        } else {
            channel * self.rows * self.columns + pixel
        }
    }
}

/// What is drawn at random.
#[derive(Clone, Debug, PartialEq)]
pub enum Scrambling {
    /// The phases of pictures: every feature keeps its amplitude spectrum.
    Phases(FeatureGrid),
    /// The signs along the data's principal axes, the columns of (n, n): every feature keeps how much of it lies along
    /// each. For samples that are no pictures; the phases of pictures are signs along such axes too, since the
    /// covariance of shifted pictures has the waves for its axes.
    Signs(Array2<f64>),
}

impl Scrambling {
    /// `features` (h, n) scrambled; `seed` says how.
    ///
    /// # Errors
    /// The features don't suit: another n.
    pub fn apply<T: Real>(
        &self,
        features: ArrayView2<'_, T>,
        seed: u64,
    ) -> Result<Array2<f64>, MatchError> {
        match self {
            Self::Phases(grid) => scramble_phases(features, *grid, seed),
            Self::Signs(axes) => scramble_signs(features, axes, seed),
        }
    }
}

/// `features` (h, n) with random signs along `axes`, orthonormal columns (n, n).
fn scramble_signs<T: Real>(
    features: ArrayView2<'_, T>,
    axes: &Array2<f64>,
    seed: u64,
) -> Result<Array2<f64>, MatchError> {
    if axes.nrows() != features.ncols() {
        return Err(MatchError::DifferentInputs {
            first: features.ncols(),
            second: axes.nrows(),
        });
    }
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let along = features.mapv(T::f64).dot(axes);
    let signed = along.mapv(|part| if rng.random::<bool>() { part } else { -part });
    Ok(signed.dot(&axes.t()))
}

/// `features` (h, n) with random phases, drawn from `seed`: every feature's two-dimensional amplitude spectrum and mean
/// stay. A feature's channels get the same phases, so that colours stay together.
///
/// # Errors
/// The features don't fill `grid`.
fn scramble_phases<T: Real>(
    features: ArrayView2<'_, T>,
    grid: FeatureGrid,
    seed: u64,
) -> Result<Array2<f64>, MatchError> {
    grid.check(features.ncols())?;
    let pixels = grid.rows * grid.columns;
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut plane = Plane::new(grid.rows, grid.columns);
    let mut scrambled = Array2::zeros(features.dim());
    let mut phases = vec![Complex::default(); pixels];
    for (feature, mut to) in features
        .axis_iter(Axis(0))
        .zip(scrambled.axis_iter_mut(Axis(0)))
    {
        // the phases of noise: uniform, and those of a real picture
        for value in &mut phases {
            *value = Complex::new(rng.random::<f64>() - 0.5, 0.0);
        }
        plane.transform(&mut phases, FftDirection::Forward);
        for value in &mut phases {
            let size = value.norm();
            *value = if size > 0.0 {
                *value / size
            } else {
                Complex::new(1.0, 0.0)
            };
        }
        // the mean keeps its sign
        phases[0] = Complex::new(1.0, 0.0);
        for channel in 0..grid.channels {
            let mut values: Vec<Complex<f64>> = (0..pixels)
                .map(|pixel| Complex::new(feature[grid.index(channel, pixel)].f64(), 0.0))
                .collect();
            plane.transform(&mut values, FftDirection::Forward);
            for (index, (value, phase)) in values.iter_mut().zip(&phases).enumerate() {
                if index > 0 {
                    *value = *phase * value.norm();
                }
            }
            plane.transform(&mut values, FftDirection::Inverse);
            for (pixel, value) in values.iter().enumerate() {
                to[grid.index(channel, pixel)] = value.re / pixels as f64;
            }
        }
    }
    Ok(scrambled)
}

/// Two-dimensional transforms of one size, not normalised.
struct Plane {
    rows: usize,
    columns: usize,
    planner: FftPlanner<f64>,
    turned: Vec<Complex<f64>>,
}

impl Plane {
    fn new(rows: usize, columns: usize) -> Self {
        Self {
            rows,
            columns,
            planner: FftPlanner::new(),
            turned: vec![Complex::default(); rows * columns],
        }
    }

    fn transform(&mut self, values: &mut [Complex<f64>], direction: FftDirection) {
        let (rows, columns) = (self.rows, self.columns);
        self.planner.plan_fft(columns, direction).process(values);
        for (index, value) in values.iter().enumerate() {
            self.turned[index % columns * rows + index / columns] = *value;
        }
        self.planner
            .plan_fft(rows, direction)
            .process(&mut self.turned);
        for (index, value) in values.iter_mut().enumerate() {
            *value = self.turned[index % columns * rows + index / columns];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Parameters;

    /// |F(u, v)| by the definition.
    fn amplitudes(values: &[f64], rows: usize, columns: usize) -> Vec<f64> {
        (0..rows * columns)
            .map(|frequency| {
                let (u, v) = (frequency / columns, frequency % columns);
                let sum: Complex<f64> = (0..rows * columns)
                    .map(|pixel| {
                        let (y, x) = (pixel / columns, pixel % columns);
                        let turns = (u * y) as f64 / rows as f64 + (v * x) as f64 / columns as f64;
                        Complex::from_polar(values[pixel], -std::f64::consts::TAU * turns)
                    })
                    .sum();
                sum.norm()
            })
            .collect()
    }

    #[test]
    fn amplitudes_stay_and_phases_go() {
        for (rows, columns) in [(4, 6), (5, 5), (1, 13), (8, 8)] {
            let n = rows * columns;
            let features = Parameters::<f64>::initial(n, 3, 2);
            let features = features.encoder_weights();
            let grid = FeatureGrid::picture(rows, columns);
            let scrambled = scramble_phases(features, grid, 7).unwrap();
            for (before, after) in features.rows().into_iter().zip(scrambled.rows()) {
                let golden = amplitudes(&before.to_vec(), rows, columns);
                let found = amplitudes(&after.to_vec(), rows, columns);
                assert!(golden.iter().zip(&found).all(|(a, b)| (a - b).abs() < 1e-9));
                assert!((before.sum() - after.sum()).abs() < 1e-9, "the mean");
                let cosine = before.dot(&after) / before.dot(&before);
                assert!(cosine.abs() < 0.9, "{rows}×{columns}: {cosine}");
            }
            assert_eq!(scrambled, scramble_phases(features, grid, 7).unwrap());
            assert_ne!(scrambled, scramble_phases(features, grid, 8).unwrap());
        }
    }

    #[test]
    fn parts_along_the_axes_stay_and_signs_go() {
        // Hadamard's axes, over 2
        let axes = ndarray::array![
            [0.5, 0.5, 0.5, 0.5],
            [0.5, -0.5, 0.5, -0.5],
            [0.5, 0.5, -0.5, -0.5],
            [0.5, -0.5, -0.5, 0.5]
        ];
        let features = Parameters::<f32>::initial(4, 6, 2);
        let features = features.encoder_weights();
        let signs = Scrambling::Signs(axes.clone());
        let scrambled = signs.apply(features, 7).unwrap();
        let before = features.mapv(f64::from).dot(&axes);
        let after = scrambled.dot(&axes);
        let mut turned = 0;
        for (before, after) in before.iter().zip(&after) {
            assert!((before.abs() - after.abs()).abs() < 1e-12);
            turned += usize::from(before * after < 0.0);
        }
        assert!((4..=20).contains(&turned), "{turned} of 24");
        assert_eq!(scrambled, signs.apply(features, 7).unwrap());
        assert_ne!(scrambled, signs.apply(features, 8).unwrap());
        let wide = Parameters::<f64>::initial(5, 2, 1);
        assert!(signs.apply(wide.encoder_weights(), 1).is_err());
    }

    #[test]
    fn channels_move_together_in_either_layout() {
        let grey = Parameters::<f64>::initial(16, 2, 2);
        let grey = grey.encoder_weights();
        for interleaved in [false, true] {
            let grid = FeatureGrid {
                channels: 2,
                interleaved,
                ..FeatureGrid::picture(4, 4)
            };
            let coloured = Array2::from_shape_fn((2, 32), |(unit, i)| {
                let (channel, pixel) = if interleaved {
                    (i % 2, i / 2)
                } else {
                    (i / 16, i % 16)
                };
                grey[[unit, pixel]] * (1.0 + channel as f64)
            });
            let scrambled = scramble_phases(coloured.view(), grid, 3).unwrap();
            let plain = scramble_phases(grey, FeatureGrid::picture(4, 4), 3).unwrap();
            for unit in 0..2 {
                for pixel in 0..16 {
                    for channel in 0..2 {
                        let found = scrambled[[unit, grid.index(channel, pixel)]];
                        let golden = plain[[unit, pixel]] * (1.0 + channel as f64);
                        assert!((found - golden).abs() < 1e-12);
                    }
                }
            }
        }
    }
}
