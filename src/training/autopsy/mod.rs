//! Why a unit died: one cause, from the recorded history, in one sentence; or the honest word that it isn't clear.
//!
//! What kills, and what the record shows of it (each is a test with its counterfactual, `tests/diagnosis`):
//! - *Decay.* Near zero weights the reconstruction pulls a unit's weights up at the rate f′(ρ) σ, decay pulls them down at
//!   the rate λ ([`crate::model::law`]). Where decay wins, the weights wither, and the KL term holds ρ̂ at ρ: constant.
//!   λ/λ_c is what counts, and λ, ρ, a batch too small for ρ̂ and data that barely vary all add to it: the one that adds
//!   most is named, by its size and not by when it was changed.
//! - *Overshoot.* A step too long, by α·β·(ρ̂ − ρ), throws ρ̂ far below ρ within a few epochs: silent. At the optimum the
//!   KL term forbids that, so a silent unit was pushed.
//! - *Saturation.* The same the other way: ρ̂ thrown to 1.
//! - *Too faint.* The weights are there, but f′(ρ) or the data's variation is next to nothing.
//! - *Slow.* It never lived, and its random weights had too few steps to grow.
//! - *Idle.* It tells inputs apart, but nothing is gained by it: none of the above, and no setting to blame.
//! - *Duplicates* are alive, and of no more use than dead ones.

use ndarray::ArrayView2;
use serde::Serialize;

use super::record::{Marker, Setting, StateChange, UnitPoint};
use super::{History, Run, Snapshot};
use crate::data::DataSet;
use crate::model::units::DUPLICATE_COSINE;
use crate::model::{Architecture, Cliffs, Hyperparameters, Spectrum, UnitState, UnitStatistics};
use crate::numerics::Real;

mod death;
mod measures;
mod sentence;

use death::Death;
use measures::{DataFacts, Frame};

/// Random weights answer to inputs by chance: a unit that is dead within this many epochs never lived.
const NEWBORN_EPOCHS: u64 = 10;

/// A unit that lived for no longer than this between two deaths swings: it died once.
const BRIEF_EPOCHS: u64 = 5;

/// What killed a unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Cause {
    /// Its weights withered: decay outweighs the reconstruction.
    Decay,
    /// ρ is so near 0 (or 1) that the reconstruction's pull, ∝ f′(ρ), is too weak.
    TooSparse,
    /// The KL term holds each mini-batch's own ρ̂ at ρ, and so every sample's activation.
    SmallBatch,
    /// The data are almost all the same.
    BarelyVary,
    /// It has not learned yet: the steps so far were too few, or too short, for random weights to grow.
    Slow,
    /// Its activation varies by `spread` over the data, but what the decoder makes of that cancels out.
    Idle { spread: f64 },
    /// Thrown to ρ̂ ≈ 0 by a step too long.
    Overshoot,
    /// Thrown to ρ̂ ≈ 1 by a step too long.
    Saturation,
    /// Descent on the gradient as printed, which is not that of J.
    PrintedGradient,
    /// Its feature is another's.
    Duplicate { of: usize, cosine: f64 },
    /// The history doesn't bear a cause.
    Unclear,
}

/// What is blamed: undone together, the unit would have lived.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Blame {
    /// `None`: the data.
    pub setting: Option<Setting>,
    /// The change; `None` where it was so from the start.
    pub marker: Option<Marker>,
}

/// One unit's death explained.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Autopsy {
    pub unit: usize,
    /// What it is now: dead, or a duplicate.
    pub state: UnitState,
    /// Since which epoch it has been dead (or a duplicate) without a break. Where it contributed nothing before, as
    /// random weights may not, and was then thrown to 0 or 1: since when it was.
    pub since: u64,
    /// Whether it was dead within a few epochs of the run's start, or of its last revival.
    pub never_lived: bool,
    /// It was revived at this epoch, and died again.
    pub revived: Option<u64>,
    pub cause: Cause,
    /// The settings and changes that brought it about, the weightiest first.
    pub blamed: Vec<Blame>,
    /// The first change among them; the curves have it at `marker.epoch`.
    pub marker: Option<Marker>,
    /// In force when it died.
    pub settings: Hyperparameters,
    /// λ/λ_c when it died; `None` where λ_c is 0 or not known.
    pub lambda_ratio: Option<f64>,
    /// α/α_c when it died; `None` where there is no α_c.
    pub alpha_ratio: Option<f64>,
}

/// What an autopsy looks at.
struct Evidence<'a, T> {
    history: &'a History,
    /// In force.
    settings: &'a Hyperparameters,
    units: &'a [UnitStatistics],
    /// (h, n)
    encoder_weights: ArrayView2<'a, T>,
    architecture: Architecture,
    data: &'a DataSet,
    spectrum: Option<&'a Spectrum>,
}

impl Autopsy {
    /// Of `unit` in `snapshot`; `None` where it lives and is no duplicate, or there is no such unit.
    pub fn of(snapshot: &Snapshot, unit: usize) -> Option<Self> {
        let evidence = Evidence {
            history: &snapshot.history,
            settings: &snapshot.hyperparameters,
            units: &snapshot.units,
            encoder_weights: snapshot.parameters.encoder_weights(),
            architecture: snapshot.architecture(),
            data: &snapshot.data,
            spectrum: snapshot.spectrum.as_deref(),
        };
        autopsy(&evidence, unit)
    }

    /// Whether `other` died of the same: of the same cause, by the same settings and changes.
    pub fn died_like(&self, other: &Self) -> bool {
        let same = match (&self.cause, &other.cause) {
            (Cause::Idle { .. }, Cause::Idle { .. }) => true,
            (cause, other) => cause == other,
        };
        same && self.blamed == other.blamed
    }

    /// Of `unit` in `run`, likewise. It measures the run's spectrum.
    pub fn of_run<T: Real>(run: &Run<T>, unit: usize) -> Option<Self> {
        let state = run.state();
        let evidence = Evidence {
            history: &state.history,
            settings: &state.settings,
            units: &state.units,
            encoder_weights: state.parameters.encoder_weights(),
            architecture: run.architecture(),
            data: run.data(),
            spectrum: run.spectrum().map(AsRef::as_ref),
        };
        autopsy(&evidence, unit)
    }
}

fn autopsy<T: Real>(evidence: &Evidence<'_, T>, unit: usize) -> Option<Autopsy> {
    let Evidence {
        history,
        units,
        spectrum,
        architecture,
        ..
    } = *evidence;
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
    // at the start those of the first epoch
    let settings = history
        .edits()
        .settings_at(since.max(first_epoch + 1), evidence.settings);
    let cliffs =
        spectrum.map(|spectrum| Cliffs::new(spectrum, &settings, architecture.hidden_activation));
    let mut found = Autopsy {
        unit,
        state,
        since,
        never_lived: since <= born + NEWBORN_EPOCHS,
        revived,
        cause: Cause::Unclear,
        blamed: Vec::new(),
        marker: None,
        settings,
        lambda_ratio: cliffs.as_ref().and_then(Cliffs::lambda_ratio),
        alpha_ratio: cliffs.as_ref().and_then(Cliffs::alpha_ratio),
    };
    if state == UnitState::Duplicate {
        if let Some((of, cosine)) = twin(units, evidence.encoder_weights, unit) {
            found.cause = Cause::Duplicate { of, cosine };
        }
        return Some(found);
    }
    let death = Death {
        history,
        unit,
        frame: Frame {
            hidden: architecture.hidden_activation,
            output: architecture.output_activation,
            samples: evidence.data.len(),
            inputs: evidence.data.inputs(),
            units: units.len(),
            epochs: history
                .last()
                .map_or(0, |last| last.epoch)
                .saturating_sub(born),
        },
        data: DataFacts::of(spectrum, evidence.data.variance),
        spell: &changes[without_brief_lives(changes, start)..],
        born,
        since,
        state,
        in_force: evidence.settings,
        settings,
        now: UnitPoint::from(&units[unit]),
    };
    let ((cause, named), thrown) = death.cause();
    found.cause = cause;
    found.since = thrown.unwrap_or(since).max(since);
    found.marker = named.iter().find_map(|suspect| suspect.marker.clone());
    found.blamed = named
        .into_iter()
        .map(|suspect| Blame {
            setting: suspect.setting,
            marker: suspect.marker,
        })
        .collect();
    Some(found)
}

/// Where the death began that the spell of `changes` from `start` on belongs to, brief lives taken for a swing.
fn without_brief_lives(changes: &[StateChange], start: usize) -> usize {
    let mut start = start;
    while start > 0 && start < changes.len() {
        let (revival, death) = (&changes[start - 1], &changes[start]);
        if revival.revived
            || !revival.from.is_dead()
            || death.epoch > revival.epoch + BRIEF_EPOCHS
            || start < 2
        {
            break;
        }
        start -= 2;
    }
    start
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
