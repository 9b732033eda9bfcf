//! How a table is written: what separates its fields, and what a field may hold.

use super::marks::{Thousands, proven, with_comma};
use super::missing::is_missing;
use super::spaces::{are_vectors, is_r_table, spaced};
use crate::data::Decimal;

/// What stands between two fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Separator {
    Comma,
    Semicolon,
    Tab,
    Bar,
    /// One or more, as NumPy's `savetxt` and Fortran write.
    Spaces,
    /// The same in the files of word vectors: a word, any sign in it, and then numbers.
    Vectors,
}

/// What separates fields, and which marks may stand in a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    pub(super) separator: Separator,
    /// Whether commas may be decimal ones.
    pub(super) commas: bool,
    /// What groups the digits before the decimal mark.
    pub(super) thousands: Option<Thousands>,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Field {
    Number(f64),
    /// The same, written with a decimal comma.
    Comma(f64),
    /// The same, with marks between groups of three digits.
    Grouped(f64),
    /// "5 %", which is .05.
    Percent(f64),
    /// "True" is 1 and "false" 0, as in every program that writes them.
    Truth(f64),
    /// Beyond the range of numbers, or infinity itself.
    Infinite(f64),
    Gap,
    Word,
}

impl Dialect {
    pub(super) fn of(text: &[u8], decimal: Decimal) -> Self {
        Self::with(Separator::of(text, decimal), text, decimal)
    }

    /// The same where the separator is known.
    pub(super) fn with(separator: Separator, text: &[u8], decimal: Decimal) -> Self {
        let apart = matches!(
            separator,
            Separator::Semicolon | Separator::Tab | Separator::Bar
        );
        let commas = apart || decimal == Decimal::Comma;
        let thousands = match decimal {
            Decimal::Comma => Some(Thousands::Point),
            Decimal::Auto if apart => proven(text, separator.byte()),
            // within a field it can stand in quotes alone, as spreadsheets write it
            Decimal::Auto => (separator == Separator::Comma).then_some(Thousands::Comma),
        };
        Self {
            separator,
            commas: commas && thousands != Some(Thousands::Comma),
            thousands,
        }
    }

    pub(super) fn read(self, field: &[u8]) -> Field {
        let Ok(text) = str::from_utf8(field) else {
            return Field::Word;
        };
        let of = |value: f64, number: fn(f64) -> Field| match value {
            value if value.is_finite() => number(value),
            value if value.is_nan() => Field::Gap,
            value => Field::Infinite(value),
        };
        if let Some(value) = self.thousands.and_then(|mark| mark.number(text)) {
            of(value, Field::Grouped)
        } else if let Ok(value) = text.parse::<f64>() {
            of(value, Field::Number)
        } else if is_missing(text) {
            Field::Gap
        } else if let Some(value) = truth(text) {
            Field::Truth(value)
        } else if self.commas
            && let Some(value) = with_comma(text)
        {
            of(value, Field::Comma)
        } else if let Some(number) = text.strip_suffix('%')
            && let Field::Number(value) | Field::Comma(value) = self.read(number.trim().as_bytes())
        {
            of(value / 100.0, Field::Percent)
        } else {
            Field::Word
        }
    }
}

impl Separator {
    /// A tab if the first line has one, else a semicolon, else a comma, else a bar, quoted ones left out; spaces if it has none of
    /// them and one of the first two lines is numbers with spaces between. Where commas are decimal, only quoted
    /// fields can have some between them.
    pub(super) fn of(text: &[u8], decimal: Decimal) -> Self {
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
        if are_vectors(first) && (second.is_empty() || are_vectors(second)) {
            Self::Vectors
        } else if has(first, b'\t') {
            Self::Tab
        } else if has(first, b';') {
            Self::Semicolon
        } else if decimal == Decimal::Comma {
            let quoted = |line: &[u8]| line.contains(&b'"');
            if quoted(first) || quoted(second) || !spaced(first, true) && !spaced(second, true) {
                Self::Comma
            } else {
                Self::Spaces
            }
        } else if has(first, b',') {
            Self::Comma
        } else if has(first, b'|') && (second.is_empty() || has(second, b'|')) {
            Self::Bar
        } else if is_r_table(first, second)
            || (spaced(first, false) || (!has(second, b',') && spaced(second, false)))
        {
            Self::Spaces
        } else {
            Self::Comma
        }
    }

    /// The sign that the reader looks for.
    pub(super) fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            // which no line has left once spaces are replaced
            Self::Spaces | Self::Vectors | Self::Semicolon => b';',
            Self::Tab => b'\t',
            Self::Bar => b'|',
        }
    }
}

fn truth(text: &str) -> Option<f64> {
    if text.eq_ignore_ascii_case("true") {
        Some(1.0)
    } else if text.eq_ignore_ascii_case("false") {
        Some(0.0)
    } else {
        None
    }
}

pub(super) fn number(field: &[u8]) -> Option<f64> {
    str::from_utf8(field).ok()?.parse().ok()
}

/// Whether `field` is a day or a time of day, as programs write them: 2024-01-31, 31.1.2024, 1/31/24, 31-Jan-2024,
/// 12:30, 2024-01-31T12:30:00Z.
pub(super) fn is_date(field: &[u8]) -> bool {
    let digits = |part: &[u8]| (1..=4).contains(&part.len()) && part.iter().all(u8::is_ascii_digit);
    let month = |part: &[u8]| part.len() >= 3 && part.iter().all(u8::is_ascii_alphabetic);
    let first = field
        .split(|byte| matches!(byte, b'T' | b' '))
        .next()
        .unwrap_or_default();
    let of = |mark: u8| {
        let parts: Vec<&[u8]> = first.splitn(5, |byte| *byte == mark).collect();
        match parts[..] {
            [year, month] => mark == b'-' && year.len() == 4 && digits(year) && digits(month),
            [one, middle, last] => {
                digits(one)
                    && digits(last)
                    && (middle.len() <= 2 && digits(middle) || month(middle))
            }
            _ => false,
        }
    };
    let clock = || {
        let mut parts = first.split(|byte| *byte == b':');
        first.contains(&b':') && parts.all(|part| !part.is_empty() && part[0].is_ascii_digit())
    };
    [b'-', b'/', b'.'].into_iter().any(of) || clock()
}

#[cfg(test)]
mod tests {
    use super::*;

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
            ("a|b\n1|2\n", Separator::Bar),
            ("a|b,c\n1,2\n", Separator::Comma),
            ("\"a\" \"b\"\n\"x y\" 1 2\n", Separator::Spaces),
            (", 1 2 3 4 5 6 7 8\n", Separator::Vectors),
            ("", Separator::Comma),
        ] {
            let got = Separator::of(text.as_bytes(), Decimal::Auto);
            assert_eq!(got, separator, "{text:?}");
        }
        let forced = |text: &str| Separator::of(text.as_bytes(), Decimal::Comma);
        assert_eq!(forced("0,5 1,5\n"), Separator::Spaces);
        assert_eq!(forced("\"0,5\",\"1,5\"\n"), Separator::Comma);
        assert_eq!(
            super::super::spaces::semicolons_for_spaces(b"# x y\r\n 1  2 \r\n\n3\t4"),
            b"\n1;2\n\n3;4"
        );
    }

    #[test]
    fn fields_are_numbers_gaps_or_words() {
        let read = |text: &str, commas| {
            let separator = Separator::Semicolon;
            let thousands = None;
            let dialect = Dialect {
                separator,
                commas,
                thousands,
            };
            dialect.read(text.as_bytes())
        };
        for text in ["1", "-2.5e-1", "+.25"] {
            assert_eq!(read(text, true), Field::Number(text.parse().unwrap()));
        }
        for text in ["", "NA", "NaN", "nan", "null", "?", "-", "<NA>", "#N/A"] {
            assert_eq!(read(text, false), Field::Gap, "{text}");
        }
        assert_eq!(read("-1,5", true), Field::Comma(-1.5));
        assert_eq!(read("1,5e3", true), Field::Comma(1500.0));
        assert_eq!(read("1e999", true), Field::Infinite(f64::INFINITY));
        for (text, commas) in [
            ("1,5", false),
            ("1,000,000", true),
            ("1.000,5", true),
            ("1,x", true),
        ] {
            assert_eq!(read(text, commas), Field::Word, "{text}");
        }
    }

    #[test]
    fn dates_are_told_from_words_and_codes() {
        for date in [
            "2024-01-31",
            "31.1.2024",
            "1/31/24",
            "31-Jan-2024",
            "12:30",
            "2024-01",
            "2024-01-31T12:30:00Z",
            "2024-01-31 12:30:00",
        ] {
            assert!(is_date(date.as_bytes()), "{date}");
        }
        for other in [
            "setosa",
            "A/5 21171",
            "1-2",
            "1.234.567",
            "x:y",
            "a-b-c",
            "PC 17599",
            "",
        ] {
            assert!(!is_date(other.as_bytes()), "{other}");
        }
    }
}
