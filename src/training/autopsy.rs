//! Why a unit died: one cause, from the recorded history, in one sentence; or the honest word that it isn't clear.
//!
//! What kills, and what the record shows of it (the measurements are in the presets' tests):
//! - *Decay.* Near zero weights the reconstruction pulls a unit's weights up at a rate ∝ ρ(1−ρ), decay pulls them down
//!   at the rate λ. Where decay wins, the weights die away, and the KL term holds ρ̂ at ρ: constant. Since λ ÷ ρ is what
//!   counts, a high λ and a low ρ do the same; the one that was changed is named, or else the one further from what
//!   works on the embedded sets ([`HIGH_DECAY`], [`LOW_TARGET`]).
//! - *Overshoot.* A step too long, by α·β, throws ρ̂ far below ρ within a few epochs: silent. At the optimum the KL term
//!   forbids that, so a silent unit was pushed.
//! - *Saturation.* The same the other way: ρ̂ thrown to 1.
//! - *Duplicates* are alive, and of no more use than dead ones.

use ndarray::ArrayView2;
use serde::Serialize;

use super::record::{Marker, Setting, StateChange, UnitPoint, history::short};
use super::{History, Snapshot};
use crate::model::units::{CONSTANT_SPREAD, DUPLICATE_COSINE};
use crate::model::{GradientForm, Hyperparameters, UnitState, UnitStatistics};
use crate::numerics::Real;

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
/// Random weights answer to inputs by chance: a unit that is dead within this many epochs never lived.
const NEWBORN_EPOCHS: u64 = 10;
/// Decay has won where ‖W1_j‖ is at most this part of the greatest it was.
const WITHERED: f64 = 0.7;

/// What killed a unit.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Cause {
    /// Decay outweighs the reconstruction: constant, at ρ where β > 0.
    Decay { settings: Settings },
    /// ρ is so low that the reconstruction's pull, ∝ ρ, can't outweigh even a modest λ: constant at ρ.
    TooSparse { settings: Settings },
    /// Thrown to ρ̂ ≈ 0 by a step too long.
    Overshoot { settings: Settings },
    /// Thrown to ρ̂ ≈ 1 by a step too long.
    Saturation { settings: Settings },
    /// Descent on the gradient as printed, which is not that of J.
    PrintedGradient,
    /// Its feature is another's.
    Duplicate { of: usize, cosine: f64 },
    /// The history doesn't bear a cause.
    Unclear,
}

/// The settings that were in force when the unit died.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Settings {
    pub sparsity_target: f64,
    pub sparsity_weight: f64,
    pub learning_rate: f64,
    pub weight_decay: f64,
}

/// One unit's death explained.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Autopsy {
    pub unit: usize,
    /// What it is now: dead, or a duplicate.
    pub state: UnitState,
    /// Since which epoch it has been dead (or a duplicate) without a break.
    pub since: u64,
    /// Whether it was dead within a few epochs of the run's start, or of its last revival.
    pub never_lived: bool,
    /// It was revived at this epoch, and died again.
    pub revived: Option<u64>,
    pub cause: Cause,
    /// The change of a setting that brought it about, where one did; the curves have it at `marker.epoch`.
    pub marker: Option<Marker>,
}

impl Autopsy {
    /// Of `unit` in `snapshot`; `None` where it lives and is no duplicate, or there is no such unit.
    pub fn of(snapshot: &Snapshot, unit: usize) -> Option<Self> {
        autopsy(
            &snapshot.history,
            &snapshot.hyperparameters,
            &snapshot.units,
            snapshot.parameters.encoder_weights(),
            unit,
        )
    }

    /// Why it is dead, in one sentence; units are counted from 1, as people do.
    pub fn sentence(&self) -> String {
        let since = self.since;
        let born = match (self.revived, self.never_lived) {
            (Some(epoch), true) => format!("revived at epoch {epoch}, it died again at once"),
            (None, true) => "it never lived".to_owned(),
            (Some(epoch), false) => {
                format!("revived at epoch {epoch}, it is dead again since epoch {since}")
            }
            (None, false) => format!("dead since epoch {since}"),
        };
        // "λ raised 1e-4 → 4e-4 at epoch 300"
        let change = self.marker.as_ref().map(|marker| {
            let verb = match rises(marker) {
                Some(true) => " raised",
                Some(false) => " lowered",
                None => "",
            };
            let (symbol, values) = (marker.setting.symbol(), marker.values());
            format!("{symbol}{verb} {values} at epoch {}", marker.epoch)
        });
        match &self.cause {
            Cause::Decay { settings } => {
                let what =
                    change.unwrap_or_else(|| format!("λ = {}", short(settings.weight_decay)));
                let place = if settings.sparsity_weight > 0.0 {
                    format!("Constant at ρ = {}", short(settings.sparsity_target))
                } else {
                    "Constant".to_owned()
                };
                format!(
                    "{place} under decay ({what}): decay shrinks its weights faster than the reconstruction grows \
                     them; {born}."
                )
            }
            Cause::TooSparse { settings } => {
                let rho = short(settings.sparsity_target);
                let what = change.unwrap_or_else(|| format!("ρ = {rho}"));
                format!(
                    "Constant at ρ = {rho}, which is too sparse ({what}): the reconstruction's gradient is ∝ ρ, and \
                     too weak there against the decay λ = {}; {born}.",
                    short(settings.weight_decay)
                )
            }
            Cause::Overshoot { settings } | Cause::Saturation { settings } => {
                let (alpha, beta) = (
                    short(settings.learning_rate),
                    short(settings.sparsity_weight),
                );
                let why = match change {
                    Some(change) => format!("after {change}"),
                    None => format!(
                        "with α = {alpha} and β = {beta}, whose product makes the step too long"
                    ),
                };
                let what = if matches!(self.cause, Cause::Overshoot { .. }) {
                    "Silenced by overshoot"
                } else {
                    "Saturated by overshoot: driven to 1 by every input"
                };
                format!("{what} at epoch {since} {why}.")
            }
            Cause::PrintedGradient => format!(
                "Driven off at epoch {since} by the gradient as printed, which is not the gradient of J."
            ),
            Cause::Duplicate { of, cosine } => format!(
                "Duplicate of unit {} since epoch {since} (cos {cosine:.3}): it learns nothing of its own.",
                of + 1
            ),
            Cause::Unclear => {
                format!("Cause not clear from the recorded history; {born}.")
            }
        }
    }
}

/// Of `unit` as `units` and `encoder_weights` (h, n) have it now, under the `settings` now in force; `None` where it
/// lives and is no duplicate, or there is no such unit.
pub fn autopsy<T: Real>(
    history: &History,
    settings: &Hyperparameters,
    units: &[UnitStatistics],
    encoder_weights: ArrayView2<'_, T>,
    unit: usize,
) -> Option<Autopsy> {
    let state = units.get(unit)?.state;
    let life = history.lives().life(unit)?;
    let changes = life.changes();
    if state == UnitState::Alive {
        return None;
    }
    // its last spell in this condition: from the last change that began it
    let lives_in = |state: UnitState| !state.is_dead() && state != UnitState::Duplicate;
    let same = |other: UnitState| other.is_dead() == state.is_dead() && !lives_in(other);
    let mut start = changes.len();
    while start > 0 && same(changes[start - 1].to) {
        start -= 1;
        if !same(changes[start].from) || changes[start].revived {
            break;
        }
    }
    let spell = &changes[start..];
    let first_epoch = history
        .lives()
        .track(unit)
        .next()
        .map_or(0, |point| point.0);
    let since = spell.first().map_or(first_epoch, |change| change.epoch);
    let revived = changes.iter().rev().find(|change| change.revived);
    let revived = revived.map(|change| change.epoch);
    let born = revived.unwrap_or(first_epoch);
    let mut found = Autopsy {
        unit,
        state,
        since,
        never_lived: since <= born + NEWBORN_EPOCHS,
        revived,
        cause: Cause::Unclear,
        marker: None,
    };
    if state == UnitState::Duplicate {
        if let Some((of, cosine)) = twin(units, encoder_weights, unit) {
            found.cause = Cause::Duplicate { of, cosine };
        }
        return Some(found);
    }
    let death = Death {
        history,
        spell,
        since,
        state,
        settings: history.edits().settings_at(since, settings),
        now: UnitPoint::from(&units[unit]),
        greatest_norm: history
            .lives()
            .track(unit)
            .filter(|(epoch, _)| revived.is_none_or(|revival| *epoch > revival))
            .map(|(_, point)| point.feature_norm)
            .chain(spell.iter().map(|change| change.before.feature_norm))
            .fold(0.0f32, f32::max),
    };
    (found.cause, found.marker) = death.cause();
    Some(found)
}

/// The evidence on one death.
struct Death<'a> {
    history: &'a History,
    /// The changes of state since it died; empty if it was dead at the first epoch.
    spell: &'a [StateChange],
    since: u64,
    state: UnitState,
    /// In force when it died.
    settings: Hyperparameters,
    now: UnitPoint,
    greatest_norm: f32,
}

impl Death<'_> {
    fn cause(&self) -> (Cause, Option<Marker>) {
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

    /// The latest marker up to `epoch` and at most `within` epochs before it that is `wanted`.
    fn latest(&self, epoch: u64, within: u64, wanted: impl Fn(&Marker) -> bool) -> Option<Marker> {
        self.history
            .markers()
            .rev()
            .filter(|marker| marker.epoch <= epoch && epoch - marker.epoch <= within)
            .find(|marker| wanted(marker))
    }
}

/// Whether a change can make the steps too long.
fn lengthens_steps(marker: &Marker) -> bool {
    match marker.setting {
        Setting::LearningRate | Setting::SparsityWeight | Setting::Momentum => {
            rises(marker) == Some(true)
        }
        // a new ρ makes the KL term large at once, whichever way it goes
        Setting::SparsityTarget | Setting::Optimizer | Setting::Batch | Setting::Gradient => true,
        Setting::WeightDecay => false,
    }
}

/// Whether a number ended above where it began; `None` where it came back, or is no number.
fn rises(marker: &Marker) -> Option<bool> {
    let (old, new) = (marker.old().number()?, marker.new().number()?);
    (old != new).then_some(new > old)
}

/// The unit that `unit` repeats, and their cos.
fn twin<T: Real>(
    units: &[UnitStatistics],
    features: ArrayView2<'_, T>,
    unit: usize,
) -> Option<(usize, f64)> {
    let dot = |a: usize, b: usize| -> f64 {
        let products = features.row(a).into_iter().zip(features.row(b));
        products.map(|(a, b)| a.f64() * b.f64()).sum()
    };
    let norm = dot(unit, unit).sqrt();
    // the classification compares with earlier units that are alive
    (0..unit.min(features.nrows()))
        .filter(|other| units[*other].state == UnitState::Alive)
        .map(|other| (other, dot(unit, other) / (norm * dot(other, other).sqrt())))
        // rounding of the run's own precision may put a |cos| on either side of the bound
        .filter(|(_, cosine)| cosine.abs() > DUPLICATE_COSINE - 1e-4)
        .max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))
}
