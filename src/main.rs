//! The program: a window, or a headless command.

use std::process::ExitCode;

use clap::Parser;
use sae_lab::cli;

fn main() -> ExitCode {
    match cli::Arguments::parse().command {
        Some(command) => cli::run(command),
        None => window(),
    }
}

#[cfg(feature = "window")]
fn window() -> ExitCode {
    match sae_lab::app::run(sae_lab::training::Preset::Edges.experiment()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sae-lab: {error}");
            ExitCode::from(2)
        }
    }
}

#[cfg(not(feature = "window"))]
fn window() -> ExitCode {
    eprintln!(
        "sae-lab: built without its window: name a command (see --help), or build it with the feature `window`"
    );
    ExitCode::from(2)
}
