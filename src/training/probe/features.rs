//! The features that the classifier is given.

use ndarray::{Array2, ArrayView2, Axis};

use super::ridge::{Examples, Moments};
use super::split::Split;
use super::{Classes, Kind, Outcome, Settings};
use crate::data::Samples;
use crate::model::{Architecture, Layer, Parameters};
use crate::numerics::{Real, eigen};
use crate::training::code;

/// Principal components with less than this part of the greatest one's variance are rounding.
const LEAST_VARIANCE: f64 = 1e-10;
/// Rows that are projected at a time.
const BLOCK: usize = 1 << 10;

/// What every split looks at.
pub(super) struct Sets<'a, T> {
    pub samples: &'a Samples,
    /// (m, h)
    pub code: Array2<T>,
    pub architecture: Architecture,
    pub classes: &'a Classes,
    /// Whether the samples are short enough for principal components, and to be features themselves.
    pub pca: bool,
    pub raw: bool,
    /// Whether anything is asked but the code.
    pub baselines: bool,
}

impl<T: Real> Sets<'_, T> {
    /// How often [`Self::outcome`] says `done` over all splits, at most.
    pub fn work(&self, settings: Settings) -> f64 {
        let kinds = if self.baselines { Kind::ALL.len() } else { 1 };
        (settings.seeds * kinds as u64) as f64
    }

    /// The accuracies of the split of `seed`; `None` where `go_on` said no. `done` is called after each kind of features.
    pub fn outcome(
        &self,
        settings: Settings,
        seed: u64,
        go_on: &dyn Fn() -> bool,
        done: &dyn Fn(),
    ) -> Option<Outcome> {
        let split = Split::draw(&self.classes.of_samples, settings.test_fraction, seed);
        let words = (go_on, done);
        match self.samples {
            Samples::F32(array) => self.outcome_of(array.view(), &split, seed, words),
            Samples::F64(array) => self.outcome_of(array.view(), &split, seed, words),
            Samples::Levels(_) => {
                let inputs = self.samples.to::<f32>();
                self.outcome_of(inputs.view(), &split, seed, words)
            }
        }
    }

    fn outcome_of<S: Real>(
        &self,
        inputs: ArrayView2<'_, S>,
        split: &Split,
        seed: u64,
        (go_on, done): (&dyn Fn() -> bool, &dyn Fn()),
    ) -> Option<Outcome> {
        let mut outcome: Outcome = [None; Kind::ALL.len()];
        let mut take = |kind: Kind, accuracy: f64, width: usize| {
            outcome[kind as usize] = Some((accuracy, width));
            done();
        };
        let code = self.code.view();
        let accuracy = self.examples(code, split).moments(go_on)?.accuracy(go_on)?;
        take(Kind::Code, accuracy, code.ncols());
        if !self.baselines {
            return Some(outcome);
        }
        if self.raw {
            let moments = self.examples(inputs, split).moments(go_on)?;
            let accuracy = moments.accuracy(go_on)?;
            take(Kind::Raw, accuracy, inputs.ncols());
            let components = self.pca.then(|| components(&moments, code.ncols()));
            if let Some(components) = components.flatten() {
                let projected = projected(inputs, &components, go_on)?;
                drop(moments);
                let examples = self.examples(projected.view(), split);
                let accuracy = examples.moments(go_on)?.accuracy(go_on)?;
                take(Kind::Pca, accuracy, components.ncols());
            }
        }
        let network = Parameters::<T>::initial(inputs.ncols(), code.ncols(), seed);
        let random = code::encoded(
            self.samples,
            &self.architecture,
            &network,
            Layer::Hidden,
            &|_| go_on(),
        )?;
        let examples = self.examples(random.view(), split);
        let accuracy = examples.moments(go_on)?.accuracy(go_on)?;
        take(Kind::Random, accuracy, code.ncols());
        Some(outcome)
    }

    fn examples<'b, S: Real>(
        &'b self,
        features: ArrayView2<'b, S>,
        split: &'b Split,
    ) -> Examples<'b, S> {
        Examples {
            features,
            classes: &self.classes.of_samples,
            count: self.classes.count,
            split,
        }
    }
}

/// The directions (n, k) of greatest variance of the training samples, k ≤ `most`; `None` where they can't be found.
fn components<S: Real>(moments: &Moments<'_, S>, most: usize) -> Option<Array2<f64>> {
    let (values, vectors) = eigen(&moments.covariance())?;
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|one, other| values[*other].total_cmp(&values[*one]));
    let least = order.first().map(|first| values[*first] * LEAST_VARIANCE)?;
    order.retain(|place| values[*place] > least);
    order.truncate(most);
    (!order.is_empty()).then(|| vectors.select(Axis(1), &order))
}

/// `inputs` (m, n) along `components` (n, k): (m, k). Where they are centred does not matter: features are standardised.
fn projected<S: Real>(
    inputs: ArrayView2<'_, S>,
    components: &Array2<f64>,
    go_on: &dyn Fn() -> bool,
) -> Option<Array2<f64>> {
    let mut projected = Array2::zeros((inputs.nrows(), components.ncols()));
    let blocks = inputs.axis_chunks_iter(Axis(0), BLOCK);
    for (block, mut to) in blocks.zip(projected.axis_chunks_iter_mut(Axis(0), BLOCK)) {
        to.assign(&block.mapv(S::f64).dot(components));
        if !go_on() {
            return None;
        }
    }
    Some(projected)
}
