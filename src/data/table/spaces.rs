//! Tables with spaces between their fields: NumPy's `savetxt`, R's `write.table`, the files of word vectors.

use super::dialect::number;
use super::marks::with_comma;
use super::missing::is_missing;

/// So many numbers after a word are a vector; fewer may be a sentence.
const VECTOR: usize = 8;

/// Whether `line` is two numbers or more with spaces between.
pub(super) fn spaced(line: &[u8], commas: bool) -> bool {
    let mut fields = 0;
    let is_number = |field: &[u8]| {
        number(field).is_some()
            || commas && str::from_utf8(field).is_ok_and(|text| with_comma(text).is_some())
    };
    line.split(u8::is_ascii_whitespace)
        .filter(|field| !field.is_empty())
        .all(|field| {
            fields += 1;
            is_number(field)
        })
        && fields >= 2
}

/// Whether `line` is a word and the numbers that stand for it: "the .418 .25 −.41".
pub(super) fn are_vectors(line: &[u8]) -> bool {
    let mut fields = words(line);
    let word = fields.next();
    word.is_some_and(|word| number(word).is_none())
        && !line.contains(&b'\t')
        && fields.clone().count() >= VECTOR
        && fields.all(|field| number(field).is_some())
}

/// How many numbers the first line of a file of vectors promises, "400000 300", if the next has as many.
pub(super) fn promises(first: &[u8], second: &[u8]) -> bool {
    let counts: Option<Vec<usize>> = words(first)
        .map(|field| str::from_utf8(field).ok()?.parse().ok())
        .collect();
    matches!(counts.as_deref(), Some([_, length]) if words(second).count() == length + 1)
        && are_vectors(second)
}

/// Whether these are the first lines of what `write.table` of R writes: names, and values half of which at least are
/// numbers, with the row's name before them or without.
pub(super) fn is_r_table(names: &[u8], values: &[u8]) -> bool {
    let (names, values) = (fields(names), fields(values));
    let numbers = values
        .iter()
        .filter(|field| number(field).is_some() || str::from_utf8(field).is_ok_and(is_missing))
        .count();
    let count = names.len();
    let is_word = |field: &&[u8]| number(field).is_none();
    count > 0
        && names.iter().all(is_word)
        && values.len() >= 2
        && (values.len() == count || values.len() == count + 1)
        && numbers * 2 >= values.len()
}

fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> + Clone {
    line.split(u8::is_ascii_whitespace)
        .filter(|field| !field.is_empty())
}

/// The fields of a line: what stands between spaces, or in quotation marks, with these.
fn fields(line: &[u8]) -> Vec<&[u8]> {
    let (mut fields, mut rest) = (Vec::new(), line.trim_ascii());
    while let Some(first) = rest.first() {
        let end = match first {
            b'"' => {
                let close = rest.iter().skip(1).position(|byte| *byte == b'"');
                close.map_or(rest.len(), |at| at + 2)
            }
            _ => {
                let end = rest.iter().position(u8::is_ascii_whitespace);
                end.unwrap_or(rest.len())
            }
        };
        let (field, after) = rest.split_at(end);
        fields.push(field);
        rest = after.trim_ascii_start();
    }
    fields
}

/// The text with a semicolon for each run of spaces, none at the ends of lines, and without what follows a #, in which
/// `savetxt` writes names. Line ends stay, so that lines keep their numbers.
pub(super) fn semicolons_for_spaces(text: &[u8]) -> Vec<u8> {
    of_lines(text, |line, marked| {
        let line = line.split(|byte| *byte == b'#').next().unwrap_or_default();
        for (place, field) in fields(line).into_iter().enumerate() {
            if place > 0 {
                marked.push(b';');
            }
            marked.extend_from_slice(field);
        }
    })
}

/// The same of vectors, whose words are put in quotation marks, since they may be any sign.
pub(super) fn semicolons_in_vectors(text: &[u8]) -> Vec<u8> {
    of_lines(text, |line, marked| {
        for (place, field) in words(line).enumerate() {
            if place > 0 {
                marked.push(b';');
                marked.extend_from_slice(field);
                continue;
            }
            marked.push(b'"');
            for byte in field {
                marked.push(*byte);
                if *byte == b'"' {
                    marked.push(b'"');
                }
            }
            marked.push(b'"');
        }
    })
}

fn of_lines(text: &[u8], mark: impl Fn(&[u8], &mut Vec<u8>)) -> Vec<u8> {
    let mut marked = Vec::with_capacity(text.len());
    for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
        if index > 0 {
            marked.push(b'\n');
        }
        mark(line, &mut marked);
    }
    marked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_r_and_vectors_are_told_from_prose() {
        assert!(is_r_table(b"\"a\" \"b c\"", b"\"Mazda RX4\" 21.0 6"));
        assert!(is_r_table(b"a b", b"1 2 NA"));
        assert!(is_r_table(b"a kind", b"1 x"));
        for (names, values) in [
            ("we have 3 cats", "they eat 4 mice"),
            ("Dear reader", "this is"),
            ("1 2", "3 4"),
            ("a b", "1 2 3 4"),
            ("hello", "12"),
            ("", ""),
        ] {
            assert!(!is_r_table(names.as_bytes(), values.as_bytes()), "{names}");
        }
        let numbers = " 0.5".repeat(VECTOR);
        assert!(are_vectors(format!("the{numbers}").as_bytes()));
        assert!(are_vectors(format!(",{numbers}").as_bytes()));
        for line in [
            numbers.clone(),
            "the 0.5 1".into(),
            format!("two words{numbers}"),
        ] {
            assert!(!are_vectors(line.as_bytes()), "{line}");
        }
        let first = format!("3 {VECTOR}");
        assert!(promises(
            first.as_bytes(),
            format!("the{numbers}").as_bytes()
        ));
        assert!(!promises(b"3 300", format!("the{numbers}").as_bytes()));
        assert_eq!(
            semicolons_in_vectors(b"; 1 2\n\" 3 4"),
            b"\";\";1;2\n\"\"\"\";3;4"
        );
    }
}
