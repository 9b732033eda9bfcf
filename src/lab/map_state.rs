//! The map that a window shows, and how far it is.

use std::time::Duration;

use super::map::MapChoice;
use super::run_view::RunView;
use crate::data::{DataSet, DataSpec};
use crate::training::record::number::in_digits;
use crate::training::sweep::{Goal, Map, Measure, Plan, SweepError};

/// A map, and what it is of.
#[derive(Clone, Debug)]
pub struct Mapped {
    pub map: Map,
    /// The data's name.
    pub data: String,
    pub(super) spec: DataSpec,
}

/// The training of a map, while it goes on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sweeping {
    /// When it was first looked after.
    since: Option<Duration>,
    /// Runs that were there when it began, and of the job that were taken since.
    before: usize,
    pub(super) taken: usize,
    /// Until all runs are there, as far as can be told.
    pub left: Option<Duration>,
}

/// A choice that nobody made: it follows the data until somebody does.
#[derive(Clone, Debug)]
pub(super) struct Offered {
    choice: MapChoice,
    /// Of the data that it is for.
    spec: DataSpec,
    /// Whether λ_c was known.
    with_cliff: bool,
}

/// All about the map that a window shows.
#[derive(Clone, Debug)]
pub struct MapState {
    /// `None` until the page is opened: then what is worth a look around the run that is shown.
    pub choice: Option<MapChoice>,
    pub(super) offered: Option<Offered>,
    pub measure: Measure,
    pub goal: Goal,
    pub mapped: Option<Mapped>,
    pub sweeping: Option<Sweeping>,
    /// The first run of the cell that is chosen.
    pub chosen: Option<usize>,
    /// Why the training of the last map came to nothing.
    pub trouble: Option<String>,
}

impl Mapped {
    pub(super) fn new(plan: Plan, goal: Goal, data: &DataSet) -> Self {
        let mut map = Map::new(plan, None);
        map.set_goal(Some(goal));
        Self {
            map,
            data: data.name.clone(),
            spec: data.spec.clone(),
        }
    }

    /// Whether starting `plan` on `data` goes on with this map.
    pub fn goes_on_with(&self, plan: &Plan, data: &DataSet) -> bool {
        self.spec == data.spec && self.map.plan().has_the_runs_of(plan)
    }

    /// (trained, of how many) runs.
    pub fn progress(&self) -> (usize, usize) {
        let outcomes = self.map.outcomes();
        (outcomes.iter().flatten().count(), outcomes.len())
    }

    pub fn is_whole(&self) -> bool {
        let (trained, of) = self.progress();
        trained == of
    }

    /// What a run of it is called: "ρ 0.05, λ 1e-3, seed 2".
    pub fn title(&self, run: usize) -> String {
        let plan = self.map.plan();
        let place = plan.place(run);
        let sides = plan.axes().iter().zip(place.along);
        let mut said: Vec<String> = sides
            .map(|(axis, index)| {
                let value = in_digits(axis.values()[index], 3);
                format!("{} {value}", axis.varied.symbol())
            })
            .collect();
        if plan.seeds() > 1 {
            said.push(format!("seed {}", plan.base().seed + place.seed));
        }
        said.join(", ")
    }
}

impl Sweeping {
    pub(super) fn beginning_at(before: usize) -> Self {
        Self {
            before,
            ..Self::default()
        }
    }

    /// Reckons how long the rest takes, by what has been done.
    pub(super) fn reckon(&mut self, now: Duration, (trained, of): (usize, usize)) {
        let since = *self.since.get_or_insert(now);
        let done = trained.saturating_sub(self.before);
        self.left = (done > 0).then(|| {
            let each = now.saturating_sub(since).as_secs_f64() / done as f64;
            Duration::from_secs_f64(each * of.saturating_sub(trained) as f64)
        });
    }
}

impl Default for MapState {
    fn default() -> Self {
        Self {
            choice: None,
            offered: None,
            measure: Measure::default(),
            goal: Goal::HALF,
            mapped: None,
            sweeping: None,
            chosen: None,
            trouble: None,
        }
    }
}

impl MapState {
    /// The plan of what is chosen, for the run that is shown.
    ///
    /// # Errors
    /// As [`MapChoice::plan`]; `None` where there are no data yet.
    pub fn plan(&self, run: &RunView) -> Option<Result<Plan, SweepError>> {
        Some(self.choice_for(run).plan(&run.experiment, run.data()?))
    }

    /// Chooses what is worth a look around `run` where nothing was chosen, or only such for other data.
    pub(super) fn offer(&mut self, run: &RunView, data: &DataSet) {
        let with_cliff = run.cliffs().is_some();
        let stands = match (&self.choice, &self.offered) {
            (None, _) => false,
            (Some(choice), Some(offered)) if *choice == offered.choice => {
                offered.spec == data.spec && (offered.with_cliff || !with_cliff)
            }
            (Some(_), _) => true,
        };
        if !stands {
            self.choice = None;
            let choice = self.choice_for(run);
            self.choice = Some(choice.clone());
            self.offered = Some(Offered {
                choice,
                spec: data.spec.clone(),
                with_cliff,
            });
        }
    }

    /// What is chosen, or else worth a look around `run`.
    pub(super) fn choice_for(&self, run: &RunView) -> MapChoice {
        let suggested = || MapChoice::suggested(&run.experiment, run.cliffs().as_ref());
        self.choice.clone().unwrap_or_else(suggested)
    }

    /// The map that starting would go on with: there are runs of it already.
    pub fn goes_on(&self, run: &RunView) -> Option<&Mapped> {
        let plan = self.plan(run)?.ok()?;
        let data = run.data()?;
        self.mapped
            .as_ref()
            .filter(|mapped| mapped.goes_on_with(&plan, data) && mapped.progress().0 > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_reckoned_by_what_was_done() {
        let mut sweeping = Sweeping::beginning_at(4);
        let seconds = Duration::from_secs;
        sweeping.reckon(seconds(10), (4, 16));
        assert_eq!(sweeping.left, None);
        sweeping.reckon(seconds(14), (8, 16));
        assert_eq!(sweeping.left, Some(seconds(8)));
    }
}
