//! `sae-lab train`

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::CliError;
use super::data_choice::warn_of_range;
use super::model::Model;
use super::settings::{ExperimentArguments, Resolved};
use crate::data::{DataSet, SampleShape};
use crate::io::{self, run_folder};
use crate::model::units::StateCounts;
use crate::model::{OutputActivation, Parameters};
use crate::numerics::{Precision, Real};
use crate::training::sweep::Outcome;
use crate::training::{Diagnosis, DiagnosisReport, EpochEnd, Run};

/// Where nobody says how many.
pub(super) const EPOCHS: u64 = 100;

#[derive(Debug, Args)]
pub struct TrainArguments {
    #[command(flatten)]
    experiment: ExperimentArguments,
    /// Epochs to train (passes over the data) [default: the recipe's, or else 100]
    #[arg(long)]
    epochs: Option<u64>,
    /// Begin with the weights in this file instead of random ones, and with the settings in its record
    #[arg(long, value_name = "MODEL.npz")]
    init: Option<PathBuf>,
    /// Folder for model.npz, history.csv, features.png, reconstructions.png and run.json; made if need be
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// End with one line of JSON
    #[arg(long)]
    json: bool,
}

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

pub fn run(arguments: &TrainArguments) -> Result<(), CliError> {
    let initial = arguments.init.as_deref().map(Model::read).transpose()?;
    match arguments.experiment.precision(initial.as_ref()) {
        Precision::F32 => train::<f32>(arguments, initial.as_ref()),
        Precision::F64 => train::<f64>(arguments, initial.as_ref()),
    }
}

fn train<T: Real>(arguments: &TrainArguments, initial: Option<&Model>) -> Result<(), CliError> {
    // before the work, not after it; of a run that is refused no empty folder is left
    let _out = io::OutFolder::make(&arguments.out)?;
    io::sweep(&arguments.out);
    let Resolved {
        data,
        experiment,
        epochs,
    } = arguments.experiment.resolve(initial, true)?;
    let data = Arc::new(data);
    let initial = initial.map(Model::weights::<T>).transpose()?;
    warn_of_range(&data, experiment.output_activation);
    let pool = arguments.experiment.pool();
    let mut run = Run::new(experiment, Arc::clone(&data), initial, Arc::clone(&pool))?;

    super::finite(run.state().cost)?;
    let epochs = arguments.epochs.or(epochs).unwrap_or(EPOCHS);
    let bar = progress_bar(epochs);
    let start = Instant::now();
    let mut diverged = None;
    for _ in 0..epochs {
        match run.epoch(&|| true) {
            EpochEnd::Finished { .. } => {}
            EpochEnd::Diverged { epoch, cause, .. } => {
                diverged = Some(format!(
                    "the cost became infinite at epoch {epoch}: {cause}"
                ));
                break;
            }
            EpochEnd::Interrupted => break,
        }
        bar.inc(1);
        bar.set_message(format!("J {:.4}", run.state().cost.total()));
    }
    let seconds = start.elapsed().as_secs_f64();
    bar.finish_and_clear();

    let summary = Summary::new(&mut run, seconds);
    let results = Results {
        epochs_requested: epochs,
        threads: pool.workers(),
        init: arguments.init.as_deref(),
        diverged: diverged.as_deref(),
        summary: &summary,
        outcome: None,
    };
    run_folder::write(&arguments.out, &mut run, &results)?;
    if let Some(cause) = diverged {
        let out = arguments.out.display();
        return Err(CliError::Diverged(format!(
            "{cause} The last finite weights are in {out}."
        )));
    }
    if arguments.json {
        println!("{}", super::json_line(&summary)?);
    } else {
        let output = run.experiment().output_activation;
        print_summary(&summary, &data, run.parameters(), output);
        println!("{:<16}{}", "written to", arguments.out.display());
    }
    Ok(())
}

fn progress_bar(epochs: u64) -> ProgressBar {
    let bar = if std::io::stderr().is_terminal() {
        ProgressBar::new(epochs)
    } else {
        ProgressBar::hidden()
    };
    let style = ProgressStyle::with_template(
        "{bar:40} {pos}/{len} epochs · {per_sec} · {eta} left · {msg}",
    );
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn print_summary<T: Real>(
    summary: &Summary,
    data: &DataSet,
    parameters: &Parameters<T>,
    output: OutputActivation,
) {
    let (m, n) = data.samples.dim();
    println!(
        "{:<16}{} · {m} × {n}{}",
        "data",
        data.name,
        if data.preparation.is_empty() { "" } else { ":" }
    );
    for step in &data.preparation {
        println!("{:<16}  {step}", "");
    }
    println!(
        "{:<16}{}-{}-{}, {} output",
        "units",
        n,
        parameters.hidden(),
        n,
        output.name()
    );
    println!(
        "{:<16}{} in {:.2} s",
        "epochs", summary.epochs, summary.seconds
    );
    println!(
        "{:<16}{:.6} = reconstruction {:.6} + decay {:.6} + sparsity {:.6}",
        "cost J",
        summary.total_cost,
        summary.reconstruction_loss,
        summary.decay_penalty,
        summary.sparsity_penalty
    );
    match summary.fvu {
        Some(fvu) => println!("{:<16}{fvu:.4}", "FVU"),
        None => println!("{:<16}undefined: the data never vary", "FVU"),
    }
    if let Some(fvu) = summary.test_fvu {
        println!(
            "{:<16}{fvu:.4} over {} samples that were not trained on",
            "test FVU", summary.test_samples
        );
    }
    println!("{:<16}{}", "hidden units", summary.counts);
    for death in &summary.diagnosis.deaths {
        println!(
            "{:<16}{} of them: {}",
            "",
            death.units.len(),
            death.sentence
        );
    }
    for sentence in &summary.diagnosis.sentences {
        println!("{:<16}{sentence}", "");
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
        println!(
            "{:<16}{:.2} (median of the features; noise is .13)",
            "orientation",
            selectivity[selectivity.len() / 2]
        );
    }
}
