//! `sae-lab encode`

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::CliError;
use super::model::Model;
use super::output::{aside, say, spares};
use super::settings::{ExperimentArguments, Resolved};
use crate::data::Held;
use crate::data::error::grouped;
use crate::io;
use crate::io::code::Form;
use crate::model::Layer;
use crate::numerics::{Precision, Real};
use crate::training::code_of;

#[derive(Debug, Args)]
pub struct EncodeArguments {
    #[command(flatten)]
    experiment: ExperimentArguments,
    /// The model: W1 (h, n), b1 (h), W2 (n, h), b2 (n), and its record where it has one
    #[arg(long, value_name = "MODEL.npz")]
    model: PathBuf,
    /// What of the hidden layer to write
    #[arg(long, value_enum, default_value_t)]
    layer: Layer,
    /// Write the code (m, h) there; of a .csv the columns are h0, h1, … and, where there are labels, label
    #[arg(long, value_name = "A.npy|A.csv")]
    out: PathBuf,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// The line of `--json`.
#[derive(Debug, Serialize)]
struct Encoded {
    /// m
    samples: usize,
    /// h
    hidden: usize,
    layer: Layer,
    precision: Precision,
    out: String,
    /// Whether the file has them.
    labels: bool,
}

pub fn run(arguments: &EncodeArguments) -> Result<(), CliError> {
    Form::of(&arguments.out)?; // before anything is computed
    let model = Model::read(&arguments.model)?;
    match arguments.experiment.precision(Some(&model)) {
        Precision::F32 => encode::<f32>(arguments, &model),
        Precision::F64 => encode::<f64>(arguments, &model),
    }
}

fn encode<T: Real>(arguments: &EncodeArguments, model: &Model) -> Result<(), CliError> {
    let mut experiment = arguments.experiment.clone();
    // all of them, in their order, unless a part is asked for
    experiment.data.test_fraction.get_or_insert(Held::None);
    let Resolved {
        data,
        experiment: settled,
        ..
    } = experiment.resolve(Some(model), false)?;
    let read = data.spec.source.paths().iter().chain([&arguments.model]);
    spares(&arguments.out, read.map(PathBuf::as_path))?;
    let architecture = settled.architecture(data.inputs());
    let weights = model.weights::<T>()?;
    let code = code_of(&data, &architecture, &weights, arguments.layer, &|_| true)
        .ok_or_else(|| CliError::Failed("the data could not be encoded".into()))?;
    if let Some(test) = &data.test {
        aside!(
            "note: {} samples are held out, and not encoded",
            grouped(test.len() as u64)
        );
    }
    let form = Form::of(&arguments.out)?;
    let labels = match form {
        Form::Npy => None,
        Form::Csv => data.class_titles(),
    };
    io::code::write(&arguments.out, &code, labels.as_deref())?;
    let (samples, hidden) = code.dim();
    if arguments.json {
        let encoded = Encoded {
            samples,
            hidden,
            layer: arguments.layer,
            precision: T::PRECISION,
            out: arguments.out.display().to_string(),
            labels: labels.is_some(),
        };
        say!("{}", super::json_line(&encoded)?);
        return Ok(());
    }
    let what = match arguments.layer {
        Layer::Hidden => "activations",
        Layer::Pre => "pre-activations",
    };
    say!(
        "{:<12}{} · {samples} × {}",
        "data",
        data.name,
        data.inputs()
    );
    say!(
        "{:<12}{what} of {hidden} hidden units{}",
        "code",
        if labels.is_some() { ", and labels" } else { "" }
    );
    say!("{:<12}{}", "written to", arguments.out.display());
    Ok(())
}
