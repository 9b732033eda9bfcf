//! `sae-lab train`

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::data_choice::warn_of_range;
use super::interrupt::Interrupt;
use super::model::Model;
use super::output::{aside, say};
use super::settings::{ExperimentArguments, Resolved};
use super::summary::{self, Results, Summary};
use super::{CliError, resume};
use crate::data::DataError;
use crate::io::run_file::{self, About, RunFile};
use crate::io::run_folder::{self, Kept};
use crate::io::{self, IoError};
use crate::numerics::{Precision, Real, WorkerPool};
use crate::training::timeline::Past;
use crate::training::{EpochEnd, Plan, PlanError, Run, Share, plan};

/// Where nobody says how many.
pub(super) const EPOCHS: u64 = 100;

#[derive(Clone, Debug, Args)]
pub struct TrainArguments {
    #[command(flatten)]
    experiment: ExperimentArguments,
    /// Epochs to train (passes over the data) [default: the recipe's, or else 100]
    #[arg(long)]
    epochs: Option<u64>,
    /// Begin with the weights in this file instead of random ones, and with the settings in its record
    #[arg(long, value_name = "MODEL.npz")]
    init: Option<PathBuf>,
    /// Train the run that a share line tells: its settings and all that was done to it. --data says where its data are here;
    /// any other option goes before what the line says
    #[arg(long, value_name = "LINE", conflicts_with_all = ["preset", "init", "resume"])]
    share: Option<String>,
    /// Go on with the run in this file, bit for bit, until it has --epochs epochs in all. Its settings and its data are its
    /// own: --data says where these are now
    #[arg(
        long,
        value_name = "RUN.saelab",
        conflicts_with = "init",
        requires = "epochs"
    )]
    resume: Option<PathBuf>,
    /// Change a setting before an epoch, as in the window at that moment: 300:lambda=6e-4, with rho, beta, alpha, lambda,
    /// momentum, optimizer, batch or gradient. Several times for several changes, or with commas for one gesture;
    /// EPOCH:revive=UNIT+UNIT restarts dead units, and EPOCH:diverges says that the run goes on though that epoch diverges
    #[arg(long, value_name = "EPOCH:SETTING=VALUE")]
    at: Vec<String>,
    /// Folder for model.npz, history.csv, features.png, reconstructions.png, run.json and run.saelab, the run to go on
    /// with; made if need be
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Replace a run that the folder holds
    #[arg(long)]
    overwrite: bool,
    /// Put the prepared data, up to 64 MB, into run.saelab, so that it goes on anywhere
    #[arg(long)]
    embed_data: bool,
    /// End with one line of JSON
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &TrainArguments) -> Result<(), CliError> {
    let told = arguments
        .share
        .as_deref()
        .map(Share::from_line)
        .transpose()?;
    let arguments = &match &told {
        Some(told) => arguments.of(told),
        None => arguments.clone(),
    };
    let plan = planned(&arguments.at)?;
    let initial = arguments.init.as_deref().map(Model::read).transpose()?;
    let resumed = arguments.resume.as_deref().map(resume::read).transpose()?;
    let precision = match &resumed {
        Some(file) => file.checkpoint.precision(),
        None => arguments.experiment.precision(initial.as_ref()),
    };
    let start = match resumed {
        Some(file) => Start::Resumed(Box::new(file)),
        None => Start::New(initial.map(Box::new)),
    };
    match precision {
        Precision::F32 => train::<f32>(arguments, start, plan, told.as_ref()),
        Precision::F64 => train::<f64>(arguments, start, plan, told.as_ref()),
    }
}

impl TrainArguments {
    /// With what the line says where no option does.
    fn of(&self, told: &Share) -> Self {
        let mut arguments = self.clone();
        arguments.experiment.shared = Some(Box::new(told.experiment.clone()));
        arguments.epochs = self.epochs.or(Some(told.epochs_or(EPOCHS)));
        arguments
    }
}

/// Where a run comes from.
enum Start {
    /// From its seed, or with the weights of a model.
    New(Option<Box<Model>>),
    Resumed(Box<RunFile>),
}

/// A run that is about to train.
struct Ready<T: Real> {
    run: Run<T>,
    /// That it is to have in all.
    epochs: u64,
    kept: Kept,
}

fn train<T: Real>(
    arguments: &TrainArguments,
    start: Start,
    plan: Plan,
    told: Option<&Share>,
) -> Result<(), CliError> {
    // before the work, not after it; of a run that is refused no empty folder is left
    let out = io::OutFolder::make(&arguments.out)?;
    let pool = arguments.experiment.pool();
    let ready: Ready<T> = match start {
        Start::New(initial) => {
            out_for_new(arguments)?;
            begin(arguments, initial.as_deref(), Arc::clone(&pool))?
        }
        Start::Resumed(file) => {
            out_for_resumed(arguments, &file)?;
            go_on(arguments, *file, Arc::clone(&pool))?
        }
    };
    let Ready {
        mut run,
        epochs,
        mut kept,
    } = ready;
    if let Some(told) = told {
        run.plan(told.plan.clone())?;
        aside!("note: {}", told.promise(&told.fit(run.data())));
    }
    run.plan(plan)?;
    later(&run, epochs);
    super::finite(run.state().cost)?;
    let interrupt = Interrupt::watch_for_command()?;
    let before = run.state().epoch;
    let bar = progress_bar(epochs, before);
    let start = Instant::now();
    let mut diverged = None;
    while run.state().epoch < epochs && interrupt.asked().is_none() {
        let led = kept.past.lead(&mut run, &|| true);
        for unit in led.left_alone {
            let epoch = run.state().epoch;
            aside!(
                "note: unit {unit} was to be revived before epoch {epoch} and was not dead: it was left alone"
            );
        }
        match led.end {
            EpochEnd::Finished { .. } => {}
            EpochEnd::Diverged { .. } if led.expected => continue,
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
    // on wide data, seconds: the cliffs need the largest σ
    bar.set_message("measuring what it has come to");
    let summary = Summary::new(&mut run, seconds);
    bar.finish_and_clear();

    let epoch = run.state().epoch;
    if let Some(told) = told.filter(|told| told.epoch == epoch)
        && let Some(verdict) = told.verdict(run.keyframe(usize::MAX).checksum())
    {
        aside!("note: {verdict}");
    }
    let results = Results {
        epochs_requested: epochs,
        threads: pool.workers(),
        init: arguments.init.as_deref(),
        diverged: diverged.as_deref(),
        summary: &summary,
        outcome: None,
    };
    run_folder::write(&arguments.out, &mut run, &results, Some(&kept))?;
    drop(out);
    let out = arguments.out.display();
    if let Some(cause) = diverged {
        return Err(CliError::Diverged(format!(
            "{cause} The last finite weights are in {out}."
        )));
    }
    if arguments.json {
        say!("{}", super::json_line(&summary)?);
    } else {
        let output = run.experiment().output_activation;
        summary::print(&summary, before, run.data(), run.parameters(), output);
        say!("{:<16}{out}", "written to");
    }
    match interrupt.asked() {
        Some(signal) if epoch < epochs => Err(CliError::Interrupted {
            signal,
            message: format!(
                "stopped after epoch {epoch} of {epochs}; {out} has all of it. To go on: sae-lab train --resume {} \
                 --epochs {epochs} --out {out}",
                arguments.out.join(run_folder::RUN).display()
            ),
        }),
        Some(_) | None => Ok(()),
    }
}

/// The changes that are asked for.
fn planned(at: &[String]) -> Result<Plan, CliError> {
    Plan::parse(at.iter().map(String::as_str)).map_err(|error| match error {
        PlanError::TooMany { count } => CliError::Usage(format!(
            "--at takes at most {} changes, and these are {count}: make them in the window, save the run and go on with \
             its file: --resume run.saelab",
            plan::MOST
        )),
        other => other.into(),
    })
}

/// Says it where changes are left for later.
fn later<T: Real>(run: &Run<T>, epochs: u64) {
    let late = run
        .planned()
        .iter()
        .filter(|planned| planned.epoch > epochs);
    let (count, first) = (
        late.clone().count(),
        late.map(|planned| planned.epoch).min(),
    );
    if let Some(first) = first {
        let what = if count == 1 {
            "change is"
        } else {
            "changes are"
        };
        aside!(
            "note: {count} {what} for after epoch {epochs}, the first for epoch {first}: run.saelab keeps them for when the \
             run goes on"
        );
    }
}

/// Whether a new run may be written there.
fn out_for_new(arguments: &TrainArguments) -> Result<(), CliError> {
    let folder = &arguments.out;
    run_folder::recover(folder)?;
    if run_folder::holds_one(folder) && !arguments.overwrite {
        return Err(IoError::other_run(folder, "a run already").into());
    }
    Ok(io::probe(folder)?)
}

/// Whether the run of `file` may be written there: nothing is in its place, or the same run is.
fn out_for_resumed(arguments: &TrainArguments, file: &RunFile) -> Result<(), CliError> {
    let folder = &arguments.out;
    run_folder::recover(folder)?;
    if run_folder::holds_one(folder) && !arguments.overwrite {
        let there = run_file::read(&folder.join(run_folder::RUN));
        let same = there.is_ok_and(|there| there.checkpoint.is_of_the_same_run(&file.checkpoint));
        if !same {
            return Err(IoError::other_run(folder, "another run").into());
        }
    }
    Ok(io::probe(folder)?)
}

/// A new run.
fn begin<T: Real>(
    arguments: &TrainArguments,
    initial: Option<&Model>,
    pool: Arc<WorkerPool>,
) -> Result<Ready<T>, CliError> {
    let Resolved {
        data,
        experiment,
        epochs,
    } = arguments
        .experiment
        .resolve(initial, true)
        .map_err(|error| at_hand(arguments, error))?;
    if arguments.embed_data {
        // before hours of training, not after
        run_file::check_data(&arguments.out.join(run_folder::RUN), &data)?;
    }
    let weights = initial.map(Model::weights::<T>).transpose()?;
    warn_of_range(&data, experiment.output_activation);
    let run = Run::new(experiment, Arc::new(data), weights, pool)?;
    // from its first moment every later one can be computed again
    let past = Past::of_present(run.keyframe(usize::MAX));
    let about = About {
        name: folder_name(&arguments.out),
        ..About::default()
    };
    Ok(Ready {
        epochs: arguments.epochs.or(epochs).unwrap_or(EPOCHS),
        run,
        kept: Kept {
            about,
            past,
            data: arguments.embed_data,
        },
    })
}

/// Where the data of a line are not here, what says where they are.
fn at_hand(arguments: &TrainArguments, error: CliError) -> CliError {
    let named = !arguments.experiment.data.data.is_empty();
    match (&arguments.experiment.shared, error) {
        (Some(told), CliError::Data(error @ DataError::Open { .. })) if !named => {
            let title = told.data.source.title();
            CliError::Usage(format!(
                "the data of the shared run, {title}, are not here ({error}): say by --data where they are"
            ))
        }
        (_, error) => error,
    }
}

/// The run of a file.
fn go_on<T: Real>(
    arguments: &TrainArguments,
    file: RunFile,
    pool: Arc<WorkerPool>,
) -> Result<Ready<T>, CliError> {
    if !arguments.experiment.is_where_and_how() {
        return Err(CliError::Usage(
            "--resume goes on with the run's own settings and preparation: give no option beside --data, --threads, \
             --epochs, --out, --overwrite, --embed-data and --json"
                .into(),
        ));
    }
    let path = arguments.resume.clone().unwrap_or_default();
    let epochs = arguments.epochs.unwrap_or_default(); // which --resume requires
    let done = file.checkpoint.epoch();
    if epochs < done {
        return Err(CliError::Usage(format!(
            "{} has done {done} epochs already: give --epochs {done} or more, which counts them all",
            path.display()
        )));
    }
    let run = resume::resumed(&path, &file, &arguments.experiment, pool)?;
    Ok(Ready {
        run,
        epochs,
        kept: Kept {
            about: file.about,
            past: file.past,
            data: arguments.embed_data || file.data.is_some(),
        },
    })
}

/// What the folder is called, for the run in it.
fn folder_name(folder: &Path) -> String {
    let whole = folder.canonicalize();
    let name = whole.as_deref().unwrap_or(folder).file_name();
    name.map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

fn progress_bar(epochs: u64, done: u64) -> ProgressBar {
    let bar = if std::io::stderr().is_terminal() {
        ProgressBar::new(epochs)
    } else {
        ProgressBar::hidden()
    };
    let style = ProgressStyle::with_template(
        "{bar:40} {pos}/{len} epochs · {per_sec} · {eta} left · {msg}",
    );
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        .with_position(done)
}
