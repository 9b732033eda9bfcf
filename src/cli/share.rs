//! `sae-lab share`

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::output::say;
use super::train::EPOCHS;
use super::{CliError, resume};
use crate::training::Share;

/// Where the command that is told puts its run.
const OUT: &str = "shared";

#[derive(Debug, Args)]
pub struct ShareArguments {
    /// A run, such as run.saelab of `train --out`, or one that was saved in the window
    #[arg(value_name = "RUN.saelab")]
    run: PathBuf,
    /// As the command that trains the same run, instead of a line
    #[arg(long)]
    command: bool,
    /// Both, as one line of JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Told {
    line: String,
    command: String,
}

pub fn run(arguments: &ShareArguments) -> Result<(), CliError> {
    let file = resume::read(&arguments.run)?;
    let share =
        Share::of(&file.checkpoint, &file.past, None).map_err(|error| CliError::Untold {
            file: arguments.run.display().to_string(),
            error,
        })?;
    let source = file.checkpoint.experiment().data.source;
    let told = Told {
        line: share.to_line(),
        command: share.to_command(&source, OUT, share.epochs_or(EPOCHS)),
    };
    if arguments.json {
        say!("{}", super::json_line(&told)?);
    } else if arguments.command {
        say!("{}", told.command);
    } else {
        say!("{}", told.line);
    }
    Ok(())
}
