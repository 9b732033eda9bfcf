//! A map of the plane: what is to be swept, as it is chosen, and as a job trains it.

use std::sync::Arc;

use crate::data::DataSet;
use crate::model::{BatchSize, Cliffs, Spectrum};
use crate::training::Experiment;
use crate::training::record::number::in_digits;
use crate::training::sweep::{Axis, Goal, Measure, Outcome, Plan, Scale, SweepError, Varied};

/// Along a side, unless the person says otherwise.
const STEPS: usize = 6;
/// Of each run, unless the person says otherwise.
const EPOCHS: u64 = 100;

/// A setting and its range, as it was typed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MapRange {
    pub varied: Varied,
    pub low: f64,
    pub high: f64,
    pub scale: Scale,
    pub steps: usize,
}

/// What the page asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct MapChoice {
    pub first: MapRange,
    /// `None`: the first alone is varied.
    pub second: Option<MapRange>,
    /// Runs a cell.
    pub seeds: u64,
    /// Of each run.
    pub epochs: u64,
}

/// What is to be trained, for a job.
#[derive(Clone)]
pub struct Sweep {
    pub plan: Plan,
    pub data: Arc<DataSet>,
    /// Of the data and the output; `None`: it is to be measured.
    pub spectrum: Option<Arc<Spectrum>>,
    /// The runs that are still to be trained, in order.
    pub missing: Vec<usize>,
}

/// What has come of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Swept {
    pub spectrum: Option<Arc<Spectrum>>,
    /// By their numbers, in the order in which they came to their end.
    pub runs: Arc<Vec<(usize, Arc<Outcome>)>>,
}

/// What can be asked about the map with a value.
#[derive(Clone, Debug, PartialEq)]
pub enum MapAction {
    /// What is to be swept.
    Choose(Box<MapChoice>),
    /// What the cells show.
    Draw(Measure),
    SetGoal(Goal),
    /// The cell of this run.
    Point(Option<usize>),
    /// Trains this run as one of the lab's own, and shows it.
    Open(usize),
}

impl MapRange {
    /// What is worth a look around the settings of `experiment`: a factor or two about each, and for λ about λ_c.
    pub fn around(varied: Varied, experiment: &Experiment, cliffs: Option<&Cliffs>) -> Self {
        let settings = &experiment.hyperparameters;
        let about = |value: f64, less: f64, more: f64| (value / less, value * more, Scale::Log);
        let (low, high, scale) = match varied {
            Varied::Lambda => {
                let cliff = cliffs.map(|cliffs| cliffs.lambda_c);
                match (cliff.filter(|value| *value > 0.0), settings.weight_decay) {
                    (Some(lambda_c), _) => about(lambda_c, 30.0, 10.0),
                    (None, lambda) if lambda > 0.0 => about(lambda, 10.0, 10.0),
                    (None, _) => (1e-5, 1e-2, Scale::Log),
                }
            }
            Varied::Rho => {
                let (low, high, scale) = about(settings.sparsity_target, 4.0, 4.0);
                (low, high.min(0.5).max(low), scale)
            }
            Varied::Beta if settings.sparsity_weight > 0.0 => {
                about(settings.sparsity_weight, 10.0, 10.0)
            }
            Varied::Beta => (0.0, 3.0, Scale::Linear),
            Varied::Alpha => about(settings.learning_rate, 10.0, 10.0),
            Varied::Momentum => (0.0, 0.95, Scale::Linear),
            Varied::Hidden => about(experiment.hidden as f64, 4.0, 4.0),
            Varied::Batch => match settings.batch {
                BatchSize::Samples(rows) => about(rows as f64, 5.0, 5.0),
                BatchSize::Full => (10.0, 250.0, Scale::Log),
            },
        };
        let round = |value: f64| match varied {
            _ if varied.is_whole() => value.round().max(1.0),
            Varied::Momentum => value,
            _ => in_digits(value, 1).parse().unwrap_or(value),
        };
        let mut range = Self {
            varied,
            low: round(low),
            high: round(high),
            scale,
            steps: STEPS,
        };
        // few whole numbers make few steps
        while range.steps > 1 && matches!(range.axis(), Err(SweepError::Crowded { .. })) {
            range.steps -= 1;
        }
        range
    }

    fn axis(&self) -> Result<Axis, SweepError> {
        let Self {
            varied,
            low,
            high,
            scale,
            steps,
        } = *self;
        Axis::new(varied, low, high, scale, steps)
    }
}

impl MapChoice {
    /// ρ and λ around those of `experiment`.
    pub fn suggested(experiment: &Experiment, cliffs: Option<&Cliffs>) -> Self {
        let around = |varied| MapRange::around(varied, experiment, cliffs);
        Self {
            first: around(Varied::Rho),
            second: Some(around(Varied::Lambda)),
            seeds: 1,
            epochs: EPOCHS,
        }
    }

    /// How many runs it is: as many as there could be, where that is no sweep.
    pub fn runs(&self) -> u64 {
        let steps = |range: &MapRange| range.steps as u64;
        let second = self.second.as_ref().map_or(1, steps);
        let sides = steps(&self.first).saturating_mul(second);
        sides.saturating_mul(self.seeds)
    }

    /// The sweep around the settings of `experiment` on `data`.
    ///
    /// # Errors
    /// A range that is none, settings out of range, too many runs, too large a net.
    pub fn plan(&self, experiment: &Experiment, data: &DataSet) -> Result<Plan, SweepError> {
        let ranges = std::iter::once(&self.first).chain(&self.second);
        let axes = ranges.map(MapRange::axis).collect::<Result<_, _>>()?;
        let base = Experiment {
            data: data.spec.clone(),
            ..experiment.clone()
        };
        let plan = Plan::new(base, axes, self.seeds, self.epochs)?;
        plan.check_size(data.len(), data.inputs())?;
        Ok(plan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::Preset;

    #[test]
    fn every_setting_of_every_preset_has_a_range_that_can_be_swept() {
        for preset in Preset::ALL {
            let experiment = preset.experiment();
            for varied in Varied::ALL {
                let range = MapRange::around(varied, &experiment, None);
                let axis = range.axis().unwrap();
                assert!(axis.values().len() >= 2, "{preset:?} {range:?}");
                Plan::new(experiment.clone(), vec![axis], 1, 1).unwrap();
            }
        }
        let few = Experiment {
            hidden: 1,
            ..Experiment::default()
        };
        let range = MapRange::around(Varied::Hidden, &few, None);
        assert_eq!((range.low, range.high), (1.0, 4.0));
        assert!(range.axis().is_ok());
    }
}
