//! `sae-lab probe`

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::CliError;
use super::model::Model;
use super::output::{aside, say};
use super::settings::{ExperimentArguments, Resolved};
use crate::data::error::grouped;
use crate::data::{DataSet, Held};
use crate::numerics::{Precision, Real};
use crate::training::probe::{FEWEST_SEEDS, MOST_SEEDS, Probe, Score, Settings, probe};

#[derive(Debug, Args)]
pub struct ProbeArguments {
    // --test-fraction here is the part of each class that the classifier is tested with [default: 0.2]
    #[command(flatten)]
    experiment: ExperimentArguments,
    /// The model: W1 (h, n), b1 (h), W2 (n, h), b2 (n), and its record where it has one
    #[arg(long, value_name = "MODEL.npz")]
    model: PathBuf,
    /// How often the samples are split anew into those that teach the classifier and those that test it
    #[arg(long, value_name = "K", default_value_t = Settings::default().seeds,
        value_parser = clap::value_parser!(u64).range(FEWEST_SEEDS..=MOST_SEEDS))]
    seeds: u64,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// The line of `--json`.
#[derive(Debug, Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    probe: &'a Probe,
    /// The name of each class, by its label; empty where labels are numbers
    class_names: &'a [String],
    /// Whether the model was trained on these data, without their labels
    trained_on_these: bool,
    /// Why a baseline is not there
    why: Option<String>,
}

pub fn run(arguments: &ProbeArguments) -> Result<(), CliError> {
    let model = Model::read(&arguments.model)?;
    match arguments.experiment.precision(Some(&model)) {
        Precision::F32 => run_in::<f32>(arguments, &model),
        Precision::F64 => run_in::<f64>(arguments, &model),
    }
}

fn run_in<T: Real>(arguments: &ProbeArguments, model: &Model) -> Result<(), CliError> {
    let mut choice = arguments.experiment.clone();
    // the samples to test with are drawn here, from all that there are
    let fraction = match choice.data.test_fraction.replace(Held::None) {
        Some(Held::Fraction(fraction)) => fraction,
        Some(Held::None) => 0.0,
        Some(Held::OwnSplit) => {
            return Err(CliError::Usage(
                "--test-fraction own is one split, and a probe draws several: give a number from 0 to 0.9".into(),
            ));
        }
        None => Settings::default().test_fraction,
    };
    let settings = Settings {
        seeds: arguments.seeds,
        test_fraction: fraction,
    };
    let Resolved {
        data, experiment, ..
    } = choice.resolve(Some(model), false)?;
    let architecture = experiment.architecture(data.inputs());
    let weights = model.weights::<T>()?;
    let pool = choice.pool();
    let found = probe(
        &data,
        &architecture,
        &weights,
        (settings, None),
        &pool,
        &|_| true,
    )?;
    let trained = model.record.as_ref().map(|record| &record.experiment.data);
    let report = Report {
        probe: &found,
        class_names: &data.classes,
        trained_on_these: trained.is_some_and(|trained| trained.source == data.spec.source),
        why: found.baselines.missing(data.inputs()),
    };
    if report.trained_on_these {
        aside!(
            "note: the model was trained on these data, without their labels: it has seen the samples that the \
             classifier is tested with"
        );
    }
    if let Some(why) = &report.why {
        aside!("note: {why}");
    }
    if arguments.json {
        say!("{}", super::json_line(&report)?);
    } else {
        print(&data, &found);
    }
    Ok(())
}

fn print(data: &DataSet, probe: &Probe) {
    say!(
        "{:<16}{} · {} samples of {} classes, the largest {:.1} %",
        "data",
        data.name,
        grouped(probe.samples as u64),
        probe.classes,
        100.0 * probe.chance
    );
    say!(
        "{:<16}ridge regression, tested with {} of the samples, {} times",
        "classifier",
        probe.settings.test_fraction,
        probe.settings.seeds
    );
    let line = |name: &str, score: &Score, more: String| {
        let [low, high] = score.interval.map(|end| 100.0 * end);
        say!(
            "{name:<16}{:5.1} % ({low:.1} to {high:.1}) by {} features{more}",
            100.0 * score.accuracy,
            grouped(score.width as u64),
        );
    };
    line("the code", &probe.code, String::new());
    let baselines = &probe.baselines;
    for (name, baseline) in [
        ("inputs", &baselines.raw),
        ("PCA", &baselines.pca),
        ("random units", &baselines.random),
    ] {
        let Some(baseline) = baseline else { continue };
        let [low, high] = baseline.advantage.interval.map(|end| 100.0 * end);
        let more = format!(
            "; the code has {:+.1} ({low:+.1} to {high:+.1}) points more",
            100.0 * baseline.advantage.difference
        );
        line(name, &baseline.score, more);
    }
}
