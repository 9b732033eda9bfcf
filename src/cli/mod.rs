//! The headless commands: the window's equal for scripts, and for machines with no display.

mod base;
pub mod bench;
pub mod check_gradient;
pub mod data;
mod data_choice;
pub mod doctor;
pub mod encode;
pub mod evaluate;
pub mod export;
pub mod follow;
mod follower;
pub mod inspect;
mod interrupt;
pub mod law;
pub mod lesson;
pub mod match_features;
mod model;
mod output;
pub mod probe;
mod reading_choice;
mod resume;
pub mod settings;
pub mod share;
mod summary;
pub mod sweep;
pub mod train;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use thiserror::Error;

use self::interrupt::Signal;
use crate::io::IoError;
use crate::model::Cost;
use crate::training::Share;
use crate::training::share::{LineError, Untold};

/// See, teach and trust the classical sparse autoencoder. Without a command: opens the window.
#[derive(Debug, Parser)]
#[command(
    name = "sae-lab",
    version,
    about,
    max_term_width = 100,
    args_conflicts_with_subcommands = true
)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Data to open in the window: a file, a folder of pictures, or several pictures
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// For measurements (tests/window_cost): write here when each frame of the window began and what it cost
    #[arg(long, value_name = "FILE", hide = true)]
    pub frame_log: Option<PathBuf>,
}

/// What to say where the first argument is no file and is called nearly as a command is: the command was meant.
pub fn misspelt(first: Option<OsString>) -> Option<String> {
    let word = first?.into_string().ok()?;
    let is_word = word.starts_with(|c: char| c.is_ascii_alphabetic())
        && word.chars().all(|c| c.is_ascii_alphabetic() || c == '-');
    if !is_word || Path::new(&word).exists() {
        return None;
    }
    let commands = Arguments::command();
    if commands.find_subcommand(&word).is_some() {
        return None;
    }
    let near = commands
        .get_subcommands()
        .map(|command| (strsim::jaro(&word, command.get_name()), command.get_name()))
        .filter(|(likeness, _)| *likeness > NEAR)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    near.map(|(_, command)| {
        format!("{word} is neither a command nor a file: did you mean `sae-lab {command}`?")
    })
}

/// Jaro's likeness of words, above which one is taken for the other misspelt; `clap` takes options by the same.
const NEAR: f64 = 0.7;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Train without a window; writes the model, its history, pictures and the settings to a folder
    Train(Box<train::TrainArguments>),
    /// Train runs on a grid of one or two settings, one on each core: a table, a map, and what `train` writes of each
    Sweep(Box<sweep::SweepArguments>),
    /// Show what a data set holds and what is done to it, or write the matrix that training would see
    Data(Box<data::DataArguments>),
    /// Measure a model on data: the cost and its terms, FVU and ρ̂, and the gradient if asked
    Evaluate(Box<evaluate::EvaluateArguments>),
    /// Write the code of data: a model's hidden activations, or the pre-activations, a row a sample
    Encode(Box<encode::EncodeArguments>),
    /// Write a model for other programs: NPZ, safetensors, a Python module, its features or its curves as a picture
    Export(Box<export::ExportArguments>),
    /// Look at one hidden unit: what excites it, what is lost without it, which forces act on it
    Inspect(Box<inspect::InspectArguments>),
    /// Watch a folder that a training elsewhere writes checkpoints to, and measure each as it appears
    Follow(Box<follow::FollowArguments>),
    /// What a model's code is worth: how well a plain classifier tells classes by it, against the inputs, PCA and random units
    Probe(Box<probe::ProbeArguments>),
    /// Match two models' features, and judge the likeness by three baselines
    Match(Box<match_features::MatchArguments>),
    /// Where the dead state begins and ends: λ_c, its rate and α_c for data and settings
    Law(Box<law::LawArguments>),
    /// Lessons: check that what they claim holds
    Lesson(lesson::LessonArguments),
    /// Check the gradient against central differences, in f64
    CheckGradient(Box<check_gradient::CheckGradientArguments>),
    /// Tell a run in one line of text, for another lab, or as a command
    Share(share::ShareArguments),
    /// Open the window with a run that a share line tells
    Open(OpenArguments),
    /// Name the mistakes in somebody's gradient of this cost, by the gradient alone
    #[command(after_help = doctor::mistakes_help())]
    Doctor(Box<doctor::DoctorArguments>),
    /// Time the engine on the workloads of tests/peers/epoch_time.py
    Bench(bench::BenchArgs),
}

/// For the window.
#[derive(Debug, clap::Args)]
pub struct OpenArguments {
    /// As it was copied; in several arguments, where it has spaces in it
    #[arg(required = true, value_name = "LINE")]
    line: Vec<String>,
}

impl OpenArguments {
    /// The run that the line tells.
    ///
    /// # Errors
    /// It is no share line.
    pub fn told(&self) -> Result<Share, LineError> {
        Share::from_line(&self.line.join(" "))
    }
}

/// Why a command failed: one sentence that says what to do.
#[derive(Debug, Error)]
pub enum CliError {
    #[error(transparent)]
    Data(#[from] crate::data::DataError),
    #[error(transparent)]
    Io(#[from] IoError),
    #[error(transparent)]
    Run(#[from] crate::training::RunError),
    #[error("--at {0}")]
    Plan(#[from] crate::training::PlanError),
    #[error(transparent)]
    Line(#[from] LineError),
    #[error("{file} can't be told in a line: {error}")]
    Untold { file: String, error: Untold },
    #[error(transparent)]
    Hyperparameters(#[from] crate::model::HyperparameterError),
    #[error(transparent)]
    Sweep(#[from] crate::training::sweep::SweepError),
    #[error(transparent)]
    Probe(#[from] crate::training::probe::ProbeError),
    #[error("{file} can't go on: {error}")]
    Resume {
        file: String,
        error: crate::training::ResumeError,
    },
    /// A signal ended it in order. Without a message there is nothing to say of it.
    #[error("{message}")]
    Interrupted { signal: Signal, message: String },
    /// Standard output is closed, or has no room.
    #[error("the result could not be written to standard output ({0}): check where it goes")]
    Output(#[from] std::io::Error),
    #[error("{0}")]
    Usage(String),
    #[error("{0}")]
    Diverged(String),
    #[error("{0}")]
    Failed(String),
}

impl CliError {
    fn status(&self) -> u8 {
        match self {
            Self::Usage(_)
            | Self::Data(_)
            | Self::Hyperparameters(_)
            | Self::Run(_)
            | Self::Plan(_)
            | Self::Line(_)
            | Self::Untold { .. }
            | Self::Resume { .. }
            | Self::Sweep(_)
            | Self::Probe(_) => 2,
            Self::Io(
                IoError::Read { .. }
                | IoError::Lesson { .. }
                | IoError::Model { .. }
                | IoError::Assignment { .. }
                | IoError::Data(_)
                | IoError::Record { .. }
                | IoError::Suffix { .. }
                | IoError::History { .. }
                | IoError::Module { .. }
                | IoError::RunFile { .. }
                | IoError::DataTooLarge { .. }
                | IoError::OtherRun { .. }
                | IoError::OtherSweep { .. }
                | IoError::SweepUnderWay { .. },
            ) => 2,
            Self::Io(
                IoError::Write { .. }
                | IoError::Folder { .. }
                | IoError::Picture { .. }
                | IoError::Json { .. },
            )
            | Self::Output(_)
            | Self::Diverged(_)
            | Self::Failed(_) => 1,
            Self::Interrupted { signal, .. } => signal.status(),
        }
    }
}

/// Runs a command; what went wrong goes to standard error in one sentence.
///
/// Exit status: 0 done; 1 failed or diverged, a cost that is not finite, or a wrong gradient; 2 the command line, or the data or the model
/// that it names, cannot be used; 130 or 143 stopped by Ctrl-C or a request to end. Whoever reads the result may stop too:
/// that is no fault.
pub fn run(command: Command) -> ExitCode {
    let result = match command {
        Command::Train(arguments) => train::run(&arguments),
        Command::Sweep(arguments) => sweep::run(&arguments),
        Command::Data(arguments) => data::run(&arguments),
        Command::Evaluate(arguments) => evaluate::run(&arguments),
        Command::Encode(arguments) => encode::run(&arguments),
        Command::Export(arguments) => export::run(&arguments),
        Command::Inspect(arguments) => inspect::run(&arguments),
        Command::Follow(arguments) => follow::run(&arguments),
        Command::Probe(arguments) => probe::run(&arguments),
        Command::Match(arguments) => match_features::run(&arguments),
        Command::Law(arguments) => law::run(&arguments),
        Command::Lesson(arguments) => lesson::run(&arguments),
        Command::CheckGradient(arguments) => check_gradient::run(&arguments),
        Command::Share(arguments) => share::run(&arguments),
        Command::Open(arguments) => without_a_window(&arguments),
        Command::Doctor(arguments) => doctor::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
    };
    match result.and_then(|()| output::end()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if !error.to_string().is_empty() {
                output::aside!("{error}");
            }
            ExitCode::from(error.status())
        }
    }
}

/// `open` is the window's: whoever gets here has none.
fn without_a_window(arguments: &OpenArguments) -> Result<(), CliError> {
    arguments.told()?;
    Err(CliError::Usage(
        "built without its window: train the run with `sae-lab train --share LINE --out DIR`, or build it with the \
         feature `window`"
            .into(),
    ))
}

/// `cost`, where it is a number: nothing that follows from another one is shown, in words or in JSON.
fn finite(cost: Cost) -> Result<Cost, CliError> {
    if cost.is_finite() {
        return Ok(cost);
    }
    Err(CliError::Diverged(
        "the cost J is not finite: the weights are too large for these data, or the data for these weights".into(),
    ))
}

/// One line of JSON; numbers that are not finite become null.
fn json_line(value: &impl serde::Serialize) -> Result<String, CliError> {
    serde_json::to_string(value).map_err(|error| CliError::Failed(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_command_is_told_from_a_file() {
        let said = |word: &str| misspelt(Some(word.into()));
        assert_eq!(
            said("trian").unwrap(),
            "trian is neither a command nor a file: did you mean `sae-lab train`?"
        );
        assert!(said("check-gradeint").unwrap().contains("check-gradient"));
        for word in [
            "train",
            "help",
            "train.csv",
            "src",
            "photographs",
            "./trian",
            "--version",
            "",
        ] {
            assert_eq!(said(word), None, "{word:?}");
        }
        assert_eq!(misspelt(None), None);
    }
}
