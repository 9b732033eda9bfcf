//! What has come of a sweep so far, as a map, and where the law has the cliff on it.

use std::sync::{Arc, OnceLock};

use serde::Serialize;
use strum::VariantArray;

use super::outcome::{Outcome, Status};
use super::{Goal, Plan, Varied};
use crate::data::error::grouped;
use crate::model::{Cliffs, Spectrum};
use crate::training::Experiment;
use crate::training::record::number::in_digits;

/// Points of the law's line, from one end of the map to the other.
const POINTS: usize = 400;

/// Where a setting crosses the cliff, once or twice.
type Thresholds = fn(&Cliffs) -> [Option<f64>; 2];

/// What the cells show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, VariantArray)]
#[cfg_attr(not(target_family = "wasm"), derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum Measure {
    /// Units that are neither dead nor repeat another
    #[default]
    Alive,
    /// The fraction of the variance that is not explained
    Fvu,
    /// J
    Cost,
    /// How oriented the features are, for square pictures
    Selectivity,
    /// How many of Földiák's bars are found
    Bars,
    /// How many epochs a run takes to fall to the goal
    Epochs,
}

impl Measure {
    pub const ALL: [Self; Self::VARIANTS.len()] = *Self::VARIANTS.first_chunk().unwrap();

    pub fn title(self) -> &'static str {
        match self {
            Self::Alive => "units alive",
            Self::Fvu => "FVU",
            Self::Cost => "cost J",
            Self::Selectivity => "orientation selectivity",
            Self::Bars => "bars found",
            Self::Epochs => "epochs to the goal",
        }
    }

    /// A value of a cell, the mean of several runs perhaps, as short as it tells.
    pub fn text(self, value: f64) -> String {
        match self {
            Self::Alive | Self::Bars | Self::Epochs if value.fract() == 0.0 => {
                grouped(value as u64)
            }
            Self::Alive | Self::Bars | Self::Epochs => format!("{value:.1}"),
            Self::Fvu | Self::Selectivity => format!("{value:.2}"),
            Self::Cost => in_digits(value, 2),
        }
    }

    /// `None` where the run has no such value, or did not come to the goal.
    pub fn of(self, outcome: &Outcome, goal: Option<&Goal>) -> Option<f64> {
        match self {
            Self::Alive => Some(f64::from(outcome.counts.alive)),
            Self::Fvu => outcome.fvu,
            Self::Cost => outcome.total_cost,
            Self::Selectivity => outcome.selectivity,
            Self::Bars => outcome.bars_found.map(|count| count as f64),
            Self::Epochs => Some(outcome.falls.epochs_to(goal?)? as f64),
        }
    }
}

/// One cell over its seeds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cell {
    /// The mean over the runs that have one.
    pub value: Option<f64>,
    /// Runs that have come to their end.
    pub trained: u64,
    pub diverged: u64,
    /// Runs with all their epochs whose J still falls.
    pub unconverged: u64,
    /// Runs with all their epochs that have no such value.
    pub without: u64,
}

/// A way across the map along λ, with everything else fixed: where the nets are dead, and where the law says so.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Crossing {
    /// The other axis's setting; `None` where λ is varied alone.
    pub at: Option<f64>,
    pub lambda_c: f64,
    /// The greatest λ below all dead cells; `None` where every cell is dead.
    pub alive_to: Option<f64>,
    /// The least λ from which on every cell is dead; `None` where the last is alive.
    pub dead_from: Option<f64>,
    /// By how many cells λ_c misses the step from `alive_to` to `dead_from`: 0 where it lies between the two, above 0
    /// where nets live beyond it. Where only one of the two is on the map, as far as can be told.
    pub cells_off: f64,
    /// Whether all runs of the two cells have converged.
    pub converged: bool,
}

/// What has come of the runs so far.
#[derive(Clone, Debug)]
pub struct Map {
    plan: Plan,
    outcomes: Vec<Option<Outcome>>,
    spectrum: Option<Arc<Spectrum>>,
    goal: Option<Goal>,
    law: OnceLock<Vec<Vec<[f64; 2]>>>,
}

impl Map {
    /// With nothing on it. `spectrum` is of the data and the output's activation; without it there is no law.
    pub fn new(plan: Plan, spectrum: Option<Arc<Spectrum>>) -> Self {
        Self {
            outcomes: vec![None; plan.runs()],
            plan,
            spectrum,
            goal: None,
            law: OnceLock::new(),
        }
    }

    /// What [`Measure::Epochs`] counts the epochs to.
    pub fn set_goal(&mut self, goal: Option<Goal>) {
        self.goal = goal;
    }

    pub fn goal(&self) -> Option<&Goal> {
        self.goal.as_ref()
    }

    /// Of the data, where it was not known from the beginning: then there is a law.
    pub fn set_spectrum(&mut self, spectrum: Arc<Spectrum>) {
        self.spectrum = Some(spectrum);
        self.law = OnceLock::new();
    }

    /// Whether the spectrum is known.
    pub fn has_law(&self) -> bool {
        self.spectrum.is_some()
    }

    /// What the cells show, with the goal where there is one.
    pub fn title(&self, measure: Measure) -> String {
        match (&self.goal, measure) {
            (Some(goal), Measure::Epochs) => format!("epochs to {goal}"),
            _ => measure.title().to_owned(),
        }
    }

    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// What has come of each run, by its number in the plan.
    pub fn outcomes(&self) -> &[Option<Outcome>] {
        &self.outcomes
    }

    /// Takes what came of a run; one of another plan is left out.
    pub fn take(&mut self, number: usize, outcome: Outcome) {
        if let Some(place) = self.outcomes.get_mut(number) {
            *place = Some(outcome);
        }
    }

    /// The runs that are still to be trained, coarse to fine.
    pub fn missing(&self) -> Vec<usize> {
        let mut runs = self.plan.coarse_to_fine();
        runs.retain(|run| self.outcomes[*run].is_none());
        runs
    }

    /// The cell at `along` both axes.
    pub fn cell(&self, along: [usize; 2], measure: Measure) -> Cell {
        self.gathered(self.plan.runs_at(along), measure)
    }

    /// Some runs as one cell.
    pub fn gathered(&self, runs: std::ops::Range<usize>, measure: Measure) -> Cell {
        let (mut cell, mut sum, mut count) = (Cell::default(), 0.0, 0.0);
        for outcome in self.outcomes[runs].iter().flatten() {
            cell.trained += 1;
            match outcome.status {
                Status::Diverged => cell.diverged += 1,
                Status::Done if !outcome.converged => cell.unconverged += 1,
                Status::Done => {}
            }
            match measure.of(outcome, self.goal.as_ref()) {
                Some(value) => {
                    sum += value;
                    count += 1.0;
                }
                None => cell.without += u64::from(outcome.status == Status::Done),
            }
        }
        cell.value = (count > 0.0).then(|| sum / count);
        cell
    }

    /// The law for one run's settings.
    pub fn cliffs(&self, experiment: &Experiment) -> Option<Cliffs> {
        Some(Cliffs::new(
            self.spectrum.as_deref()?,
            &experiment.hyperparameters,
            experiment.hidden_activation,
        ))
    }

    /// Where λ = λ_c on the map, as lines of places along both axes ([`super::Axis::place`]; along the second from 0 to 1 where
    /// there is one axis alone). Empty where neither λ nor ρ is varied, or it lies elsewhere.
    pub fn law(&self) -> &[Vec<[f64; 2]>] {
        self.law.get_or_init(|| self.law_lines())
    }

    fn law_lines(&self) -> Vec<Vec<[f64; 2]>> {
        let size = self.plan.size().map(|count| count as f64);
        let axes = self.plan.axes();
        let place_of = |varied| axes.iter().position(|axis| axis.varied == varied);
        let mut lines = vec![Vec::new()];
        let mut draw = |point: Option<[f64; 2]>| match point {
            Some(point) if (0..2).all(|side| (0.0..=size[side]).contains(&point[side])) => {
                if let Some(line) = lines.last_mut() {
                    line.push(point);
                }
            }
            _ => lines.push(Vec::new()),
        };
        // along the side across from the setting whose threshold is drawn
        let (side, thresholds): (usize, Thresholds) =
            match (place_of(Varied::Lambda), place_of(Varied::Rho)) {
                (Some(side), _) => (side, |cliffs| [Some(cliffs.lambda_c), None]),
                (None, Some(side)) => (side, |cliffs| match cliffs.rho {
                    Some((low, high)) => [Some(low), Some(high)],
                    None => [None; 2],
                }),
                (None, None) => return Vec::new(),
            };
        let across = 1 - side;
        for which in 0..2 {
            draw(None);
            for point in 0..=POINTS {
                let place = size[across] * point as f64 / POINTS as f64;
                let mut experiment = self.plan.experiment(0);
                if let Some(axis) = axes.get(across) {
                    axis.varied.set(&mut experiment, axis.at(place));
                }
                let threshold = self
                    .cliffs(&experiment)
                    .and_then(|cliffs| thresholds(&cliffs)[which]);
                let value = threshold.and_then(|value| axes[side].place(value));
                draw(value.map(|value| {
                    let mut point = [place; 2];
                    point[side] = value;
                    point
                }));
            }
        }
        lines.retain(|line| line.len() > 1);
        lines
    }

    /// Where nets die along λ, for each value of the other axis; empty where λ is not varied, a cell has not been trained,
    /// or there is no law.
    pub fn crossings(&self) -> Vec<Crossing> {
        let axes = self.plan.axes();
        let Some(side) = axes.iter().position(|axis| axis.varied == Varied::Lambda) else {
            return Vec::new();
        };
        let across = (0..self.plan.size()[1 - side]).map(|index| self.crossing(side, index));
        across.flatten().collect()
    }

    fn crossing(&self, side: usize, across: usize) -> Option<Crossing> {
        let axes = self.plan.axes();
        let lambda = &axes[side];
        let count = lambda.values().len();
        let runs = |index: usize| {
            let mut along = [across; 2];
            along[side] = index;
            self.plan.runs_at(along)
        };
        let outcomes = |index: usize| self.outcomes[runs(index)].iter().flatten();
        if (0..count).any(|index| outcomes(index).count() as u64 != self.plan.seeds()) {
            return None;
        }
        // of most seeds every unit is dead
        let dead = |index: &usize| {
            let dead = outcomes(*index).filter(|one| one.counts.dead() == one.counts.total());
            2 * dead.count() as u64 > self.plan.seeds()
        };
        let first = count - (0..count).rev().take_while(dead).count();
        let lambda_c = self.cliffs(&self.plan.experiment(runs(0).start))?.lambda_c;
        let value = |index: usize| lambda.values().get(index).copied();
        let (alive_to, dead_from) = (first.checked_sub(1).and_then(value), value(first));
        let place = lambda.place(lambda_c).unwrap_or(f64::NAN);
        let (below, above) = (
            alive_to.map_or(f64::NEG_INFINITY, |_| first as f64 - 0.5),
            dead_from.map_or(f64::INFINITY, |_| first as f64 + 0.5),
        );
        let near = [first.checked_sub(1), Some(first)];
        let near = near.into_iter().flatten().filter(|index| *index < count);
        Some(Crossing {
            at: axes.get(1 - side).map(|axis| axis.values()[across]),
            lambda_c,
            alive_to,
            dead_from,
            cells_off: if place < below {
                below - place
            } else if place > above {
                above - place
            } else {
                0.0
            },
            converged: near.flat_map(outcomes).all(|outcome| outcome.converged),
        })
    }
}
