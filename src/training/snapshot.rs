//! What the trainer shows of a run: one immutable value.

use std::sync::Arc;
use std::time::Duration;

use ndarray::{Array2, ArrayView1, ArrayView2};

use super::trainer::{Activity, RunId};
use super::{Experiment, History};
use crate::data::{DataSet, with_rows};
use crate::model::{
    CheckedHyperparameters, Cliffs, Cost, EvenSample, Parameters, Spectrum, UnitStatistics,
};
use crate::numerics::Real;

/// Which weights a snapshot holds: those of a run's epoch, before or after a revival at its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Version {
    pub run: RunId,
    pub epoch: u64,
    pub revivals: u64,
}

impl Snapshot {
    pub fn version(&self) -> Version {
        Version {
            run: self.run,
            epoch: self.epoch,
            revivals: self.history.revived(),
        }
    }

    /// The cliffs for the settings of the last epoch; `None` where the spectrum isn't known (yet).
    pub fn cliffs(&self) -> Option<Cliffs> {
        let hidden = self.experiment.hidden_activation;
        let spectrum = self.spectrum.as_ref()?;
        Some(Cliffs::new(spectrum, &self.hyperparameters, hidden))
    }
}

/// How many samples a snapshot shows beside their reconstructions.
pub const SHOWN_SAMPLES: usize = 16;

/// The state of a run at the end of an epoch, complete in itself. Published at most every 33 ms.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// A reset, new data or a new seed starts another.
    pub run: RunId,
    pub experiment: Experiment,
    pub data: Arc<DataSet>,
    pub activity: Activity,
    /// Epochs done; 0 for the initial weights.
    pub epoch: u64,
    /// The hyperparameters that the last epoch used (before the first: will use).
    pub hyperparameters: CheckedHyperparameters,
    pub parameters: Parameters<f32>,
    /// Over the whole data set, at this epoch's end.
    pub cost: Cost,
    /// Reconstruction loss ÷ data variance.
    pub fvu: f64,
    /// Over the whole data set, at this epoch's end; one a hidden unit.
    pub units: Vec<UnitStatistics>,
    /// Which samples are shown (k), see [`shown_places`].
    pub places: Arc<[usize]>,
    /// The samples shown (k, n), k ≤ `SHOWN_SAMPLES`, the same for the whole run.
    pub inputs: Arc<Array2<f32>>,
    /// x̂ of `inputs`, (k, n).
    pub reconstructions: Array2<f32>,
    /// Hidden activations a2 of `inputs`, (k, h).
    pub activations: Array2<f32>,
    pub history: Arc<History>,
    /// What the laws of the dead state need of the data and the output; `None` until it was measured, which a run does
    /// not wait for, and where it can't be.
    pub spectrum: Option<Arc<Spectrum>>,
    /// Over the last second or so; 0 while paused.
    pub epochs_per_second: f64,
    pub samples_per_second: f64,
    /// Time spent training, pauses left out.
    pub trained_for: Duration,
}

/// How far an epoch is that takes long. What is measured of a run is measured at the end of an epoch: see [`Snapshot`].
#[derive(Clone, Debug)]
pub struct EpochUnderway {
    /// The epoch, counted from 1.
    pub epoch: u64,
    /// How many of the data's samples it has taken steps by; all of them while its end is measured.
    pub samples: u64,
    /// As they are now.
    pub parameters: Parameters<f32>,
}

/// Most samples, and values, that the shown ones are chosen among: a set of any size is looked at in some milliseconds.
const CANDIDATES: usize = 2_048;
const CANDIDATE_VALUES: usize = 1 << 22;

/// Which samples are shown, from the flattest to the one of most contrast, each as far along in that order as the next:
/// of evenly spaced samples alone, most of a photograph's are flat. The same for the same data.
///
/// Contrast is the variance of a sample's own values; at most 2,048 samples, evenly spaced, are looked at.
pub fn shown_places(data: &DataSet) -> Vec<usize> {
    let most = (CANDIDATE_VALUES / data.inputs().max(1)).clamp(SHOWN_SAMPLES, CANDIDATES);
    let mut candidates: Vec<(f64, usize)> = EvenSample::of(data.len(), most)
        .rows()
        .map(|row| (contrast(data, row), row))
        .collect();
    candidates.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let count = candidates.len().min(SHOWN_SAMPLES);
    let middle = |part: usize| (2 * part + 1) * candidates.len() / (2 * count);
    (0..count).map(|part| candidates[middle(part)].1).collect()
}

/// The variance of the values of sample `row`.
fn contrast(data: &DataSet, row: usize) -> f64 {
    with_rows!(&data.samples, rows => variance(rows.row(row, &mut Vec::new())))
}

fn variance<T: Real>(values: ArrayView1<'_, T>) -> f64 {
    let count = values.len().max(1) as f64;
    let mean = values.iter().map(|value| value.f64()).sum::<f64>() / count;
    let squares = values.iter().map(|value| (value.f64() - mean).powi(2));
    squares.sum::<f64>() / count
}

/// The samples shown (k, n), k ≤ `SHOWN_SAMPLES`.
pub fn shown_samples<T: Real>(data: &DataSet) -> Array2<T> {
    samples_at(data, &shown_places(data))
}

/// The samples at `places`, (k, n).
pub fn samples_at<T: Real>(data: &DataSet, places: &[usize]) -> Array2<T> {
    data.samples.select(places)
}

/// The values that the pictures of the shown samples and their reconstructions have as black and as white, one stretch
/// for all of them: between these lie all but a fiftieth of the values of `inputs` (as they look) at either end.
pub fn stretch(inputs: ArrayView2<'_, f32>) -> (f64, f64) {
    let mut values: Vec<f32> = inputs.iter().copied().collect();
    if values.is_empty() {
        return (0.0, 1.0);
    }
    values.sort_by(f32::total_cmp);
    let last = values.len() - 1;
    let (low, high) = (values[last / 50], values[last - last / 50]);
    if low < high {
        return (low.into(), high.into());
    }
    (values[0].into(), values[last].into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{DataSpec, SampleShape, Samples};

    /// Sample i has the values ±amplitude(i).
    fn waves(count: usize, amplitude: impl Fn(usize) -> f32) -> DataSet {
        let value = |(row, column): (usize, usize)| {
            let sign = if column % 2 == 0 { 1.0 } else { -1.0 };
            0.5 + sign * amplitude(row)
        };
        let samples = Samples::F32(Array2::from_shape_fn((count, 16), value));
        let shape = SampleShape::grey(4, 4);
        DataSet::new("waves", DataSpec::default(), samples, shape)
    }

    #[test]
    fn the_shown_samples_span_the_contrasts() {
        // nine of ten are nearly flat
        let amplitude = |row: usize| {
            if row % 10 == 7 {
                0.4
            } else {
                0.001 * (row % 13) as f32
            }
        };
        let data = waves(1_000, amplitude);
        let places = shown_places(&data);
        assert_eq!(places.len(), SHOWN_SAMPLES);
        assert_eq!(places, shown_places(&data), "the same for the same data");
        let contrasts: Vec<f64> = places.iter().map(|row| contrast(&data, *row)).collect();
        assert!(contrasts.is_sorted(), "{contrasts:?}");
        assert!(contrasts[0] < 1e-6 && contrasts[SHOWN_SAMPLES - 1] > 0.1);
        // a large set is spanned by a part of it
        let many = waves(20_000, |row| row as f32 * 1e-5);
        let places = shown_places(&many);
        for (part, row) in places.iter().enumerate() {
            let expected = (part as f64 + 0.5) / SHOWN_SAMPLES as f64;
            assert!(
                (*row as f64 / 20_000.0 - expected).abs() < 0.01,
                "{places:?}"
            );
        }
    }

    #[test]
    fn few_or_equal_samples_are_all_shown_once() {
        for count in [1, 2, 15, 16, 17] {
            let mut places = shown_places(&waves(count, |_| 0.2));
            places.sort_unstable();
            places.dedup();
            assert_eq!(places.len(), count.min(SHOWN_SAMPLES));
        }
    }

    #[test]
    fn the_stretch_leaves_the_rare_extremes_out() {
        let mut inputs = Array2::from_elem((10, 100), 0.5f32);
        for (at, value) in inputs.iter_mut().enumerate().skip(100) {
            *value = 0.4 + 0.2 * (at % 10) as f32 / 9.0;
        }
        inputs[[0, 0]] = 0.0;
        inputs[[9, 99]] = 1.0;
        let (low, high) = stretch(inputs.view());
        assert!(
            (low - 0.4).abs() < 1e-6 && (high - 0.6).abs() < 1e-6,
            "{low} {high}"
        );
        // flat but for one value: that is the range
        let mut flat = Array2::zeros((4, 100));
        flat[[2, 5]] = 1.0;
        assert_eq!(stretch(flat.view()), (0.0, 1.0));
    }
}
