//! The program: a window, or a headless command.

use std::process::ExitCode;

use clap::Parser;
use sae_lab::cli;

#[cfg(all(target_os = "linux", target_env = "gnu", target_arch = "x86_64"))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    if let Some(words) = cli::misspelt(std::env::args_os().nth(1)) {
        eprintln!("sae-lab: {words}");
        return ExitCode::from(2);
    }
    let arguments = cli::Arguments::parse();
    match arguments.command {
        #[cfg(feature = "window")]
        Some(cli::Command::Open(open)) => match open.told() {
            Ok(told) => window(sae_lab::app::Opening {
                told: Some(told),
                ..Default::default()
            }),
            Err(error) => {
                eprintln!("sae-lab: {error}");
                ExitCode::from(2)
            }
        },
        Some(command) => cli::run(command),
        #[cfg(feature = "window")]
        None => window(sae_lab::app::Opening {
            files: arguments.files,
            frame_log: arguments.frame_log,
            told: None,
        }),
        #[cfg(not(feature = "window"))]
        None => window(arguments.files, arguments.frame_log),
    }
}

#[cfg(feature = "window")]
fn window(opening: sae_lab::app::Opening) -> ExitCode {
    match sae_lab::app::run(sae_lab::training::Preset::Edges.experiment(), opening) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sae-lab: {error}");
            ExitCode::from(2)
        }
    }
}

#[cfg(not(feature = "window"))]
fn window(_: Vec<std::path::PathBuf>, _: Option<std::path::PathBuf>) -> ExitCode {
    eprintln!(
        "sae-lab: built without its window: name a command (see --help), or build it with the feature `window`"
    );
    ExitCode::from(2)
}
