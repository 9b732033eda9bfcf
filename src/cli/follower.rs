//! Measures the checkpoints of a folder, one after the other, and prints a line of each.

use std::fmt;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use ndarray::{Array2, Axis};
use serde::Serialize;

use super::CliError;
use super::follow::FollowArguments;
use super::model::Model;
use super::output::aside;
use super::settings::Resolved;
use crate::data::dataset::variance;
use crate::io::ModelRecord;
use crate::io::follow::{Checkpoint, Follow, Found, Progress};
use crate::model::units::StateCounts;
use crate::model::{Architecture, Cost, Engine, EvenSample, Objective, UnitStatistics};
use crate::numerics::{Real, WorkerPool};
use crate::training::Experiment;

/// What checkpoints are measured on, and the settings where they say none.
struct Ground<T> {
    experiment: Experiment,
    /// "photos, whitened: 10000 samples"
    name: String,
    samples: Array2<T>,
    /// 1/(2m) Σ‖x − x̄‖² of the samples
    variance: f64,
}

pub struct Follower<'a, T: Real> {
    arguments: &'a FollowArguments,
    follow: Follow,
    ground: Ground<T>,
    /// The same for checkpoints with the lab's own record, which are given data as they were trained on.
    recorded: Option<(ModelRecord, Ground<T>)>,
    meter: Meter<T>,
    /// Which tensors are taken, as it was said last.
    said: Option<String>,
    /// Checkpoints so far.
    count: u64,
}

/// An engine for as long as checkpoints are alike.
struct Meter<T: Real> {
    pool: Arc<WorkerPool>,
    engine: Option<(Architecture, Engine<T>)>,
}

/// The line of `--json`. Of weights that are not finite there is nothing to be measured.
#[derive(Debug, Serialize)]
struct Line<'a> {
    file: &'a str,
    /// As the file or its name says it
    epoch: Option<u64>,
    step: Option<u64>,
    /// From 1, as they were read
    order: u64,
    hidden: usize,
    /// That it is measured on
    samples: usize,
    total_cost: Option<f64>,
    reconstruction_loss: Option<f64>,
    decay_penalty: Option<f64>,
    sparsity_penalty: Option<f64>,
    fvu: Option<f64>,
    /// ρ̂, averaged over the units
    mean_activation: Option<f64>,
    #[serde(flatten)]
    counts: Option<StateCounts>,
}

impl<'a, T: Real> Follower<'a, T> {
    /// Loads the data.
    ///
    /// # Errors
    /// They cannot be read; the settings contradict one another.
    pub fn new(arguments: &'a FollowArguments) -> Result<Self, CliError> {
        let resolved = arguments.experiment.resolve(None, false)?;
        let ground = Ground::of(resolved, arguments.samples);
        aside!("measuring on {}", ground.name);
        Ok(Self {
            arguments,
            follow: Follow::new(
                arguments.folder.clone(),
                ground.samples.ncols(),
                arguments.map.clone().unwrap_or_default(),
            ),
            ground,
            recorded: None,
            meter: Meter {
                pool: arguments.experiment.pool(),
                engine: None,
            },
            said: None,
            count: 0,
        })
    }

    /// Looks what is in the folder `now`.
    ///
    /// # Errors
    /// It can't be listed.
    pub fn look(&mut self, now: Duration) -> std::io::Result<()> {
        self.follow.look(now)
    }

    /// Prints what is new since the last look.
    ///
    /// # Errors
    /// Standard output is closed. What is wrong with a file is said, and nothing more.
    pub fn print_found(&mut self, now: Duration) -> Result<(), CliError> {
        while let Some(found) = self.follow.next_found(now) {
            match found {
                Found::Checkpoint { name, checkpoint } => match self.line(&name, *checkpoint) {
                    Ok(line) => self.print(&line)?,
                    Err(error) => aside!("{name}: {error}"),
                },
                Found::Trouble { sentence, .. } => aside!("{sentence}"),
            }
        }
        Ok(())
    }

    /// Whether every file was read.
    pub fn is_settled(&self) -> bool {
        self.follow.is_settled()
    }

    /// Says which files could not be read, and why.
    pub fn name_unfinished(&self) {
        for (name, problem) in self.follow.unfinished() {
            match problem {
                Some(sentence) => aside!("{sentence}"),
                None => aside!("{name} is being written, and was not read"),
            }
        }
    }

    /// Measures a checkpoint.
    fn line<'n>(&mut self, name: &'n str, checkpoint: Checkpoint) -> Result<Line<'n>, CliError> {
        let Checkpoint {
            progress,
            layout,
            weights,
            record,
            settings,
        } = checkpoint;
        let taken = layout.to_string();
        if self.said.as_ref() != Some(&taken) {
            aside!("{name}: {taken}");
            self.said = Some(taken);
        }
        let model = Model::of(name, weights, record);
        self.know_record(&model)?;
        let ground = match &self.recorded {
            Some((_, ground)) if model.record.is_some() => ground,
            _ => &self.ground,
        };
        model.check_inputs(ground.samples.ncols())?;
        let mut experiment = ground.experiment.clone();
        experiment.hidden = model.parameters.hidden();
        self.arguments.left_to(&settings).put_in(&mut experiment);
        let mut units = Vec::new();
        let cost = self
            .meter
            .measure(&model, ground, &experiment, &mut units)?;
        let measured = cost.filter(|cost| cost.is_finite());
        self.count += 1;
        let ratio = |cost: &Cost| cost.reconstruction_loss / ground.variance;
        let mean = |units: &[UnitStatistics]| {
            let sum: f64 = units.iter().map(|unit| unit.mean_activation).sum();
            sum / units.len() as f64
        };
        let finite = |value: f64| Some(value).filter(|value| value.is_finite());
        Ok(Line {
            file: name,
            epoch: progress.epoch,
            step: progress.step,
            order: self.count,
            hidden: experiment.hidden,
            samples: ground.samples.nrows(),
            total_cost: measured.map(|cost| cost.total()),
            reconstruction_loss: measured.map(|cost| cost.reconstruction_loss),
            decay_penalty: measured.map(|cost| cost.decay_penalty),
            sparsity_penalty: measured.map(|cost| cost.sparsity_penalty),
            fvu: measured.as_ref().map(ratio).and_then(finite),
            mean_activation: measured.map(|_| mean(&units)).and_then(finite),
            counts: measured.map(|_| StateCounts::of(&units)),
        })
    }

    /// Sees to the data for a model with a record: prepared as those that it was trained on, by its settings.
    fn know_record(&mut self, model: &Model) -> Result<(), CliError> {
        let Some(record) = &model.record else {
            return Ok(());
        };
        let same = |(known, _): &(ModelRecord, Ground<T>)| {
            (&known.experiment, &known.preparation) == (&record.experiment, &record.preparation)
        };
        if !self.recorded.as_ref().is_some_and(same) {
            let resolved = self.arguments.experiment.resolve(Some(model), false)?;
            let ground = Ground::of(resolved, self.arguments.samples);
            self.recorded = Some((record.clone(), ground));
        }
        Ok(())
    }

    fn print(&self, line: &Line<'_>) -> Result<(), CliError> {
        let text = if self.arguments.json {
            super::json_line(line)?
        } else {
            line.to_string()
        };
        Ok(writeln!(std::io::stdout().lock(), "{text}")?)
    }
}

impl<T: Real> Ground<T> {
    fn of(resolved: Resolved, most: usize) -> Self {
        let Resolved {
            data, experiment, ..
        } = resolved;
        let sample = EvenSample::of(data.len(), most);
        let name = format!("{}: {sample}", data.name);
        let samples = data.samples.to::<T>();
        if sample.is_whole() {
            return Self {
                experiment,
                name,
                variance: data.variance,
                samples: samples.into_owned(),
            };
        }
        let rows: Vec<usize> = sample.rows().collect();
        let samples = samples.select(Axis(0), &rows);
        Self {
            experiment,
            name,
            variance: variance(samples.view()),
            samples,
        }
    }
}

impl<T: Real> Meter<T> {
    /// J and the units; `None`: the weights are not finite.
    fn measure(
        &mut self,
        model: &Model,
        ground: &Ground<T>,
        experiment: &Experiment,
        units: &mut Vec<UnitStatistics>,
    ) -> Result<Option<Cost>, CliError> {
        let weights = model.parameters.cast::<T>();
        if !weights.flat().iter().all(|weight| weight.is_finite()) {
            return Ok(None);
        }
        let objective = Objective::from(&experiment.hyperparameters.check()?);
        let architecture = experiment.architecture(model.parameters.inputs());
        let known = self
            .engine
            .take()
            .filter(|(known, _)| *known == architecture);
        let (_, engine) = self.engine.insert(known.unwrap_or_else(|| {
            let engine = Engine::with_pool(architecture, Arc::clone(&self.pool));
            (architecture, engine)
        }));
        let samples = ground.samples.view();
        Ok(Some(engine.measure(
            &weights,
            samples,
            ground.variance,
            &objective,
            units,
        )))
    }
}

/// "step_10.npz  step 10  J 1.25 = …  FVU 0.31  ρ̂ 0.05  40 alive, …"
impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Line { epoch, step, .. } = *self;
        match (Progress { epoch, step }).to_string() {
            known if known.is_empty() => write!(f, "{}  no. {}", self.file, self.order)?,
            known => write!(f, "{}  {known}", self.file)?,
        }
        let (Some(total), Some(loss), Some(decay), Some(sparsity), Some(counts)) = (
            self.total_cost,
            self.reconstruction_loss,
            self.decay_penalty,
            self.sparsity_penalty,
            self.counts,
        ) else {
            return write!(f, "  not finite: the training has diverged");
        };
        write!(
            f,
            "  J {total:.5} (reconstruction {loss:.5}, decay {decay:.5}, sparsity {sparsity:.5})"
        )?;
        match self.fvu {
            Some(fvu) => write!(f, "  FVU {fvu:.4}")?,
            None => write!(f, "  FVU undefined")?,
        }
        if let Some(mean) = self.mean_activation {
            write!(f, "  ρ̂ {mean:.4} on average")?;
        }
        write!(f, "  {counts}")
    }
}
