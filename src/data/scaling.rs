//! Bringing samples to a range: the steps that a preparation is made of.

use ndarray::{Array2, ArrayView1, ArrayViewMut1, Axis};

use crate::numerics::Real;

/// Where [`Scaling::Clip`] clips, in standard deviations.
const CLIP: f64 = 3.0;
/// The range that it scales to: a sigmoid's reach, without its ends.
const RANGE: (f64, f64) = (0.1, 0.9);

/// Takes each sample's mean away; returns the sum of squares of what is left.
pub(super) fn remove_means<T: Real>(samples: &mut Array2<T>) -> f64 {
    let length = samples.ncols() as f64;
    let mut squares = 0.0;
    for mut sample in samples.axis_iter_mut(Axis(0)) {
        let mean = sample.iter().map(|value| value.f64()).sum::<f64>() / length;
        for value in &mut sample {
            let centred = value.f64() - mean;
            *value = T::of(centred);
            squares += centred * centred;
        }
    }
    squares
}

/// (mean, 3σ) of all values. `squares` is the sum of squares of samples whose means were removed, about 0; else σ is
/// taken about the set's own mean.
pub(super) fn clip_limits<T: Real>(samples: &Array2<T>, squares: Option<f64>) -> (f64, f64) {
    let count = samples.len() as f64;
    let (mean, squares) = match squares {
        Some(squares) => (0.0, squares),
        None => {
            let mean = samples.iter().map(|value| value.f64()).sum::<f64>() / count;
            let squares = samples.iter().map(|value| (value.f64() - mean).powi(2));
            (mean, squares.sum())
        }
    };
    (mean, CLIP * (squares / count).sqrt())
}

/// Clips at `mean` ± `limit`, scales to [.1, .9] (UFLDL "normalizeData").
pub(super) fn clip<T: Real>(samples: &mut Array2<T>, (mean, limit): (f64, f64)) {
    if limit == 0.0 {
        // all is grey: left for the check of constant sets
        return;
    }
    let (low, high) = RANGE;
    samples.mapv_inplace(|value| {
        let clipped = ((value.f64() - mean) / limit).clamp(-1.0, 1.0);
        T::of(low + (clipped + 1.0) * 0.5 * (high - low))
    });
}

/// The mean and the standard deviation (over m, not m − 1) of a column: 0 exactly where it is constant.
pub(super) fn mean_and_deviation<T: Real>(column: ArrayView1<'_, T>) -> (f64, f64) {
    let count = column.len() as f64;
    let (low, high) = range_of(column.iter());
    let mean = column.iter().map(|value| value.f64()).sum::<f64>() / count;
    let squares = column.iter().map(|value| (value.f64() - mean).powi(2));
    let deviation = (squares.sum::<f64>() / count).sqrt();
    (mean, if low == high { 0.0 } else { deviation })
}

/// Brings a column to mean 0 and standard deviation 1, or to 0 where the deviation is 0.
pub(super) fn standardise<T: Real>(
    mut column: ArrayViewMut1<'_, T>,
    (mean, deviation): (f64, f64),
) {
    let scale = if deviation == 0.0 {
        0.0
    } else {
        deviation.recip()
    };
    column.mapv_inplace(|value| T::of((value.f64() - mean) * scale));
}

pub(super) fn range_of<'a, T: Real>(values: impl Iterator<Item = &'a T>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
        (low.min(value.f64()), high.max(value.f64()))
    })
}

/// Linearly to [0, 1], unless they are all the same.
pub(super) fn to_unit<'a, T: Real>(
    values: impl Iterator<Item = &'a mut T>,
    (low, high): (f64, f64),
) {
    if high > low {
        for value in values {
            *value = T::of((value.f64() - low) / (high - low));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn clip_by<T: Real>(samples: &mut Array2<T>, squares: Option<f64>) {
        let limits = clip_limits(samples, squares);
        clip(samples, limits);
    }

    #[test]
    fn contrast_is_ufldls() {
        // means removed: ±1, ±3, 0; σ² = 20/6; limit 3σ
        let mut samples = array![[4.0, 6.0], [-3.0, 3.0], [7.0, 7.0]];
        let squares = remove_means(&mut samples);
        clip_by(&mut samples, Some(squares));
        let limit = 3.0 * (20.0f64 / 6.0).sqrt();
        let expected = array![[-1.0, 1.0], [-3.0, 3.0], [0.0, 0.0]]
            .mapv(|value: f64| (value / limit + 1.0) * 0.4 + 0.1);
        assert!(
            (&samples - &expected)
                .iter()
                .all(|difference| difference.abs() < 1e-15),
            "{samples}"
        );
        let mut outlier = Array2::zeros((50, 2));
        outlier[[0, 0]] = 100.0f32;
        let squares = remove_means(&mut outlier);
        clip_by(&mut outlier, Some(squares));
        assert_eq!((outlier[[0, 0]], outlier[[0, 1]]), (0.9, 0.1));
    }

    #[test]
    fn without_means_removed_clipping_is_about_the_sets_own() {
        let mut samples = array![[9.0, 11.0], [10.0, 10.0]];
        clip_by(&mut samples, None);
        let limit = 3.0 * 0.5f64.sqrt();
        let expected =
            array![[-1.0, 1.0], [0.0, 0.0]].mapv(|value: f64| (value / limit + 1.0) * 0.4 + 0.1);
        assert!(
            (&samples - &expected)
                .iter()
                .all(|difference| difference.abs() < 1e-15)
        );
    }

    #[test]
    fn columns_are_standardised_one_by_one() {
        let mut samples = array![[1.0f32, 5.0], [3.0, 5.0]];
        for (place, expected) in [(0, (2.0, 1.0)), (1, (5.0, 0.0))] {
            let measured = mean_and_deviation(samples.column(place));
            assert_eq!(measured, expected);
            standardise(samples.column_mut(place), measured);
        }
        assert_eq!(samples, array![[-1.0, 0.0], [1.0, 0.0]]);
    }
}
