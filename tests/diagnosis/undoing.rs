//! What each death would have come to without what is blamed for it, and without anything else.

use std::fmt;

use sae_lab::model::Hyperparameters;
use sae_lab::training::diagnosis::deaths;
use sae_lab::training::{Autopsy, Blame, Cause, Setting};

use super::scenario::{Played, Scenario};

/// One thing that can be undone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Deed {
    /// The change of this number.
    Step(usize),
    /// The value at the start, for a good one.
    Start(Setting),
}

/// Units that are said to have died of the same, and how many of them live without it.
pub struct Group {
    pub units: usize,
    pub first: Autopsy,
    /// What was blamed, as deeds; `None` where that is the data, or nothing.
    pub blamed: Option<Vec<Deed>>,
    /// How many live without all that was blamed.
    pub saved: usize,
    /// Every single deed that was done before they died and is not blamed, and how many live without it.
    pub others: Vec<(Deed, usize)>,
}

impl Group {
    pub fn is_unclear(&self) -> bool {
        self.first.cause == Cause::Unclear
    }

    /// How many live without the one thing, of those that were not blamed, that would have saved most.
    pub fn best_other(&self) -> usize {
        self.others.iter().map(|other| other.1).max().unwrap_or(0)
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.blamed {
            Some(_) => write!(f, "{} of {} live without it", self.saved, self.units)?,
            None => write!(f, "{} dead", self.units)?,
        }
        write!(f, ": {} [", self.first.sentence())?;
        for (deed, saved) in self.others.iter().filter(|other| other.1 > 0) {
            write!(f, " {deed:?}: {saved}")?;
        }
        write!(f, " ]")
    }
}

fn good() -> Hyperparameters {
    Hyperparameters {
        sparsity_target: 0.1,
        ..Hyperparameters::default()
    }
}

impl Scenario {
    /// Without `deeds`: changes are left out, values of the start are good ones.
    fn innocent(&self, deeds: &[Deed]) -> Self {
        let mut other = self.clone();
        let mut number = 0;
        other.steps.retain(|_| {
            number += 1;
            !deeds.contains(&Deed::Step(number - 1))
        });
        for deed in deeds {
            if let Deed::Start(setting) = deed {
                let start = &mut other.experiment.hyperparameters;
                setting.set(start, setting.get(&good())).unwrap();
            }
        }
        other
    }

    /// What it is, for who reads why a blame is wrong.
    pub fn words(&self) -> String {
        let start = &self.experiment.hyperparameters;
        let settings = Setting::all()
            .filter(|setting| setting.get(start) != setting.get(&good()))
            .map(|setting| {
                format!(
                    "{} {}",
                    setting.symbol(),
                    setting.format(setting.get(start))
                )
            });
        let steps = self.steps.iter().map(|step| {
            let value = step.setting.format(step.value);
            format!("at {} {} {value}", step.epoch, step.setting.symbol())
        });
        let all: Vec<String> = settings.chain(steps).collect();
        format!(
            "{}, {}-{}-{}, {} epochs: {}",
            self.data.name,
            self.experiment.hidden_activation.name(),
            self.experiment.hidden,
            self.experiment.output_activation.name(),
            self.epochs,
            all.join(", ")
        )
    }

    fn deed(&self, blame: &Blame) -> Option<Deed> {
        let setting = blame.setting?;
        let Some(marker) = &blame.marker else {
            return Some(Deed::Start(setting));
        };
        let step = self
            .steps
            .iter()
            .position(|step| step.setting == setting && step.epoch + 1 == marker.epoch);
        step.map(Deed::Step)
    }

    /// All that could be undone of what was done before `epoch`'s end.
    fn deeds(&self, epoch: u64) -> Vec<Deed> {
        let steps = (0..self.steps.len())
            .filter(|step| self.steps[*step].epoch < epoch.max(1))
            .map(Deed::Step);
        let start = &self.experiment.hyperparameters;
        let starts = Setting::all()
            .filter(|setting| setting.get(start) != setting.get(&good()))
            .map(Deed::Start);
        steps.chain(starts).collect()
    }
}

/// Every group of deaths in `played`, with what undoing shows.
pub fn undo(scenario: &Scenario, played: &Played) -> Vec<Group> {
    let autopsies = played.run.dead_units().into_iter();
    let autopsies = autopsies.filter_map(|unit| Autopsy::of_run(&played.run, unit));
    let mut tried: Vec<(Vec<Deed>, Vec<bool>)> = Vec::new();
    let mut living = |deeds: &[Deed], units: &[usize]| -> usize {
        let known = tried.iter().position(|(tried, _)| tried == deeds);
        let index = known.unwrap_or_else(|| {
            let states = &scenario.innocent(deeds).play().run.state().units.clone();
            let alive = states.iter().map(|unit| !unit.state.is_dead()).collect();
            tried.push((deeds.to_vec(), alive));
            tried.len() - 1
        });
        units.iter().filter(|unit| tried[index].1[**unit]).count()
    };
    deaths(autopsies)
        .into_iter()
        .map(|(first, others)| {
            let units = std::iter::once(&first).chain(&others);
            let units: Vec<usize> = units.map(|autopsy| autopsy.unit).collect();
            let blamed: Option<Vec<Deed>> = first
                .blamed
                .iter()
                .map(|blame| scenario.deed(blame))
                .collect();
            let blamed = blamed.filter(|deeds| !deeds.is_empty());
            let others = scenario.deeds(first.since).into_iter();
            let others: Vec<_> = others
                .filter(|deed| blamed.as_ref().is_none_or(|deeds| !deeds.contains(deed)))
                .map(|deed| (deed, living(&[deed], &units)))
                .collect();
            Group {
                units: units.len(),
                saved: blamed.as_ref().map_or(0, |deeds| living(deeds, &units)),
                first,
                blamed,
                others,
            }
        })
        .collect()
}
