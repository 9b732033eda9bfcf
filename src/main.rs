//! The program: a window, or a headless command.

use std::process::ExitCode;

use clap::Parser;
use sae_lab::training::Preset;
use sae_lab::{app, cli};

fn main() -> ExitCode {
    match cli::Arguments::parse().command {
        Some(command) => cli::run(command),
        None => match app::run(Preset::Edges.experiment()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("sae-lab: {error}");
                ExitCode::from(2)
            }
        },
    }
}
