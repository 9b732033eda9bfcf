//! After the passes: J and the unit statistics, from what the workers have left.

use super::sums::Quantity;
use super::{Engine, Layout, Samples};
use crate::model::cost::kl_divergence;
use crate::model::units::{UnitStatistics, classify_by};
use crate::model::{Cost, HiddenActivation, Objective, Parameters};
use crate::numerics::{Left, Real, Right, Start};

impl<T: Real> Engine<T> {
    /// Adds up `quantities` of the present chapter's stretches, in their order.
    pub(super) fn add_up(&mut self, quantities: &[Quantity]) {
        for quantity in quantities {
            for block in &self.blocks {
                let sums = &self.workers[block.worker].sums;
                for stretch in block.own_stretches() {
                    let sums = sums.of(*quantity, stretch);
                    self.summed.add(*quantity, sums, self.kernels);
                }
            }
        }
    }

    /// The same of the squared error.
    pub(super) fn add_up_errors(&mut self) {
        for block in &self.blocks {
            let sums = &self.workers[block.worker].sums;
            for error in &sums.squared_errors[block.own_stretches()] {
                self.summed.squared_error += error;
            }
        }
    }

    /// Sets `totals` to the sums of `quantity` over all stretches, in their order.
    pub(super) fn total(&self, quantity: Quantity, totals: &mut [f64]) {
        totals.copy_from_slice(&self.summed.of(quantity)[..totals.len()]);
    }

    /// Adds up J from what the workers left.
    pub(super) fn sum_up(
        &self,
        parameters: &Parameters<T>,
        samples: Samples<'_, T>,
        objective: &Objective,
    ) -> Cost {
        self.cost_of(self.summed.squared_error, samples.count, objective, || {
            [parameters.encoder_range(), parameters.decoder_range()]
                .map(|range| self.kernels.sum_of_squares(&parameters.flat()[range]))
        })
    }

    /// J from Σ‖x̂ − x‖² over `samples` and, where it counts, Σw² of W1 and of W2.
    pub(super) fn cost_of(
        &self,
        squared_errors: f64,
        samples: usize,
        objective: &Objective,
        squared_weights: impl FnOnce() -> [f64; 2],
    ) -> Cost {
        Cost {
            reconstruction_loss: squared_errors / (2.0 * samples as f64),
            decay_penalty: if objective.weight_decay == 0.0 {
                0.0
            } else {
                let [encoder, decoder] = squared_weights();
                0.5 * objective.weight_decay * (encoder + decoder)
            },
            sparsity_penalty: self.sparsity_penalty(objective),
        }
    }

    /// β Σ_j KL(ρ‖ρ̂_j)
    fn sparsity_penalty(&self, objective: &Objective) -> f64 {
        if objective.sparsity_weight == 0.0 {
            return 0.0;
        }
        let rho = objective.sparsity_target;
        let entropy = rho * rho.ln() + (1.0 - rho) * (-rho).ln_1p();
        let mut sum = 0.0;
        for (unit, mean) in self.means.iter().enumerate() {
            sum += match self.saturated.log_means(unit) {
                None => kl_divergence(rho, *mean),
                // so far from ρ that nothing cancels
                Some((log_p, log_q)) => entropy - rho * log_p - (1.0 - rho) * log_q,
            };
        }
        objective.sparsity_weight * sum
    }

    /// Fills `units` from what the passes over all samples left.
    pub(super) fn describe_units(
        &mut self,
        parameters: &Parameters<T>,
        samples: Samples<'_, T>,
        variance: f64,
        objective: &Objective,
        units: &mut Vec<UnitStatistics>,
    ) {
        let Layout {
            inputs,
            hidden,
            hidden_padded,
            ..
        } = self.layout;
        units.clear();
        let tanh = self.architecture.hidden_activation == HiddenActivation::Tanh;
        for unit in 0..hidden {
            units.push(self.spread_of_unit(unit, samples.count, tanh));
        }
        self.contribute(variance, units);
        self.products_of_features
            .resize(hidden.saturating_mul(hidden_padded));
        self.kernels.multiply(
            (hidden, hidden_padded, inputs),
            Left::plain(&parameters.flat()[parameters.encoder_range()], inputs),
            Right::Panels(self.packing.encoder()),
            Start::Zero,
            &mut self.products_of_features,
            hidden_padded,
        );
        let products = &*self.products_of_features;
        classify_by(units, objective.sparsity_target, |a, b| {
            products[a * hidden_padded + b].f64()
        });
    }
}
