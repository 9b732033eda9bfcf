//! What `train` says of a run at its end, in words and in JSON.

use std::path::Path;

use serde::Serialize;

use super::output::say;
use crate::data::{DataSet, SampleShape};
use crate::model::units::StateCounts;
use crate::model::{OutputActivation, Parameters};
use crate::numerics::Real;
use crate::training::sweep::Outcome;
use crate::training::{Diagnosis, DiagnosisReport, Run};

/// The last line of `--json`.
#[derive(Debug, Serialize)]
pub struct Summary {
    epochs: u64,
    total_cost: f64,
    reconstruction_loss: f64,
    decay_penalty: f64,
    sparsity_penalty: f64,
    /// null where the data never vary
    fvu: Option<f64>,
    /// Over the samples that were held out; null where none were
    test_reconstruction_loss: Option<f64>,
    /// Against their variance about the training data's mean; null where they never vary
    test_fvu: Option<f64>,
    test_samples: usize,
    /// Together they are the hidden units
    #[serde(flatten)]
    counts: StateCounts,
    /// Time spent training, loading and writing left out
    seconds: f64,
    /// Why units died, whether gradients get through, where the settings stand to the cliffs
    diagnosis: DiagnosisReport,
}

/// What `run.json` holds beside the experiment: how it was run, and what came of it.
#[derive(Debug, Serialize)]
pub(super) struct Results<'a> {
    pub epochs_requested: u64,
    pub threads: usize,
    /// The model that it began with; null for the seed's random weights.
    pub init: Option<&'a Path>,
    /// Why it stopped early; null if it didn't. The weights are the last finite ones.
    pub diverged: Option<&'a str>,
    #[serde(flatten)]
    pub summary: &'a Summary,
    /// Its row in a sweep, for when that is taken up again; left out of other runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<&'a Outcome>,
}

impl Summary {
    pub(super) fn new<T: Real>(run: &mut Run<T>, seconds: f64) -> Self {
        let test = run.test_loss();
        let finite = |value: f64| Some(value).filter(|value| value.is_finite());
        let (cost, fvu) = (run.state().cost, run.fvu());
        let diagnosis = Diagnosis::report_of(run);
        Self {
            epochs: run.state().epoch,
            total_cost: cost.total(),
            reconstruction_loss: cost.reconstruction_loss,
            decay_penalty: cost.decay_penalty,
            sparsity_penalty: cost.sparsity_penalty,
            fvu: finite(fvu),
            test_reconstruction_loss: test.and_then(|test| finite(test.reconstruction_loss)),
            test_fvu: test.and_then(|test| finite(test.fvu)),
            test_samples: run.data().test.as_ref().map_or(0, |test| test.len()),
            counts: diagnosis.counts,
            seconds,
            diagnosis,
        }
    }
}

fn epochs(all: u64, before: u64, seconds: f64) -> String {
    match all - before.min(all) {
        0 if before > 0 => format!("{all}, all done before"),
        now if before > 0 => format!("{all}, the last {now} in {seconds:.2} s"),
        _ => format!("{all} in {seconds:.2} s"),
    }
}

/// `before` epochs were done by earlier commands.
pub(super) fn print<T: Real>(
    summary: &Summary,
    before: u64,
    data: &DataSet,
    parameters: &Parameters<T>,
    output: OutputActivation,
) {
    let (m, n) = data.samples.dim();
    say!(
        "{:<16}{} · {m} × {n}{}",
        "data",
        data.name,
        if data.preparation.is_empty() { "" } else { ":" }
    );
    for step in &data.preparation {
        say!("{:<16}  {step}", "");
    }
    say!(
        "{:<16}{}-{}-{}, {} output",
        "units",
        n,
        parameters.hidden(),
        n,
        output.name()
    );
    let epochs = epochs(summary.epochs, before, summary.seconds);
    say!("{:<16}{epochs}", "epochs");
    say!(
        "{:<16}{:.6} = reconstruction {:.6} + decay {:.6} + sparsity {:.6}",
        "cost J",
        summary.total_cost,
        summary.reconstruction_loss,
        summary.decay_penalty,
        summary.sparsity_penalty
    );
    match summary.fvu {
        Some(fvu) => say!("{:<16}{fvu:.4}", "FVU"),
        None => say!("{:<16}undefined: the data never vary", "FVU"),
    }
    if let Some(fvu) = summary.test_fvu {
        say!(
            "{:<16}{fvu:.4} over {} samples that were not trained on",
            "test FVU",
            summary.test_samples
        );
    }
    say!("{:<16}{}", "hidden units", summary.counts);
    for death in &summary.diagnosis.deaths {
        say!(
            "{:<16}{} of them: {}",
            "",
            death.units.len(),
            death.sentence
        );
    }
    for sentence in &summary.diagnosis.sentences {
        say!("{:<16}{sentence}", "");
    }
    if let SampleShape::Image {
        rows,
        columns,
        channels: 1,
    } = data.shape
        && rows == columns
        && let Some(mut selectivity) = crate::model::features::orientation_selectivity(
            data.features(parameters.encoder_weights()).view(),
            rows,
        )
    {
        selectivity.sort_by(f64::total_cmp);
        say!(
            "{:<16}{:.2} (median of the features; noise is .13)",
            "orientation",
            selectivity[selectivity.len() / 2]
        );
    }
}

#[cfg(test)]
mod tests {
    use super::epochs;

    #[test]
    fn the_time_is_that_of_the_epochs_that_took_it() {
        assert_eq!(epochs(3, 0, 2.5), "3 in 2.50 s");
        assert_eq!(epochs(3, 1, 2.5), "3, the last 2 in 2.50 s");
        assert_eq!(epochs(3, 3, 0.0), "3, all done before");
        assert_eq!(epochs(0, 0, 0.0), "0 in 0.00 s");
    }
}
