//! `sae-lab match`

use std::io::IsTerminal;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use ndarray::{Array2, CowArray, Ix2};
use serde::Serialize;

use super::CliError;
use super::model::Model;
use super::output::{aside, say};
use super::settings::{ExperimentArguments, Resolved};
use crate::data::{self, DataError, SampleShape};
use crate::model::matching::{
    FeatureGrid, MOST_SCRAMBLES, Matching, SCRAMBLES, Scrambling, Verdict,
};
use crate::training::Experiment;
use crate::training::comparison::{
    BASELINE_SEEDS, Comparison, ComparisonError, Effort, MOST_BASELINE_SEEDS, Origin, Plan,
    scrambling_of_pictures,
};

/// Epochs of a model whose record does not say, as those of `train`.
const EPOCHS: u64 = 100;
/// Steps of the progress bar.
const STEPS: u64 = 1_000;

#[derive(Debug, Args)]
#[command(mut_arg("seed", |seed| seed.help("Seed of the scrambled features [default: 1]")))]
pub struct MatchArguments {
    /// One model, which the other is held against
    #[arg(value_name = "A.npz")]
    first: PathBuf,
    /// The other, of as many inputs
    #[arg(value_name = "B.npz")]
    second: PathBuf,
    /// A model trained as A was, with another seed, in place of those that are trained; several times for several
    #[arg(long, value_name = "C.npz")]
    other_seed: Vec<PathBuf>,
    /// Runs trained for either baseline: on A's data from other seeds, and on Gaussian noise with their covariance
    #[arg(long, value_name = "N", default_value_t = BASELINE_SEEDS,
        value_parser = clap::value_parser!(u64).range(BASELINE_SEEDS..=MOST_BASELINE_SEEDS))]
    baseline_seeds: u64,
    /// Draws of scrambled features
    #[arg(long, value_name = "N", default_value_t = SCRAMBLES,
        value_parser = clap::value_parser!(u64).range(SCRAMBLES..=MOST_SCRAMBLES))]
    scrambles: u64,
    /// Epochs that the baselines are trained for [default: as many as A, or else 100]
    #[arg(long, value_name = "N")]
    epochs: Option<u64>,
    /// Rows of a feature's picture [default: as the data of A have, or else square pictures where n allows]
    #[arg(long, value_name = "N")]
    rows: Option<usize>,
    /// How A was made, where it has no record, and where its data are now
    #[command(flatten)]
    experiment: ExperimentArguments,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// The line of `--json`.
#[derive(Debug, Serialize)]
struct Report<'a> {
    /// Mean |cos| of the pairs.
    similarity: f64,
    /// null where nothing can be trained like A: `why` says why
    verdict: Option<Verdict>,
    /// Part of the way from `baselines.covariance` to `baselines.other_seed`; null where that is not above
    fraction: Option<f64>,
    /// The 95 % interval of `fraction`; null where it has no bounds
    interval: Option<[f64; 2]>,
    /// Why there is no verdict
    why: Option<String>,
    baselines: Means,
    /// What the means are of
    draws: Draws,
    sentence: String,
    matching: &'a Matching,
}

/// Mean similarities; null where there is no such baseline.
#[derive(Debug, Serialize)]
struct Means {
    other_seed: Option<f64>,
    scrambled: Option<f64>,
    covariance: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Draws {
    /// A similarity a run, and the seeds of those that were trained
    other_seed: Vec<f64>,
    covariance: Vec<f64>,
    other_seed_seeds: Vec<u64>,
    covariance_seeds: Vec<u64>,
    scrambles: u64,
    scrambled_deviation: Option<f64>,
    /// Of the runs that were trained; null where none was
    epochs: Option<u64>,
}

pub fn run(arguments: &MatchArguments) -> Result<(), CliError> {
    let first = Model::read(&arguments.first)?;
    let second = Model::read(&arguments.second)?;
    let others = arguments.other_seed.iter();
    let others: Vec<Model> = others
        .map(|path| Model::read(path))
        .collect::<Result<_, _>>()?;
    let origin = origin(&first, arguments)?;
    let (scrambling, squares) = scrambling(&first, origin.as_ref().ok(), arguments.rows)?;
    say(&first, arguments.rows);
    let seed_of = |model: &Model| Some(model.record.as_ref()?.experiment.seed);
    let taken: Vec<u64> = others.iter().chain([&second]).filter_map(seed_of).collect();
    let given: Vec<Array2<f64>> = others
        .iter()
        .map(|other| features(other).into_owned())
        .collect();
    let (of_first, of_second) = (features(&first), features(&second));
    let (origin, why) = match origin {
        Ok(origin) => (Some(origin), None),
        Err(why) => (None, Some(why)),
    };
    let epochs = origin.as_ref().map(Origin::epochs);
    let effort = Effort {
        baseline_seeds: arguments.baseline_seeds,
        scrambles: arguments.scrambles,
        seed: arguments.experiment.seed.unwrap_or(1),
        train_other_seeds: given.is_empty(),
    };
    let plan = Plan::new(
        of_first.view(),
        of_second.view(),
        origin,
        scrambling,
        effort,
        &taken,
    );
    let bar = progress_bar();
    let pool = arguments.experiment.pool();
    let comparison = plan.carry_all_out(&given, &pool, &|part| {
        bar.set_position((part * STEPS as f64) as u64);
        ControlFlow::Continue(())
    });
    bar.finish_and_clear();
    let comparison = comparison.map_err(failed)?;
    let why = why.or_else(|| comparison.failure().map(Into::into));
    let report = report(&comparison, why, epochs);
    if arguments.json {
        say!("{}", super::json_line(&report)?);
    } else {
        print(&report, &comparison, squares);
    }
    Ok(())
}

fn failed(error: ComparisonError) -> CliError {
    match error {
        ComparisonError::Data(error) => CliError::Data(error),
        ComparisonError::Run(error) => CliError::Run(error),
        ComparisonError::Match(error) => CliError::Usage(error.to_string()),
        error @ (ComparisonError::Diverged { .. }
        | ComparisonError::Cancelled
        | ComparisonError::NotPlanned) => CliError::Failed(error.to_string()),
    }
}

/// How A was made; or why that is not known, which is no error.
fn origin(first: &Model, arguments: &MatchArguments) -> Result<Result<Origin, String>, CliError> {
    let mut asked = arguments.experiment.clone();
    if let Some(record) = &first.record {
        // the same data in another place, not other data of their own size
        let patches = record.experiment.data.patches;
        asked.data.patches.get_or_insert(patches);
    }
    let named = !asked.data.data.is_empty();
    if first.record.is_none() && !named && asked.preset.is_none() {
        return Ok(Err(format!(
            "{} has no record of its data and settings, and no --data names them: nothing can be trained like it",
            first.name()
        )));
    }
    let Resolved {
        data, experiment, ..
    } = match asked.resolve(Some(first), true) {
        Ok(resolved) => resolved,
        // that they were once there does not make the command wrong
        Err(CliError::Data(error)) if !named => {
            return Ok(Err(format!(
                "the data of {} can't be had ({error}): --data says where they are now",
                first.name()
            )));
        }
        Err(error) => return Err(error),
    };
    if let Some(fitted) = first.preparation()
        && Arc::ptr_eq(fitted, &data.fitted)
    {
        // they were prepared as A's were; prepared by themselves they must come out the same
        let own = data::load(&data.spec)?.fitted;
        if let Some(difference) = fitted.difference(&own) {
            return Err(CliError::Usage(format!(
                "{} can't be the data that {} was trained on: {difference}",
                data.name,
                first.name()
            )));
        }
    }
    let record = first.record.as_ref();
    let known = record.filter(|_| asked.preset.is_none());
    let experiment = Experiment {
        seed: known.map_or(Experiment::default().seed, |record| record.experiment.seed),
        ..experiment
    };
    let epochs = arguments.epochs.or(known.map(|record| record.epoch));
    match Origin::new(experiment, Arc::new(data), epochs.unwrap_or(EPOCHS)) {
        Ok(origin) => Ok(Ok(origin)),
        Err(ComparisonError::Data(error @ DataError::TooLarge { .. })) => {
            Ok(Err(error.to_string()))
        }
        Err(error) => Err(failed(error)),
    }
}

/// How the features are scrambled, and whether that takes them for square pictures for want of better knowledge.
fn scrambling(
    first: &Model,
    origin: Option<&Origin>,
    rows: Option<usize>,
) -> Result<(Option<Scrambling>, bool), CliError> {
    let inputs = first.parameters.inputs();
    match (rows, origin) {
        (Some(rows), _) if rows > 0 && inputs.is_multiple_of(rows) => {
            let grid = FeatureGrid::picture(rows, inputs / rows);
            Ok((Some(Scrambling::Phases(grid)), false))
        }
        (Some(rows), _) => Err(CliError::Usage(format!(
            "--rows {rows}: {inputs} inputs don't fill whole rows"
        ))),
        (None, Some(origin)) => Ok((origin.scrambling(), false)),
        (None, None) => match (known_shape(first), inputs.isqrt()) {
            (Some(shape), _) => Ok((scrambling_of_pictures(shape), false)),
            (None, side) if side * side == inputs => {
                let grid = FeatureGrid::picture(side, side);
                Ok((Some(Scrambling::Phases(grid)), true))
            }
            (None, _) => Ok((None, false)),
        },
    }
}

fn report(comparison: &Comparison, why: Option<String>, epochs: Option<u64>) -> Report<'_> {
    let baselines = comparison.baselines();
    let judgement = comparison.judgement().filter(|_| why.is_none());
    let of = |runs: &[Matching]| runs.iter().map(|run| run.similarity).collect();
    let [other_seed_seeds, covariance_seeds] = comparison.seeds();
    let sentence = match (&why, comparison.sentence()) {
        (None, Some(sentence)) => sentence,
        (why, _) => format!(
            "No verdict: {} ({}).",
            why.as_deref()
                .unwrap_or("the runs are too few to say how much they vary"),
            comparison.numbers(&baselines)
        ),
    };
    Report {
        similarity: comparison.matching.similarity,
        verdict: judgement.map(|judgement| judgement.verdict),
        fraction: judgement.and_then(|judgement| judgement.fraction),
        interval: judgement.and_then(|judgement| judgement.interval),
        baselines: Means {
            other_seed: baselines.ceiling(),
            scrambled: baselines.scrambled.map(|scrambled| scrambled.similarity),
            covariance: baselines.floor(),
        },
        draws: Draws {
            other_seed: of(&baselines.other_seed),
            covariance: of(&baselines.covariance),
            epochs: epochs.filter(|_| !covariance_seeds.is_empty()),
            other_seed_seeds,
            covariance_seeds,
            scrambles: baselines.scrambled.map_or(0, |scrambled| scrambled.draws),
            scrambled_deviation: baselines
                .scrambled
                .map(|scrambled| scrambled.standard_deviation),
        },
        sentence,
        matching: &comparison.matching,
        why,
    }
}

fn print(report: &Report<'_>, comparison: &Comparison, squares: bool) {
    let verdict = report.verdict.map_or("none", Verdict::words);
    say!("{:<16}{verdict}", "verdict");
    say!("{:<16}{}", "", report.sentence);
    let taken = if squares {
        ", taken for square pictures"
    } else {
        ""
    };
    let scrambled = format!("{}{taken}", comparison.scrambled_words());
    for (value, what) in [
        (Some(report.similarity), "A and B".to_owned()),
        (
            report.baselines.other_seed,
            format!("another seed, mean of {}", report.draws.other_seed.len()),
        ),
        (
            report.baselines.covariance,
            format!(
                "Gaussian noise with the same covariance, mean of {}",
                report.draws.covariance.len()
            ),
        ),
        (
            report.baselines.scrambled,
            format!("{scrambled}, mean of {}", report.draws.scrambles),
        ),
    ] {
        if let Some(value) = value {
            say!("{:<16}{value:.4} {what}", "mean |cos|");
        }
    }
    say!("{:>6}{:>6}{:>9}", "A", "B", "cos");
    for pair in &report.matching.pairs {
        say!("{:>6}{:>6}{:>+9.3}", pair.first, pair.second, pair.cosine);
    }
}

fn progress_bar() -> ProgressBar {
    let bar = if std::io::stderr().is_terminal() {
        ProgressBar::new(STEPS)
    } else {
        ProgressBar::hidden()
    };
    let style = ProgressStyle::with_template("{bar:40} {percent} % of the baselines · {eta} left");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// The encoder's features: seen through the whitening where the record says how the data were whitened.
fn features(model: &Model) -> CowArray<'_, f64, Ix2> {
    let weights = model.parameters.encoder_weights();
    match model.preparation().and_then(|fitted| fitted.zca.as_ref()) {
        Some(zca) => zca.features(weights).into(),
        None => weights.into(),
    }
}

/// The shape of a sample, where it is known without the data.
fn known_shape(model: &Model) -> Option<SampleShape> {
    model.preparation().map(|fitted| fitted.shape)
}

/// Says what is known from the records.
fn say(model: &Model, rows: Option<usize>) {
    let Some(fitted) = model.preparation() else {
        return;
    };
    let mut parts = Vec::new();
    if rows.is_none() {
        parts.push(format!("features of {}", fitted.shape));
    }
    if fitted.zca.is_some() {
        parts.push("seen through the ZCA whitening".into());
    }
    if let Some(sentence) = model.sentence_of(&parts) {
        aside!("{sentence}");
    }
}
