//! Restarting dead units.

use super::{Run, view};
use crate::model::{Parameters, UnitState, revival};
use crate::numerics::Real;
use crate::training::diagnosis;

impl<T: Real> Run<T> {
    /// Restarts `units` from the inputs that the model reconstructs worst (see [`revival::revive`]): dead ones and
    /// duplicates; others, and numbers that no unit has, are left alone. Returns which, in increasing order.
    ///
    /// What is reset: W1_j, b1_j and W2_:j; in b2 the unit's mean contribution; and what the optimiser remembers of
    /// W1_j, b1_j and W2_:j (momentum's velocity, Adam's moments; L-BFGS forgets everything). Nothing is drawn at
    /// random, so a run with the same revivals at the same epochs is the same run. The history marks it. Where nothing can
    /// be revived, or the cost would not be finite, the run is exactly as it was.
    pub fn revive(&mut self, units: &[usize]) -> Vec<usize> {
        let states: Vec<UnitState> = self.state.units.iter().map(|unit| unit.state).collect();
        let mut units: Vec<usize> = units
            .iter()
            .copied()
            .filter(|unit| {
                states
                    .get(*unit)
                    .is_some_and(|state| diagnosis::can_be_revived(*state))
            })
            .collect();
        units.sort_unstable();
        units.dedup();
        if units.is_empty() {
            return units;
        }
        let alive: Vec<bool> = states.iter().map(|state| !state.is_dead()).collect();
        let mut parameters = self.state.parameters.clone();
        let revived = revival::revive(
            &self.engine.architecture(),
            &mut parameters,
            view(&self.data, &self.converted),
            &units,
            &alive,
            self.state.settings.sparsity_target,
        );
        if revived.is_empty() || !parameters.is_finite() {
            return Vec::new();
        }
        let mut optimizer = self.state.optimizer.clone();
        optimizer.forget(&parameters_of(&parameters, &revived));
        let before = (
            std::mem::replace(&mut self.state.parameters, parameters),
            std::mem::replace(&mut self.state.optimizer, optimizer),
            std::mem::take(&mut self.state.units),
            self.state.cost,
            self.state.gradient_known,
        );
        self.measure();
        if !self.state.cost.is_finite() {
            let gradient_known;
            (
                self.state.parameters,
                self.state.optimizer,
                self.state.units,
                self.state.cost,
                gradient_known,
            ) = before;
            self.state.gradient_known = false;
            if gradient_known {
                self.regain_gradient();
            }
            return Vec::new();
        }
        let (epoch, units) = (self.state.epoch, &self.state.units);
        if let Some(account) = &mut self.account {
            account.revived(&revived, epoch);
        }
        self.state.history.revive(epoch, revived.clone(), units);
        revived
    }

    /// The units that are dead, in increasing order.
    pub fn dead_units(&self) -> Vec<usize> {
        diagnosis::dead_units(&self.state.units)
    }
}

/// Where W1_j, b1_j and W2_:j of `units` (increasing) lie in the flat vector, in increasing order.
pub(super) fn parameters_of<T: Real>(parameters: &Parameters<T>, units: &[usize]) -> Vec<usize> {
    let (n, h) = (parameters.inputs(), parameters.hidden());
    let (bias, decoder) = (
        parameters.encoder_bias_range().start,
        parameters.decoder_range().start,
    );
    let encoder = units.iter().flat_map(|unit| unit * n..(unit + 1) * n);
    let biases = units.iter().map(|unit| bias + unit);
    let decoders = (0..n).flat_map(|row| units.iter().map(move |unit| decoder + row * h + unit));
    encoder.chain(biases).chain(decoders).collect()
}
