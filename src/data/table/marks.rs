//! Marks within numbers: decimal commas, and what groups the digits of thousands.

/// What stands between groups of three digits; the other of the two is then the decimal mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Thousands {
    /// 1,234.5
    Comma,
    /// 1.234,5
    Point,
}

impl Thousands {
    fn marks(self) -> (char, char) {
        match self {
            Self::Comma => (',', '.'),
            Self::Point => ('.', ','),
        }
    }

    /// The number, if `text` has groups of three digits with this mark between.
    pub(super) fn number(self, text: &str) -> Option<f64> {
        let (mark, decimal) = self.marks();
        if !text.contains(mark) {
            return None;
        }
        let (whole, fraction) = text.split_once(decimal).unwrap_or((text, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let unsigned = whole.strip_prefix(['-', '+']).unwrap_or(whole);
        let mut groups = unsigned.split(mark);
        let first = groups.next().unwrap_or_default();
        let grouped = (1..=3).contains(&first.len())
            && !first.starts_with('0')
            && digits(first)
            && groups.all(|group| group.len() == 3 && digits(group))
            && digits(fraction);
        if !grouped {
            return None;
        }
        let bare: String = whole.chars().filter(|sign| *sign != mark).collect();
        format!("{bare}.{fraction}0").parse().ok()
    }
}

/// The mark of thousands of which a field gives proof: a decimal mark beside it, or two commas. Where fields prove both
/// there is none.
pub(super) fn proven(text: &[u8], separator: u8) -> Option<Thousands> {
    let fields = text.split(|byte| *byte == separator || matches!(byte, b'\n' | b'\r' | b'"'));
    let (mut comma, mut point) = (false, false);
    for field in fields.filter(|field| field.contains(&b',')) {
        let Ok(field) = str::from_utf8(field.trim_ascii()) else {
            continue;
        };
        let both = field.contains('.');
        let several = field.matches(',').count() > 1;
        comma |= (both || several) && Thousands::Comma.number(field).is_some();
        point |= both && Thousands::Point.number(field).is_some();
    }
    match (comma, point) {
        (true, false) => Some(Thousands::Comma),
        (false, true) => Some(Thousands::Point),
        _ => None,
    }
}

/// "1,5" as a number. One comma alone: "1,000,000" is written with thousands, and no comma stands beside a point.
pub(super) fn with_comma(text: &str) -> Option<f64> {
    let (whole, fraction) = text.split_once(',')?;
    if !fraction.starts_with(|first: char| first.is_ascii_digit()) || text.contains('.') {
        return None;
    }
    format!("{whole}.{fraction}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_groups_of_three() {
        let comma = |text| Thousands::Comma.number(text);
        assert_eq!(comma("1,234.5"), Some(1234.5));
        assert_eq!(comma("-1,234,567"), Some(-1_234_567.0));
        for text in [
            "1,23",
            "1,2345",
            "1234",
            ",123",
            "1,234.5.6",
            "1,234e3",
            "1.234,5",
            "0,500",
        ] {
            assert_eq!(comma(text), None, "{text}");
        }
        assert_eq!(Thousands::Point.number("1.234,5"), Some(1234.5));
        for (text, mark) in [
            ("1,234.5;2", Some(Thousands::Comma)),
            ("1,5;1.234,5", Some(Thousands::Point)),
            ("1,234;5", None),
            ("1,234.5;1.234,5", None),
        ] {
            assert_eq!(proven(text.as_bytes(), b';'), mark, "{text}");
        }
    }
}
