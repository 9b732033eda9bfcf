//! `sae-lab data`

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::CliError;
use super::data_choice::{DataChoice, warn_of_range};
use super::output::{say, spares};
use crate::data::{
    self, Content, DataSet, DataSpec, Found, Preparation, SampleShape, Understood, Why, progress,
};
use crate::io;
use crate::training::{Experiment, Recipe};

#[derive(Debug, Args)]
pub struct DataArguments {
    #[command(flatten)]
    choice: DataChoice,
    /// Write exactly the matrix (m, n) that training would see there
    #[arg(long, value_name = "X.npy")]
    out: Option<PathBuf>,
    /// Write what --test-fraction holds out, as it would be tested with, there
    #[arg(long, value_name = "T.npy")]
    test_out: Option<PathBuf>,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// Most names of columns that are printed for people.
const NAMES: usize = 20;

/// The line of `--json`.
#[derive(Debug, Serialize)]
struct Description<'a> {
    name: &'a str,
    found: Source<'a>,
    /// What the source was taken for.
    kind: Kind,
    /// Of the values of a sample; empty where they have none.
    names: &'a [String],
    /// The column that holds the labels, of a table.
    label: Option<String>,
    /// The columns of a table that were left out.
    dropped: Vec<Dropped>,
    /// Because values are missing in them.
    rows_left_out: usize,
    /// Whether the columns of a matrix are the samples.
    transposed: bool,
    /// m
    samples: usize,
    /// Held out to test with, beside these.
    test_samples: usize,
    /// n
    inputs: usize,
    shape: SampleShape,
    range: (f64, f64),
    /// 1/(2m) Σ‖x − x̄‖²
    variance: f64,
    /// Samples of each class, by label; null without labels.
    classes: Option<Vec<(u8, usize)>>,
    /// The name of each class, by its label; empty where labels are numbers.
    class_names: &'a [String],
    /// What was done to the values, in order.
    preparation: Vec<String>,
    /// The same as choices.
    prepared: Preparation,
    /// Units and settings that suit these samples, with reasons.
    suggestion: Suggestion,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    /// To be cut into patches.
    Photographs,
    /// Each a sample.
    Pictures,
    Table,
    /// Curves, spectra, embeddings: samples that are no pictures.
    Vectors,
}

impl Kind {
    fn of(found: &Found) -> Self {
        let table = found
            .understood
            .as_ref()
            .is_some_and(|read| !read.columns.is_empty());
        match &found.content {
            Content::Pictures(_) => Self::Photographs,
            Content::Samples { shape, .. } if !shape.is_vector() => Self::Pictures,
            Content::Samples { .. } if table => Self::Table,
            Content::Samples { .. } => Self::Vectors,
        }
    }
}

/// What the window would propose.
#[derive(Debug, Serialize)]
struct Suggestion {
    preparation: Preparation,
    #[serde(flatten)]
    recipe: Recipe,
}

impl Suggestion {
    fn of(found: &Found, set: &DataSet) -> Result<Self, CliError> {
        let suited = found.wanted().map(|(preparation, _)| preparation);
        // once is enough where that was asked for
        let suited = suited.filter(|suited| *suited != set.prepared());
        let scaled = suited.map(|suited| {
            let spec = DataSpec {
                preparation: Some(suited),
                ..set.spec.clone()
            };
            data::prepare(found, &spec, &progress::unwatched)
        });
        let scaled = scaled.transpose()?;
        let set = scaled.as_ref().unwrap_or(set);
        Ok(Self {
            preparation: set.prepared(),
            recipe: Recipe::of(set, set.len()),
        })
    }
}

#[derive(Debug, Serialize)]
struct Dropped {
    column: String,
    reason: Why,
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
    let (found, set) = arguments.choice.alone()?.load()?;
    warn_of_range(&set, Experiment::output_for(&set));
    for out in arguments.out.iter().chain(&arguments.test_out) {
        let read = set.spec.source.paths().iter();
        spares(out, read.map(PathBuf::as_path))?;
    }
    if let Some(path) = &arguments.out {
        io::npy::write_samples(path, &set.samples)?;
    }
    if let Some(path) = &arguments.test_out {
        let test = set.test.as_ref().ok_or_else(|| {
            CliError::Usage("--test-out needs a test part: give --test-fraction as well".into())
        })?;
        io::npy::write_samples(path, &test.samples)?;
    }
    let source = Source {
        encoding: &found.encoding,
        content: found.summary(),
        range: found.range(),
    };
    if arguments.json {
        let suggestion = Suggestion::of(&found, &set)?;
        let (samples, inputs) = set.samples.dim();
        let understood = found.understood.as_ref();
        let description = Description {
            name: &set.name,
            found: source,
            kind: Kind::of(&found),
            names: &found.column_names,
            label: understood.and_then(Understood::label),
            dropped: understood.map_or_else(Vec::new, |read| {
                let dropped = |(column, reason)| Dropped { column, reason };
                read.left_out().map(dropped).collect()
            }),
            rows_left_out: understood.map_or(0, |read| read.rows_left_out),
            transposed: understood.is_some_and(Understood::transposed),
            samples,
            test_samples: set.test.as_ref().map_or(0, |test| test.len()),
            inputs,
            shape: set.shape,
            range: set.range,
            variance: set.variance,
            classes: set.labels.as_deref().map(classes),
            class_names: &set.fitted.classes,
            preparation: set.sentences(),
            prepared: set.prepared(),
            suggestion,
        };
        say!("{}", super::json_line(&description)?);
    } else {
        print(&set, &found, &source);
        if let Some(path) = &arguments.out {
            say!("{:<12}{}", "written to", path.display());
        }
    }
    Ok(())
}

fn print(set: &DataSet, found: &Found, source: &Source<'_>) {
    let (m, n) = set.samples.dim();
    let range = |(low, high): (f64, f64)| format!("{low:.4} to {high:.4}");
    say!("{:<12}{}", "data", set.name);
    say!("{:<12}{}, {}", "found", source.content, source.encoding);
    say!("{:<12}{}", "", range(source.range));
    if matches!(found.content, Content::Samples { .. })
        && let Some(labels) = found.classes()
    {
        say!(
            "{:<12}{labels} classes{}",
            "labels",
            listed(&found.class_names)
        );
    }
    let names = &found.column_names;
    if !names.is_empty() {
        say!("{:<12}{}", "columns", few(names));
    }
    for (index, step) in set.preparation.iter().enumerate() {
        say!("{:<12}{step}", if index == 0 { "prepared" } else { "" });
    }
    say!("{:<12}{m} × {n}, each {}", "matrix", set.shape);
    say!("{:<12}{}", "", range(set.range));
    if let Some(test) = &set.test {
        say!("{:<12}{} × {n}, not trained on", "test", test.len());
    }
    say!("{:<12}{:.6} = 1/(2m) Σ‖x − x̄‖²", "variance", set.variance);
}

/// ": red, white", where classes have names.
fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        names => format!(": {}", few(names)),
    }
}

/// The names, or the first of them and how many more there are.
fn few(names: &[String]) -> String {
    let shown = names[..names.len().min(NAMES)].join(", ");
    match names.len().saturating_sub(NAMES) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
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
