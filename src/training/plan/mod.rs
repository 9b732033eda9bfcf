//! What is to be done to a run before epochs that are yet to come: the changes and revivals of a run that was told, or of
//! a command line. They are a part of the run, and become a part of its history when their epoch comes.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Experiment;
use super::record::{Change, Gesture, SettingError};
use crate::model::HyperparameterError;

mod text;
pub mod words;

#[cfg(test)]
pub(in crate::training) mod tests;

/// Most things that are planned: what goes beyond is kept in a run's file.
pub const MOST: usize = 200;
/// Epochs are counted below this everywhere.
const LAST_EPOCH: u64 = 1 << 53;

/// One thing that is to be done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Planned {
    /// The epoch before which it is done; from 1.
    pub epoch: u64,
    pub what: Step,
}

/// What can be planned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    Set(Change),
    /// Units, counted from 0.
    Revive(Vec<usize>),
    /// The epoch diverges, with what was changed so far, and the run goes on from where it stood before.
    Diverge,
}

/// All that is planned, in the order in which it is done. Changes that follow each other and are of one gesture have one
/// number, from 1.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Plan(Vec<Planned>);

/// Why something can't be planned, in a sentence.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum PlanError {
    #[error(
        "{text:?} is no change: give EPOCH:SETTING=VALUE, such as 300:lambda=6e-4, where SETTING is rho, beta, alpha, \
         lambda, momentum, optimizer, batch or gradient; EPOCH:revive=UNIT+UNIT; or EPOCH:diverges"
    )]
    Form { text: String },
    #[error("{text:?} names no epoch: epochs are whole numbers from 1")]
    Epoch { text: String },
    #[error("{text:?} has no value that can be: {setting} is {wanted}")]
    Value {
        text: String,
        setting: &'static str,
        wanted: &'static str,
    },
    #[error("{text:?} can't be: {error}")]
    Range {
        text: String,
        error: HyperparameterError,
    },
    #[error("{text:?} can't be: the network has units 0 to {}", hidden.saturating_sub(1))]
    Unit { text: String, hidden: usize },
    #[error("{text:?} comes too late: the run has done {done} epochs")]
    Past { text: String, done: u64 },
    #[error(
        "{count} changes are more than {MOST}: a run with so many is passed on as its file, run.saelab"
    )]
    TooMany { count: usize },
}

impl Plan {
    /// Of what is to be done, in order; it is sorted by epochs, and what is of one epoch stays in its order.
    ///
    /// # Errors
    /// It is too much, or an epoch can't be.
    pub fn new(mut planned: Vec<Planned>) -> Result<Self, PlanError> {
        let count = planned.len();
        if count > MOST {
            return Err(PlanError::TooMany { count });
        }
        let off = |planned: &&Planned| !(1..LAST_EPOCH).contains(&planned.epoch);
        if let Some(planned) = planned.iter().find(off) {
            let text = text::write(planned);
            return Err(PlanError::Epoch { text });
        }
        planned.sort_by_key(|planned| planned.epoch);
        let (mut last, mut number) = (None, 0);
        for planned in &mut planned {
            match &mut planned.what {
                Step::Set(change) => {
                    if last.replace(change.gesture) != Some(change.gesture) {
                        number += 1;
                    }
                    change.gesture = Gesture(number);
                }
                Step::Revive(units) => {
                    last = None;
                    units.sort_unstable();
                    units.dedup();
                }
                Step::Diverge => last = None,
            }
        }
        Ok(Self(planned))
    }

    /// Of texts as [`Self::texts`] writes them, each one gesture.
    ///
    /// # Errors
    /// One is no change, or they are too many.
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, PlanError> {
        let mut planned = Vec::new();
        let mut count: usize = 0;
        for (number, gesture) in texts.into_iter().enumerate() {
            for part in gesture.split(',') {
                count += 1;
                // the rest is only counted: who wrote it shall know how many they are
                if count <= MOST {
                    planned.push(text::read(part, Gesture(number as u64))?);
                }
            }
        }
        if count > MOST {
            return Err(PlanError::TooMany { count });
        }
        Self::new(planned)
    }

    /// A text for each gesture: "300:lambda=6e-4", several changes with commas between them.
    pub fn texts(&self) -> Vec<String> {
        let gesture = |planned: &Planned| match &planned.what {
            Step::Set(change) => Some(change.gesture),
            Step::Revive(_) | Step::Diverge => None,
        };
        let mut texts: Vec<String> = Vec::new();
        let mut last = None;
        for planned in &self.0 {
            let text = text::write(planned);
            match texts.last_mut() {
                Some(before) if last.is_some() && last == gesture(planned) => {
                    before.push(',');
                    before.push_str(&text);
                }
                _ => texts.push(text),
            }
            last = gesture(planned);
        }
        texts
    }

    /// Whether all of it can be done to a run of `experiment` that has done `done` epochs.
    ///
    /// # Errors
    /// A value that is out of range, a unit that it has not, or an epoch that has been.
    pub fn check(&self, experiment: &Experiment, done: u64) -> Result<(), PlanError> {
        let mut settings = experiment.hyperparameters;
        for planned in &self.0 {
            let text = || text::write(planned);
            if planned.epoch <= done {
                return Err(PlanError::Past { text: text(), done });
            }
            match &planned.what {
                Step::Set(change) => {
                    let set = change.setting.set(&mut settings, change.value);
                    let checked = set.and_then(|()| Ok(settings.check()?));
                    checked.map_err(|error| match error {
                        SettingError::OutOfRange(error) => PlanError::Range {
                            text: text(),
                            error,
                        },
                        SettingError::Kind {
                            setting, expected, ..
                        } => PlanError::Value {
                            text: text(),
                            setting: setting.name(),
                            wanted: expected,
                        },
                    })?;
                }
                Step::Revive(units) => {
                    let hidden = experiment.hidden;
                    if units.iter().any(|unit| *unit >= hidden) {
                        return Err(PlanError::Unit {
                            text: text(),
                            hidden,
                        });
                    }
                }
                Step::Diverge => {}
            }
        }
        Ok(())
    }

    /// In the order in which it is done.
    pub fn steps(&self) -> &[Planned] {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// What of it comes after `epoch` epochs are done.
    pub fn after(&self, epoch: u64) -> Self {
        let from = self.0.partition_point(|planned| planned.epoch <= epoch);
        Self(self.0[from..].to_vec())
    }

    /// The last gesture in it.
    pub fn last_gesture(&self) -> Option<Gesture> {
        Self::last_of(&self.0)
    }

    pub(in crate::training) fn last_of(planned: &[Planned]) -> Option<Gesture> {
        planned
            .iter()
            .rev()
            .find_map(|planned| match &planned.what {
                Step::Set(change) => Some(change.gesture),
                Step::Revive(_) | Step::Diverge => None,
            })
    }

    /// The same with every gesture's number higher by `by`: for a run that has gestures of its own.
    pub(in crate::training) fn numbered_after(mut self, by: Gesture) -> Vec<Planned> {
        for planned in &mut self.0 {
            if let Step::Set(change) = &mut planned.what {
                change.gesture.0 = change.gesture.0.saturating_add(by.0);
            }
        }
        self.0
    }
}
