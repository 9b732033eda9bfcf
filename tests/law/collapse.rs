//! Runs that start at, or near, the dead state.

use std::sync::Arc;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sae_lab::data::{DataSet, DataSpec, EmbeddedSet, SampleShape, Samples};
use sae_lab::model::ablation::loss_changes;
use sae_lab::model::{
    BatchSize, Cliffs, HiddenActivation, Hyperparameters, OptimizerKind, OutputActivation,
    Parameters, Spectrum,
};
use sae_lab::numerics::WorkerPool;
use sae_lab::training::{EpochEnd, Experiment, Gesture, Run};

use crate::embedded;

/// One pair of activations on one data set.
pub struct Net {
    pub data: Arc<DataSet>,
    pub spectrum: Spectrum,
    pub hidden: usize,
    pub f: HiddenActivation,
    pub g: OutputActivation,
}

/// The first `most` samples of a set, in f64.
pub fn first(set: EmbeddedSet, most: usize) -> Arc<DataSet> {
    let data = embedded(set);
    let samples = data.samples.to::<f64>();
    let few = samples.slice(ndarray::s![..samples.nrows().min(most), ..]);
    let length = few.ncols();
    Arc::new(DataSet::new(
        set.name(),
        DataSpec::embedded(set),
        Samples::F64(few.to_owned()),
        SampleShape::Vector { length },
    ))
}

impl Net {
    pub fn new(
        data: &Arc<DataSet>,
        hidden: usize,
        f: HiddenActivation,
        g: OutputActivation,
    ) -> Self {
        let samples = data.samples.to::<f64>();
        Self {
            spectrum: Spectrum::whole(samples.view(), g).unwrap(),
            data: Arc::clone(data),
            hidden,
            f,
            g,
        }
    }

    pub fn cliffs(&self, settings: &Hyperparameters) -> Cliffs {
        Cliffs::new(&self.spectrum, settings, self.f)
    }

    pub fn lambda_c(&self, settings: &Hyperparameters) -> f64 {
        self.cliffs(settings).lambda_c
    }

    /// The dead state with weights of about `size`: every unit at `rho`, the output at x̄ or at the end of its reach.
    pub fn collapsed(&self, rho: f64, size: f64) -> Parameters<f64> {
        let samples = self.data.samples.to::<f64>();
        let mean = samples.mean_axis(ndarray::Axis(0)).unwrap();
        let mut random = ChaCha8Rng::seed_from_u64(11);
        let mut parameters = Parameters::<f64>::zeros(self.data.inputs(), self.hidden);
        for range in [parameters.encoder_range(), parameters.decoder_range()] {
            for weight in &mut parameters.flat_mut()[range] {
                *weight = (random.random::<f64>() * 2.0 - 1.0) * size;
            }
        }
        let logit = |p: f64| (p / (1.0 - p)).ln();
        let held = match self.f {
            HiddenActivation::Sigmoid => logit(rho),
            HiddenActivation::Tanh => (2.0 * rho - 1.0).atanh(),
        };
        let inputs = self.data.inputs();
        let count = parameters.flat().len();
        let (bias, output) = (parameters.encoder_range().end, count - inputs);
        parameters.flat_mut()[bias..bias + self.hidden].fill(held);
        for (to, mean) in parameters.flat_mut()[output..].iter_mut().zip(&mean) {
            const NEAR: f64 = 1e-9; // an end of the reach is at infinity
            *to = match self.g {
                OutputActivation::Sigmoid => logit(mean.clamp(NEAR, 1.0 - NEAR)),
                OutputActivation::Tanh => mean.clamp(NEAR - 1.0, 1.0 - NEAR).atanh(),
                OutputActivation::Linear => *mean,
            };
        }
        parameters
    }

    pub fn run(&self, settings: Hyperparameters, from: Parameters<f64>) -> Run<f64> {
        let experiment = Experiment {
            data: self.data.spec.clone(),
            hidden: self.hidden,
            hidden_activation: self.f,
            output_activation: self.g,
            hyperparameters: settings,
            ..Experiment::default()
        };
        let pool = Arc::new(WorkerPool::new(1));
        Run::new(experiment, Arc::clone(&self.data), Some(from), pool).unwrap()
    }
}

/// L-BFGS, full batch.
pub fn lbfgs(rho: f64, beta: f64, lambda: f64) -> Hyperparameters {
    Hyperparameters {
        sparsity_target: rho,
        sparsity_weight: beta,
        weight_decay: lambda,
        optimizer: OptimizerKind::Lbfgs,
        batch: BatchSize::Full,
        ..Hyperparameters::default()
    }
}

pub fn advance(run: &mut Run<f64>, epochs: usize) {
    for _ in 0..epochs {
        let end = run.epoch(&|| true);
        assert!(matches!(end, EpochEnd::Finished { .. }), "{end:?}");
    }
}

/// Iterates until the cost has fallen by less than 1e-12 of itself in 50 iterations, `most` at the most. Returns the
/// iterations it took.
pub fn settle(run: &mut Run<f64>, most: usize) -> usize {
    const PACE: usize = 50;
    for done in (PACE..=most).step_by(PACE) {
        let before = run.state().cost.total();
        advance(run, PACE);
        if before - run.state().cost.total() < 1e-12 * before.abs() {
            return done;
        }
    }
    most
}

pub fn set(run: &mut Run<f64>, change: impl FnOnce(&mut Hyperparameters)) {
    let mut settings = *run.state().settings;
    change(&mut settings);
    run.set_all(&settings.check().unwrap(), Gesture(run.state().epoch));
}

/// ‖W1‖
pub fn encoder_norm(parameters: &Parameters<f64>) -> f64 {
    let squares: f64 = parameters.encoder_weights().iter().map(|w| w * w).sum();
    squares.sqrt()
}

/// By how much the FVU grows where each unit's activation is replaced by its mean: the ground truth of life.
pub fn losses(run: &Run<f64>) -> Vec<f64> {
    let data = run.data();
    let samples = data.samples.to::<f64>();
    let changes = loss_changes(&run.architecture(), run.parameters(), samples.view());
    changes
        .into_iter()
        .map(|change| change / data.variance)
        .collect()
}
