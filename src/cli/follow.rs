//! `sae-lab follow`

use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;

use super::CliError;
use super::follower::Follower;
use super::interrupt::Interrupt;
use super::output::aside;
use super::settings::ExperimentArguments;
use crate::io::IoError;
use crate::io::follow::{INTERVAL, TensorMap, Told, list};
use crate::numerics::{Precision, Real};

#[derive(Debug, Args)]
pub struct FollowArguments {
    /// The folder that a training elsewhere writes its checkpoints to, .safetensors or .npz
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    #[command(flatten)]
    pub experiment: ExperimentArguments,
    /// Which tensor is which, all four or some: W1=encoder.weight,b1=encoder.bias,W2=decoder.weight,b2=decoder.bias
    /// [default: found out by shapes and names, and shown]
    #[arg(long, value_name = "W1=NAME,…")]
    pub map: Option<TensorMap>,
    /// Most samples to measure each checkpoint on, evenly spaced
    #[arg(long, value_name = "M", default_value_t = 10_000)]
    pub samples: usize,
    /// Print one line of JSON a checkpoint
    #[arg(long)]
    pub json: bool,
    /// Measure what is there now, and end
    #[arg(long)]
    pub once: bool,
}

/// Looks at which what is there has had time to be read, where nothing is being written.
const LOOKS: u32 = 2;
/// Looks after which what is still being written is left.
const MOST_LOOKS: u32 = 10;

pub fn run(arguments: &FollowArguments) -> Result<(), CliError> {
    let experiment = &arguments.experiment;
    if experiment.data.data.is_empty() && experiment.preset.is_none() {
        return Err(CliError::Usage(
            "say which data to measure the checkpoints on: give --data".into(),
        ));
    }
    let done = match experiment.precision(None) {
        Precision::F32 => follow::<f32>(arguments),
        Precision::F64 => follow::<f64>(arguments),
    };
    match done {
        // whoever read the lines has enough of them
        Err(CliError::Output(error)) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}

fn follow<T: Real>(arguments: &FollowArguments) -> Result<(), CliError> {
    let folder = &arguments.folder;
    // a wrong name is told before anything is waited for
    list(folder).map_err(|source| IoError::Read {
        file: folder.display().to_string(),
        source,
    })?;
    let interrupt = Interrupt::watch_for_command()?;
    let mut follower = Follower::<T>::new(arguments)?;
    let start = Instant::now();
    let (mut looks, mut lost) = (0, false);
    loop {
        match follower.look(start.elapsed()) {
            Ok(()) => {
                lost = false;
                follower.print_found(start.elapsed())?;
            }
            // a network drive comes back
            Err(error) if !lost => {
                lost = true;
                aside!(
                    "{} cannot be listed ({error}): waiting for it",
                    folder.display()
                );
            }
            Err(_) => {}
        }
        std::io::stdout().flush()?;
        looks += 1;
        let settled = looks >= LOOKS && follower.is_settled();
        if arguments.once && (settled || looks >= MOST_LOOKS) {
            follower.name_unfinished();
            return Ok(());
        }
        if let Some(signal) = interrupt.asked() {
            return Err(CliError::Interrupted {
                signal,
                message: String::new(),
            });
        }
        std::thread::sleep(INTERVAL);
    }
}

impl FollowArguments {
    /// What a file says of its settings, where no option and no preset says it.
    pub fn left_to(&self, told: &Told) -> Told {
        let options = &self.experiment;
        if options.preset.is_some() {
            return Told::default();
        }
        fn left<V>(told: Option<V>, option: Option<V>) -> Option<V> {
            told.filter(|_| option.is_none())
        }
        Told {
            sparsity_target: left(told.sparsity_target, options.rho),
            sparsity_weight: left(told.sparsity_weight, options.beta),
            weight_decay: left(told.weight_decay, options.lambda),
            hidden_activation: left(told.hidden_activation, options.hidden_activation),
            output_activation: left(told.output_activation, options.output_activation),
        }
    }
}
