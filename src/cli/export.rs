//! `sae-lab export`

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::CliError;
use super::model::Model;
use super::output::{say, spares};
use crate::io::figure::{self, curves, tiles};
use crate::io::modules::{self, Library};
use crate::io::report::{self, Report};
use crate::io::{ModelRecord, history_csv, npz, run_folder, run_json, safetensors};
use crate::numerics::Real;

#[derive(Debug, Args)]
pub struct ExportArguments {
    /// The model: W1 (h, n), b1 (h), W2 (n, h), b2 (n), and its record where it has one
    #[arg(long, value_name = "MODEL.npz")]
    model: PathBuf,
    /// Where to; a module has its weights beside it, as FILE_weights
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// What to write [default: what the suffix says: .npz, .safetensors, .py for PyTorch, .png and .svg for the
    /// features, .html for a report]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// The run whose curves are drawn [default: the history.csv beside the model]
    #[arg(long, value_name = "HISTORY.csv")]
    history: Option<PathBuf>,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Format {
    /// The arrays and the record, for NumPy
    Npz,
    /// The arrays, and the record in the metadata
    Safetensors,
    /// A PyTorch module that loads the weights and prepares new data
    Torch,
    /// The same in NumPy
    Numpy,
    /// The features at print size: numbered tiles with the scale of their colours, 300 dots an inch
    TilesPng,
    /// The same as SVG
    TilesSvg,
    /// The cost and its terms over the epochs at print size
    CurvesPng,
    /// The same as SVG
    CurvesSvg,
    /// A page that opens in a browser, offline: settings, results, features and curves
    Html,
}

impl Format {
    fn of(path: &Path) -> Option<Self> {
        let suffix = path.extension()?.to_str()?.to_ascii_lowercase();
        Some(match suffix.as_str() {
            "npz" => Self::Npz,
            "safetensors" => Self::Safetensors,
            "py" => Self::Torch,
            "png" => Self::TilesPng,
            "svg" => Self::TilesSvg,
            "html" => Self::Html,
            _ => return None,
        })
    }
}

/// The line of `--json`.
#[derive(Debug, Serialize)]
struct Exported {
    format: Format,
    files: Vec<String>,
}

pub fn run(arguments: &ExportArguments) -> Result<(), CliError> {
    let format = arguments.format.or_else(|| Format::of(&arguments.out));
    let format = format.ok_or_else(|| {
        CliError::Usage(format!(
            "what {} is to be can't be told from its name: end it in .npz, .safetensors, .py, .png, .svg or .html, or give \
             --format",
            arguments.out.display()
        ))
    })?;
    let history = arguments.history.iter();
    let read = history.chain([&arguments.model]);
    spares(&arguments.out, read.map(PathBuf::as_path))?;
    let model = Model::read(&arguments.model)?;
    // as exact as the weights are
    let single = model.parameters.cast::<f32>();
    let files = if single.cast::<f64>() == model.parameters {
        export::<f32>(arguments, &model, format)
    } else {
        export::<f64>(arguments, &model, format)
    }?;
    let files: Vec<String> = files
        .iter()
        .map(|file| file.display().to_string())
        .collect();
    if arguments.json {
        say!("{}", super::json_line(&Exported { format, files })?);
    } else {
        say!("{:<12}{}", "written", files.join(", "));
    }
    Ok(())
}

/// Returns what was written.
fn export<T: Real>(
    arguments: &ExportArguments,
    model: &Model,
    format: Format,
) -> Result<Vec<PathBuf>, CliError> {
    let (parameters, out) = (model.weights::<T>()?, &*arguments.out);
    let record = model.record.as_ref();
    let module = |library: Library| -> Result<Vec<PathBuf>, CliError> {
        let record = needed(model, record)?;
        Ok(modules::write(out, library, &parameters, record)?.to_vec())
    };
    match format {
        Format::Torch => return module(Library::PyTorch),
        Format::Numpy => return module(Library::NumPy),
        Format::Npz => match record {
            Some(record) => npz::write_model(out, &parameters, record)?,
            None => npz::write_parameters(out, &parameters)?,
        },
        Format::Safetensors => safetensors::write_model(out, &parameters, record)?,
        Format::TilesPng => {
            tiles::write(out, figure::Form::Png, &parameters, (record, model.name()))?
        }
        Format::TilesSvg => {
            tiles::write(out, figure::Form::Svg, &parameters, (record, model.name()))?
        }
        Format::CurvesPng => curves(arguments, model, figure::Form::Png)?,
        Format::CurvesSvg => curves(arguments, model, figure::Form::Svg)?,
        Format::Html => {
            let record = needed(model, record)?;
            let title = record.experiment.data.source.title();
            let report = Report {
                data: &title,
                record,
                rows: &rows(arguments)?,
                steps: run_json::steps(&arguments.model),
                // history.csv knows nothing of them
                notes: "",
                changes: Vec::new(),
            };
            report::write(out, &report, &parameters)?;
        }
    }
    Ok(vec![out.to_owned()])
}

fn curves(arguments: &ExportArguments, model: &Model, form: figure::Form) -> Result<(), CliError> {
    let rows = rows(arguments)?;
    let title = match &model.record {
        Some(record) => format!(
            "{}: the cost J and its terms",
            record.experiment.data.source.title()
        ),
        None => "The cost J and its terms".to_owned(),
    };
    Ok(curves::write(&arguments.out, form, &rows, &title)?)
}

fn rows(arguments: &ExportArguments) -> Result<Vec<history_csv::Row>, CliError> {
    let beside = || arguments.model.with_file_name(run_folder::HISTORY);
    let history = arguments.history.clone().unwrap_or_else(beside);
    Ok(history_csv::read(&history)?)
}

fn needed<'a>(model: &Model, record: Option<&'a ModelRecord>) -> Result<&'a ModelRecord, CliError> {
    record.ok_or_else(|| {
        CliError::Usage(format!(
            "{} has no record of how it was made, which this needs: give a model that `sae-lab train` wrote",
            model.name()
        ))
    })
}
