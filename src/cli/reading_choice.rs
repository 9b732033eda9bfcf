//! Which part of a table or a matrix is data, and which way round it lies.

use clap::Args;

use crate::data::error::grouped;
use crate::data::{
    Column, Columns, Decimal, Found, Incomplete, Labels, Orientation, Reading, Understood,
};

/// Choices about reading; everything may be left out.
#[derive(Clone, Debug, Default, PartialEq, Args)]
pub struct ReadingChoice {
    /// The columns of a table or a matrix to take, in this order: names, or places from 0 [default: the model's, or else
    /// those that hold numbers, without labels and row numbers]
    #[arg(long, value_name = "NAME|I[,…]", value_delimiter = ',')]
    columns: Vec<String>,
    /// The column that holds a class for each sample; `none`: there is no such column [default: one whose name says so,
    /// or the only one of words]
    #[arg(long, value_name = "NAME|I|none")]
    label: Option<String>,
    /// Leave out rows of a table in which a value is missing; this is the default
    #[arg(long)]
    drop_incomplete: bool,
    /// Fill missing values with the mean of their column, the training data's where a model is given
    #[arg(long, conflicts_with = "drop_incomplete")]
    fill_mean: bool,
    /// Whether the columns of a table or a matrix are the samples; auto: MATLAB's where their shape suggests it [default:
    /// the model's, or else auto]
    #[arg(long, value_enum)]
    transpose: Option<Transpose>,
    /// Numbers have decimal commas; found out by itself where semicolons or tabs separate them
    #[arg(long)]
    decimal_comma: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Transpose {
    Auto,
    Yes,
    No,
}

impl ReadingChoice {
    /// What the options say, and what `base` says where there are none.
    pub fn reading(&self, base: &Reading) -> Reading {
        let columns = || self.columns.iter().map(|text| Column::parse(text));
        Reading {
            columns: if self.columns.is_empty() {
                base.columns.clone()
            } else {
                Columns::These(columns().collect())
            },
            labels: match self.label.as_deref() {
                None => base.labels.clone(),
                Some("none") => Labels::None,
                Some(text) => Labels::Column(Column::parse(text)),
            },
            incomplete: match (self.drop_incomplete, self.fill_mean) {
                (true, _) => Incomplete::LeaveOut,
                (_, true) => Incomplete::FillMean,
                _ => base.incomplete,
            },
            decimal: match self.decimal_comma {
                true => Decimal::Comma,
                false => base.decimal,
            },
            orientation: match self.transpose {
                None => base.orientation,
                Some(Transpose::Auto) => Orientation::Careful,
                Some(Transpose::Yes) => Orientation::Columns,
                Some(Transpose::No) => Orientation::Rows,
            },
        }
    }
}

/// What somebody should know who did not choose how `found` was read, a sentence each with the option that changes it.
pub fn notes(found: &Found, asked: &Reading) -> Vec<String> {
    let mut notes = Vec::new();
    let Some(understood) = &found.understood else {
        return notes;
    };
    let name = &found.name;
    if asked.orientation == Orientation::Careful {
        let advised = understood.suggested.orientation == Orientation::Columns;
        match (advised, understood.transposed()) {
            (true, true) => notes.push(format!(
                "{name} has its samples in its columns, as its shape suggests: --transpose no takes its rows"
            )),
            (true, false) => notes.push(format!(
                "the shape of {name} suggests that its columns are the samples, and its rows were taken: give \
                 --transpose yes for its columns, or no to be sure"
            )),
            (false, _) => {}
        }
    }
    let Understood { rows_left_out, .. } = *understood;
    if rows_left_out > 0 {
        notes.push(format!(
            "{} of {} rows of {name} were left out, since values are missing in them: --fill-mean keeps them",
            grouped(rows_left_out as u64),
            grouped((rows_left_out + found.count()) as u64)
        ));
    }
    notes
}
