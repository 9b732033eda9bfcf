use std::process::ExitCode;

use sae_lab::training::Preset;

fn main() -> ExitCode {
    match sae_lab::app::run(Preset::Edges.experiment()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sae-lab: {error}");
            ExitCode::from(2)
        }
    }
}
