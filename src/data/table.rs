//! Tables of numbers as text: comma, semicolon or tab between, with or without a line of names.

use csv::{ByteRecord, ReaderBuilder};
use ndarray::Array2;

use super::choice::{labels, names_labels};
use super::found::{Content, Found, Values, shape_of};
use super::input::Input;
use super::progress::{Stage, Watch, tell};
use super::{DataError, Preparation, SampleShape, Scaling, limits};

/// Rows between two words of progress.
const WORD: u64 = 1 << 10;
/// Most classes that labels in words may have.
const CLASSES: usize = 256;

/// Whether `head` begins like a line of numbers.
pub(super) fn is_table(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let printable = |byte: &u8| matches!(byte, b'\t' | b'\r' | b'\n' | b' '..=b'~');
    matches!(head, [b'0'..=b'9' | b'-' | b'+' | b'.', ..]) && head.iter().all(printable)
}

/// Reads the table: f64, one sample a line. A column that its name says to hold labels is set apart.
pub(super) fn read(
    mut input: Input<'_>,
    name: String,
    watch: Watch<'_>,
) -> Result<Found, DataError> {
    let bytes = input.rest(limits::WHOLE_FILE)?;
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let separator = separator(text);
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .delimiter(separator)
        .trim(csv::Trim::All)
        .from_reader(text);
    let mut record = ByteRecord::new();
    let mut notes = Vec::new();
    let mut label_column = None;
    let mut words: Vec<String> = Vec::new();
    let mut values: Vec<f64> = Vec::new();
    let (mut rows, mut width) = (0u64, 0);
    loop {
        let line = reader.position().line();
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => return Err(ragged(&input, &error)),
        }
        if rows == 0 && width == 0 {
            width = record.len();
            if record.iter().any(|field| number(field).is_none()) {
                label_column = record
                    .iter()
                    .position(|field| names_labels(&String::from_utf8_lossy(field)));
                continue;
            }
        }
        for (column, field) in record.iter().enumerate() {
            if Some(column) == label_column {
                words.push(String::from_utf8_lossy(field).into_owned());
                continue;
            }
            let value = number(field).ok_or_else(|| not_a_number(&input, field, line, column))?;
            if !value.is_finite() {
                return Err(DataError::NotFinite {
                    file: input.file().to_owned(),
                    value,
                    row: line,
                    column: column as u64 + 1,
                });
            }
            values.push(value);
        }
        rows += 1;
        if values.len() as u64 > limits::VALUES {
            return Err(super::too_many_values(input.file(), &[rows, width as u64]));
        }
        if rows.is_multiple_of(WORD) {
            tell(
                watch,
                Stage::Reading,
                reader.position().byte(),
                text.len() as u64,
            )?;
        }
    }
    let length = width - usize::from(label_column.is_some());
    if rows == 0 || length == 0 {
        return Err(DataError::NoSamples {
            file: input.file().to_owned(),
            shape: format!("({rows}, {length})"),
        });
    }
    let labels = if label_column.is_some() {
        classes(words, &mut notes)
    } else {
        None
    };
    // text has no precision of its own; f64 loses none of it
    let inside = values.iter().all(|value| (0.0..=1.0).contains(value));
    let shape = shape_of(length);
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
        reason = "every record has `width` fields, or reading it failed"
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
        notes,
    })
}

/// What stands between the fields of the first line: a tab if there is one, else a semicolon, else a comma.
fn separator(text: &[u8]) -> u8 {
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    [b'\t', b';']
        .into_iter()
        .find(|separator| line.contains(separator))
        .unwrap_or(b',')
}

fn number(field: &[u8]) -> Option<f64> {
    str::from_utf8(field).ok()?.parse().ok()
}

/// Labels as classes: numbers as they are, words in the order in which they come.
fn classes(words: Vec<String>, notes: &mut Vec<String>) -> Option<Vec<u8>> {
    let numbers: Option<Vec<f64>> = words.iter().map(|word| word.parse().ok()).collect();
    if let Some(classes) = numbers.and_then(|numbers| labels(&numbers)) {
        return Some(classes);
    }
    let mut names: Vec<&str> = Vec::new();
    let mut classes = Vec::with_capacity(words.len());
    for word in &words {
        let class = names
            .iter()
            .position(|name| name == word)
            .unwrap_or_else(|| {
                names.push(word);
                names.len() - 1
            });
        if class >= CLASSES {
            notes.push(format!(
                "Labels left aside: they have more than {CLASSES} different values."
            ));
            return None;
        }
        classes.push(class as u8);
    }
    Some(classes)
}

fn not_a_number(input: &Input<'_>, field: &[u8], line: u64, column: usize) -> DataError {
    const SHOWN: usize = 20;
    let text: String = String::from_utf8_lossy(field).chars().take(SHOWN).collect();
    let place = format!("line {line}, column {}", column + 1);
    let (found, remedy) = if field.is_empty() {
        (
            format!("nothing in {place}"),
            "fill it in or leave that line out",
        )
    } else if text.contains(',') {
        (
            format!("{text:?} in {place}, which is no number"),
            "write numbers with a decimal point",
        )
    } else {
        (
            format!("{text:?} in {place}, which is no number"),
            "replace it or leave that column out",
        )
    };
    input.unsupported(found, remedy)
}

fn ragged(input: &Input<'_>, error: &csv::Error) -> DataError {
    match error.kind() {
        csv::ErrorKind::UnequalLengths {
            pos,
            expected_len,
            len,
        } => {
            let line = pos.as_ref().map_or(0, csv::Position::line);
            let found =
                format!("{len} fields in line {line}, and {expected_len} in the lines before");
            input.unsupported(found, "give each line as many")
        }
        _ => input.unsupported(
            format!("a table that breaks off ({error})"),
            "write it again",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Folder, found, golden, loaded, values};
    use super::super::{DataSpec, SampleShape, load};
    use super::*;

    #[test]
    fn the_sample_tables_hold_the_first_digits() {
        let embedded = load(&DataSpec::parse("digits")).unwrap();
        let digits = values(&embedded);
        for (name, labelled) in [
            ("digits_header_label.csv", true),
            ("digits_noheader.csv", false),
        ] {
            let set = loaded(&golden(name)).unwrap();
            assert_eq!(set.shape, SampleShape::grey(8, 8), "{name}");
            assert_eq!(set.preparation, ["Scaled linearly from [0, 16] to [0, 1]."]);
            assert!(
                values(&set)
                    .iter()
                    .zip(&digits)
                    .all(|(a, b)| (a - b).abs() < 1e-7),
                "{name}"
            );
            let labels = embedded
                .labels
                .as_ref()
                .map(|labels| labels[..set.len()].to_vec());
            assert_eq!(set.labels, labels.filter(|_| labelled));
        }
    }

    #[test]
    fn separators_names_and_words() {
        let folder = Folder::new();
        let cases = [
            ("a.csv", "0.5,1\n.25,0\n"),
            ("b.csv", "\u{feff}p;q\r\n0.5;1\r\n2.5e-1;0\r\n"),
            ("c.tsv", "p\tq\n\"0.5\"\t1\n0.25\t 0"),
            ("d", "0.5,1\n\n+0.25,0\n"),
        ];
        for (name, text) in cases {
            let set = loaded(&folder.file(name, text.as_bytes())).unwrap();
            assert_eq!(
                (values(&set), set.samples.dim()),
                (vec![0.5, 1.0, 0.25, 0.0], (2, 2)),
                "{name}"
            );
            assert!(set.preparation.is_empty() && set.labels.is_none());
        }
        let words = folder.file("w.csv", b"a,Class,b\n1,cat,2\n3,dog,4\n5,cat,6\n");
        let words = found(&words).unwrap();
        assert_eq!(words.labels, Some(vec![0, 1, 0]));
        assert!(
            matches!(words.content, Content::Samples { values: Values::F64(ref v), .. } if v.row(1).to_vec() == [3.0, 4.0])
        );
    }

    #[test]
    fn what_is_wrong_is_named_by_line_and_column() {
        let folder = Folder::new();
        let cases = [
            ("1,2\n3,x4\n", "\"x4\" in line 2, column 2"),
            ("p,q\n1,2\n3,\n", "nothing in line 3, column 2"),
            ("1;2\n3;0,5\n", "decimal point"),
            ("1,2\n3,nan\n", "NaN in row 2, column 2"),
            ("1,2\n3,1e999\n", "inf in row 2, column 2"),
            ("1,2\n3,4,5\n", "3 fields in line 2"),
            ("p,q\n", "no samples"),
            ("label\n1\n2\n", "no samples"),
            ("hello world", "no samples"),
            ("1,1\n1,1\n", "nothing to learn"),
        ];
        for (text, part) in cases {
            let message = loaded(&folder.file("bad.csv", text.as_bytes()))
                .unwrap_err()
                .to_string();
            assert!(
                message.contains(part) && message.contains("bad.csv"),
                "{part}: {message}"
            );
        }
    }
}
