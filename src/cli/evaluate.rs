//! `sae-lab evaluate`

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::CliError;
use super::model::Model;
use super::output::{aside, say};
use super::settings::{ExperimentArguments, Resolved};
use crate::data::error::grouped;
use crate::data::{DataSet, Held, TestPart};
use crate::io;
use crate::model::units::StateCounts;
use crate::model::{Engine, Objective, Parameters};
use crate::numerics::{Precision, Real, Rows};
use crate::training::Diagnosis;

#[derive(Debug, Args)]
pub struct EvaluateArguments {
    #[command(flatten)]
    experiment: ExperimentArguments,
    /// The model: W1 (h, n), b1 (h), W2 (n, h), b2 (n), and its record where it has one
    #[arg(long, value_name = "MODEL.npz")]
    model: PathBuf,
    /// Write the gradient there, as W1, b1, W2, b2
    #[arg(long, value_name = "GRAD.npz")]
    gradient_out: Option<PathBuf>,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// The line of `--json`.
#[derive(Debug, Serialize)]
struct Evaluation {
    total_cost: f64,
    reconstruction_loss: f64,
    decay_penalty: f64,
    sparsity_penalty: f64,
    /// null where the data never vary
    fvu: Option<f64>,
    /// What all that is of
    part: Part,
    samples: usize,
    /// Over the samples that are held out; null where none are
    test_reconstruction_loss: Option<f64>,
    /// Against their variance about the mean of the others; null where they never vary
    test_fvu: Option<f64>,
    test_samples: usize,
    /// Together they are the hidden units
    #[serde(flatten)]
    counts: StateCounts,
    rho_hat: Vec<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Part {
    All,
    /// What is not held out.
    Training,
}

pub fn run(arguments: &EvaluateArguments) -> Result<(), CliError> {
    let model = Model::read(&arguments.model)?;
    match arguments.experiment.precision(Some(&model)) {
        Precision::F32 => evaluate::<f32>(arguments, &model),
        Precision::F64 => evaluate::<f64>(arguments, &model),
    }
}

fn evaluate<T: Real>(arguments: &EvaluateArguments, model: &Model) -> Result<(), CliError> {
    let Resolved {
        data, experiment, ..
    } = arguments.experiment.resolve(Some(model), false)?;
    if let Some(sentence) = part_of(model, &data) {
        aside!("{sentence}");
    }
    let model = model.weights::<T>()?;
    let settings = experiment.hyperparameters.check()?;
    let objective = Objective::from(&settings);
    let architecture = experiment.architecture(model.inputs());
    let mut engine = Engine::<T>::with_pool(architecture, arguments.experiment.pool());
    let mut gradient = Parameters::zeros(model.inputs(), model.hidden());
    let mut units = Vec::new();
    let cost = data.samples.in_pass(|samples| {
        engine.measure_and_gradient(
            &model,
            samples,
            data.variance,
            &objective,
            &mut gradient,
            &mut units,
        )
    });
    super::finite(cost)?;
    if let Some(path) = &arguments.gradient_out {
        io::npz::write_parameters(path, &gradient)?;
    }
    let fvu = cost.reconstruction_loss / data.variance;
    let rho_hat = engine.mean_activations().to_vec();
    let test = data.test.as_deref();
    let tested = test.map(|test| {
        let plain = Objective {
            sparsity_weight: 0.0,
            ..objective
        };
        let cost = |samples: Rows<'_, T>| engine.cost(&model, samples, &plain);
        let loss = test.samples.in_pass(cost);
        (loss.reconstruction_loss, test.variance)
    });
    let finite = |value: f64| Some(value).filter(|value| value.is_finite());
    let evaluation = Evaluation {
        part: if test.is_some() {
            Part::Training
        } else {
            Part::All
        },
        samples: data.len(),
        test_reconstruction_loss: tested.and_then(|(loss, _)| finite(loss)),
        test_fvu: tested.and_then(|(loss, variance)| finite(loss / variance)),
        test_samples: test.map_or(0, TestPart::len),
        total_cost: cost.total(),
        reconstruction_loss: cost.reconstruction_loss,
        decay_penalty: cost.decay_penalty,
        sparsity_penalty: cost.sparsity_penalty,
        fvu: finite(fvu),
        counts: Diagnosis::of_model(0, fvu, &units, None).counts,
        rho_hat,
    };
    if arguments.json {
        say!("{}", super::json_line(&evaluation)?);
        return Ok(());
    }
    let (m, n) = data.samples.dim();
    say!("{:<22}{} · {m} × {n}", "data", data.name);
    say!("{:<22}{}", "cost J", evaluation.total_cost);
    say!(
        "{:<22}{}",
        "  reconstruction",
        evaluation.reconstruction_loss
    );
    say!("{:<22}{}", "  decay", evaluation.decay_penalty);
    say!("{:<22}{}", "  sparsity", evaluation.sparsity_penalty);
    match evaluation.fvu {
        Some(fvu) => say!("{:<22}{fvu}", "FVU"),
        None => say!("{:<22}undefined: the data never vary", "FVU"),
    }
    if let Some(fvu) = evaluation.test_fvu {
        say!(
            "{:<22}{fvu} over {} samples",
            "test FVU",
            evaluation.test_samples
        );
    }
    say!("{:<22}{}", "hidden units", evaluation.counts);
    let rho_hat: Vec<String> = evaluation
        .rho_hat
        .iter()
        .map(|rho| format!("{rho:.5}"))
        .collect();
    say!("{:<22}{}", "mean activation ρ̂", rho_hat.join(" "));
    Ok(())
}

/// Which part of `data` is evaluated, where some of them are held out or were when the model was trained.
fn part_of(model: &Model, data: &DataSet) -> Option<String> {
    let trained = model.record.as_ref().map(|record| &record.experiment.data);
    let same = trained.filter(|trained| trained.source == data.spec.source);
    let count = |count: usize| grouped(count as u64);
    let name = &data.name;
    match &data.test {
        Some(test) => {
            let drawn = |spec: &crate::data::DataSpec| (spec.held, spec.seed);
            let other = same.is_some_and(|trained| drawn(trained) != drawn(&data.spec));
            Some(format!(
                "the training part of {name} is evaluated ({} samples), and its test part beside it ({}){}",
                count(data.len()),
                count(test.len()),
                if other {
                    "; the model was not trained on exactly this part"
                } else {
                    ""
                }
            ))
        }
        None => {
            trained.filter(|trained| trained.held != Held::None)?;
            let held = match same {
                Some(_) => "with what was held out when the model was trained",
                None => "of which nothing is held out",
            };
            Some(format!(
                "all {} samples of {name} are evaluated, {held}",
                count(data.len())
            ))
        }
    }
}
