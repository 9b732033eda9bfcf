//! `sae-lab doctor`

use std::path::{Path, PathBuf};

use clap::{ArgMatches, Args, Command, FromArgMatches};
use serde::Serialize;

use super::CliError;
use super::model::Model;
use super::output::{aside, say};
use super::settings::{ExperimentArguments, Resolved};
use crate::io;
use crate::io::assignment::{Assignment, Findings, HELP, Readings, StudentFile};
use crate::model::doctor::{BLOCKS, Diagnosis, Mistake, Question, Tolerance, Verdict, names};
use crate::model::{GradientForm, Objective};

#[derive(Debug, Args)]
pub struct DoctorArguments {
    #[command(flatten)]
    experiment: SharedOptions,
    /// The weights at which the gradient was computed, .npz or .mat: W1 (h, n), b1 (h), W2 (n, h), b2 (n), or UFLDL's theta
    #[arg(long, value_name = "MODEL")]
    model: PathBuf,
    /// The gradient, of all samples of the data: of the weights' shapes, or as one vector (names below)
    #[arg(long = "gradient", value_name = "GRAD")]
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
        "{HELP}\n\nMistakes (each alone, and every two of them that can be made together):\n{}\n\n\
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
    /// How the files were understood, where that is not plain from them
    notes: Vec<String>,
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
    let mut choice = arguments.experiment.0.clone();
    if choice.gradient.replace(GradientForm::Exact) == Some(GradientForm::Printed) {
        return Err(CliError::Usage(
            "the gradient as printed is a mistake that the doctor knows (bracket-misplaced): leave --gradient-form out".into(),
        ));
    }
    let mut file = StudentFile::read(&arguments.model)?;
    let (weights, resolved) = weights(&choice, &mut file, &arguments.model)?;
    let mut other = match arguments.gradient_file == arguments.model {
        true => None,
        false => Some(StudentFile::read(&arguments.gradient_file)?),
    };
    let assignment = Assignment::new(weights, &mut file, other.as_mut())?;
    let Resolved {
        data, experiment, ..
    } = resolved;
    let settings = experiment.hyperparameters.check()?;
    let samples = data.samples.to::<f64>();
    let findings = assignment.examine(&Question {
        hidden_activation: experiment.hidden_activation,
        output_activation: experiment.output_activation,
        objective: Objective::from(&settings),
        samples: samples.view(),
        batch: settings.batch.rows(data.len()),
        tolerance: Tolerance::of(assignment.precision()),
        pool: &choice.pool(),
    })?;
    for note in &findings.notes {
        aside!("note: {note}");
    }
    let found = &findings.diagnosis;
    if arguments.json {
        say!("{}", super::json_line(&report(&findings, data.len()))?);
    } else {
        print(found);
    }
    match found.verdict {
        Verdict::Correct => Ok(()),
        Verdict::Mistakes { .. } | Verdict::Unknown => Err(CliError::Failed(found.sentence())),
    }
}

/// The weights in `file`, and what the options and their record say.
fn weights(
    choice: &ExperimentArguments,
    file: &mut StudentFile,
    path: &Path,
) -> Result<(Readings, Resolved), CliError> {
    if file.has_flat_weights()? {
        // how many units there are is in their number, and in that of the inputs
        let resolved = choice.resolve(None, false)?;
        let weights = file.weights(Some(resolved.data.inputs()), choice.hidden)?;
        return Ok((weights, resolved));
    }
    let weights = file.weights(None, None)?;
    let record = match file.is_npz() {
        true => io::npz::read_record(path, weights.usual())?,
        false => None,
    };
    let model = Model::of(file.name(), weights.usual().clone(), record);
    let resolved = choice.resolve(Some(&model), false)?;
    Ok((weights, resolved))
}

fn report(findings: &Findings, samples: usize) -> Report {
    let found = &findings.diagnosis;
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
        correct_relative_error: found.correct_error(),
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
        notes: findings.notes.clone(),
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
