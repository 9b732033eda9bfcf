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

use super::record::{Marker, UnitPoint};
use super::{History, Snapshot};
use crate::model::units::DUPLICATE_COSINE;
use crate::model::{Hyperparameters, UnitState, UnitStatistics};
use crate::numerics::Real;

mod death;
mod sentence;

use death::Death;
pub use death::{HIGH_DECAY, LOW_TARGET};

/// Random weights answer to inputs by chance: a unit that is dead within this many epochs never lived.
const NEWBORN_EPOCHS: u64 = 10;

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
