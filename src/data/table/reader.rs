//! Records out of a table's text, with their places for messages.

use csv::{ByteRecord, ReaderBuilder};

use super::dialect::Dialect;
use crate::data::DataError;
use crate::data::choice::shown;
use crate::data::input::Input;

/// The text, and how far it was read.
pub(super) struct Reader<'a, 'b> {
    input: &'a Input<'b>,
    dialect: Dialect,
    text: &'a [u8],
    reader: csv::Reader<&'a [u8]>,
    /// Where in the text the last record begins.
    pub(super) start: usize,
    /// For messages; empty where there are none.
    pub(super) names: Vec<String>,
}

impl<'a, 'b> Reader<'a, 'b> {
    pub(super) fn new(input: &'a Input<'b>, text: &'a [u8], dialect: Dialect) -> Self {
        Self {
            input,
            dialect,
            text,
            reader: ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .delimiter(dialect.separator.byte())
                .trim(csv::Trim::All)
                .from_reader(text),
            start: 0,
            names: Vec::new(),
        }
    }

    /// Reads the next record; false at the end.
    pub(super) fn next(&mut self, record: &mut ByteRecord) -> Result<bool, DataError> {
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
                    self.line(self.start),
                    column + 1
                );
                return Err(self.input.unsupported(found, "close it or remove it"));
            }
        }
        Ok(more)
    }

    /// Whether the last record's first field stands in quotation marks.
    pub(super) fn is_quoted(&self) -> bool {
        let record = self.text.get(self.start..).unwrap_or_default();
        record.trim_ascii_start().starts_with(b"\"")
    }

    /// The line in which the record that begins at `start` begins, from 1.
    pub(super) fn line(&self, start: usize) -> u64 {
        let before = &self.text[..start.min(self.text.len())];
        let ends = |mark| before.iter().filter(|&&byte| byte == mark).count();
        // Macs of old ended lines by \r alone
        1 + match ends(b'\n') {
            0 => ends(b'\r') as u64,
            lines => lines as u64,
        }
    }

    pub(super) fn check_width(&self, record: &ByteRecord, width: usize) -> Result<(), DataError> {
        let length = record.len();
        if length == width {
            return Ok(());
        }
        let line = self.line(self.start);
        if !record.as_slice().iter().any(u8::is_ascii_digit) {
            let found = format!("words in line {line}, where numbers should be");
            return Err(self.input.unsupported(found, "choose a table of numbers"));
        }
        let found = format!(
            "{length} {} in line {line}, and {width} in the lines before",
            if length == 1 { "field" } else { "fields" },
        );
        let another = [b',', b';', b'\t'].iter().any(|mark| {
            *mark != self.dialect.separator.byte()
                && record.iter().any(|field| field.contains(mark))
        });
        let remedy = if another {
            "separate the fields in the same way in every line"
        } else {
            "give each line as many"
        };
        Err(self.input.unsupported(found, remedy))
    }

    /// The refusal of a number like 1e999, or of infinity itself.
    pub(super) fn infinite(&self, value: f64, field: &[u8], at: (usize, usize)) -> DataError {
        let (start, column) = at;
        let line = self.line(start);
        if !field.iter().any(u8::is_ascii_digit) {
            return DataError::NotFinite {
                file: self.input.file().to_owned(),
                value,
                row: line,
                column: column as u64 + 1,
            };
        }
        let found = format!(
            "{:?} in line {line}, column {}, which is beyond the range of numbers",
            shown(&String::from_utf8_lossy(field)),
            column + 1
        );
        self.input
            .unsupported(found, "replace it or leave that line out")
    }

    /// The refusal of a word in a column of numbers.
    pub(super) fn not_a_number(&self, field: &[u8], at: (usize, usize)) -> DataError {
        const SHOWN: usize = 20;
        let (start, column) = at;
        let whole = String::from_utf8_lossy(field);
        let text: String = whole.chars().take(SHOWN).collect();
        let called = match self.names.get(column).map_or("", String::as_str) {
            "" => String::new(),
            name => format!(" ({})", shown(name)),
        };
        let found = format!(
            "{text:?} in line {}, column {}{called}, which is not a number",
            self.line(start),
            column + 1
        );
        if whole.ends_with('%') {
            let remedy = "write all of that column as percentages, or nothing of it";
            return self.input.unsupported(found, remedy);
        }
        let dots = whole.replace(',', ".");
        let remedy = if whole.contains(',') && dots.parse::<f64>().is_ok() {
            "write numbers with a decimal point"
        } else {
            "replace it or leave that column out"
        };
        self.input.unsupported(found, remedy)
    }
}
