//! The evidence on one death, and the cause that it bears.

use super::{Cause, Settings};
use crate::model::units::CONSTANT_SPREAD;
use crate::model::{GradientForm, Hyperparameters, UnitState};
use crate::training::record::{History, Marker, Setting, StateChange, UnitPoint};

/// The largest λ that every embedded set bears at a ρ that suits it.
pub const HIGH_DECAY: f64 = 1e-3;
/// The least ρ likewise.
pub const LOW_TARGET: f64 = 0.02;
/// A change this many epochs before the death is taken for its cause, where the cause acts at once.
const RECENT_EPOCHS: u64 = 30;
/// A death in the first epochs needs no change: the settings of the start did it.
const START_EPOCHS: u64 = 30;
/// States that follow each other within this many epochs are one death.
const ONE_DEATH_EPOCHS: u64 = 30;
/// ρ̂ is thrown, not drifting, if it falls (or 1 − ρ̂ does) to this part of what it was a few epochs before.
const THROWN: f64 = 0.5;
/// ρ̂ is held at ρ if within this factor of it.
const AT_TARGET: f64 = 2.0;
/// Decay has won where ‖W1_j‖ is at most this part of the greatest it was.
const WITHERED: f64 = 0.7;

/// The evidence on one death.
pub(super) struct Death<'a> {
    pub history: &'a History,
    /// The changes of state since it died; empty if it was dead at the first epoch.
    pub spell: &'a [StateChange],
    pub since: u64,
    pub state: UnitState,
    /// In force when it died.
    pub settings: Hyperparameters,
    pub now: UnitPoint,
    pub greatest_norm: f32,
}

impl Death<'_> {
    pub fn cause(&self) -> (Cause, Option<Marker>) {
        // what it was thrown into when it died, whatever became of it since
        let thrown = self
            .spell
            .iter()
            .take_while(|change| change.epoch <= self.since + ONE_DEATH_EPOCHS)
            .find(|change| match change.to {
                UnitState::Silent | UnitState::Saturated => true,
                // on its way there, or not quite so far
                UnitState::Constant => self.is_thrown_below(change),
                UnitState::Alive | UnitState::Duplicate => false,
            });
        let settled = self.state == UnitState::Constant && self.at_target() && self.withered();
        match thrown {
            Some(change) if !settled => self.thrown(change),
            _ => self.constant(),
        }
    }

    /// Whether ρ̂ fell at once, and well below ρ.
    fn is_thrown_below(&self, change: &StateChange) -> bool {
        let (before, after) = (
            f64::from(change.before.mean_activation),
            f64::from(change.now.mean_activation),
        );
        after <= THROWN * before && after < self.settings.sparsity_target / AT_TARGET
    }

    fn settings_kept(&self) -> Settings {
        Settings {
            sparsity_target: self.settings.sparsity_target,
            sparsity_weight: self.settings.sparsity_weight,
            learning_rate: self.settings.learning_rate,
            weight_decay: self.settings.weight_decay,
        }
    }

    fn thrown(&self, change: &StateChange) -> (Cause, Option<Marker>) {
        if self.settings.gradient == GradientForm::Printed {
            let marker = self.latest(change.epoch, RECENT_EPOCHS, |marker| {
                marker.setting == Setting::Gradient
            });
            return (Cause::PrintedGradient, marker);
        }
        let (before, after) = (
            f64::from(change.before.mean_activation),
            f64::from(change.now.mean_activation),
        );
        let settings = self.settings_kept();
        let (cause, fell) = if change.to == UnitState::Saturated {
            let rose = 1.0 - after <= THROWN * (1.0 - before);
            (Cause::Saturation { settings }, rose)
        } else {
            (Cause::Overshoot { settings }, after <= THROWN * before)
        };
        let marker = self.latest(change.epoch, RECENT_EPOCHS, lengthens_steps);
        if fell && (marker.is_some() || change.epoch <= START_EPOCHS) {
            (cause, marker)
        } else {
            (Cause::Unclear, None)
        }
    }

    fn constant(&self) -> (Cause, Option<Marker>) {
        let settings = self.settings_kept();
        let held = settings.sparsity_weight > 0.0;
        if settings.weight_decay == 0.0 || held && !self.at_target() {
            return (Cause::Unclear, None);
        }
        let raised = self.latest(self.since, u64::MAX, |marker| {
            marker.setting == Setting::WeightDecay && rises(marker) == Some(true)
        });
        let lowered = self.latest(self.since, u64::MAX, |marker| {
            marker.setting == Setting::SparsityTarget && rises(marker) == Some(false)
        });
        let of = |marker: &Option<Marker>| marker.as_ref().map(|marker| marker.epoch);
        let decay = settings.weight_decay / HIGH_DECAY;
        let sparse = LOW_TARGET / settings.sparsity_target;
        let too_sparse = if of(&raised) == of(&lowered) {
            // neither was changed
            held && sparse > 1.0 && sparse > decay
        } else {
            held && of(&lowered) > of(&raised)
        };
        if too_sparse {
            // at so low a ρ the spread is small even where the weights are not
            (Cause::TooSparse { settings }, lowered)
        } else if self.withered() {
            (Cause::Decay { settings }, raised)
        } else {
            (Cause::Unclear, None)
        }
    }

    fn at_target(&self) -> bool {
        let (rho_hat, rho) = (
            f64::from(self.now.mean_activation),
            self.settings.sparsity_target,
        );
        let ratio = rho_hat / rho;
        (1.0 / AT_TARGET..=AT_TARGET).contains(&ratio)
    }

    fn withered(&self) -> bool {
        f64::from(self.now.spread) < CONSTANT_SPREAD
            && f64::from(self.now.feature_norm) <= WITHERED * f64::from(self.greatest_norm)
    }

    /// The latest marker up to `epoch` that ended at most `within` epochs before it and is `wanted`. Of a gesture that
    /// was going on at `epoch` it shows what had happened by then.
    fn latest(&self, epoch: u64, within: u64, wanted: impl Fn(&Marker) -> bool) -> Option<Marker> {
        self.history
            .edits()
            .markers_until(epoch)
            .into_iter()
            .rev()
            .filter(|marker| epoch - marker.until <= within)
            .find(|marker| wanted(marker))
    }
}

/// Whether a change can make the steps too long.
fn lengthens_steps(marker: &Marker) -> bool {
    match marker.setting {
        Setting::LearningRate | Setting::SparsityWeight | Setting::Momentum => went_up(marker),
        // a new ρ makes the KL term large at once, whichever way it goes
        Setting::SparsityTarget | Setting::Optimizer | Setting::Batch | Setting::Gradient => true,
        Setting::WeightDecay => false,
    }
}

/// Whether a number was, at its furthest, above where it began: a step takes no more than that.
fn went_up(marker: &Marker) -> bool {
    matches!(
        (marker.before().number(), marker.path()[1].number()),
        (Some(old), Some(furthest)) if furthest > old
    )
}

/// Whether a number ended above where it began; `None` where it came back, or is no number.
pub(super) fn rises(marker: &Marker) -> Option<bool> {
    let (old, new) = (marker.before().number()?, marker.after().number()?);
    (old != new).then_some(new > old)
}
