//! The diagnosis as the commands' JSON has it.

use serde::Serialize;

use super::{Diagnosis, deaths};
use crate::model::units::StateCounts;
use crate::numerics::Real;
use crate::training::autopsy::Blame;
use crate::training::{Autopsy, Cause, GradientHealth, Run};

/// A [`Diagnosis`] for a file: numbers that are not known are null.
#[derive(Clone, Debug, Serialize)]
pub struct DiagnosisReport {
    /// How many units are in each state; they add up to h.
    pub counts: StateCounts,
    /// Whether gradients get through to the encoder; null before the first measurement.
    pub gradient: Option<GradientHealth>,
    pub lambda_c: Option<f64>,
    /// λ/λ_c
    pub lambda_ratio: Option<f64>,
    pub alpha_c: Option<f64>,
    /// α/α_c
    pub alpha_ratio: Option<f64>,
    /// Why units are dead, the commonest first.
    pub deaths: Vec<DeathReport>,
    /// What the window says of it.
    pub sentences: Vec<String>,
}

/// Units that died of the same.
#[derive(Clone, Debug, Serialize)]
pub struct DeathReport {
    /// Counted from 0.
    pub units: Vec<usize>,
    /// Of the first of them.
    pub cause: Cause,
    pub blamed: Vec<Blame>,
    /// Of all of them.
    pub sentence: String,
}

impl Diagnosis {
    pub fn report(&self, autopsies: impl IntoIterator<Item = Autopsy>) -> DiagnosisReport {
        let finite = |value: f64| Some(value).filter(|value| value.is_finite());
        DiagnosisReport {
            counts: self.counts,
            gradient: self.gradient.as_ref().map(|report| report.health),
            lambda_c: self
                .cliffs
                .as_ref()
                .and_then(|cliffs| finite(cliffs.lambda_c)),
            lambda_ratio: self.lambda_ratio().and_then(finite),
            alpha_c: self.cliffs.as_ref().and_then(|cliffs| cliffs.alpha_c),
            alpha_ratio: self.alpha_ratio().and_then(finite),
            deaths: deaths(autopsies)
                .into_iter()
                .map(|(first, others)| DeathReport {
                    units: std::iter::once(first.unit)
                        .chain(others.iter().map(|other| other.unit))
                        .collect(),
                    sentence: first.sentence_with(&others),
                    cause: first.cause,
                    blamed: first.blamed,
                })
                .collect(),
            sentences: self.sentences(),
        }
    }

    /// Of `run`, with why its units died.
    pub fn report_of<T: Real>(run: &Run<T>) -> DiagnosisReport {
        let dead = run.dead_units();
        let autopsies = dead
            .into_iter()
            .filter_map(|unit| Autopsy::of_run(run, unit));
        Self::of_run(run).report(autopsies)
    }
}
