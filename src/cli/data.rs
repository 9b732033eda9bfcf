//! `sae-lab data`

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::CliError;
use super::data_choice::DataChoice;
use crate::data::{self, Content, DataSet, Found, Preparation, SampleShape, progress};
use crate::io;

#[derive(Debug, Args)]
pub struct DataArguments {
    #[command(flatten)]
    choice: DataChoice,
    /// Write exactly the matrix (m, n) that training would see there
    #[arg(long, value_name = "X.npy")]
    out: Option<PathBuf>,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// The line of `--json`.
#[derive(Debug, Serialize)]
struct Description<'a> {
    name: &'a str,
    found: Source<'a>,
    /// m
    samples: usize,
    /// n
    inputs: usize,
    shape: SampleShape,
    range: (f64, f64),
    /// 1/(2m) Σ‖x − x̄‖²
    variance: f64,
    /// Samples of each class, by label; null without labels.
    classes: Option<Vec<(u8, usize)>>,
    /// What was done to the values, in order.
    preparation: Vec<String>,
    /// The same as choices.
    prepared: Preparation,
}

/// What the source holds as it stands.
#[derive(Debug, Serialize)]
struct Source<'a> {
    encoding: &'a str,
    /// "6 pictures of 512×512", "1,797 samples of 8×8"
    content: String,
    range: (f64, f64),
}

pub fn run(arguments: &DataArguments) -> Result<(), CliError> {
    let spec = arguments.choice.spec()?;
    let found = data::find(&spec, &progress::unwatched)?;
    let set = data::prepare(&found, &spec, &progress::unwatched)?;
    if let Some(path) = &arguments.out {
        io::npy::write_samples(path, &set.samples)?;
    }
    let source = Source {
        encoding: &found.encoding,
        content: found.summary(),
        range: found.range(),
    };
    if arguments.json {
        let (samples, inputs) = set.samples.dim();
        let description = Description {
            name: &set.name,
            found: source,
            samples,
            inputs,
            shape: set.shape,
            range: set.range,
            variance: set.variance,
            classes: set.labels.as_deref().map(classes),
            preparation: set.sentences(),
            prepared: set.prepared(),
        };
        println!("{}", super::json_line(&description)?);
    } else {
        print(&set, &found, &source);
        if let Some(path) = &arguments.out {
            println!("{:<12}{}", "written to", path.display());
        }
    }
    Ok(())
}

fn print(set: &DataSet, found: &Found, source: &Source<'_>) {
    let (m, n) = set.samples.dim();
    let range = |(low, high): (f64, f64)| format!("{low:.4} to {high:.4}");
    println!("{:<12}{}", "data", set.name);
    println!("{:<12}{}, {}", "found", source.content, source.encoding);
    println!("{:<12}{}", "", range(source.range));
    if matches!(found.content, Content::Samples { .. })
        && let Some(labels) = found.classes()
    {
        println!("{:<12}{labels} classes", "labels");
    }
    for (index, step) in set.preparation.iter().enumerate() {
        println!("{:<12}{step}", if index == 0 { "prepared" } else { "" });
    }
    println!("{:<12}{m} × {n}, each {}", "matrix", set.shape);
    println!("{:<12}{}", "", range(set.range));
    println!("{:<12}{:.6} = 1/(2m) Σ‖x − x̄‖²", "variance", set.variance);
}

/// How many samples each label has, by label.
fn classes(labels: &[u8]) -> Vec<(u8, usize)> {
    let mut counts = [0; 256];
    for label in labels {
        counts[usize::from(*label)] += 1;
    }
    (0..=u8::MAX)
        .zip(counts)
        .filter(|(_, count)| *count > 0)
        .collect()
}
