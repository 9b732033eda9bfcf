//! Choices about reading: which columns of a table are data, what becomes of gaps, and which way round an array lies.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{DataError, Found};

/// How a file is read, beside which array of it. What is left open is suggested by the content.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reading {
    pub columns: Columns,
    pub labels: Labels,
    pub incomplete: Incomplete,
    pub decimal: Decimal,
    pub orientation: Orientation,
}

impl Reading {
    /// As releases read that knew no such choices: every column, each row a sample. What they stored says nothing of it.
    pub(super) const OF_OLD: Self = Self {
        columns: Columns::All,
        labels: Labels::Auto,
        incomplete: Incomplete::LeaveOut,
        decimal: Decimal::Auto,
        orientation: Orientation::Rows,
    };

    /// Whether columns or labels are asked for that only some files have.
    pub(super) fn picks(&self) -> bool {
        matches!(self.columns, Columns::These(_)) || matches!(self.labels, Labels::Column(_))
    }

    /// The same for another file, to be prepared as this one's data were: the training data's names say which columns
    /// those are, and it may have no labels.
    pub fn for_other_data(&self) -> Self {
        let places = |columns: &Vec<Column>| columns.iter().all(|c| matches!(c, Column::At(_)));
        Self {
            columns: match &self.columns {
                Columns::These(columns) if places(columns) => self.columns.clone(),
                _ => Columns::Suggested,
            },
            labels: Labels::Auto,
            ..self.clone()
        }
    }
}

/// Which columns are the values of a sample.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Columns {
    /// Those that hold numbers and say something: no labels, no words, no count of the rows.
    #[default]
    Suggested,
    /// Every one but the labels.
    All,
    /// These, in this order.
    These(Vec<Column>),
}

/// One column.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Column {
    Named(String),
    /// From 0.
    At(usize),
}

impl Column {
    /// A whole number is a place, anything else a name.
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        text.parse()
            .map_or_else(|_| Self::Named(text.to_owned()), Self::At)
    }
}

/// Which column holds a class for each sample.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Labels {
    /// One whose name says so, or the only one of words.
    #[default]
    Auto,
    None,
    Column(Column),
}

/// What becomes of rows in which a value is missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Incomplete {
    /// Left out, as long as that leaves any; else filled.
    #[default]
    Auto,
    LeaveOut,
    /// Each gap is filled with the mean of its column.
    FillMean,
}

/// What stands before the fraction of a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decimal {
    /// A point, or a comma where fields are separated by something else.
    #[default]
    Auto,
    Comma,
}

/// Whether the samples of a matrix are its rows or its columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Orientation {
    /// For who cannot look at the result: MATLAB's matrices as their shape suggests, all others as they were saved.
    #[default]
    Careful,
    /// For who sees the result before it is used: as the shape suggests.
    Suggested,
    Rows,
    Columns,
}

impl Orientation {
    /// Whether the columns of a matrix are the samples; `advised`: whether its shape suggests it, and `matlab` whether it
    /// comes from there.
    pub(super) fn transposes(self, advised: bool, matlab: bool) -> bool {
        match self {
            Self::Careful => advised && matlab,
            Self::Suggested => advised,
            Self::Rows => false,
            Self::Columns => true,
        }
    }

    /// With nothing left open.
    pub(super) fn settled(transposed: bool) -> Self {
        if transposed {
            Self::Columns
        } else {
            Self::Rows
        }
    }
}

/// What was found, if it has what `reading` asks for; without the labels that it asks to leave out.
pub(super) fn followed(mut found: Found, reading: &Reading) -> Result<Found, DataError> {
    let refused = |what: &str, remedy: &str| DataError::Unsupported {
        file: found.name.clone(),
        found: what.into(),
        remedy: remedy.into(),
    };
    if found.understood.is_none() {
        if reading.picks() {
            let remedy = "leave the choice of columns and labels out";
            return Err(refused("no columns to choose from", remedy));
        }
        if reading.orientation == Orientation::Columns {
            let what = "no matrix whose columns could be samples";
            return Err(refused(what, "leave its orientation as it is"));
        }
    }
    if reading.labels == Labels::None {
        found.labels = None;
        found.class_names.clear();
    }
    Ok(found)
}

/// What a reader is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    /// The array, where the file holds several.
    pub(super) variable: Option<&'a str>,
    pub(super) reading: &'a Reading,
    /// The columns of the data that these are to be treated like, where they have names.
    pub(super) known: &'a [String],
}

/// How what was read was understood, where there was something to choose.
#[derive(Clone, Debug, PartialEq)]
pub struct Understood {
    /// The choices as they were followed, with nothing left open.
    pub reading: Reading,
    /// What is suggested, in the same form.
    pub suggested: Reading,
    /// The columns of a table, in its order; none of an array.
    pub columns: Vec<TableColumn>,
    /// Rows left out because a value is missing in them.
    pub rows_left_out: usize,
    /// Row and column of each sample's value that was missing and is now its column's mean.
    pub filled: Vec<(usize, usize)>,
}

impl Understood {
    /// Whether rows and columns changed places.
    pub fn transposed(&self) -> bool {
        self.reading.orientation == Orientation::Columns
    }

    /// What the column that holds the labels is called.
    pub fn label(&self) -> Option<String> {
        let mut columns = self.columns.iter();
        let place = columns.position(|column| column.role == Role::Label)?;
        Some(self.title(place))
    }

    /// The columns that were left out, and why.
    pub fn left_out(&self) -> impl Iterator<Item = (String, Why)> {
        let columns = self.columns.iter().enumerate();
        columns.filter_map(|(place, column)| match column.role {
            Role::LeftOut(why) => Some((self.title(place), why)),
            Role::Used | Role::Label => None,
        })
    }

    /// A column's name, or else its place from 0: what the command line takes.
    pub fn title(&self, place: usize) -> String {
        match self.columns.get(place) {
            Some(column) if !column.name.is_empty() => column.name.clone(),
            _ => place.to_string(),
        }
    }

    /// Where columns are, and how a choice names them.
    pub fn names(&self) -> ColumnNames<'_> {
        ColumnNames::new(self.columns.iter().map(|column| &*column.name))
    }
}

/// The names of a table's columns, to be looked up: a table may have very many.
pub struct ColumnNames<'a> {
    names: Vec<&'a str>,
    /// The first column of each name, and whether it is the only one.
    first: HashMap<&'a str, (usize, bool)>,
}

impl<'a> ColumnNames<'a> {
    pub(super) fn new(names: impl Iterator<Item = &'a str>) -> Self {
        let names: Vec<&str> = names.collect();
        let mut first: HashMap<&str, (usize, bool)> = HashMap::with_capacity(names.len());
        for (place, name) in names.iter().enumerate() {
            let known = first.entry(name).or_insert((place, true));
            known.1 = known.0 == place;
        }
        Self { names, first }
    }

    /// Where the column is.
    pub fn place(&self, column: &Column) -> Option<usize> {
        match column {
            Column::At(place) => Some(*place),
            Column::Named(name) => self.first.get(&**name).map(|(place, _)| *place),
        }
    }

    /// How a choice names the column: by its name where no other has it.
    pub fn column(&self, place: usize) -> Column {
        let name = self.names.get(place).copied().unwrap_or_default();
        let alone = self.first.get(name).is_some_and(|(_, alone)| *alone);
        if name.is_empty() || !alone || name.parse::<usize>().is_ok() {
            Column::At(place)
        } else {
            Column::Named(name.to_owned())
        }
    }
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableColumn {
    /// Empty where it has none.
    pub name: String,
    pub role: Role,
    /// Whether there are numbers in it, and nothing else but gaps.
    pub numeric: bool,
}

/// What a column is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Used,
    Label,
    LeftOut(Why),
}

/// Why a column was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// It counts the rows, or names them.
    Index,
    /// It says where the rows are on an axis: at which time, or which wavelength.
    Axis,
    Words,
    Dates,
    /// It holds nothing at all.
    Empty,
    /// It has more gaps than values.
    Gaps,
    /// It says of what class a sample is, as another column does that was taken.
    OtherLabels,
    NotChosen,
}

impl Why {
    /// "which holds words"
    pub fn clause(self, several: bool) -> &'static str {
        match (self, several) {
            (Self::Index, false) => "which numbers the rows",
            (Self::Index, true) => "which number the rows",
            (Self::Axis, _) => "which goes along the rows in even steps",
            (Self::Words, false) => "which holds words",
            (Self::Words, true) => "which hold words",
            (Self::Dates, false) => "which holds dates",
            (Self::Dates, true) => "which hold dates",
            (Self::Empty, false) => "which is empty",
            (Self::Empty, true) => "which are empty",
            (Self::Gaps, false) => "which has more gaps than values",
            (Self::Gaps, true) => "which have more gaps than values",
            (Self::OtherLabels, false) => "whose name says that it holds labels",
            (Self::OtherLabels, true) => "whose names say that they hold labels",
            (Self::NotChosen, _) => "as chosen",
        }
    }
}
