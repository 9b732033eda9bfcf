//! The first lines of a table: how many of them hold names, and the columns' names.

use csv::ByteRecord;

use super::columns::has_names;
use super::dialect::{Dialect, Field};
use super::reader::Reader;
use super::text;
use crate::data::DataError;
use crate::data::choice::shown;

/// As many records show what the header is: three lines of names, one with those of the index, and values.
const LOOKED_AT: usize = 6;

/// Most lines of names.
const LINES: usize = 4;

/// A record, and where in the text it begins.
pub(super) struct Read {
    pub(super) record: ByteRecord,
    pub(super) start: usize,
    /// Whether its first field stands in quotation marks.
    quoted: bool,
}

pub(super) struct Header {
    /// Empty without a line of them; else as many as columns.
    pub(super) names: Vec<String>,
    /// Lines that are no samples.
    pub(super) lines: usize,
    pub(super) width: usize,
    /// A sentence, where there are several lines.
    pub(super) note: Option<String>,
}

pub(super) fn first_records(reader: &mut Reader<'_, '_>) -> Result<Vec<Read>, DataError> {
    let mut head = Vec::new();
    let mut record = ByteRecord::new();
    while head.len() < LOOKED_AT && reader.next(&mut record)? {
        head.push(Read {
            record: record.clone(),
            start: reader.start,
            quoted: reader.is_quoted(),
        });
    }
    Ok(head)
}

impl Header {
    /// `None` of nothing.
    pub(super) fn of(head: &[Read], dialect: Dialect) -> Option<Self> {
        let mut first = head.first()?.record.clone();
        if names_rows(head, dialect) {
            first = std::iter::once(&b""[..]).chain(first.iter()).collect();
        }
        let second = head.get(1).map(|read| &read.record);
        let mut header = Self {
            names: Vec::new(),
            lines: 0,
            width: first.len(),
            note: None,
        };
        if !has_names(&first, second, dialect) {
            return Some(header);
        }
        let words = |record: &ByteRecord| -> Vec<String> {
            let words = record.iter().map(text::words);
            words.map(std::borrow::Cow::into_owned).collect()
        };
        header.names = words(&first);
        let more = names_below(head, dialect);
        header.lines = 1 + more;
        for read in head.iter().skip(1).take(more) {
            join(&mut header.names, &words(&read.record));
        }
        let of_index = more > 0
            && head.get(1 + more).is_some_and(|read| {
                let mut fields = read.record.iter().map(|field| dialect.read(field));
                read.record.len() == first.len()
                    && fields.next() == Some(Field::Word)
                    && fields.all(|field| field == Field::Gap)
            });
        if of_index {
            // it says what the first column is, of which the lines before say what they are themselves
            header.names[0] = words(&head[1 + more].record).swap_remove(0);
            header.lines += 1;
        }
        if more > 0 {
            let last = header.names.last().map_or("", String::as_str);
            header.note = Some(format!(
                "The first {} lines hold names, which are put together, as in {:?}.",
                header.lines,
                shown(last)
            ));
        }
        Some(header)
    }
}

/// Whether each line of values begins with one more than there are names, as `write.table` of R writes: the row's.
fn names_rows(head: &[Read], dialect: Dialect) -> bool {
    let [names, first, more @ ..] = head else {
        return false;
    };
    let longer = |read: &Read| read.record.len() == names.record.len() + 1;
    let field = |read: &Read| read.record.get(0).map(|field| dialect.read(field));
    let of_words = |read: &Read| read.quoted || field(read) == Some(Field::Word);
    let counts = |read: &Read, row: f64| field(read) == Some(Field::Number(row));
    let named = of_words(first) && more.iter().all(of_words)
        || counts(first, 1.0) && more.first().is_some_and(|read| counts(read, 2.0));
    longer(first)
        && more.iter().all(longer)
        && named
        && names
            .record
            .iter()
            .all(|field| dialect.read(field) == Field::Word)
}

/// How many lines of names follow the first: without a number, and with words above most of the numbers that follow.
fn names_below(head: &[Read], dialect: Dialect) -> usize {
    let read = |record: &ByteRecord| -> Vec<Field> {
        record.iter().map(|field| dialect.read(field)).collect()
    };
    let fields: Vec<Vec<Field>> = head.iter().map(|read_| read(&read_.record)).collect();
    let is_number = |field: &Field| !matches!(field, Field::Word | Field::Gap);
    let below = |lines: usize| {
        let values = fields.iter().skip(lines);
        values
            .map(|line| line.iter().map(is_number))
            .find_map(|line| {
                let line: Vec<bool> = line.collect();
                line.contains(&true).then_some(line)
            })
    };
    let is_names = |line: usize| {
        let (Some(names), Some(numbers)) = (fields.get(line), below(line + 1)) else {
            return false;
        };
        let places = names.iter().zip(&numbers).filter(|(_, number)| **number);
        let (mut above, mut words) = (0, 0);
        for (name, _) in places {
            above += 1;
            words += usize::from(*name == Field::Word);
        }
        names.len() == numbers.len()
            && names.len() == fields[0].len()
            && !names.iter().any(is_number)
            && words * 2 > above
    };
    (1..LINES).take_while(|line| is_names(*line)).count()
}

/// Puts the names of the next line behind those of the lines before.
fn join(names: &mut [String], more: &[String]) {
    for (name, more) in names.iter_mut().zip(more) {
        // what pandas writes where a level has no name
        if more.is_empty() || more.starts_with("Unnamed: ") {
            continue;
        }
        if !name.is_empty() {
            name.push(' ');
        }
        name.push_str(more);
    }
}
