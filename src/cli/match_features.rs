//! `sae-lab match`

use std::path::PathBuf;

use clap::Args;
use ndarray::{CowArray, Ix2};
use serde::Serialize;

use super::CliError;
use super::model::Model;
use crate::data::SampleShape;
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
    /// Rows of a feature's picture [default: as the record of A says, or else square pictures where n allows, else a
    /// vector]
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
    let first = Model::read(&arguments.first)?;
    let second = Model::read(&arguments.second)?;
    let other = arguments.other_seed.as_deref();
    let other = other.map(Model::read).transpose()?;
    let grid = grid(&first, arguments.rows)?;
    say(&first, arguments.rows);
    let other = other.as_ref().map(features);
    let comparison = compare(
        features(&first).view(),
        features(&second).view(),
        other.as_ref().map(|other| other.view()),
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

/// The encoder's features: seen through the whitening where the record says how the data were whitened.
fn features(model: &Model) -> CowArray<'_, f64, Ix2> {
    let weights = model.parameters.encoder_weights();
    match model.preparation().and_then(|fitted| fitted.zca.as_ref()) {
        Some(zca) => zca.features(weights).into(),
        None => weights.into(),
    }
}

/// The shape of a feature's picture.
fn grid(model: &Model, rows: Option<usize>) -> Result<FeatureGrid, CliError> {
    let inputs = model.parameters.inputs();
    let shape = model.preparation().map(|fitted| fitted.shape);
    match (rows, shape) {
        (Some(rows), _) if rows > 0 && inputs.is_multiple_of(rows) => {
            Ok(FeatureGrid::picture(rows, inputs / rows))
        }
        (Some(rows), _) => Err(CliError::Usage(format!(
            "--rows {rows}: {inputs} inputs don't fill whole rows"
        ))),
        (
            None,
            Some(SampleShape::Image {
                rows,
                columns,
                channels,
            }),
        ) => Ok(FeatureGrid {
            rows,
            columns,
            channels,
            interleaved: true,
        }),
        (None, Some(SampleShape::Vector { length })) => Ok(FeatureGrid::vector(length)),
        (None, None) => Ok(match inputs.isqrt() {
            side if side * side == inputs => FeatureGrid::picture(side, side),
            _ => FeatureGrid::picture(1, inputs),
        }),
    }
}

/// Says what is known from the records.
fn say(model: &Model, rows: Option<usize>) {
    let Some(fitted) = model.preparation() else {
        return;
    };
    let mut parts = Vec::new();
    if rows.is_none() {
        parts.push(format!("features of {}", fitted.shape));
    }
    if fitted.zca.is_some() {
        parts.push("seen through the ZCA whitening".into());
    }
    if let Some(sentence) = model.sentence_of(&parts) {
        eprintln!("{sentence}");
    }
}
