//! `sae-lab sweep`

mod report;

use std::collections::HashMap;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::CliError;
use super::data_choice::warn_of_range;
use super::interrupt::Interrupt;
use super::model::Model;
use super::output::aside;
use super::settings::{ExperimentArguments, Resolved};
use super::summary::{Results, Summary};
use super::train::EPOCHS;
use crate::data::DataSet;
use crate::io::sweep_folder::SweepFolder;
use crate::io::{run_folder, sweep_csv, sweep_map};
use crate::model::{OptimizerKind, Spectrum};
use crate::numerics::{Precision, Real};
use crate::training::run::SamplesIdentity;
use crate::training::sweep::{
    Axis, Common, End, Finished, Goal, Map, Measure, News, Plan, SweepError, Varied,
};

/// The table is written again after this long, and the picture after ten times that.
const PACE: Duration = Duration::from_secs(1);

#[derive(Debug, Args)]
pub struct SweepArguments {
    #[command(flatten)]
    experiment: ExperimentArguments,
    /// A setting and its values, once or twice: rho, beta, alpha, lambda, hidden, momentum or batch, such as
    /// lambda=1e-5:1e-2:log:12
    #[arg(long, value_name = "NAME=LOW:HIGH:log|linear:COUNT")]
    vary: Vec<String>,
    /// Runs for each cell, from the seed on
    #[arg(long, value_name = "K", default_value_t = 1)]
    seeds: u64,
    /// Epochs of each run [default: the recipe's, or else 100]
    #[arg(long)]
    epochs: Option<u64>,
    /// Begin each run with the weights in this file instead of random ones, and with the settings in its record
    #[arg(long, value_name = "MODEL.npz")]
    init: Option<PathBuf>,
    /// What the cells of sweep.png show
    #[arg(long, value_enum, default_value_t)]
    draw: Measure,
    /// What the epochs are counted to, in two digits: fvu=X or cost=X
    #[arg(long, value_name = "fvu|cost=X")]
    to: Option<String>,
    /// Folder for sweep.csv, sweep.png and runs/00000/ …, made if need be; a sweep that was stopped there goes on
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Remove another sweep from the folder first, or begin the same one anew
    #[arg(long)]
    overwrite: bool,
    /// End with one line of JSON
    #[arg(long)]
    json: bool,
}

/// What the workers share: the map as it grows, and when it was written last.
struct Growing {
    map: Map,
    table_at: Instant,
    picture_at: Instant,
    /// The first thing that could not be written.
    failed: Option<CliError>,
}

pub fn run(arguments: &SweepArguments) -> Result<(), CliError> {
    let axes = axes(arguments)?;
    let goal = goal(arguments)?;
    let initial = arguments.init.as_deref().map(Model::read).transpose()?;
    match arguments.experiment.precision(initial.as_ref()) {
        Precision::F32 => sweep::<f32>(arguments, axes, goal, initial.as_ref()),
        Precision::F64 => sweep::<f64>(arguments, axes, goal, initial.as_ref()),
    }
}

fn goal(arguments: &SweepArguments) -> Result<Option<Goal>, CliError> {
    let goal = arguments.to.as_deref().map(str::parse).transpose()?;
    match (goal, arguments.draw) {
        (None, Measure::Epochs) => Err(CliError::Usage(
            "--draw epochs needs to know what they are counted to: give --to fvu=0.5, say".into(),
        )),
        _ => Ok(goal),
    }
}

/// What is varied, as far as it can be told without the data: nothing is loaded for a sweep that can't be.
fn axes(arguments: &SweepArguments) -> Result<Vec<Axis>, CliError> {
    let axes = arguments.vary.iter().map(|text| text.parse());
    let axes: Vec<Axis> = axes.collect::<Result<_, SweepError>>()?;
    let given = &arguments.experiment;
    for axis in &axes {
        let name = axis.varied.name();
        let fixed = match axis.varied {
            Varied::Rho => given.rho.is_some(),
            Varied::Beta => given.beta.is_some(),
            Varied::Alpha => given.alpha.is_some(),
            Varied::Lambda => given.lambda.is_some(),
            Varied::Hidden => given.hidden.is_some(),
            Varied::Momentum => given.momentum.is_some(),
            Varied::Batch => given.batch.is_some(),
        };
        if fixed {
            return Err(CliError::Usage(format!(
                "--{name} and --vary {name} contradict one another: leave one of the two out"
            )));
        }
        if axis.varied == Varied::Hidden && arguments.init.is_some() {
            return Err(CliError::Usage(
                "--init has weights for one number of hidden units: leave it out, or vary another setting"
                    .into(),
            ));
        }
    }
    // the rest of what can be wrong with the ranges, on settings that are right
    Plan::new(Default::default(), axes.clone(), arguments.seeds, 1)?;
    Ok(axes)
}

fn sweep<T: Real>(
    arguments: &SweepArguments,
    axes: Vec<Axis>,
    goal: Option<Goal>,
    initial: Option<&Model>,
) -> Result<(), CliError> {
    let Resolved {
        data,
        experiment,
        epochs,
    } = arguments.experiment.resolve(initial, true)?;
    let data = Arc::new(data);
    let weights = initial.map(Model::weights::<T>).transpose()?;
    let epochs = arguments.epochs.or(epochs).unwrap_or(EPOCHS);
    let plan = Plan::new(experiment, axes, arguments.seeds, epochs)?;
    plan.check_size(data.len(), data.inputs())?;
    let identity = SamplesIdentity::of(&data.samples);
    let folder = SweepFolder::open(
        &arguments.out,
        &plan,
        &identity,
        arguments.init.as_deref(),
        arguments.overwrite,
    )?;
    let output = plan.base().output_activation;
    warn_of_range(&data, output);
    warn_of_no_effect(&plan);
    let spectrum = Spectrum::quick(data.samples.to::<T>().view(), output, &|| true).map(Arc::new);

    let mut map = Map::new(plan.clone(), spectrum.clone());
    map.set_goal(goal);
    for (number, outcome) in folder.kept() {
        map.take(*number, outcome.clone());
    }
    let missing = map.missing();
    let common = Common {
        plan,
        data: Arc::clone(&data),
        initial: weights,
        spectrum,
    };
    let pool = arguments.experiment.pool();
    let bar = progress_bar(map.outcomes().len(), folder.kept().len());
    // what was trained before is on the table at once
    sweep_csv::write(&folder.table(), &map)?;
    let start = Instant::now();
    let growing = Mutex::new(Growing {
        map,
        table_at: start,
        picture_at: start,
        failed: None,
    });
    let begun: Mutex<HashMap<usize, Instant>> = Mutex::default();
    let begun = || begun.lock().unwrap_or_else(PoisonError::into_inner);
    let interrupt = Interrupt::watch_for_command()?;
    let go_on = || interrupt.asked().is_none();
    let end = common.train_all(&missing, &pool, &go_on, &|news| {
        let finished = match news {
            News::Begun(number) => {
                begun().insert(number, Instant::now());
                return true;
            }
            News::Finished(finished) => finished,
        };
        let (number, outcome) = (finished.number, finished.outcome.clone());
        let start = begun().remove(&number);
        let seconds = start.map_or(0.0, |start| start.elapsed().as_secs_f64());
        let written = write_run(
            *finished,
            seconds,
            (epochs, arguments.init.as_deref()),
            &folder,
        );
        bar.inc(1);
        let mut growing = growing.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = written.and_then(|()| {
            growing.map.take(number, outcome);
            growing.keep_pace(arguments.draw, &folder, &data)
        });
        if let Err(error) = taken {
            growing.failed.get_or_insert(error);
        }
        growing.failed.is_none()
    });
    bar.finish_and_clear();
    let seconds = start.elapsed().as_secs_f64();
    let growing = growing.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(error) = growing.failed {
        return Err(error);
    }
    let end = end?;
    let map = growing.map;
    sweep_csv::write(&folder.table(), &map)?;
    sweep_map::write(&folder.picture(), &map, arguments.draw, &data.name)?;
    if let (End::Stopped, Some(signal)) = (end, interrupt.asked()) {
        let (done, of) = (
            map.outcomes().iter().flatten().count(),
            map.outcomes().len(),
        );
        let out = arguments.out.display();
        let message = format!(
            "stopped at {done} of {of} runs, which {out} keeps. To go on, give the same command again"
        );
        return Err(CliError::Interrupted { signal, message });
    }
    report::report(
        arguments,
        &map,
        folder.kept().len(),
        pool.workers(),
        seconds,
    )
}

impl Growing {
    /// Writes table and picture again where that was long ago.
    fn keep_pace(
        &mut self,
        draw: Measure,
        folder: &SweepFolder,
        data: &DataSet,
    ) -> Result<(), CliError> {
        if self.table_at.elapsed() >= PACE {
            sweep_csv::write(&folder.table(), &self.map)?;
            self.table_at = Instant::now();
        }
        if self.picture_at.elapsed() >= 10 * PACE {
            sweep_map::write(&folder.picture(), &self.map, draw, &data.name)?;
            self.picture_at = Instant::now();
        }
        Ok(())
    }
}

/// A run's own folder, as `train` writes it, with its row of the table.
fn write_run<T: Real>(
    finished: Finished<T>,
    seconds: f64,
    (epochs_requested, init): (u64, Option<&Path>),
    folder: &SweepFolder,
) -> Result<(), CliError> {
    let Finished {
        number,
        mut run,
        outcome,
        diverged,
    } = finished;
    let summary = Summary::new(&mut run, seconds);
    let results = Results {
        epochs_requested,
        threads: 1,
        init,
        diverged: diverged.as_deref(),
        summary: &summary,
        outcome: Some(&outcome),
    };
    Ok(run_folder::write(
        &folder.run(number)?,
        &mut run,
        &results,
        None,
    )?)
}

/// Says it where a setting that is varied does nothing.
fn warn_of_no_effect(plan: &Plan) {
    let optimizer = plan.base().hyperparameters.optimizer;
    for axis in plan.axes() {
        let idle = match axis.varied {
            Varied::Alpha | Varied::Batch => optimizer == OptimizerKind::Lbfgs,
            Varied::Momentum => optimizer != OptimizerKind::Momentum,
            Varied::Rho | Varied::Beta | Varied::Lambda | Varied::Hidden => false,
        };
        if idle {
            aside!(
                "note: {} has no use for {}: its runs will be equal",
                optimizer.name(),
                axis.varied.name()
            );
        }
    }
}

fn progress_bar(runs: usize, kept: usize) -> ProgressBar {
    let bar = if std::io::stderr().is_terminal() {
        ProgressBar::new(runs as u64)
    } else {
        ProgressBar::hidden()
    };
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} runs · {eta} left");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        .with_position(kept as u64)
}
