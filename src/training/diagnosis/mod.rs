//! What a run comes to, in one value: how many units work, whether gradients get through, where the settings stand to the
//! cliffs, what the reconstruction is worth. Every page, line and command that speaks of a run's health speaks from it;
//! why a single unit died is in its [`Autopsy`].
//!
//! It is of one epoch, takes microseconds, and says nothing that it doesn't know: the cliffs are missing until the data's
//! spectrum was measured.

use super::gradients::{GradientHealth, GradientNorms, GradientReport};
use super::{Activity, Autopsy, History, Record, Run, Snapshot};
use crate::model::units::{StateCounts, dead_below};
use crate::model::{Cliffs, Hyperparameters, UnitState, UnitStatistics};
use crate::numerics::Real;

mod report;
mod unit;
mod words;

pub use report::{DeathReport, DiagnosisReport};
pub use unit::UnitDiagnosis;
pub use words::{state_in_words, stays_dead};

/// What a probe found is still so while f′, ‖W1‖ and the FVU are within this factor of what they were then.
const ALIKE: f64 = 2.0;

/// The state of a run at an epoch's end.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnosis {
    pub epoch: u64,
    pub counts: StateCounts,
    /// Reconstruction loss ÷ data variance; NaN where the data never vary.
    pub fvu: f64,
    /// Whether the run's cost became infinite.
    pub diverged: bool,
    /// f′ as it is now, and ‖∂reconstruction/∂W1‖ of the latest probe. `None` before the first, and where f′ is small and
    /// the net no longer what it was then.
    pub gradient: Option<GradientReport>,
    /// The epoch of the latest probe.
    pub probed: Option<u64>,
    /// f′ as a part of its greatest value, averaged over the data and the hidden units.
    pub slope: f64,
    /// Whether the run's past is known; of a model that was read from a file it is not.
    pub past_known: bool,
    /// For the settings of the last epoch; `None` until the data's spectrum is known.
    pub cliffs: Option<Cliffs>,
    /// Where every unit is constant and λ < λ_c: epochs until the first is back by itself. `None` elsewhere, and where
    /// the optimiser chooses its own steps.
    pub way_back: Option<f64>,
}

impl Diagnosis {
    pub fn of(snapshot: &Snapshot) -> Self {
        Self {
            epoch: snapshot.epoch,
            diverged: snapshot.activity == Activity::Diverged,
            ..Self::from_parts(
                &snapshot.units,
                snapshot.fvu,
                snapshot.cliffs(),
                &snapshot.history,
                &snapshot.hyperparameters,
                snapshot.data.len(),
            )
        }
    }

    /// It measures the run's spectrum, where it was not yet.
    pub fn of_run<T: Real>(run: &Run<T>) -> Self {
        let state = run.state();
        Self {
            epoch: state.epoch,
            ..Self::from_parts(
                &state.units,
                run.fvu(),
                run.cliffs(),
                &state.history,
                &state.settings,
                run.data().len(),
            )
        }
    }

    /// Of a model whose past is not known.
    pub fn of_model(
        epoch: u64,
        fvu: f64,
        units: &[UnitStatistics],
        cliffs: Option<Cliffs>,
    ) -> Self {
        Self {
            epoch,
            counts: StateCounts::of(units),
            fvu,
            diverged: false,
            gradient: None,
            probed: None,
            slope: mean_slope(units),
            past_known: false,
            cliffs,
            way_back: None,
        }
    }

    fn from_parts(
        units: &[UnitStatistics],
        fvu: f64,
        cliffs: Option<Cliffs>,
        history: &History,
        settings: &Hyperparameters,
        samples: usize,
    ) -> Self {
        let now = (StateCounts::of(units), fvu);
        let gradient = |records: &mut dyn DoubleEndedIterator<Item = &Record>| {
            GradientReport::latest(records, now, settings, cliffs.as_ref())
        };
        let probe = gradient(&mut history.records());
        let probed = probe.as_ref().map(|probe| probe.epoch);
        let current = match (probe, history.last()) {
            (Some(probe), Some(last)) if last.epoch > probe.epoch => {
                let with = |norm| gradient(&mut [&with_norm(last, norm)].into_iter());
                // a large f′ lets the gradient through, be it as small as it may
                let open =
                    with(Some(0.0)).is_some_and(|now| now.health != GradientHealth::Vanished);
                let mut records = history.records();
                let then = records.rfind(|record| record.epoch == probe.epoch);
                (open || then.is_some_and(|then| alike(then, last)))
                    .then(|| with(probe.norms.reconstruction))
                    .flatten()
            }
            (probe, _) => probe,
        };
        Self {
            gradient: current,
            probed,
            past_known: true,
            way_back: cliffs
                .as_ref()
                .and_then(|cliffs| way_back(units, cliffs, settings, samples)),
            ..Self::of_model(0, fvu, units, cliffs)
        }
    }

    /// λ/λ_c, where decay acts and something holds a dead unit at ρ: then the law of the cliff speaks of this run.
    pub fn lambda_ratio(&self) -> Option<f64> {
        let cliffs = self.cliffs.as_ref()?;
        (cliffs.weight_decay > 0.0 && cliffs.sparsity_weight > 0.0)
            .then(|| cliffs.lambda_ratio())
            .flatten()
    }

    /// α/α_c, where there is an α_c.
    pub fn alpha_ratio(&self) -> Option<f64> {
        self.cliffs.as_ref()?.alpha_ratio()
    }
}

/// Epochs until the first unit of a collapsed net is worth something to the reconstruction again. Its encoder's and its
/// decoder's weights grow at the law's rate, so what it contributes grows at twice that, up to the bound of the dead.
fn way_back(
    units: &[UnitStatistics],
    cliffs: &Cliffs,
    settings: &Hyperparameters,
    samples: usize,
) -> Option<f64> {
    let collapsed = !units.is_empty()
        && units.iter().all(|unit| unit.state == UnitState::Constant)
        && settings.sparsity_weight > 0.0;
    if !collapsed {
        return None;
    }
    let most = units
        .iter()
        .map(|unit| unit.contribution)
        .fold(0.0, f64::max);
    let growth = dead_below(units.len()) / most;
    if !growth.is_finite() || growth <= 1.0 {
        return None;
    }
    let steps = cliffs.steps_to_grow(growth.sqrt())?;
    let per_epoch = samples.div_ceil(settings.batch.rows(samples).max(1)).max(1);
    Some(steps / per_epoch as f64)
}

/// `record` with this ‖∂reconstruction/∂W1‖.
fn with_norm(record: &Record, norm: Option<f64>) -> Record {
    Record {
        gradients: GradientNorms {
            reconstruction: norm,
            ..record.gradients
        },
        ..*record
    }
}

/// Whether the encoder's gradient may be taken for what it was.
fn alike(then: &Record, now: &Record) -> bool {
    let of = |record: &Record| {
        let norms = &record.gradients;
        [norms.mean_slope, norms.encoder_weights, record.fvu]
    };
    let pairs = of(then).into_iter().zip(of(now));
    pairs
        .map(|(then, now)| now / then)
        .all(|share| (1.0 / ALIKE..=ALIKE).contains(&share))
}

fn mean_slope(units: &[UnitStatistics]) -> f64 {
    let sum: f64 = units.iter().map(|unit| unit.mean_slope).sum();
    sum / units.len().max(1) as f64
}

/// The units that are dead, in increasing order: those that a revival of all restarts.
pub fn dead_units(units: &[UnitStatistics]) -> Vec<usize> {
    let units = units.iter().enumerate();
    units
        .filter(|(_, unit)| unit.state.is_dead())
        .map(|(index, _)| index)
        .collect()
}

/// Whether a person may restart a unit in this state: one that is dead, or a duplicate.
pub fn can_be_revived(state: UnitState) -> bool {
    state != UnitState::Alive
}

/// Units that died of the same, by what their autopsies say: the first of each group and the others of it, the largest
/// groups first, then in the order of the units.
pub fn deaths(autopsies: impl IntoIterator<Item = Autopsy>) -> Vec<(Autopsy, Vec<Autopsy>)> {
    let mut groups: Vec<(Autopsy, Vec<Autopsy>)> = Vec::new();
    for autopsy in autopsies {
        let same = |group: &&mut (Autopsy, Vec<Autopsy>)| group.0.died_like(&autopsy);
        match groups.iter_mut().find(same) {
            Some((_, others)) => others.push(autopsy),
            None => groups.push((autopsy, Vec::new())),
        }
    }
    groups.sort_by_key(|(_, others)| std::cmp::Reverse(others.len()));
    groups
}
