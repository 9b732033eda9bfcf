//! The program: a window, or a headless command.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use sae_lab::cli;

fn main() -> ExitCode {
    let arguments = cli::Arguments::parse();
    match arguments.command {
        Some(command) => cli::run(command),
        None => window(arguments.files, arguments.frame_log),
    }
}

#[cfg(feature = "window")]
fn window(files: Vec<PathBuf>, frame_log: Option<PathBuf>) -> ExitCode {
    match sae_lab::app::run(
        sae_lab::training::Preset::Edges.experiment(),
        files,
        frame_log,
    ) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sae-lab: {error}");
            ExitCode::from(2)
        }
    }
}

#[cfg(not(feature = "window"))]
fn window(_: Vec<PathBuf>, _: Option<PathBuf>) -> ExitCode {
    eprintln!(
        "sae-lab: built without its window: name a command (see --help), or build it with the feature `window`"
    );
    ExitCode::from(2)
}
