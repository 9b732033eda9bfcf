//! A lesson gone through without a window, from several seeds: does what it claims hold?

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use thiserror::Error;

use super::claim::{Point, Side};
use super::error::Spot;
use super::stage::{Stage, StageData};
use super::{Lesson, Prediction, Step};
use crate::data::{DataError, DataSet, DataSpec};
use crate::numerics::WorkerPool;
use crate::training::RunError;

/// Why a lesson could not be gone through.
#[derive(Debug, Error)]
pub enum RehearsalError {
    #[error(transparent)]
    Data(#[from] DataError),
    #[error("step {step}: {error}")]
    Run { step: usize, error: RunError },
    #[error("it was stopped")]
    Stopped,
}

/// One claim from one seed: what was measured, and whether it holds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// Counted from 1.
    pub step: usize,
    pub line: usize,
    pub column: usize,
    /// By how much the setup's seed was shifted.
    pub shift: u64,
    /// Whether it is about the step's question, not a claim that the lesson states.
    pub question: bool,
    pub claim: String,
    /// What stands on the claim's left, in full; `None` where the runs have no such value.
    pub measured: Option<f64>,
    /// The same, short.
    pub text: String,
    pub holds: bool,
}

/// Goes through `lesson` from `seeds` seeds, each on a worker of `pool`; returns what came of every claim, by seed and
/// step. A question counts as a claim: exactly one of its choices is right, the same from every seed; the number is on its
/// axis; so many tiles can be right.
///
/// # Errors
/// The data can't be had, an experiment can't run, or `go_on` said no.
pub fn rehearse(
    lesson: &Lesson,
    load: &dyn Fn(&DataSpec) -> Result<Arc<DataSet>, DataError>,
    seeds: u64,
    pool: &WorkerPool,
    go_on: &(dyn Fn() -> bool + Sync),
) -> Result<Vec<Finding>, RehearsalError> {
    let data: Vec<Option<StageData>> = lesson
        .steps
        .iter()
        .map(|step| {
            step.setup
                .as_ref()
                .map(|setup| StageData::of(setup, load))
                .transpose()
        })
        .collect::<Result<_, _>>()?;
    let next = AtomicUsize::new(0);
    let found = Mutex::new(Vec::new());
    let mut failed: Vec<Option<RehearsalError>> = Vec::new();
    failed.resize_with(pool.workers(), || None);
    pool.each(&mut failed, |_, failed| {
        let alone = Arc::new(WorkerPool::new(1));
        loop {
            let shift = next.fetch_add(1, Ordering::Relaxed) as u64;
            if shift >= seeds {
                return;
            }
            let run = Rehearsal {
                lesson,
                data: &data,
                shift,
                pool: &alone,
                go_on,
            };
            match run.all() {
                Ok(findings) => found
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push((shift, findings)),
                Err(error) => {
                    *failed = Some(error);
                    return;
                }
            }
        }
    });
    if let Some(error) = failed.into_iter().flatten().next() {
        return Err(error);
    }
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.sort_by_key(|(shift, _)| *shift);
    let mut findings: Vec<Finding> = found.into_iter().flat_map(|(_, found)| found).collect();
    one_answer_for_all(lesson, &mut findings);
    Ok(findings)
}

/// A question whose right choice is another from another seed has no answer.
fn one_answer_for_all(lesson: &Lesson, findings: &mut [Finding]) {
    for (place, step) in lesson.steps.iter().enumerate() {
        let Some(Prediction::Choice { choices, .. }) = &step.prediction else {
            continue;
        };
        let right = |value: f64| choices.iter().position(|choice| choice.holds(value));
        let mut own: Vec<&mut Finding> = findings
            .iter_mut()
            .filter(|finding| finding.step == place + 1 && finding.question)
            .collect();
        let first = own
            .first()
            .and_then(|finding| finding.measured)
            .and_then(right);
        for finding in &mut own {
            finding.holds &= finding.measured.and_then(right) == first;
        }
    }
}

/// How the claim of a question begins.
const QUESTION: &str = "the question has one answer";

struct Rehearsal<'a> {
    lesson: &'a Lesson,
    data: &'a [Option<StageData>],
    shift: u64,
    pool: &'a Arc<WorkerPool>,
    go_on: &'a (dyn Fn() -> bool + Sync),
}

impl Rehearsal<'_> {
    fn all(&self) -> Result<Vec<Finding>, RehearsalError> {
        let mut stage: Option<Stage> = None;
        let mut past: Vec<(Point, Option<f64>)> = Vec::new();
        let mut findings = Vec::new();
        for (place, step) in self.lesson.steps.iter().enumerate() {
            let failed = |error| RehearsalError::Run {
                step: place + 1,
                error,
            };
            if let (Some(setup), Some(Some(data))) = (&step.setup, self.data.get(place)) {
                let new = Stage::new(setup, data, self.shift, self.pool).map_err(failed)?;
                past.clear();
                self.remember(place, &new, &mut past);
                stage = Some(new);
            }
            let (Some(stage), Some(until)) = (&mut stage, step.until) else {
                continue;
            };
            stage.set(&step.changes).map_err(failed)?;
            while stage.epoch() < until {
                if !stage.advance(self.go_on) {
                    return Err(RehearsalError::Stopped);
                }
                self.remember(place, stage, &mut past);
            }
            self.judge(place, step, stage, &past, &mut findings);
        }
        Ok(findings)
    }

    /// What a claim of this step, or of one that follows on the same runs, wants to know of the present epoch.
    fn remember(&self, place: usize, stage: &Stage, past: &mut Vec<(Point, Option<f64>)>) {
        let later = self.lesson.steps.get(place + 1..).unwrap_or_default();
        let same_runs = later.iter().take_while(|step| step.setup.is_none());
        let own = self.lesson.steps.get(place);
        let claims = own
            .into_iter()
            .chain(same_runs)
            .flat_map(|step| &step.claims);
        for point in claims.flat_map(|claim| claim.left.points()) {
            let new = past.iter().all(|(known, _)| *known != point);
            if point.epoch == Some(stage.epoch()) && new {
                past.push((point, stage.measure(point)));
            }
        }
    }

    fn judge(
        &self,
        place: usize,
        step: &Step,
        stage: &Stage,
        past: &[(Point, Option<f64>)],
        findings: &mut Vec<Finding>,
    ) {
        let value = |point: Point| match point.epoch {
            None => stage.measure(point),
            Some(_) => past.iter().find(|(known, _)| *known == point)?.1,
        };
        let finding =
            |spot: Option<Spot>, claim: String, measured: Option<f64>, text: String, holds| {
                let at = spot.unwrap_or(step.spot);
                Finding {
                    step: place + 1,
                    line: at.line,
                    column: at.column,
                    shift: self.shift,
                    question: spot.is_none(),
                    claim,
                    measured,
                    text,
                    holds,
                }
            };
        let short = |term: &super::Term, measured: Option<f64>| {
            measured.map_or_else(|| "no value".to_owned(), |value| term.text(value))
        };
        for claim in &step.claims {
            let measured = claim.left.value(value);
            let holds = measured.is_some_and(|left| claim.comparison.holds(left, claim.right));
            let text = short(&claim.left, measured);
            findings.push(finding(
                Some(claim.spot),
                claim.to_string(),
                measured,
                text,
                holds,
            ));
        }
        match &step.prediction {
            None => {}
            Some(Prediction::Choice { choices, measure }) => {
                let measured = measure.value(value);
                let right = measured.and_then(|value| choices.iter().find(|one| one.holds(value)));
                let claim = match right {
                    Some(choice) => format!("{QUESTION}: {}", choice.text),
                    None => format!("{QUESTION}: none of its choices is right"),
                };
                findings.push(finding(
                    None,
                    claim,
                    measured,
                    short(measure, measured),
                    right.is_some(),
                ));
            }
            Some(Prediction::Number { axis, measure, .. }) => {
                let measured = measure.value(value);
                let on_it = measured.is_some_and(|value| (axis.from..=axis.to).contains(&value));
                let claim = format!("{QUESTION}, from {} to {}", axis.from, axis.to);
                findings.push(finding(
                    None,
                    claim,
                    measured,
                    short(measure, measured),
                    on_it,
                ));
            }
            Some(Prediction::Tiles { pick, state, least }) => {
                let units = stage.run(Side::A).map(|run| &run.state().units[..]);
                let units = units.unwrap_or_default();
                let found = units.iter().filter(|unit| unit.state == *state).count();
                let claim = format!(
                    "{QUESTION}: {least} of {pick} tiles can be {}, and not all are",
                    state.name()
                );
                let holds = found >= *least && found < units.len();
                let text = format!("{found} of {}", units.len());
                findings.push(finding(None, claim, Some(found as f64), text, holds));
            }
        }
    }
}
