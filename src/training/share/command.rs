//! The command that trains the same run.

use super::Share;
use crate::data::{
    Colour, Column, Columns, Cut, DataSource, DataSpec, Decimal, Held, Incomplete, Labels,
    Orientation, Preparation, Preprocessing, Whitening,
};
use crate::training::plan::words::{number, word};

/// The preparations that have a name.
const NAMED: [Preprocessing; 9] = [
    Preprocessing::None,
    Preprocessing::Whiten,
    Preprocessing::Contrast,
    Preprocessing::Clip,
    Preprocessing::Levels,
    Preprocessing::Unit,
    Preprocessing::UnitColumns,
    Preprocessing::Standardise,
    Preprocessing::Zca,
];

impl Share {
    /// For a shell: `sae-lab train …` on the data at `source`, into the folder `out`, for `epochs` epochs. Where a choice
    /// about the data has no option of its own, the command takes the whole line.
    pub fn to_command(&self, source: &DataSource, out: &str, epochs: u64) -> String {
        let mut words = vec!["sae-lab".to_owned(), "train".to_owned()];
        match data_options(&self.experiment.data, source) {
            Some(options) => {
                words.extend(options);
                words.extend(self.options());
            }
            None => {
                words.extend(["--share".to_owned(), self.to_line()]);
                words.extend(source_options(source));
            }
        }
        words.extend(["--epochs".to_owned(), epochs.to_string()]);
        words.extend(["--out".to_owned(), out.to_owned()]);
        let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
        words.join(" ")
    }

    /// The epochs of a command for the run that is told: those that it has done, or as many as are usual where it has not
    /// begun.
    pub fn epochs_or(&self, usual: u64) -> u64 {
        if self.epoch == 0 { usual } else { self.epoch }
    }

    /// All but the data.
    fn options(&self) -> Vec<String> {
        let at = self.plan.texts().into_iter().map(|text| ("at", text));
        let options = self.choices().into_iter().chain(at);
        options
            .flat_map(|(name, value)| [format!("--{name}"), value])
            .collect()
    }
}

fn source_options(source: &DataSource) -> Vec<String> {
    let of = |path: &std::path::Path| ["--data".to_owned(), path.to_string_lossy().into_owned()];
    match source {
        DataSource::Embedded(set) => vec!["--data".to_owned(), set.name().to_owned()],
        DataSource::File(path) => of(path).to_vec(),
        DataSource::Files(paths) => paths.iter().flat_map(|path| of(path)).collect(),
    }
}

/// `None` where no option says it.
fn data_options(spec: &DataSpec, source: &DataSource) -> Option<Vec<String>> {
    let mut options = source_options(source);
    let mut add = |name: &str, value: String| options.extend([name.to_owned(), value]);
    add("--patch", spec.patch.to_string());
    add("--patches", spec.patches.to_string());
    add("--data-seed", spec.seed.to_string());
    if let Some(variable) = &spec.variable {
        add("--variable", variable.clone());
    }
    if spec.cut != Cut::Auto {
        add("--cut", word(&spec.cut));
    }
    match spec.held {
        Held::None => {}
        Held::OwnSplit => add("--test-fraction", "own".to_owned()),
        Held::Fraction(fraction) => add("--test-fraction", number(fraction)),
    }
    if let Some(preparation) = &spec.preparation {
        options.extend(preparation_options(preparation)?);
    }
    if !matches!(source, DataSource::Embedded(_)) {
        options.extend(reading_options(spec)?);
    }
    Some(options)
}

fn reading_options(spec: &DataSpec) -> Option<Vec<String>> {
    let mut options: Vec<String> = Vec::new();
    let reading = &spec.reading;
    // what an option would read as another column has none
    let column = |column: &Column| {
        let text = match column {
            Column::At(place) => place.to_string(),
            Column::Named(name) => name.clone(),
        };
        let same = Column::parse(&text) == *column && !text.contains(',') && text != "none";
        same.then_some(text)
    };
    match &reading.columns {
        Columns::Suggested => {}
        Columns::All => return None,
        Columns::These(columns) => {
            let columns: Option<Vec<String>> = columns.iter().map(column).collect();
            let columns = columns.filter(|columns| !columns.is_empty())?;
            options.extend(["--columns".to_owned(), columns.join(",")]);
        }
    }
    match &reading.labels {
        Labels::Auto => {}
        Labels::None => options.extend(["--label".to_owned(), "none".to_owned()]),
        Labels::Column(label) => options.extend(["--label".to_owned(), column(label)?]),
    }
    match reading.incomplete {
        Incomplete::Auto => {}
        Incomplete::LeaveOut => options.push("--drop-incomplete".to_owned()),
        Incomplete::FillMean => options.push("--fill-mean".to_owned()),
    }
    match reading.decimal {
        Decimal::Auto => {}
        Decimal::Comma => options.push("--decimal-comma".to_owned()),
    }
    let transpose = match reading.orientation {
        Orientation::Careful => None,
        Orientation::Rows => Some("no"),
        Orientation::Columns => Some("yes"),
        Orientation::Suggested => return None,
    };
    if let Some(transpose) = transpose {
        options.extend(["--transpose".to_owned(), transpose.to_owned()]);
    }
    Some(options)
}

fn preparation_options(preparation: &Preparation) -> Option<Vec<String>> {
    let known = |name: &Preprocessing| {
        let mut named = name.preparation()?;
        if let (Whitening::Zca { epsilon: to }, Whitening::Zca { epsilon }) =
            (&mut named.whitening, preparation.whitening)
        {
            *to = epsilon;
        }
        let grey = preparation.colour == Colour::Grey && named.colour != Colour::Grey;
        if grey {
            named.colour = Colour::Grey;
        }
        (named == *preparation).then_some(grey)
    };
    let (name, grey) = NAMED.iter().find_map(|name| Some((name, known(name)?)))?;
    let mut options = vec!["--preprocess".to_owned(), name.name().to_owned()];
    if let Whitening::Zca { epsilon } = preparation.whitening {
        options.extend(["--epsilon".to_owned(), number(epsilon)]);
    }
    if grey {
        options.push("--grey".to_owned());
    }
    Some(options)
}

/// `word` as a shell reads it as one word.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,+%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}
