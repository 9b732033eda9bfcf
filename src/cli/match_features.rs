//! `sae-lab match`

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::CliError;
use crate::io;
use crate::model::Parameters;
use crate::model::matching::{Comparison, FeatureGrid, compare};

#[derive(Debug, Args)]
pub struct MatchArguments {
    /// One model
    #[arg(value_name = "A.npz")]
    first: PathBuf,
    /// The other, of as many inputs
    #[arg(value_name = "B.npz")]
    second: PathBuf,
    /// A model trained as A was, with another seed: how alike features get at all
    #[arg(long, value_name = "C.npz")]
    other_seed: Option<PathBuf>,
    /// Rows of a feature's picture [default: square pictures where n allows, else a vector]
    #[arg(long, value_name = "N")]
    rows: Option<usize>,
    /// Seed of the scrambled phases
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// The line of `--json`.
#[derive(Debug, Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    comparison: &'a Comparison,
    sentence: String,
}

pub fn run(arguments: &MatchArguments) -> Result<(), CliError> {
    let first = io::npz::read_parameters::<f64>(&arguments.first)?;
    let second = io::npz::read_parameters::<f64>(&arguments.second)?;
    let other = match &arguments.other_seed {
        Some(path) => Some(io::npz::read_parameters::<f64>(path)?),
        None => None,
    };
    let inputs = first.inputs();
    let rows = match arguments.rows {
        Some(rows) if rows > 0 && inputs.is_multiple_of(rows) => rows,
        Some(rows) => {
            return Err(CliError::Usage(format!(
                "--rows {rows}: {inputs} inputs don't fill whole rows"
            )));
        }
        None => match inputs.isqrt() {
            side if side * side == inputs => side,
            _ => 1,
        },
    };
    let grid = FeatureGrid::picture(rows, inputs / rows);
    let comparison = compare(
        first.encoder_weights(),
        second.encoder_weights(),
        other.as_ref().map(Parameters::encoder_weights),
        grid,
        arguments.seed,
    )
    .map_err(|error| CliError::Usage(error.to_string()))?;
    if arguments.json {
        let report = Report {
            comparison: &comparison,
            sentence: comparison.sentence(),
        };
        println!("{}", super::json_line(&report)?);
        return Ok(());
    }
    println!("{}", comparison.sentence());
    println!("{:>6}{:>6}{:>9}", "A", "B", "cos");
    for pair in &comparison.matching.pairs {
        println!("{:>6}{:>6}{:>+9.3}", pair.first, pair.second, pair.cosine);
    }
    Ok(())
}
