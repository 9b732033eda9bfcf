//! `sae-lab doctor`

use std::path::PathBuf;

use clap::{ArgMatches, Args, Command, FromArgMatches};
use serde::Serialize;

use super::CliError;
use super::model::Model;
use super::output::say;
use super::settings::{ExperimentArguments, Resolved};
use crate::io;
use crate::model::doctor::{BLOCKS, Diagnosis, Doctor, Mistake, Tolerance, Verdict};
use crate::model::{GradientForm, Objective};
use crate::numerics::Precision;

#[derive(Debug, Args)]
pub struct DoctorArguments {
    #[command(flatten)]
    experiment: SharedOptions,
    /// The model at which the gradient was computed: W1 (h, n), b1 (h), W2 (n, h), b2 (n)
    #[arg(long, value_name = "MODEL.npz")]
    model: PathBuf,
    /// The gradient, of all samples of the data: W1, b1, W2, b2 of the model's shapes
    #[arg(long = "gradient", value_name = "GRAD.npz")]
    gradient_file: PathBuf,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// The shared options, but for the form of the gradient: `--gradient` is a file here, and the exact form is what it is
/// held against.
#[derive(Clone, Debug)]
struct SharedOptions(ExperimentArguments);

impl Args for SharedOptions {
    fn augment_args(command: Command) -> Command {
        ExperimentArguments::augment_args(command)
            .mut_arg("gradient", |form| form.long("gradient-form").hide(true))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for SharedOptions {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        ExperimentArguments::from_arg_matches(matches).map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0.update_from_arg_matches(matches)
    }
}

/// What stands below the options in the help: every mistake.
pub fn mistakes_help() -> String {
    let width = Mistake::ALL.iter().map(|mistake| mistake.name().len());
    let width = width.max().unwrap_or(0);
    let lines: Vec<String> = Mistake::ALL
        .iter()
        .map(|mistake| format!("  {:<width$}  {}", mistake.name(), mistake.wrong()))
        .collect();
    format!(
        "Mistakes (each alone, and every two of them that can be made together):\n{}\n\n\
         Exit status: 0 correct; 1 mistakes, or none that is known; 2 something that cannot be used.",
        lines.join("\n")
    )
}

/// The line of `--json`.
#[derive(Debug, Serialize)]
struct Report {
    verdict: &'static str,
    /// The fewest that explain the gradient, the closest where several do
    mistakes: Vec<&'static str>,
    /// Other explanations of as many mistakes, which give the same gradient on these data
    alternatives: Vec<Vec<&'static str>>,
    /// Of a correct gradient, the mistakes that would not show in it
    not_shown: Vec<&'static str>,
    /// The greatest of a block, to the gradient that was found; null where none was
    relative_error: Option<f64>,
    /// The greatest of a block, to the correct gradient
    correct_relative_error: f64,
    blocks: Vec<Block>,
    samples: usize,
}

#[derive(Debug, Serialize)]
struct Block {
    name: &'static str,
    /// To the correct gradient
    relative_error: f64,
    correct: bool,
}

/// Fails where the gradient is not that of the cost.
pub fn run(arguments: &DoctorArguments) -> Result<(), CliError> {
    let model = Model::read(&arguments.model)?;
    let given = io::npz::read_parameters::<f64>(&arguments.gradient_file)?;
    let (h, n) = (model.parameters.hidden(), model.parameters.inputs());
    if (given.hidden(), given.inputs()) != (h, n) {
        return Err(CliError::Usage(format!(
            "the gradient in {} is that of {} hidden units and {} inputs, and {} has {h} and {n}: give the model \
             at which it was computed",
            arguments.gradient_file.display(),
            given.hidden(),
            given.inputs(),
            model.name(),
        )));
    }
    let mut choice = arguments.experiment.0.clone();
    if choice.gradient.replace(GradientForm::Exact) == Some(GradientForm::Printed) {
        return Err(CliError::Usage(
            "the gradient as printed is a mistake that the doctor knows (bracket-misplaced): leave --gradient-form out".into(),
        ));
    }
    let Resolved {
        data, experiment, ..
    } = choice.resolve(Some(&model), false)?;
    let settings = experiment.hyperparameters.check()?;
    let coarsest = [&arguments.model, &arguments.gradient_file]
        .into_iter()
        .map(|path| io::npz::precision(path))
        .collect::<Result<Vec<_>, _>>()?;
    let precision = if coarsest.contains(&Precision::F32) {
        Precision::F32
    } else {
        Precision::F64
    };
    let samples = data.samples.to::<f64>();
    let doctor = Doctor::new(
        experiment.architecture(n),
        &model.parameters,
        samples.view(),
        &Objective::from(&settings),
        settings.batch.rows(data.len()),
        &choice.pool(),
    );
    let found = doctor
        .diagnose(&given, Tolerance::of(precision))
        .ok_or_else(|| {
            CliError::Usage(format!(
                "the correct gradient at {} is not finite on these data: give weights from before it diverged, or before \
                 a unit's mean activation was 0 or 1 to the last digit",
                model.name()
            ))
        })?;
    let outcome = sentence(&found);
    if arguments.json {
        say!("{}", super::json_line(&report(&found, data.len()))?);
    } else {
        print(&found);
    }
    match found.verdict {
        Verdict::Correct => Ok(()),
        Verdict::Mistakes { .. } | Verdict::Unknown => Err(CliError::Failed(outcome)),
    }
}

fn names(mistakes: &[Mistake]) -> Vec<&'static str> {
    mistakes.iter().map(|mistake| mistake.name()).collect()
}

fn worst(errors: [f64; 4]) -> f64 {
    errors.into_iter().fold(0.0, f64::max)
}

fn report(found: &Diagnosis, samples: usize) -> Report {
    let (verdict, mistakes, alternatives) = match &found.verdict {
        Verdict::Correct => ("correct", Vec::new(), Vec::new()),
        Verdict::Unknown => ("unknown", Vec::new(), Vec::new()),
        Verdict::Mistakes {
            mistakes,
            alternatives,
        } => (
            "mistakes",
            names(mistakes),
            alternatives.iter().map(|other| names(other)).collect(),
        ),
    };
    let errors = found.correct_errors.into_iter().zip(found.correct_blocks);
    Report {
        verdict,
        mistakes,
        alternatives,
        not_shown: names(&found.not_shown),
        relative_error: found.relative_error,
        correct_relative_error: worst(found.correct_errors),
        blocks: BLOCKS
            .into_iter()
            .zip(errors)
            .map(|(name, (relative_error, correct))| Block {
                name,
                relative_error,
                correct,
            })
            .collect(),
        samples,
    }
}

/// The outcome in one sentence.
fn sentence(found: &Diagnosis) -> String {
    match &found.verdict {
        Verdict::Correct => "the gradient is that of the cost".into(),
        Verdict::Unknown => format!(
            "the gradient is not that of the cost (relative error {:.2e}), and no mistake known here, nor two of them, \
             give it: check that the data, ρ, β, λ and the activations are those it was computed with",
            worst(found.correct_errors)
        ),
        Verdict::Mistakes {
            mistakes,
            alternatives,
        } => {
            let more = match alternatives.len() {
                0 => String::new(),
                1 => "; one other explanation gives the same on these data".into(),
                count => format!("; {count} other explanations give the same on these data"),
            };
            format!(
                "the gradient is not that of the cost: {}{more}",
                names(mistakes).join(", ")
            )
        }
    }
}

fn print(found: &Diagnosis) {
    say!("{:<8}{:>16}", "block", "relative error");
    for ((name, error), correct) in BLOCKS
        .into_iter()
        .zip(found.correct_errors)
        .zip(found.correct_blocks)
    {
        let word = if correct { "correct" } else { "wrong" };
        say!("{name:<8}{error:>16.2e}  {word}");
    }
    match &found.verdict {
        Verdict::Correct => {
            say!("The gradient is that of the cost.");
            if !found.not_shown.is_empty() {
                say!(
                    "With these data, settings and precision it could not show: {}.",
                    names(&found.not_shown).join(", ")
                );
            }
        }
        Verdict::Unknown => {
            say!("None of the mistakes known here, nor two of them, give this gradient.");
        }
        Verdict::Mistakes {
            mistakes,
            alternatives,
        } => {
            explain(mistakes);
            if !alternatives.is_empty() {
                say!("These data cannot tell it from");
            }
            for other in alternatives {
                explain(other);
            }
        }
    }
}

fn explain(mistakes: &[Mistake]) {
    for (place, mistake) in mistakes.iter().enumerate() {
        let mark = if place == 0 { "-" } else { " " };
        say!("{mark} {}: {}.", mistake.name(), mistake.wrong());
        say!("    Right: {}", mistake.right());
    }
}
