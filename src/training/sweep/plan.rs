//! What a sweep trains, and in which order.

use serde::Serialize;

use super::error::MOST_RUNS;
use super::{Axis, SweepError, Varied};
use crate::numerics::{Precision, Real};
use crate::training::run::check_size;
use crate::training::{Experiment, RunError};

/// The runs of a sweep: an experiment with one or two settings varied, each cell from the same seeds. Checked when it is
/// made: every run's settings are in range.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Plan {
    experiment: Experiment,
    axes: Vec<Axis>,
    seeds: u64,
    epochs: u64,
}

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Along each axis; 0 along the second where there is one alone.
    pub along: [usize; 2],
    /// Counted from 0.
    pub seed: u64,
}

impl Plan {
    /// `experiment` with the settings of `axes` (one or two) varied, from `seeds` seeds on from its own, for `epochs` epochs.
    ///
    /// # Errors
    /// No axes or more than two, a setting varied twice, no seeds, more than [`MOST_RUNS`] runs, a value out of its
    /// setting's range.
    pub fn new(
        experiment: Experiment,
        axes: Vec<Axis>,
        seeds: u64,
        epochs: u64,
    ) -> Result<Self, SweepError> {
        match axes.len() {
            0 => return Err(SweepError::NoAxes),
            1 | 2 => {}
            count => return Err(SweepError::TooManyAxes { count }),
        }
        if let [first, second] = &axes[..]
            && first.varied == second.varied
        {
            let name = first.varied.name();
            return Err(SweepError::Twice { name });
        }
        if seeds == 0 {
            return Err(SweepError::NoSeeds);
        }
        let counts = axes.iter().map(|axis| axis.values().len() as u64);
        let runs = counts.fold(seeds, u64::saturating_mul);
        if runs > MOST_RUNS {
            return Err(SweepError::TooManyRuns { runs });
        }
        let first = experiment.seed;
        if first.checked_add(seeds - 1).is_none() {
            let count = seeds;
            return Err(SweepError::SeedsEnd { first, count });
        }
        let plan = Self {
            experiment,
            axes,
            seeds,
            epochs,
        };
        plan.check()?;
        Ok(plan)
    }

    /// Settings stand in no relation to one another, so each value is looked at once.
    fn check(&self) -> Result<(), SweepError> {
        for axis in &self.axes {
            for value in axis.values() {
                let mut experiment = self.experiment.clone();
                axis.varied.set(&mut experiment, *value);
                experiment.hyperparameters.check()?;
                if experiment.hidden == 0 {
                    return Err(RunError::NoHiddenUnits.into());
                }
            }
        }
        // with all of them varied at once: nothing of the base is left that the axes replace
        self.experiment(0).hyperparameters.check()?;
        Ok(())
    }

    /// Whether every run fits a set of `samples` × `inputs`.
    ///
    /// # Errors
    /// No hidden units or samples, too many parameters.
    pub fn check_size(&self, samples: usize, inputs: usize) -> Result<(), SweepError> {
        fn check<T: Real>(samples: usize, inputs: usize, hidden: usize) -> Result<(), SweepError> {
            Ok(check_size::<T>(samples, inputs, hidden)?)
        }
        let last = self.runs() - 1;
        [0, last].into_iter().try_for_each(|index| {
            let hidden = self.experiment(index).hidden;
            match self.experiment.precision {
                Precision::F32 => check::<f32>(samples, inputs, hidden),
                Precision::F64 => check::<f64>(samples, inputs, hidden),
            }
        })
    }

    /// One or two.
    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }

    /// The axis along which `varied` is varied.
    pub fn axis(&self, varied: Varied) -> Option<&Axis> {
        self.axes.iter().find(|axis| axis.varied == varied)
    }

    /// Runs a cell.
    pub fn seeds(&self) -> u64 {
        self.seeds
    }

    pub fn epochs(&self) -> u64 {
        self.epochs
    }

    /// The settings that are not varied.
    pub fn base(&self) -> &Experiment {
        &self.experiment
    }

    /// Cells along both axes; 1 along the second where there is one alone.
    pub fn size(&self) -> [usize; 2] {
        let count = |index: usize| self.axes.get(index).map_or(1, |axis| axis.values().len());
        [count(0), count(1)]
    }

    pub fn cells(&self) -> usize {
        let [first, second] = self.size();
        first * second
    }

    /// At least 1.
    pub fn runs(&self) -> usize {
        self.cells() * self.seeds as usize
    }

    /// Runs are counted in the order of the grid: the seed moves first, then the last axis.
    pub fn place(&self, run: usize) -> Place {
        let (cell, seed) = (run / self.seeds as usize, run as u64 % self.seeds);
        let second = self.size()[1];
        Place {
            along: [cell / second, cell % second],
            seed,
        }
    }

    /// The runs of a cell, one a seed.
    pub fn runs_at(&self, along: [usize; 2]) -> std::ops::Range<usize> {
        let first = (along[0] * self.size()[1] + along[1]) * self.seeds as usize;
        first..first + self.seeds as usize
    }

    /// All that is needed to train run number `run`.
    pub fn experiment(&self, run: usize) -> Experiment {
        let Place { along, seed } = self.place(run);
        let mut experiment = self.experiment.clone();
        for (axis, index) in self.axes.iter().zip(along) {
            axis.varied.set(&mut experiment, axis.values()[index]);
        }
        experiment.seed += seed;
        experiment
    }

    /// Whether the runs of `other` are the same, number by number: what it was begun with may differ in what is varied.
    pub fn has_the_runs_of(&self, other: &Self) -> bool {
        (&self.axes, self.seeds, self.epochs) == (&other.axes, other.seeds, other.epochs)
            && self.experiment(0) == other.experiment(0)
    }

    /// All runs, so that the whole map is seen early: seed by seed, each first on a coarse grid and then between.
    pub fn coarse_to_fine(&self) -> Vec<usize> {
        let mut runs: Vec<usize> = (0..self.runs()).collect();
        runs.sort_by_key(|run| {
            let Place { along, seed } = self.place(*run);
            let level = along.map(level).into_iter().max();
            (seed, level, *run)
        });
        runs
    }
}

/// How many times the grid was halved when this place along it comes.
fn level(index: usize) -> u32 {
    match index {
        0 => 0,
        _ => usize::BITS - index.trailing_zeros(),
    }
}
