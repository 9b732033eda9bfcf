//! `sae-lab check-gradient`

use std::path::PathBuf;

use clap::Args;
use ndarray::s;
use serde::Serialize;

use super::CliError;
use super::model::Model;
use super::output::say;
use super::settings::{ExperimentArguments, Resolved};
use crate::model::{Engine, GradientForm, Objective, Parameters, gradient_check};

#[derive(Debug, Args)]
pub struct CheckGradientArguments {
    #[command(flatten)]
    experiment: ExperimentArguments,
    /// Check at the weights in this file instead of the seed's random ones
    #[arg(long, visible_alias = "init", value_name = "MODEL.npz")]
    model: Option<PathBuf>,
    /// Samples to check on, from the first on
    #[arg(long, value_name = "N", default_value_t = 100)]
    samples: usize,
    /// Most parameters to check, spread evenly over the blocks; five evaluations of the cost for each
    #[arg(long, value_name = "N", default_value_t = 5_000)]
    limit: usize,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// The line of `--json`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
struct Report {
    relative_error: f64,
    passed: bool,
    blocks: Vec<Block>,
    samples: usize,
}

#[derive(Debug, Serialize)]
struct Block {
    name: &'static str,
    relative_error: f64,
    checked: usize,
    total: usize,
}

/// Fails where the gradient is not that of the cost. Always in f64: central differences mean nothing in f32.
pub fn run(arguments: &CheckGradientArguments) -> Result<(), CliError> {
    for (option, value, what) in [
        ("--limit", arguments.limit, "parameter"),
        ("--samples", arguments.samples, "sample"),
    ] {
        if value == 0 {
            return Err(CliError::Usage(format!(
                "{option} 0: a check needs at least one {what}"
            )));
        }
    }
    let model = arguments.model.as_deref().map(Model::read).transpose()?;
    let Resolved {
        data, experiment, ..
    } = arguments.experiment.resolve(model.as_ref(), false)?;
    let settings = experiment.hyperparameters.check()?;
    let architecture = experiment.architecture(data.inputs());
    let parameters = match model {
        Some(model) => model.parameters,
        None => Parameters::initial(data.inputs(), experiment.hidden, experiment.seed),
    };
    let samples = data.samples.to::<f64>();
    let count = arguments.samples.min(data.len());
    let samples = samples.slice(s![..count, ..]);
    let objective = Objective::from(&settings);
    let cost = Engine::new(architecture, 1).cost(&parameters, samples, &objective);
    super::finite(cost)?;
    let check = gradient_check(
        architecture,
        &parameters,
        samples,
        &objective,
        arguments.limit,
    );
    let passed = check.passes();
    if arguments.json {
        let blocks = check.blocks.iter().map(|block| Block {
            name: block.name,
            relative_error: block.relative_error,
            checked: block.checked,
            total: block.total,
        });
        let report = Report {
            relative_error: check.relative_error,
            passed,
            blocks: blocks.collect(),
            samples: count,
        };
        say!("{}", super::json_line(&report)?);
    } else {
        say!("{:<8}{:>16}{:>18}", "block", "relative error", "checked");
        for block in &check.blocks {
            let checked = format!("{} of {}", block.checked, block.total);
            say!(
                "{:<8}{:>16.2e}{checked:>18}",
                block.name,
                block.relative_error
            );
        }
        say!("{:<8}{:>16.2e}", "all", check.relative_error);
    }
    if passed {
        return Ok(());
    }
    Err(CliError::Failed(match settings.gradient {
        GradientForm::Printed => format!(
            "the gradient as printed is not the gradient of J (relative error {:.2e}): its sparsity \
             term stands outside the product with f′(z2). Use --gradient exact.",
            check.relative_error
        ),
        GradientForm::Exact => format!(
            "the gradient disagrees with central differences (relative error {:.2e}): this is a bug, \
             please report it with the command line",
            check.relative_error
        ),
    }))
}
