//! Tables of numbers as text: comma, semicolon, tab or spaces between, with or without a line of names.

mod columns;
mod dialect;
mod header;
mod marks;
mod missing;
mod preamble;
mod reader;
mod said;
mod spaces;
mod survey;
mod text;

use std::borrow::Cow;

use csv::ByteRecord;
use ndarray::Array2;

use super::choice::classes;
use super::error::grouped;
use super::found::{Content, Found, Values};
use super::input::Input;
use super::progress::{Stage, Watch, tell};
use super::reading::Wanted;
use super::reading::{Incomplete, Orientation, Reading, Role, TableColumn, Understood, Why};
use super::smooth::are_curves;
use super::suit::{WIDEST_TABLE, are_numbered};
use super::{DataError, Decimal, Preparation, SampleShape, Scaling, limits, square};
use columns::{Plan, Refused, Table};
use dialect::{Dialect, Separator};
use header::Header;
use reader::Reader;
use survey::{Seen, Survey};
use text::Encoding;

/// Rows between two words of progress.
const WORD: u64 = 1 << 10;

/// Whether `head` begins like a line of numbers.
pub(super) fn is_table(head: &[u8]) -> bool {
    let head = text::beginning(head);
    let printable = |byte: &u8| matches!(byte, b'\t' | b'\r' | b'\n' | b' '..=b'~');
    matches!(head[..], [b'0'..=b'9' | b'-' | b'+' | b'.', ..]) && head.iter().all(printable)
}

/// Whether this is a table in UTF-16, by its mark and its name's end.
pub(super) fn is_wide(head: &[u8], ending: &str) -> bool {
    Encoding::of(head) != Encoding::Utf8 && ["csv", "tsv", "txt"].contains(&ending)
}

/// Reads the table: f64, one sample a line. See [`Table::plan`] for what becomes of its columns.
pub(super) fn read(
    mut input: Input<'_>,
    name: String,
    wanted: Wanted<'_>,
    watch: Watch<'_>,
) -> Result<Found, DataError> {
    let reading = wanted.reading;
    let bytes = input.rest(limits::WHOLE_FILE)?;
    let (text, encoding) = text::decoded(&input, bytes)?;
    let (text, separator) = preamble::without_preamble(text, reading.decimal);
    let dialect = match separator {
        Some(separator) => Dialect::with(separator, &text, reading.decimal),
        None => Dialect::of(&text, reading.decimal),
    };
    let text = match dialect.separator {
        Separator::Spaces => Cow::Owned(spaces::semicolons_for_spaces(&text)),
        Separator::Vectors => Cow::Owned(spaces::semicolons_in_vectors(&text)),
        _ => Cow::Borrowed(&text[..]),
    };
    let mut reader = Reader::new(&input, &text, dialect);
    let (mut survey, joined) = look(&mut reader, &input, dialect, (text.len(), watch))?;
    let names = reader.names.clone();
    let vectors = dialect.separator == Separator::Vectors;
    let table = Table {
        survey: &survey,
        names: &names,
        vectors,
    };
    let refused = |Refused { found, remedy }| input.unsupported(found, remedy);
    let plan = table.plan(reading, wanted.known).map_err(refused)?;
    if plan.used.is_empty() {
        return Err(refused(said::nothing_left(table, &plan)));
    }
    refuse_words(&reader, &survey, &plan)?;
    let mut notes = said::left_out(table, &plan);
    notes.extend(said::could_be_labels(table, &plan));
    notes.extend(joined);
    let used = |of: fn(&Seen) -> bool| plan.used.iter().any(|&at| of(&survey.columns[at]));
    if used(|seen| seen.grouped) {
        notes.push("Digits in groups of three read as thousands.".into());
    }
    if used(Seen::is_percentages) {
        notes.push("Percentages read as parts of 1.".into());
    }
    if survey.commas {
        notes.push("Decimal commas read as points.".into());
    }
    if used(|seen| seen.truths) {
        notes.push("True read as 1, false as 0.".into());
    }
    let mut understood = understood(table, &plan, reading);
    let words = plan.label.map(|label| survey.words(label.place));
    let complete = missing::complete(&mut survey, &plan.used, reading.incomplete, |rows, more| {
        input.room(rows, more)
    })?;
    let table = Table {
        survey: &survey,
        names: &names,
        vectors,
    };
    understood.reading.incomplete = complete.choice;
    if reading.incomplete == Incomplete::Auto {
        understood.suggested.incomplete = complete.choice;
    }
    if complete.rows.is_empty() {
        return Err(refused(said::none_complete(table, &plan.used, &complete)));
    }
    if let Some(column) = complete.unknown {
        return Err(refused(said::no_mean(table, plan.used[column])));
    }
    let said = said::incomplete(table, &plan.used, &complete, reading.incomplete);
    notes.extend(said);
    understood.rows_left_out = survey.rows - complete.rows.len();
    let size = (complete.rows.len(), plan.used.len());
    #[expect(
        clippy::expect_used,
        reason = "as many values as rows and columns were kept"
    )]
    let mut values = Array2::from_shape_vec(size, complete.values).expect("rows are equally long");
    if understood.transposed() {
        values = values.t().as_standard_layout().into_owned();
        notes.push(super::matrix::turned(size));
        let found = found(name, values, true, encoding);
        notes.extend(found.notes);
        return Ok(Found {
            notes,
            understood: Some(understood),
            ..found
        });
    }
    understood.filled = complete.filled;
    let row_names = survey.names_of(&complete.rows, |place| {
        matches!(plan.roles[place], Role::LeftOut(Why::Words | Why::Index))
    });
    let (labels, class_names) = match words {
        Some(words) => {
            let by_words = plan.label.filter(|label| label.by_words);
            if let Some(label) = by_words {
                let column = table.title(label.place);
                notes.push(format!("Column {column} taken as labels: it holds words."));
            }
            classes_of(words, &complete.rows, &mut notes)
        }
        None => (None, Vec::new()),
    };
    let named = plan.used.iter().filter_map(|&place| names.get(place));
    let named: Vec<String> = named.cloned().collect();
    let numbered = named.is_empty() || are_numbered(&named);
    let mut found = found(name, values, numbered, encoding);
    notes.append(&mut found.notes);
    // the pixels of a colour picture may have been put in another order
    Ok(Found {
        labels,
        class_names,
        names: row_names,
        column_names: if found.has_colour() {
            Vec::new()
        } else {
            named
        },
        notes,
        understood: Some(understood),
        ..found
    })
}

/// All of the table, and what is said of a header of several lines. The names of its columns go to `reader`.
fn look(
    reader: &mut Reader<'_, '_>,
    input: &Input<'_>,
    dialect: Dialect,
    (length, watch): (usize, Watch<'_>),
) -> Result<(Survey, Option<String>), DataError> {
    let head = header::first_records(reader)?;
    let Some(header) = Header::of(&head, dialect) else {
        return Err(input.unsupported("blank lines and nothing else", "choose another file"));
    };
    let width = header.width;
    if width > limits::COLUMNS {
        return Err(DataError::TooLarge {
            file: input.file().to_owned(),
            found: format!("{} columns", grouped(width as u64)),
            limit: grouped(limits::COLUMNS as u64),
            remedy: "keep fewer columns".into(),
        });
    }
    reader.names = header.names;
    let mut seen = Vec::new();
    input.room(&mut seen, width)?;
    seen.resize_with(width, Seen::default);
    let mut survey = Survey::new(seen);
    let mut first = head.into_iter().skip(header.lines);
    let mut record = ByteRecord::new();
    loop {
        if let Some(read) = first.next() {
            (record, reader.start) = (read.record, read.start);
        } else if !reader.next(&mut record)? {
            break;
        }
        reader.check_width(&record, width)?;
        if survey.values.capacity() - survey.values.len() < width {
            let more = survey.values.len().max(width);
            input.room(&mut survey.values, more)?;
        }
        survey.take(record.iter(), reader.start, dialect);
        let rows = survey.rows as u64;
        if survey.values.len() as u64 > limits::VALUES {
            return Err(super::too_many_values(input.file(), &[rows, width as u64]));
        }
        if rows.is_multiple_of(WORD) {
            tell(watch, Stage::Reading, reader.start as u64, length as u64)?;
        }
    }
    if survey.rows == 0 {
        let found = "names of columns and no row of numbers";
        return Err(input.unsupported(found, "add the numbers, or choose another file"));
    }
    for seen in &mut survey.columns {
        seen.settle();
    }
    Ok((survey, header.note))
}

/// Refuses the first field in the columns in use that is no number.
fn refuse_words(reader: &Reader<'_, '_>, survey: &Survey, plan: &Plan) -> Result<(), DataError> {
    let first = plan.used.iter().flat_map(|&place| {
        let seen = &survey.columns[place];
        let word = seen.first_word.as_ref().map(|word| (word, None));
        let infinite = seen.first_infinite.as_ref();
        let infinite = infinite.map(|(value, field)| (field, Some(*value)));
        word.into_iter()
            .chain(infinite)
            .map(move |(field, value)| (field, value, place))
    });
    match first.min_by_key(|(field, _, place)| (field.start, *place)) {
        None => Ok(()),
        Some((field, None, place)) => Err(reader.not_a_number(&field.field, (field.start, place))),
        Some((field, Some(value), place)) => {
            Err(reader.infinite(value, &field.field, (field.start, place)))
        }
    }
}

fn understood(table: Table<'_>, plan: &Plan, reading: &Reading) -> Understood {
    let decimal = if table.survey.commas {
        Decimal::Comma
    } else {
        reading.decimal
    };
    // a table says nothing of itself that would turn it
    let transposed = reading.orientation.transposes(false, false);
    let followed = Reading {
        decimal,
        orientation: Orientation::settled(transposed),
        ..table.settled(plan, reading)
    };
    let open = Reading::default();
    let suggested = match table.plan(&open, &[]) {
        Ok(plan) => Reading {
            decimal,
            orientation: Orientation::Rows,
            incomplete: Incomplete::LeaveOut,
            ..table.settled(&plan, &open)
        },
        Err(_) => followed.clone(), // never: nothing is asked for that may be missing
    };
    let column = |(place, role): (usize, &Role)| TableColumn {
        name: table.names.get(place).cloned().unwrap_or_default(),
        role: *role,
        numeric: table.survey.columns[place].is_numeric(),
    };
    Understood {
        reading: followed,
        suggested,
        columns: plan.roles.iter().enumerate().map(column).collect(),
        rows_left_out: 0,
        filled: Vec::new(),
    }
}

/// The classes that the words of a column of labels make, of the rows that were kept.
fn classes_of(
    words: Option<Vec<String>>,
    rows: &[usize],
    notes: &mut Vec<String>,
) -> (Option<Vec<u8>>, Vec<String>) {
    let Some(words) = words else {
        notes.push("Labels ignored: they have more than 256 different values.".into());
        return (None, Vec::new());
    };
    let kept: Vec<String> = rows.iter().map(|&row| words[row].clone()).collect();
    match classes(&kept, notes) {
        Some((labels, names)) => (Some(labels), names),
        None => (None, Vec::new()),
    }
}

/// The matrix, how it is shown, and the scaling that suits it; `numbered`: columns without names of their own.
fn found(name: String, values: Array2<f64>, numbered: bool, encoding: Encoding) -> Found {
    // text has no precision of its own; f64 loses none of it
    let inside = values.iter().all(|value| (0.0..=1.0).contains(value));
    let curves = are_curves(values.view());
    let (values, shape, note) = square::arranged(Values::F64(values));
    let scaling = match shape {
        _ if inside => Scaling::None,
        // a pixel is as bright as its neighbours are; the columns of a table have units of their own
        SampleShape::Image { .. } => Scaling::Unit,
        SampleShape::Vector { length } if numbered && length >= WIDEST_TABLE && !curves => {
            // embeddings have one unit, and a few outliers that would squeeze each column
            Scaling::Clip
        }
        SampleShape::Vector { .. } => Scaling::UnitColumns,
    };
    let suggested = Preparation {
        scaling,
        ..Preparation::NONE
    };
    let content = Content::Samples { values, shape };
    let encoding = match encoding {
        Encoding::Utf8 => "numbers as text, CSV",
        Encoding::Utf16 { .. } => "numbers as text, CSV in UTF-16",
    };
    Found {
        notes: note.into_iter().collect(),
        ..Found::new(name, content, encoding, suggested)
    }
}

#[cfg(test)]
mod tests;
