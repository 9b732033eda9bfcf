//! Cost, units and gradients at an epoch's end, and the record of them.

use super::super::gradients::{GradientNorms, GradientSource, probe_stride};
use super::super::record::{Record, TestLoss};
use super::{Run, view};
use crate::model::{GradientForm, Objective, OptimizerKind, Parameters};
use crate::numerics::{Real, kernels};

impl<T: Real> Run<T> {
    /// Cost and units over the whole data set; a full-batch run gets its next gradient in the same pass.
    pub(super) fn measure(&mut self) {
        let (settings, samples) = (&self.state.settings, self.data.len());
        self.measure_with(
            settings.optimizer != OptimizerKind::Lbfgs && settings.batch.rows(samples) == samples,
        );
    }

    /// Cost and units over the whole data set, and the gradient in the same pass where that is wanted.
    pub(super) fn measure_with(&mut self, gradient: bool) {
        let objective = Objective::from(&self.state.settings);
        let samples = view(&self.data, &self.converted);
        let (parameters, units) = (&self.state.parameters, &mut self.state.units);
        let variance = self.data.variance;
        self.state.gradient_known = gradient;
        self.state.cost = if gradient {
            let gradient = &mut self.gradient;
            self.engine
                .measure_and_gradient(parameters, samples, variance, &objective, gradient, units)
        } else {
            self.engine
                .measure(parameters, samples, variance, &objective, units)
        };
    }

    /// Computes the gradient that the last measurement left behind once more, to the same bits: for when the workspace
    /// was lost.
    pub(super) fn regain_gradient(&mut self) {
        let objective = Objective::from(&self.state.settings);
        let samples = view(&self.data, &self.converted);
        self.engine.measure_and_gradient(
            &self.state.parameters,
            samples,
            self.data.variance,
            &objective,
            &mut self.gradient,
            &mut Vec::new(),
        );
        self.state.gradient_known = true;
    }

    pub(super) fn record(&mut self) {
        let test = self.due_test_loss();
        self.record_with(test);
    }

    /// Appends the present to the history, with what was lost over the samples held out.
    pub(super) fn record_with(&mut self, test: Option<TestLoss>) {
        let (cost, fvu, counts) = (self.state.cost, self.fvu(), self.counts());
        let gradients = self.gradient_norms();
        let epoch = self.state.epoch;
        self.state.history.push(Record {
            epoch,
            cost,
            fvu,
            counts,
            gradients,
            test,
        });
        self.state.history.push_units(epoch, &self.state.units);
    }

    /// From the gradient that the epoch left; the reconstruction's from a step over a few samples, now and then.
    fn gradient_norms(&mut self) -> GradientNorms {
        let (parameters, units) = (&self.state.parameters, &self.state.units);
        let norm = |gradient: &[T], range| {
            let squares = kernels::best::<T>().sum_of_squares(&gradient[range]);
            Some(squares.sqrt()).filter(|norm| norm.is_finite())
        };
        let (gradient, source) = if self.state.gradient_known {
            (Some(self.gradient.flat()), GradientSource::WholeSet)
        } else if self.state.settings.optimizer == OptimizerKind::Lbfgs {
            (self.state.optimizer.gradient(), GradientSource::WholeSet)
        } else {
            let last = (self.state.epoch > 0).then_some(self.gradient.flat());
            (last, GradientSource::LastBatch)
        };
        let squares: f64 = units.iter().map(|unit| unit.feature_norm.powi(2)).sum();
        let activation: f64 = units.iter().map(|unit| unit.mean_activation).sum();
        let slope: f64 = units.iter().map(|unit| unit.mean_slope).sum();
        let mut norms = GradientNorms {
            encoder: gradient.and_then(|all| norm(all, parameters.encoder_range())),
            decoder: gradient.and_then(|all| norm(all, parameters.decoder_range())),
            source,
            reconstruction: None,
            encoder_weights: squares.sqrt(),
            mean_activation: activation / units.len().max(1) as f64,
            mean_slope: slope / units.len().max(1) as f64,
        };
        if self
            .state
            .epoch
            .is_multiple_of(probe_stride(self.data.len()))
        {
            // the gradient of the whole set is for the next step; any other has served
            let spent = if self.state.gradient_known {
                self.probe_gradient.get_or_insert_with(|| {
                    Parameters::zeros(parameters.inputs(), parameters.hidden())
                })
            } else {
                &mut self.gradient
            };
            let plain = Objective {
                sparsity_weight: 0.0,
                weight_decay: 0.0,
                gradient: GradientForm::Exact,
                ..Objective::from(&self.state.settings)
            };
            let probe = self.probe.view();
            self.engine
                .cost_and_gradient(parameters, probe, &plain, spent);
            norms.reconstruction = norm(spent.flat(), parameters.encoder_range());
        }
        norms
    }
}
