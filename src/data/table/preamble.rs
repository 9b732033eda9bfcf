//! What stands before a table: the line that tells a spreadsheet the separator, comments, the size of word vectors.

use super::dialect::{Dialect, Field, Separator};
use super::spaces;
use crate::data::Decimal;

/// The text without such lines, whose ends stay so that lines keep their numbers, and the separator if a line says it. A
/// comment that holds the columns' names stays, without its #.
pub(super) fn without_preamble(text: Vec<u8>, decimal: Decimal) -> (Vec<u8>, Option<Separator>) {
    let mut said = None;
    let mut comments: Vec<(usize, usize)> = Vec::new();
    let (mut at, mut is_first) = (0, true);
    while at < text.len() {
        let line = line(&text[at..]);
        let end = at + line.len();
        let separator = is_first.then(|| named(line)).flatten();
        is_first &= line.trim_ascii().is_empty();
        if separator.is_some() {
            said = separator;
        } else if is_comment(line) {
            comments.push((at, end));
        } else if !line.trim_ascii().is_empty() {
            break;
        }
        at = (end + 1).min(text.len());
    }
    let rest = &text[at..];
    let first = line(rest);
    let second = rest.get(first.len()..).unwrap_or_default();
    let sized = spaces::promises(first, line(second.trim_ascii_start()));
    let begin = if sized { at + first.len() } else { at };
    if begin == 0 {
        return (text, said);
    }
    let names = comments.last().and_then(|&(from, to)| {
        let separator = said.unwrap_or_else(|| Separator::of(rest, decimal));
        let dialect = Dialect::with(separator, rest, decimal);
        are_names(&text[from..to], first, dialect).map(|names| (from, names.to_vec()))
    });
    let ends = |part: &[u8]| -> Vec<u8> {
        let marks = part.iter().filter(|byte| matches!(byte, b'\n' | b'\r'));
        marks.copied().collect()
    };
    let (from, names) = names.unwrap_or((begin, Vec::new()));
    let after = ends(&text[from..begin]);
    let whole = [&ends(&text[..from])[..], &names, &after, &text[begin..]];
    (whole.concat(), said)
}

/// The first line, without its end.
fn line(text: &[u8]) -> &[u8] {
    let mut lines = text.split(|byte| matches!(byte, b'\n' | b'\r'));
    lines.next().unwrap_or_default()
}

/// "sep=;"
fn named(line: &[u8]) -> Option<Separator> {
    let line = line.strip_prefix(b"\"").unwrap_or(line);
    let line = line.strip_suffix(b"\"").unwrap_or(line);
    let (key, sign) = line.split_at_checked(4)?;
    let known = [
        Separator::Comma,
        Separator::Semicolon,
        Separator::Tab,
        Separator::Bar,
    ];
    let known = known.into_iter().find(|known| [known.byte()] == sign);
    known.filter(|_| key.eq_ignore_ascii_case(b"sep="))
}

/// Not "#N/A", which spreadsheets write where a value is missing.
fn is_comment(line: &[u8]) -> bool {
    let line = line.trim_ascii_start();
    line.starts_with(b"#") && !line.to_ascii_lowercase().starts_with(b"#n/a")
}

/// What stands in a comment if these are names of as many columns as the next line has, which has numbers.
fn are_names<'a>(comment: &'a [u8], next: &[u8], dialect: Dialect) -> Option<&'a [u8]> {
    if matches!(dialect.separator, Separator::Spaces | Separator::Vectors) {
        return None;
    }
    let fields = |line: &[u8]| {
        let quoted = line.split(|byte| *byte == b'"').step_by(2);
        let byte = dialect.separator.byte();
        quoted.flatten().filter(|sign| **sign == byte).count() + 1
    };
    let mut values = next.split(|byte| *byte == dialect.separator.byte());
    let has_number = values.any(|field| {
        let field = dialect.read(field.trim_ascii());
        !matches!(field, Field::Word | Field::Gap)
    });
    if fields(comment) < 2 || fields(comment) != fields(next) || !has_number {
        return None;
    }
    let comment = comment.trim_ascii_start();
    let bare = comment
        .strip_prefix(b"#")
        .unwrap_or(comment)
        .trim_ascii_start();
    // a column may be called so
    let called = bare.first() == Some(&dialect.separator.byte());
    Some(if called { comment } else { bare })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_before_the_table_are_left_out_and_keep_their_ends() {
        for (text, expected, separator) in [
            (
                "sep=;\r\na;b\r\n1;2",
                "\r\na;b\r\n1;2",
                Some(Separator::Semicolon),
            ),
            ("\"SEP=|\"\na|b\n", "\na|b\n", Some(Separator::Bar)),
            ("# made by x, y\n#\na,b\n1,2\n", "\n\na,b\n1,2\n", None),
            ("# a, b\n1,2\n", "a, b\n1,2\n", None),
            ("#,b\n1,2\n", "#,b\n1,2\n", None),
            ("#N/A,2\n1,2\n", "#N/A,2\n1,2\n", None),
            ("# a b\n1 2\n", "\n1 2\n", None),
            ("2 8\nw 1 2 3 4 5 6 7 8\n", "\nw 1 2 3 4 5 6 7 8\n", None),
            ("sep=x\n1,2\n", "sep=x\n1,2\n", None),
            ("# all\n# of it", "\n", None),
            ("", "", None),
        ] {
            let (got, said) = without_preamble(text.as_bytes().to_vec(), Decimal::Auto);
            assert_eq!(
                (String::from_utf8(got).unwrap(), said),
                (expected.into(), separator)
            );
        }
    }
}
