//! The evidence on one death, and the cause that it bears.

use super::measures::{
    DataFacts, Frame, SEEN, batch_factor, dormancy, faintness, pressure, swing, throw,
};
use super::{Cause, NEWBORN_EPOCHS};
use crate::model::{GradientForm, Hyperparameters, UnitState};
use crate::training::record::{History, Setting, StateChange, UnitPoint};
use crate::training::weigh::{Measure, Suspect, Verdict, Window, weigh};

/// States that follow each other within this many epochs are one death.
const ONE_DEATH_EPOCHS: u64 = 30;
/// What throws a unit acts within this many epochs.
const THROW_EPOCHS: u64 = 5;
/// ρ̂ is thrown, not drifting, if it falls (or 1 − ρ̂ does) to this part of what it was a few epochs before.
const THROWN: f64 = 0.5;
/// ρ̂ is held at ρ if within this factor of it.
const AT_TARGET: f64 = 2.0;
/// Decay has won where ‖W1_j‖ is at most this part of the greatest it was.
const WITHERED: f64 = 0.7;
/// Of the logarithm that a throw is measured by: more than this is left only where it was something else.
const UNEXPLAINED: f64 = 1.0;
/// Batches are too small for ρ̂ where they leave less than this part of λ_c.
const CROWDED: f64 = 0.5;
/// The part of its greatest length that counts as grown.
const NEAR: f64 = 0.9;
/// Of the logarithm of a ratio: what makes no difference.
const SLACK: f64 = 0.1;
/// A λ that every embedded set bears.
const GOOD_DECAY: f64 = 2e-4;
/// A ρ that leaves a unit enough of f′ to be seen.
const GOOD_TARGET: f64 = 0.1;
/// Below this part of λ_c, mini-batches counted in, decay kills nobody.
pub(super) const HARMLESS: f64 = 0.12;

/// Where what could be named doesn't account for it.
const UNCLEAR: (Cause, Vec<Suspect>) = (Cause::Unclear, Vec::new());

/// The evidence on one death.
pub(super) struct Death<'a> {
    pub history: &'a History,
    pub unit: usize,
    pub frame: Frame,
    pub data: DataFacts,
    /// The changes of state since it died; empty if it was dead at the first epoch.
    pub spell: &'a [StateChange],
    /// The epoch from which on it could live: the first recorded, or its last revival.
    pub born: u64,
    pub since: u64,
    pub state: UnitState,
    /// In force now.
    pub in_force: &'a Hyperparameters,
    /// In force when it died.
    pub settings: Hyperparameters,
    pub now: UnitPoint,
}

impl Death<'_> {
    /// The cause, what is blamed, and, where it was thrown, when.
    pub fn cause(&self) -> ((Cause, Vec<Suspect>), Option<u64>) {
        if self.data.variance == 0.0 {
            return ((Cause::BarelyVary, Vec::new()), None);
        }
        // what it was thrown into when it died, whatever became of it since
        let thrown = self
            .spell
            .iter()
            .take_while(|change| change.epoch <= self.since + ONE_DEATH_EPOCHS)
            .filter(|change| match change.to {
                UnitState::Silent | UnitState::Saturated => true,
                // on its way there, or not quite so far
                UnitState::Constant => self.is_thrown_below(change),
                UnitState::Alive | UnitState::Duplicate => false,
            });
        let (grown, greatest) = self.grown();
        let withered = self.withered(greatest);
        let settled = self.state == UnitState::Constant && self.at_target() && withered;
        if !settled {
            let mut found =
                thrown.filter_map(|change| Some((self.thrown(change)?, Some(change.epoch))));
            if let Some(found) = found.next() {
                return found;
            }
        }
        let crowded = batch_factor(&self.settings, &self.data, &self.frame) < CROWDED;
        let decayed = if withered || crowded {
            self.under_decay(grown)
        } else {
            None
        };
        let found = decayed
            .or_else(|| self.idle())
            .or_else(|| self.slow())
            .or_else(|| self.faint())
            .unwrap_or(UNCLEAR);
        (found, None)
    }

    /// It tells inputs apart, to no use.
    fn idle(&self) -> Option<(Cause, Vec<Suspect>)> {
        let spread = f64::from(self.now.spread);
        (spread >= SEEN).then_some((Cause::Idle { spread }, Vec::new()))
    }

    /// It never lived, and the steps that there were are too few, or too short, for random weights to grow.
    fn slow(&self) -> Option<(Cause, Vec<Suspect>)> {
        let measure = |settings: &Hyperparameters, data: &DataFacts| self.dormancy(settings, data);
        if measure(&self.settings, &self.data) <= 0.0 {
            return None;
        }
        let window = (self.born + 1, self.born + self.frame.epochs);
        let verdict = self.weigh(window, &measure, 0.0);
        let steps = |suspect: &Suspect| {
            matches!(
                suspect.setting,
                Some(
                    Setting::LearningRate | Setting::Momentum | Setting::Optimizer | Setting::Batch
                )
            )
        };
        if verdict.left > UNEXPLAINED || !verdict.named.first().is_some_and(steps) {
            return None;
        }
        Some((Cause::Slow, verdict.named))
    }

    /// Whether ρ̂ fell at once, and well below ρ.
    fn is_thrown_below(&self, change: &StateChange) -> bool {
        let (before, after) = (
            f64::from(change.before.mean_activation),
            f64::from(change.now.mean_activation),
        );
        after <= THROWN * before && after < self.settings.sparsity_target / AT_TARGET
    }

    fn lived(&self) -> bool {
        self.since > self.born + NEWBORN_EPOCHS
    }

    /// Of a unit that lived there is none: it had grown.
    fn dormancy(&self, settings: &Hyperparameters, data: &DataFacts) -> f64 {
        if self.lived() {
            return f64::NEG_INFINITY;
        }
        dormancy(settings, data, &self.frame)
    }

    fn weigh(
        &self,
        (first, last): (u64, u64),
        measure: Measure<'_, DataFacts>,
        enough: f64,
    ) -> Verdict {
        let good = Hyperparameters {
            sparsity_target: GOOD_TARGET,
            weight_decay: GOOD_DECAY,
            ..Hyperparameters::default()
        };
        weigh(
            self.history.edits(),
            self.in_force,
            Window {
                first,
                last,
                done: last.min(self.since.max(first)),
            },
            (&self.data, &DataFacts::USUAL),
            measure,
            enough,
            &good,
        )
    }

    fn thrown(&self, change: &StateChange) -> Option<(Cause, Vec<Suspect>)> {
        let edits = self.history.edits();
        let at = |epoch| edits.settings_at(epoch, self.in_force);
        if at(change.epoch).gradient == GradientForm::Printed {
            // exact instead of printed is all that there is to undo
            let printed = |settings: &Hyperparameters, _: &DataFacts| match settings.gradient {
                GradientForm::Printed => 1.0,
                GradientForm::Exact => 0.0,
            };
            let verdict = self.weigh((change.epoch, change.epoch), &printed, 0.5);
            return Some((Cause::PrintedGradient, verdict.named));
        }
        let (before, after) = (
            f64::from(change.before.mean_activation),
            f64::from(change.now.mean_activation),
        );
        let saturated = change.to == UnitState::Saturated;
        let moved = if saturated {
            1.0 - after <= THROWN * (1.0 - before)
        } else {
            after <= THROWN * before
        };
        if !moved {
            return None;
        }
        let thrown = |settings: &Hyperparameters, data: &DataFacts| {
            throw(settings, data, &self.frame, (before, saturated))
        };
        let earliest = change.epoch.saturating_sub(THROW_EPOCHS).max(1);
        let worst = (earliest..=change.epoch)
            .max_by(|a, b| {
                let of = |epoch: u64| thrown(&at(epoch), &self.data);
                of(*a).total_cmp(&of(*b))
            })
            .unwrap_or(change.epoch);
        if thrown(&at(worst), &self.data) <= 0.0 {
            return None;
        }
        // that it would live is not said where it would have swung for ever, or never grown
        let measure = |settings: &Hyperparameters, data: &DataFacts| {
            thrown(settings, data)
                .max(swing(settings, data, &self.frame))
                .max(self.dormancy(settings, data))
        };
        let verdict = self.weigh((worst, worst), &measure, 0.0);
        if verdict.named.is_empty() {
            return None;
        }
        if verdict.left > UNEXPLAINED {
            return Some(UNCLEAR);
        }
        let cause = if saturated {
            Cause::Saturation
        } else {
            Cause::Overshoot
        };
        Some((cause, verdict.named))
    }

    /// The unit's ρ̂, where nothing held it at ρ.
    fn free(&self) -> Option<f64> {
        (self.settings.sparsity_weight == 0.0).then(|| f64::from(self.now.mean_activation))
    }

    /// Its weights withered: which setting let λ outweigh the reconstruction's pull.
    fn under_decay(&self, (grown, withers): (u64, u64)) -> Option<(Cause, Vec<Suspect>)> {
        let free = self.free();
        let measure = |settings: &Hyperparameters, data: &DataFacts| {
            pressure(settings, data, &self.frame, free)
        };
        let first = (withers + 1).min(self.since);
        let edits = self.history.edits();
        // what it lived under before is no harm to it
        let before = measure(&edits.settings_at(grown.max(1), self.in_force), &self.data);
        let at_death = measure(&self.settings, &self.data);
        let harmless = HARMLESS.ln();
        let enough = if at_death > before + SLACK && self.lived() {
            harmless.max(before + SLACK)
        } else {
            harmless
        };
        // nor where what is left of decay is little, and the weights would not have grown
        let measure = |settings: &Hyperparameters, data: &DataFacts| {
            measure(settings, data).max(enough + self.dormancy(settings, data))
        };
        // what was so for a few epochs alone doesn't keep it dead for many
        let last = if self.lived() {
            self.since
        } else {
            self.since.max(self.born + self.frame.epochs)
        };
        let verdict = self.weigh((first, last), &measure, enough);
        if verdict.left > enough.max(0.0) {
            return None;
        }
        self.of_verdict(verdict, Cause::Decay)
    }

    /// Its weights are there, and yet it hardly varies: ρ is so low (or high) that f′ is next to nothing, or the data are
    /// almost all the same.
    fn faint(&self) -> Option<(Cause, Vec<Suspect>)> {
        let free = self.free();
        let measure = |settings: &Hyperparameters, data: &DataFacts| {
            faintness(settings, data, &self.frame, free)
        };
        let mut verdict = self.weigh((self.since, self.since), &measure, f64::NEG_INFINITY);
        verdict.named.truncate(1);
        self.of_verdict(verdict, Cause::Unclear)
    }

    fn of_verdict(&self, verdict: Verdict, of_decay: Cause) -> Option<(Cause, Vec<Suspect>)> {
        let cause = match verdict.named.first()?.setting {
            None => Cause::BarelyVary,
            Some(Setting::SparsityTarget) => Cause::TooSparse,
            Some(Setting::Batch | Setting::SparsityWeight) => Cause::SmallBatch,
            Some(Setting::WeightDecay) if self.settings.weight_decay > 0.0 => of_decay,
            Some(_) => return None,
        };
        Some((cause, verdict.named))
    }

    fn at_target(&self) -> bool {
        let ratio = f64::from(self.now.mean_activation) / self.settings.sparsity_target;
        (1.0 / AT_TARGET..=AT_TARGET).contains(&ratio)
    }

    /// When ‖W1_j‖ was first and last near the greatest that it was in this life, and that.
    fn grown(&self) -> ((u64, u64), f64) {
        let track = || {
            let lives = self.history.lives().track(self.unit);
            lives
                .filter(|(epoch, _)| (self.born..=self.since).contains(epoch))
                .map(|(epoch, point)| (epoch, f64::from(point.feature_norm)))
        };
        let greatest = track().fold(0.0, |most: f64, (_, norm)| most.max(norm));
        let mut near = track().filter(|(_, norm)| *norm >= NEAR * greatest);
        let first = near.next().map_or(self.born, |(epoch, _)| epoch);
        let last = near.last().map_or(first, |(epoch, _)| epoch);
        ((first, last), greatest)
    }

    fn withered(&self, greatest: f64) -> bool {
        f64::from(self.now.feature_norm) <= WITHERED * greatest
    }
}
