//! The data of an experiment as parts of a line: by name, with how they are read, cut and prepared.

use std::path::{Path, PathBuf};

use super::fields::{list, whole};
use super::line::{LineError, Parts, escaped, plain, wrong};
use crate::data::{
    Colour, Column, Columns, Cut, DataSource, DataSpec, EmbeddedSet, Held, Labels, Preparation,
    Reading, Scaling, Whitening,
};
use crate::training::plan::words::{choice, number, word};

const FILE: &str = "file:";
const FILES: &str = "files:";
const ZCA: &str = "zca:";
const OLSHAUSEN: &str = "olshausen-field";
const MEAN: &str = "remove-mean";
const GREY: &str = "grey";
const NONE: &str = "none";

pub(super) fn fields(spec: &DataSpec) -> Vec<(&'static str, String)> {
    let mut fields = vec![("data", source_text(&spec.source))];
    let mut other = |name, value: Option<String>| fields.extend(value.map(|value| (name, value)));
    other("variable", spec.variable.as_deref().map(escaped));
    if !matches!(spec.source, DataSource::Embedded(_)) {
        let (own, usual) = (&spec.reading, Reading::default());
        other("columns", columns_text(&own.columns));
        other("labels", labels_text(&own.labels));
        let incomplete = own.incomplete != usual.incomplete;
        other("incomplete", incomplete.then(|| word(&own.incomplete)));
        let decimal = own.decimal != usual.decimal;
        other("decimal", decimal.then(|| word(&own.decimal)));
        let orientation = own.orientation != usual.orientation;
        other("orientation", orientation.then(|| word(&own.orientation)));
    }
    other("cut", (spec.cut != Cut::Auto).then(|| word(&spec.cut)));
    other("patch", Some(spec.patch.to_string()));
    other("patches", Some(spec.patches.to_string()));
    other("data-seed", Some(spec.seed.to_string()));
    other("held-out", held_text(spec.held));
    other(
        "preparation",
        spec.preparation.as_ref().map(preparation_text),
    );
    fields
}

pub(super) fn read(parts: &mut Parts<'_>) -> Result<DataSpec, LineError> {
    let text = parts.need("data")?;
    let source = source(text).ok_or_else(|| wrong("data", text))?;
    let usual = Reading::default();
    Ok(DataSpec {
        variable: parts.read_if("variable", plain)?,
        reading: Reading {
            columns: match parts.take("columns") {
                None => usual.columns,
                Some("all") => Columns::All,
                Some("") => Columns::These(Vec::new()),
                Some(text) => Columns::These(list("columns", text, column)?),
            },
            labels: match parts.take("labels") {
                None => usual.labels,
                Some(NONE) => Labels::None,
                Some(text) => Labels::Column(column(text).ok_or_else(|| wrong("labels", text))?),
            },
            incomplete: parts.read_if("incomplete", choice)?.unwrap_or_default(),
            decimal: parts.read_if("decimal", choice)?.unwrap_or_default(),
            orientation: parts.read_if("orientation", choice)?.unwrap_or_default(),
        },
        cut: parts.read_if("cut", choice)?.unwrap_or_default(),
        patch: parts.read("patch", whole)?,
        patches: parts.read("patches", whole)?,
        seed: parts.read("data-seed", whole)?,
        held: parts
            .read_if("held-out", |text| text.parse().ok())?
            .unwrap_or(Held::None),
        preparation: parts.read_if("preparation", preparation)?,
        source,
    })
}

fn source_text(source: &DataSource) -> String {
    let name = |path: &Path| escaped(&path.to_string_lossy());
    match source {
        DataSource::Embedded(set) => set.name().to_owned(),
        DataSource::File(path) => format!("{FILE}{}", name(path)),
        DataSource::Files(paths) => {
            let names: Vec<String> = paths.iter().map(|path| name(path)).collect();
            format!("{FILES}{}", names.join("+"))
        }
    }
}

fn source(text: &str) -> Option<DataSource> {
    let path = |text: &str| plain(text).map(PathBuf::from);
    if let Some(name) = text.strip_prefix(FILE) {
        Some(DataSource::File(path(name)?))
    } else if let Some(names) = text.strip_prefix(FILES) {
        let names: Option<Vec<PathBuf>> = names.split('+').map(path).collect();
        Some(DataSource::Files(names?))
    } else {
        let set = EmbeddedSet::ALL.into_iter().find(|set| set.name() == text);
        set.map(DataSource::Embedded)
    }
}

fn columns_text(columns: &Columns) -> Option<String> {
    match columns {
        Columns::Suggested => None,
        Columns::All => Some("all".to_owned()),
        Columns::These(columns) => {
            let columns: Vec<String> = columns.iter().map(column_text).collect();
            Some(columns.join("+"))
        }
    }
}

fn labels_text(labels: &Labels) -> Option<String> {
    match labels {
        Labels::Auto => None,
        Labels::None => Some(NONE.to_owned()),
        Labels::Column(column) => Some(column_text(column)),
    }
}

/// A place as its number, a name as it is; with a point before it where it could be taken for something else.
fn column_text(column: &Column) -> String {
    match column {
        Column::At(place) => place.to_string(),
        Column::Named(name) => {
            let plain = name.starts_with(|first: char| first.is_ascii_alphabetic());
            let point = if plain && name != NONE && name != "all" {
                ""
            } else {
                "."
            };
            format!("{point}{}", escaped(name))
        }
    }
}

fn column(text: &str) -> Option<Column> {
    match text.strip_prefix('.') {
        Some(name) => plain(name).map(Column::Named),
        None => whole(text)
            .map(Column::At)
            .or_else(|| plain(text).map(Column::Named)),
    }
}

fn held_text(held: Held) -> Option<String> {
    match held {
        Held::None => None,
        Held::OwnSplit => Some("own".to_owned()),
        Held::Fraction(fraction) => Some(number(fraction)),
    }
}

/// What is done, with + between: "grey+remove-mean+olshausen-field+clip".
fn preparation_text(preparation: &Preparation) -> String {
    let whitening = match preparation.whitening {
        Whitening::None => None,
        Whitening::OlshausenField => Some(OLSHAUSEN.to_owned()),
        Whitening::Zca { epsilon } => Some(format!("{ZCA}{}", number(epsilon))),
    };
    let grey = (preparation.colour == Colour::Grey).then(|| GREY.to_owned());
    let mean = preparation.remove_mean.then(|| MEAN.to_owned());
    let scales = preparation.scaling != Scaling::None;
    let scaling = scales.then(|| word(&preparation.scaling));
    let done: Vec<String> = [grey, mean, whitening, scaling]
        .into_iter()
        .flatten()
        .collect();
    if done.is_empty() {
        NONE.to_owned()
    } else {
        done.join("+")
    }
}

fn preparation(text: &str) -> Option<Preparation> {
    let mut preparation = Preparation::NONE;
    if text == NONE {
        return Some(preparation);
    }
    for step in text.split('+') {
        match step {
            GREY => preparation.colour = Colour::Grey,
            MEAN => preparation.remove_mean = true,
            OLSHAUSEN => preparation.whitening = Whitening::OlshausenField,
            NONE => return None,
            _ => match step.strip_prefix(ZCA) {
                Some(epsilon) => {
                    let epsilon: f64 = epsilon.parse().ok()?;
                    if !(epsilon > 0.0 && epsilon.is_finite()) {
                        return None;
                    }
                    preparation.whitening = Whitening::Zca { epsilon };
                }
                None => preparation.scaling = choice(step)?,
            },
        }
    }
    Some(preparation)
}
