//! The loss over the samples that were held out: looked at, never trained on.

use ndarray::Array2;

use super::{Run, SamplesIdentity};
use crate::data::{DataSet, TestPart};
use crate::model::{GradientForm, Objective};
use crate::numerics::{Real, Rows};
use crate::training::record::TestLoss;

/// As many samples trained on for each one tested with, an epoch. A sample tested with takes three fifths of the time of
/// one trained on, so the test takes at most 1 part in 40 of the training's time.
const SHARE: usize = 24;

/// Epochs between two measurements at most: of a part of nine tenths, the largest, no more than that either.
const MOST: u64 = 256;

/// The test part of `data`, where it fits.
pub(super) fn part_of(data: &DataSet) -> Option<&TestPart> {
    let test = data.test.as_deref()?;
    let fits = !test.is_empty() && test.samples.dim().1 == data.inputs();
    fits.then_some(test)
}

/// The samples of `data` that a run is tested with.
pub fn own_test(data: &DataSet) -> Option<SamplesIdentity> {
    part_of(data).map(|test| SamplesIdentity::of(&test.samples))
}

/// The test samples in `T`, where the data set has them in the other precision.
pub(super) fn converted<T: Real>(data: &DataSet) -> Option<Array2<T>> {
    let samples = &part_of(data)?.samples;
    match samples.rows::<T>() {
        Some(_) => None,
        None => Some(samples.to::<T>().into_owned()),
    }
}

fn view<'a, T: Real>(data: &'a DataSet, converted: &'a Option<Array2<T>>) -> Option<Rows<'a, T>> {
    match converted {
        Some(samples) => Some(samples.view().into()),
        None => part_of(data)?.samples.rows::<T>(),
    }
}

/// Every how many epochs `test` samples are tested with, of a run that is trained on `training`: a power of two, as the
/// strides are by which the history is thinned.
pub fn test_stride(training: usize, test: usize) -> u64 {
    let epochs = test.saturating_mul(SHARE).div_ceil(training.max(1));
    (epochs.clamp(1, MOST as usize) as u64).next_power_of_two()
}

impl<T: Real> Run<T> {
    /// The loss of the present weights over what was held out: one forward pass. `None` where nothing was. The run goes on
    /// with the same bits, whether it is asked or not.
    pub fn test_loss(&mut self) -> Option<TestLoss> {
        let plain = Objective {
            sparsity_weight: 0.0,
            weight_decay: 0.0,
            gradient: GradientForm::Exact,
            ..Objective::from(&self.state.settings)
        };
        let samples = view(&self.data, &self.converted_test)?;
        let cost = self.engine.cost(&self.state.parameters, samples, &plain);
        let variance = part_of(&self.data)?.variance;
        Some(TestLoss {
            reconstruction_loss: cost.reconstruction_loss,
            fvu: cost.reconstruction_loss / variance,
        })
    }

    /// The same at the epochs that are recorded with it.
    pub(super) fn due_test_loss(&mut self) -> Option<TestLoss> {
        let test = part_of(&self.data)?.len();
        let stride = test_stride(self.data.len(), test);
        if self.state.epoch.is_multiple_of(stride) {
            self.test_loss()
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests;
