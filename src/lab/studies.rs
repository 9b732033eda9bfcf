//! Work that a view asks for: its progress, or its result.

use std::sync::Arc;

use super::jobs::JobError;
use crate::io::assignment::Findings;
use crate::model::doctor::{Line, Verdict};
use crate::model::gradient_check::LiveCheck;
use crate::model::{GradientCheck, HiddenActivation, Objective, OutputActivation};
use crate::training::timeline::Answer;
use crate::training::trainer::RunId;

/// A finished gradient check, and what it was of.
#[derive(Clone, Debug)]
pub struct CheckedGradient {
    pub check: GradientCheck,
    pub live: LiveCheck,
    pub objective: Objective,
    /// The run and its epoch.
    pub run: RunId,
    pub epoch: u64,
}

/// What the doctor says of a gradient, and what it is of.
#[derive(Clone, Debug, PartialEq)]
pub struct Examined {
    pub findings: Findings,
    pub objective: Objective,
    pub hidden_activation: HiddenActivation,
    pub output_activation: OutputActivation,
    /// The name of the data set, and how many samples it has.
    pub data: (String, usize),
    pub run: RunId,
}

impl Examined {
    /// Whether a part of the formulas is what was done wrong.
    pub fn is_wrong_in(&self, line: Line) -> bool {
        match &self.findings.diagnosis.verdict {
            Verdict::Mistakes { mistakes, .. } => mistakes
                .iter()
                .any(|mistake| mistake.lines().contains(&line)),
            Verdict::Correct | Verdict::Unknown => false,
        }
    }
}

/// What would have saved a unit: under way, answered, or why not.
#[derive(Clone, Debug)]
pub struct Saving {
    /// Counted from 0.
    pub unit: usize,
    /// Progress is (epochs done, of how many).
    pub study: Study<(u64, u64), Answer>,
}

/// What a view reads of one piece of work.
#[derive(Clone, Debug, Default)]
pub enum Study<P, R> {
    #[default]
    Idle,
    /// With the latest progress, once there is some.
    Running(Option<P>),
    Done(Arc<R>),
    /// Why it came to nothing.
    Failed(String),
}

impl<P, R> Study<P, R> {
    /// Of a job that was asked for.
    pub fn begun(started: Result<(), JobError>) -> Self {
        match started {
            Ok(()) => Self::Running(None),
            Err(error) => Self::ended(error),
        }
    }

    /// Of a job that has no result.
    pub fn ended(error: JobError) -> Self {
        match error {
            JobError::Cancelled => Self::Idle,
            error => Self::Failed(error.to_string()),
        }
    }

    pub fn is_running(&self) -> bool {
        matches!(self, Self::Running(_))
    }

    pub fn result(&self) -> Option<&Arc<R>> {
        match self {
            Self::Done(result) => Some(result),
            _ => None,
        }
    }
}
