//! Why a sweep was refused, each in one sentence that says the way round.

use thiserror::Error;

use super::axis::NAMES;
use crate::data::error::grouped;
use crate::model::HyperparameterError;
use crate::training::RunError;

/// The most runs of one sweep: each leaves a folder, and a map of more cells than this can't be told apart.
pub const MOST_RUNS: u64 = 10_000;

#[derive(Clone, Debug, PartialEq, Error)]
pub enum SweepError {
    #[error(
        "{text} says no range to vary: give NAME=LOW:HIGH:log|linear:COUNT, such as lambda=1e-5:1e-2:log:12"
    )]
    Form { text: String },
    #[error("{name} is no setting that can be varied: choose one of {NAMES}")]
    Unknown { name: String },
    #[error(
        "the seed is not varied as a setting: give --seeds 3 for three runs a cell, from the seed on"
    )]
    Seed,
    #[error("{name} can't run from or to {text}, which is no finite number: give one such as 1e-4")]
    Number { name: &'static str, text: String },
    #[error("{name} has an axis called {text}: it is log or linear")]
    Scale { name: &'static str, text: String },
    #[error("{name} can't have {text} values: give a whole number from 1 on")]
    Count { name: &'static str, text: String },
    #[error("{name} in 0 values makes no map: give 1 or more")]
    NoValues { name: &'static str },
    #[error("{name} runs from {low} down to {high}: give the smaller first, {high} to {low}")]
    Backwards {
        name: &'static str,
        low: f64,
        high: f64,
    },
    #[error(
        "{name} begins at {low}, where a log axis has no place: begin above 0, or choose a linear axis"
    )]
    NotPositive { name: &'static str, low: f64 },
    #[error("{name} takes whole numbers, not {value}: give them without decimals")]
    NotWhole { name: &'static str, value: f64 },
    #[error(
        "{name} would be {value} more than once among {count} values: give fewer values or a wider range"
    )]
    Crowded {
        name: &'static str,
        value: f64,
        count: usize,
    },
    #[error("{name} is varied twice: leave one of the two out")]
    Twice { name: &'static str },
    #[error("no setting is varied: give one or two, such as --vary lambda=1e-5:1e-2:log:12")]
    NoAxes,
    #[error("{count} settings are varied, and a map has two sides: leave all but two out")]
    TooManyAxes { count: usize },
    #[error("0 seeds make no runs: give 1 or more")]
    NoSeeds,
    #[error(
        "the seeds from {first} on are not as many as {count}: give a smaller seed or fewer seeds"
    )]
    SeedsEnd { first: u64, count: u64 },
    #[error(
        "{} runs are more than the {} of one sweep: give fewer values or fewer seeds",
        grouped(*.runs),
        grouped(MOST_RUNS)
    )]
    TooManyRuns { runs: u64 },
    #[error("{text} says no goal: give fvu=X or cost=X in two digits, such as fvu=0.25")]
    Goal { text: String },
    #[error("{name} can't fall to {value}: give a number above 0, such as {name}=0.25")]
    GoalOutOfRange { name: &'static str, value: f64 },
    #[error(
        "{name}={value} has more than the two digits that a descent is followed in: give {name}={down} or {name}={up}"
    )]
    GoalDigits {
        name: &'static str,
        value: f64,
        down: f64,
        up: f64,
    },
    #[error(transparent)]
    Setting(#[from] HyperparameterError),
    #[error(transparent)]
    Run(#[from] RunError),
}
