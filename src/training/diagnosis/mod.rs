//! What a run comes to, in one value: how many units work, whether gradients get through, where the settings stand to the
//! cliffs, what the reconstruction is worth. Every page, line and command that speaks of a run's health speaks from it;
//! why a single unit died is in its [`Autopsy`].
//!
//! It is of one epoch, takes microseconds, and says nothing that it doesn't know: the cliffs are missing until the data's
//! spectrum was measured.

use std::collections::BTreeMap;

use super::gradients::GradientReport;
use super::{Activity, Autopsy, Record, Run, Snapshot};
use crate::model::units::{CONSTANT_SPREAD, StateCounts};
use crate::model::{Cliffs, Hyperparameters, UnitState, UnitStatistics};
use crate::numerics::Real;

mod report;
mod unit;
mod words;

pub use report::{DeathReport, DiagnosisReport};
pub use unit::UnitDiagnosis;
pub use words::stays_dead;

/// The state of a run at an epoch's end.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnosis {
    pub epoch: u64,
    pub counts: StateCounts,
    /// Reconstruction loss ÷ data variance; NaN where the data never vary.
    pub fvu: f64,
    /// Whether the run's cost became infinite.
    pub diverged: bool,
    /// The latest that was measured.
    pub gradient: Option<GradientReport>,
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
                snapshot.history.records(),
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
                state.history.records(),
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
            cliffs,
            way_back: None,
        }
    }

    fn from_parts<'a>(
        units: &[UnitStatistics],
        fvu: f64,
        cliffs: Option<Cliffs>,
        records: impl DoubleEndedIterator<Item = &'a Record>,
        settings: &Hyperparameters,
        samples: usize,
    ) -> Self {
        let now = (StateCounts::of(units), fvu);
        Self {
            gradient: GradientReport::latest(records, now, settings, cliffs.as_ref()),
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

/// Epochs until the first unit of a collapsed net tells inputs apart again.
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
    // the spread goes with the weights
    let widest = units.iter().map(UnitStatistics::spread).fold(0.0, f64::max);
    if widest <= 0.0 || widest >= CONSTANT_SPREAD {
        return None;
    }
    let steps = cliffs.steps_to_grow(CONSTANT_SPREAD / widest)?;
    let per_epoch = samples.div_ceil(settings.batch.rows(samples).max(1)).max(1);
    Some(steps / per_epoch as f64)
}

/// Units that died of the same, by what their autopsies say.
pub fn deaths(autopsies: impl IntoIterator<Item = Autopsy>) -> Vec<(Autopsy, Vec<usize>)> {
    let mut groups: BTreeMap<String, (Autopsy, Vec<usize>)> = BTreeMap::new();
    for autopsy in autopsies {
        let key = format!("{:?} {:?}", autopsy.cause, autopsy.blamed);
        let unit = autopsy.unit;
        groups
            .entry(key)
            .or_insert_with(|| (autopsy, Vec::new()))
            .1
            .push(unit);
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    groups.sort_by_key(|(_, units)| std::cmp::Reverse(units.len()));
    groups
}
