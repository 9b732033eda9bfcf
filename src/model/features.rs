//! Measures of what the features look like: how oriented they are, and how many of Földiák's bars they hold.

use ndarray::{ArrayView1, ArrayView2, Axis};
use rustfft::FftPlanner;
use rustfft::num_complex::Complex;

use crate::numerics::Real;

/// A feature whose |cos| with a bar is above this has found it.
pub const BAR_COSINE: f64 = 0.9;
/// Features are padded with zeros to this side before their spectrum is taken.
const PADDED_SIDE: usize = 32;

/// Equal parts of the half-circle that orientations are counted in.
const ORIENTATION_BINS: usize = 8;

/// How oriented a square feature is, and which way.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Orientation {
    /// From 0 (none) to 1 (a grating); random weights: about .13.
    pub selectivity: f64,
    /// Across the stripes, from the rows' direction, in [0, π).
    pub angle: f64,
}

/// How evenly the features' orientations fill the half-circle: the entropy of their histogram over 8 equal parts, each
/// feature counted by its selectivity, ÷ ln 8. From 0 (all in one part) to 1 (even); 0 where nothing is oriented.
pub fn orientation_entropy(features: &[Orientation]) -> f64 {
    let mut parts = [0.0; ORIENTATION_BINS];
    for feature in features {
        let part = feature.angle / std::f64::consts::PI * ORIENTATION_BINS as f64;
        parts[part as usize % ORIENTATION_BINS] += feature.selectivity;
    }
    let total: f64 = parts.iter().sum();
    let terms = parts.iter().filter(|part| **part > 0.0).map(|part| {
        let share = part / total;
        -share * share.ln()
    });
    terms.sum::<f64>() / (ORIENTATION_BINS as f64).ln()
}

/// The selectivity of each of [`orientations`].
pub fn orientation_selectivity<T: Real>(
    features: ArrayView2<'_, T>,
    side: usize,
) -> Option<Vec<f64>> {
    let orientations = orientations(features, side)?;
    Some(orientations.iter().map(|o| o.selectivity).collect())
}

/// The orientation of square features: size and half the angle of Σ S e^(2iθ) / Σ S over the power spectrum S at
/// 0 < r ≤ ½ cycle a pixel, the feature's mean removed and padded to 32×32.
///
/// `features` is (h, side²), `side` from 1 to 32; `None` if it is not. A feature that never varies has selectivity 0.
pub fn orientations<T: Real>(features: ArrayView2<'_, T>, side: usize) -> Option<Vec<Orientation>> {
    if side == 0 || side > PADDED_SIDE || features.ncols() != side * side {
        return None;
    }
    let fft = FftPlanner::<f64>::new().plan_fft_forward(PADDED_SIDE);
    let frequency = |k: usize| {
        let k = if k > PADDED_SIDE / 2 {
            k as f64 - PADDED_SIDE as f64
        } else {
            k as f64
        };
        k / PADDED_SIDE as f64
    };
    let mut image = vec![Complex::default(); PADDED_SIDE * PADDED_SIDE];
    let one = |feature: ArrayView1<'_, T>| {
        let mean = feature.iter().map(|w| w.f64()).sum::<f64>() / feature.len() as f64;
        image.fill(Complex::default());
        for (i, w) in feature.iter().enumerate() {
            image[i / side * PADDED_SIDE + i % side].re = w.f64() - mean;
        }
        image
            .chunks_exact_mut(PADDED_SIDE)
            .for_each(|row| fft.process(row));
        transpose(&mut image);
        image
            .chunks_exact_mut(PADDED_SIDE)
            .for_each(|row| fft.process(row));
        let (mut vector, mut total) = (Complex::<f64>::default(), 0.0);
        for (i, value) in image.iter().enumerate() {
            let (fx, fy) = (frequency(i / PADDED_SIDE), frequency(i % PADDED_SIDE));
            let radius = fx.hypot(fy);
            if radius > 0.0 && radius <= 0.5 {
                let power = value.norm_sqr();
                vector += Complex::from_polar(power, 2.0 * fy.atan2(fx));
                total += power;
            }
        }
        if total > 0.0 {
            Orientation {
                selectivity: vector.norm() / total,
                angle: (vector.arg() / 2.0).rem_euclid(std::f64::consts::PI),
            }
        } else {
            Orientation::default()
        }
    };
    Some(features.axis_iter(Axis(0)).map(one).collect())
}

fn transpose(image: &mut [Complex<f64>]) {
    for row in 0..PADDED_SIDE {
        for column in row + 1..PADDED_SIDE {
            image.swap(row * PADDED_SIDE + column, column * PADDED_SIDE + row);
        }
    }
}

/// How many of the 2·side bars (rows and columns of a side×side picture) some feature has found: |cos| > .9 with the
/// bar's pattern, both with their mean removed. `features` is (h, side²); `None` if it is not.
pub fn bars_found<T: Real>(features: ArrayView2<'_, T>, side: usize) -> Option<usize> {
    if features.ncols() != side * side {
        return None;
    }
    let centred = |values: Vec<f64>| -> Vec<f64> {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let centred: Vec<f64> = values.iter().map(|value| value - mean).collect();
        let norm = centred
            .iter()
            .map(|value| value * value)
            .sum::<f64>()
            .sqrt();
        centred.iter().map(|value| value / norm).collect()
    };
    let features: Vec<Vec<f64>> = features
        .axis_iter(Axis(0))
        .map(|row| centred(row.iter().map(|w| w.f64()).collect()))
        .collect();
    let found = |bar: &usize| {
        let on = |i: usize| {
            if *bar < side {
                i / side == *bar
            } else {
                i % side == bar - side
            }
        };
        let pattern = centred(
            (0..side * side)
                .map(|i| f64::from(u8::from(on(i))))
                .collect(),
        );
        features.iter().any(|feature| {
            feature
                .iter()
                .zip(&pattern)
                .map(|(a, b)| a * b)
                .sum::<f64>()
                .abs()
                > BAR_COSINE
        })
    };
    Some((0..2 * side).filter(found).count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Parameters;
    use ndarray::Array2;

    #[test]
    fn a_grating_is_oriented_and_noise_is_not() {
        let grating = Array2::from_shape_fn((1, 64), |(_, i)| {
            ((i % 8) as f64 * std::f64::consts::FRAC_PI_2).sin()
        });
        let selectivity = orientation_selectivity(grating.view(), 8).unwrap();
        assert!(selectivity[0] > 0.8, "{selectivity:?}");
        let noise = Parameters::<f64>::initial(64, 400, 3);
        let mut selectivity = orientation_selectivity(noise.encoder_weights(), 8).unwrap();
        selectivity.sort_by(f64::total_cmp);
        assert!(
            (0.10..0.17).contains(&selectivity[200]),
            "the median of noise is about .13: {}",
            selectivity[200]
        );
        assert_eq!(
            orientation_selectivity(Array2::<f64>::ones((1, 64)).view(), 8),
            Some(vec![0.0])
        );
        assert_eq!(orientation_selectivity(grating.view(), 7), None);
    }

    #[test]
    fn orientations_are_told_apart_and_their_spread_is_measured() {
        use std::f64::consts::{FRAC_PI_4, PI};
        // stripes across the angle i π/8
        let gratings = Array2::from_shape_fn((8, 144), |(i, at)| {
            let (row, column) = ((at / 12) as f64, (at % 12) as f64);
            let (sin, cos) = (i as f64 * PI / 8.0).sin_cos();
            (FRAC_PI_4 * 2.0 * (cos * column + sin * row)).sin()
        });
        let found = orientations(gratings.view(), 12).unwrap();
        for (i, orientation) in found.iter().enumerate() {
            let off = orientation.angle - i as f64 * PI / 8.0;
            let off = (off + PI / 2.0).rem_euclid(PI) - PI / 2.0; // 0 and π are one direction
            assert!(off.abs() < 0.05, "{i}: {orientation:?}");
        }
        let at = |angle| Orientation {
            selectivity: 0.5,
            angle,
        };
        let even: Vec<_> = (0..16)
            .map(|i| at((f64::from(i) + 0.5) * PI / 16.0))
            .collect();
        assert!((orientation_entropy(&even) - 1.0).abs() < 1e-12);
        assert_eq!(orientation_entropy(&[at(0.3); 9]), 0.0);
        let two = [at(0.1), at(2.0)];
        assert!((orientation_entropy(&two) - 1.0 / 3.0).abs() < 1e-12);
        let nothing = [Orientation::default(); 3];
        assert_eq!(orientation_entropy(&nothing), 0.0);
    }

    #[test]
    fn bars_are_counted_whatever_their_sign_and_offset() {
        let mut features = Array2::<f64>::zeros((3, 64));
        for i in 0..8 {
            features[[0, 8 * 2 + i]] = -1.0; // row 2, negative
            features[[1, 8 * i + 5]] = 0.5; // column 5
        }
        features.row_mut(1).map_inplace(|w| *w += 3.0);
        assert_eq!(bars_found(features.view(), 8), Some(2));
        assert_eq!(bars_found(features.view(), 7), None);
    }
}
