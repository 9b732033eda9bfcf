//! What a table's first lines say of the rest: separator, names, labels.

use csv::ByteRecord;

use crate::data::DataError;
use crate::data::choice::names_labels;
use crate::data::input::Input;

/// What stands between two fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Separator {
    Comma,
    Semicolon,
    Tab,
    /// One or more, as NumPy's `savetxt` and Fortran write.
    Spaces,
}

impl Separator {
    /// A tab if the first line has one, else a semicolon, else a comma, quoted ones left out; spaces if it has none of
    /// them and one of the first two lines is numbers with spaces between.
    pub(super) fn of(text: &[u8]) -> Self {
        let mut lines = text
            .split(|byte| matches!(byte, b'\n' | b'\r'))
            .filter(|line| !line.is_empty());
        let (first, second) = (
            lines.next().unwrap_or_default(),
            lines.next().unwrap_or_default(),
        );
        let has = |line: &[u8], mark: u8| {
            // every other part is within quotes
            line.split(|byte| *byte == b'"')
                .step_by(2)
                .any(|part| part.contains(&mark))
        };
        if has(first, b'\t') {
            Self::Tab
        } else if has(first, b';') {
            Self::Semicolon
        } else if !has(first, b',') && (spaced(first) || (!has(second, b',') && spaced(second))) {
            Self::Spaces
        } else {
            Self::Comma
        }
    }

    /// The sign that the reader looks for.
    pub(super) fn byte(self) -> u8 {
        match self {
            Self::Comma | Self::Spaces => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
        }
    }
}

/// Whether `line` is two numbers or more with spaces between.
fn spaced(line: &[u8]) -> bool {
    let mut fields = 0;
    line.split(u8::is_ascii_whitespace)
        .filter(|field| !field.is_empty())
        .all(|field| {
            fields += 1;
            number(field).is_some()
        })
        && fields >= 2
}

/// The text with a comma for each run of spaces, none at the ends of lines, and without what follows a #, in which
/// `savetxt` writes names. Line ends stay, so that lines keep their numbers.
pub(super) fn commas_for_spaces(text: &[u8]) -> Vec<u8> {
    let mut commas = Vec::with_capacity(text.len());
    for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
        if index > 0 {
            commas.push(b'\n');
        }
        let line = line.split(|byte| *byte == b'#').next().unwrap_or_default();
        let fields = line
            .split(u8::is_ascii_whitespace)
            .filter(|field| !field.is_empty());
        for (place, field) in fields.enumerate() {
            if place > 0 {
                commas.push(b',');
            }
            commas.extend_from_slice(field);
        }
    }
    commas
}

/// How the columns are to be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Columns {
    /// Whether the first line holds the columns' names.
    pub(super) names: bool,
    /// The column that holds labels.
    pub(super) labels: Option<usize>,
    /// Whether its name said so, and not its words.
    pub(super) named: bool,
}

impl Columns {
    /// By the first two lines. The first holds names if it has no number at all, or a name for labels, or words where
    /// the second has numbers.
    pub(super) fn of(first: &ByteRecord, second: Option<&ByteRecord>) -> Self {
        let words = |record: &ByteRecord| -> Vec<usize> {
            let fields = record.iter().enumerate();
            fields
                .filter(|(_, field)| number(field).is_none())
                .map(|(column, _)| column)
                .collect()
        };
        let in_first = words(first);
        let labels = if in_first.is_empty() {
            None // numbers alone are never names, nor is any of them known for a label
        } else {
            first
                .iter()
                .position(|field| names_labels(&String::from_utf8_lossy(field)))
        };
        let alike = second.is_none_or(|second| words(second) == in_first);
        let gaps = in_first
            .iter()
            .all(|&column| is_missing(&String::from_utf8_lossy(&first[column])));
        let names = labels.is_some() || in_first.len() == first.len() || !(alike || gaps);
        if labels.is_some() {
            return Self {
                names,
                labels,
                named: true,
            };
        }
        let data = if names { second } else { Some(first) };
        let labels = data.and_then(|data| match words(data)[..] {
            [column] if column == 0 || column + 1 == data.len() => {
                (data.len() > 1 && is_word(&data[column])).then_some(column)
            }
            _ => None,
        });
        Self {
            names,
            labels,
            named: false,
        }
    }
}

/// Whether `field` names a class: a word, and none that stands for a missing number.
fn is_word(field: &[u8]) -> bool {
    let text = String::from_utf8_lossy(field);
    text.starts_with(char::is_alphabetic) && !is_missing(&text)
}

/// What programs write where a value is missing.
pub(super) fn is_missing(text: &str) -> bool {
    let text = text.to_lowercase();
    [
        "", "na", "n/a", "null", "none", "nil", "?", "-", ".", "missing",
    ]
    .contains(&text.as_str())
}

pub(super) fn number(field: &[u8]) -> Option<f64> {
    str::from_utf8(field).ok()?.parse().ok()
}

pub(super) fn not_a_number(input: &Input<'_>, field: &[u8], line: u64, column: usize) -> DataError {
    const SHOWN: usize = 20;
    let whole = String::from_utf8_lossy(field);
    let text: String = whole.chars().take(SHOWN).collect();
    let place = format!("line {line}, column {}", column + 1);
    let (found, remedy) = if field.is_empty() {
        (
            format!("nothing in {place}"),
            "fill it in or leave that line out",
        )
    } else if is_missing(&whole) {
        (
            format!("{text:?} in {place}, which is not a number"),
            "fill it in or leave that line out",
        )
    } else if whole.contains(',') && number(whole.replace(',', ".").as_bytes()).is_some() {
        (
            format!("{text:?} in {place}, which is not a number"),
            "write numbers with a decimal point",
        )
    } else {
        (
            format!("{text:?} in {place}, which is not a number"),
            "replace it or leave that column out",
        )
    };
    input.unsupported(found, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(first: &[&str], second: Option<&[&str]>) -> (bool, Option<usize>, bool) {
        let record = |fields: &[&str]| ByteRecord::from(fields.to_vec());
        let columns = Columns::of(&record(first), second.map(record).as_ref());
        (columns.names, columns.labels, columns.named)
    }

    #[test]
    fn names_and_labels_are_told_by_the_first_two_lines() {
        let numbers: Option<&[&str]> = Some(&["1", "2", "3"]);
        let words: Option<&[&str]> = Some(&["1", "2", "setosa"]);
        for (first, second, expected) in [
            (["1", "2", "3"], numbers, (false, None, false)),
            (["1", "2", "3"], None, (false, None, false)),
            (["a", "b", "c"], numbers, (true, None, false)),
            (["a", "b", "c"], None, (true, None, false)),
            (["a", "b", "Species"], words, (true, Some(2), true)),
            (["label", "0", "1"], numbers, (true, Some(0), true)),
            (["a", "b", "flower"], words, (true, Some(2), false)),
            (["5", "6", "virginica"], words, (false, Some(2), false)),
            (["5", "6", "virginica"], None, (false, Some(2), false)),
            // what is missing, or half a number, is no class
            (
                ["5", "6", "?"],
                Some(&["1", "2", "?"]),
                (false, None, false),
            ),
            (
                ["5", "6", "NA"],
                Some(&["1", "2", "NA"]),
                (false, None, false),
            ),
            (
                ["0,5", "6", "1"],
                Some(&["0,7", "2", "3"]),
                (false, None, false),
            ),
            // in the middle it may be anything
            (
                ["5", "cat", "1"],
                Some(&["1", "dog", "2"]),
                (false, None, false),
            ),
            (["", "a", "b"], numbers, (true, None, false)),
        ] {
            assert_eq!(columns(&first, second), expected, "{first:?}");
        }
    }

    #[test]
    fn the_separator_is_that_of_the_first_line() {
        for (text, separator) in [
            ("1,2\n", Separator::Comma),
            ("1;2\n", Separator::Semicolon),
            ("0,5;0,7;2,5\n", Separator::Semicolon),
            ("a b\tc,d\n", Separator::Tab),
            ("\"a;b\",c\n1,2\n", Separator::Comma),
            ("  1.0   2e3\n", Separator::Spaces),
            ("# a b\n1 2\n", Separator::Spaces),
            ("a b,c\n1,2\n", Separator::Comma),
            ("hello world\n", Separator::Comma),
            ("", Separator::Comma),
        ] {
            assert_eq!(Separator::of(text.as_bytes()), separator, "{text:?}");
        }
        assert_eq!(
            commas_for_spaces(b"# x y\r\n 1  2 \r\n\n3\t4"),
            b"\n1,2\n\n3,4"
        );
    }
}
