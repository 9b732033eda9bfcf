//! Tables of numbers as text: comma, semicolon, tab or spaces between, with or without a line of names.

mod columns;

use std::borrow::Cow;

use csv::{ByteRecord, ReaderBuilder};
use ndarray::Array2;

use super::choice::{classes, shown};
use super::found::{Content, Found, Values, shape_of};
use super::input::Input;
use super::progress::{Stage, Watch, tell};
use super::{DataError, Preparation, SampleShape, Scaling, limits};
use columns::{Columns, Separator, number};

/// Rows between two words of progress.
const WORD: u64 = 1 << 10;

/// Whether `head` begins like a line of numbers.
pub(super) fn is_table(head: &[u8]) -> bool {
    let head = without_mark(head);
    let printable = |byte: &u8| matches!(byte, b'\t' | b'\r' | b'\n' | b' '..=b'~');
    matches!(head, [b'0'..=b'9' | b'-' | b'+' | b'.', ..]) && head.iter().all(printable)
}

/// Reads the table: f64, one sample a line. A column of labels is set apart: one that its name says to hold them, or
/// the first or last, if it alone holds words.
pub(super) fn read(
    mut input: Input<'_>,
    name: String,
    watch: Watch<'_>,
) -> Result<Found, DataError> {
    let bytes = input.rest(limits::WHOLE_FILE)?;
    let text = without_mark(&bytes);
    refuse_binary(&input, text)?;
    let separator = Separator::of(text);
    let text = match separator {
        Separator::Spaces => Cow::Owned(columns::commas_for_spaces(text)),
        _ => Cow::Borrowed(text),
    };
    let mut table = Table {
        input: &input,
        separator,
        text: &text,
        reader: ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator.byte())
            .trim(csv::Trim::All)
            .from_reader(&text),
        start: 0,
    };
    let mut record = ByteRecord::new();
    if !table.next(&mut record)? {
        return Err(no_samples(&input, 0, 0));
    }
    let mut second = ByteRecord::new();
    let (first_start, more) = (table.start, table.next(&mut second)?);
    let columns = Columns::of(&record, more.then_some(&second));
    let width = record.len();
    // the record in hand is the first of data
    let mut in_hand = true;
    let mut waiting = more.then_some((table.start, second));
    table.start = first_start;
    let mut names = Vec::new();
    if columns.names {
        let fields = record.iter().enumerate();
        names = fields
            .filter(|(column, _)| Some(*column) != columns.labels)
            .map(|(_, field)| String::from_utf8_lossy(field).into_owned())
            .collect();
        in_hand = next_of(&mut waiting, &mut table, &mut record)?;
    }
    let mut notes = Vec::new();
    let mut words: Vec<String> = Vec::new();
    let mut values: Vec<f64> = Vec::new();
    let (mut rows, mut word) = (0u64, None);
    while in_hand {
        table.check_width(&record, width)?;
        for (column, field) in record.iter().enumerate() {
            if Some(column) == columns.labels {
                word.get_or_insert_with(|| (field.to_vec(), table.line()));
                words.push(String::from_utf8_lossy(field).into_owned());
                continue;
            }
            let value = number(field).ok_or_else(|| table.not_a_number(field, column))?;
            if value.is_infinite() && field.iter().any(u8::is_ascii_digit) {
                return Err(table.too_large(field, column));
            }
            if !value.is_finite() {
                return Err(DataError::NotFinite {
                    file: input.file().to_owned(),
                    value,
                    row: table.line(),
                    column: column as u64 + 1,
                });
            }
            if values.len() == values.capacity() {
                let more = values.len().max(width);
                input.room(&mut values, more)?;
            }
            values.push(value);
        }
        rows += 1;
        if values.len() as u64 > limits::VALUES {
            return Err(super::too_many_values(input.file(), &[rows, width as u64]));
        }
        if rows.is_multiple_of(WORD) {
            tell(watch, Stage::Reading, table.start as u64, text.len() as u64)?;
        }
        in_hand = next_of(&mut waiting, &mut table, &mut record)?;
    }
    let length = width - usize::from(columns.labels.is_some());
    if rows == 0 || length == 0 {
        return Err(no_samples(&input, width, rows));
    }
    let (mut labels, mut class_names) = (None, Vec::new());
    if let (Some(column), Some((word, line))) = (columns.labels, word) {
        // taken for labels by its first word, it turns out to hold numbers: then that word is the mistake
        if !columns.named && words.iter().any(|word| number(word.as_bytes()).is_some()) {
            return Err(columns::not_a_number(&input, &word, line, column));
        }
        if !columns.named {
            let column = column + 1;
            notes.push(format!("Column {column} taken as labels: it holds words."));
        }
        if let Some(found) = classes(&words, &mut notes) {
            labels = Some(found.0);
            class_names = found.1;
        }
    }
    // text has no precision of its own; f64 loses none of it
    let inside = values.iter().all(|value| (0.0..=1.0).contains(value));
    // a table of so few columns is no set of pictures, even where they would fill a square: iris has four
    let shape = if length >= limits::TABLE_PICTURE {
        shape_of(length)
    } else {
        SampleShape::Vector { length }
    };
    let scaling = match shape {
        _ if inside => Scaling::None,
        // a pixel is as bright as its neighbours are; the columns of a table have units of their own
        SampleShape::Image { .. } => Scaling::Unit,
        SampleShape::Vector { .. } => Scaling::UnitColumns,
    };
    let suggested = Preparation {
        scaling,
        ..Preparation::NONE
    };
    #[expect(
        clippy::expect_used,
        reason = "every record has `width` fields: that was checked"
    )]
    let values =
        Array2::from_shape_vec((rows as usize, length), values).expect("rows are equally long");
    let content = Content::Samples {
        values: Values::F64(values),
        shape,
    };
    Ok(Found {
        name,
        content,
        encoding: "numbers as text, CSV".into(),
        suggested,
        labels,
        class_names,
        column_names: names,
        notes,
        variables: Vec::new(),
    })
}

/// The text, and how far it was read.
struct Table<'a, 'b> {
    input: &'a Input<'b>,
    separator: Separator,
    text: &'a [u8],
    reader: csv::Reader<&'a [u8]>,
    /// Where in the text the last record begins.
    start: usize,
}

impl Table<'_, '_> {
    /// Reads the next record; false at the end.
    fn next(&mut self, record: &mut ByteRecord) -> Result<bool, DataError> {
        let before = usize::try_from(self.reader.position().byte()).unwrap_or(usize::MAX);
        let rest = self.text.get(before..).unwrap_or_default();
        let blank = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
        self.start = before + blank.count();
        let more = self.reader.read_byte_record(record).map_err(|error| {
            self.input.unsupported(
                format!("a table that breaks off ({error})"),
                "write it again",
            )
        })?;
        // a quote that is never closed takes all that follows into one field
        if more && self.reader.position().byte() >= self.text.len() as u64 {
            let open = record.iter().position(|field| field.contains(&b'\n'));
            if let Some(column) = open {
                let found = format!(
                    "a quotation mark in line {}, column {} that is never closed",
                    self.line(),
                    column + 1
                );
                return Err(self.input.unsupported(found, "close it or remove it"));
            }
        }
        Ok(more)
    }

    /// The line in which the last record begins, from 1.
    fn line(&self) -> u64 {
        let before = &self.text[..self.start.min(self.text.len())];
        let ends = |mark| before.iter().filter(|&&byte| byte == mark).count();
        // Macs of old ended lines by \r alone
        1 + match ends(b'\n') {
            0 => ends(b'\r') as u64,
            lines => lines as u64,
        }
    }

    fn check_width(&self, record: &ByteRecord, width: usize) -> Result<(), DataError> {
        let length = record.len();
        if length == width {
            return Ok(());
        }
        if !record.as_slice().iter().any(u8::is_ascii_digit) {
            let found = format!("words in line {}, where numbers should be", self.line());
            return Err(self.input.unsupported(found, "choose a table of numbers"));
        }
        let found = format!(
            "{length} {} in line {}, and {width} in the lines before",
            if length == 1 { "field" } else { "fields" },
            self.line()
        );
        let another = [b',', b';', b'\t'].iter().any(|mark| {
            *mark != self.separator.byte() && record.iter().any(|field| field.contains(mark))
        });
        let remedy = if another {
            "separate the fields in the same way in every line"
        } else {
            "give each line as many"
        };
        Err(self.input.unsupported(found, remedy))
    }

    /// The refusal of a number like 1e999.
    fn too_large(&self, field: &[u8], column: usize) -> DataError {
        let found = format!(
            "{:?} in line {}, column {}, which is beyond the range of numbers",
            shown(&String::from_utf8_lossy(field)),
            self.line(),
            column + 1
        );
        self.input
            .unsupported(found, "replace it or leave that line out")
    }

    fn not_a_number(&self, field: &[u8], column: usize) -> DataError {
        columns::not_a_number(self.input, field, self.line(), column)
    }
}

/// Brings the record that waits, or else the next, into `record`.
fn next_of(
    waiting: &mut Option<(usize, ByteRecord)>,
    table: &mut Table<'_, '_>,
    record: &mut ByteRecord,
) -> Result<bool, DataError> {
    match waiting.take() {
        Some((start, waited)) => {
            table.start = start;
            *record = waited;
            Ok(true)
        }
        None => table.next(record),
    }
}

/// The text without the mark that says it is UTF-8.
fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)
}

/// No text has a byte 0: such a file is in UTF-16, or no text.
fn refuse_binary(input: &Input<'_>, text: &[u8]) -> Result<(), DataError> {
    match text.iter().position(|byte| *byte == 0) {
        None => Ok(()),
        Some(_) if text.len() > 1 && (text[0] == 0) != (text[1] == 0) => {
            Err(input.unsupported("text in UTF-16", "save it in UTF-8"))
        }
        Some(place) => Err(input.unsupported(
            format!("a zero byte at byte {place}, which text never has"),
            "write the table again, or give the file the right extension",
        )),
    }
}

/// The refusal of a table without a single value to learn from.
fn no_samples(input: &Input<'_>, width: usize, rows: u64) -> DataError {
    match (width, rows) {
        (0, _) => input.unsupported("blank lines and nothing else", "choose another file"),
        (_, 0) => input.unsupported(
            "names of columns and no row of numbers",
            "add the numbers, or choose another file",
        ),
        _ => input.unsupported(
            "labels and nothing to learn from",
            "add the columns of values, or choose another file",
        ),
    }
}

#[cfg(test)]
mod tests;
