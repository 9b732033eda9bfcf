//! Numbers as markers, sliders and curves show them.

/// A number in at most three significant digits: 0.05, 3, 1e-4, 2.5e-3.
pub fn short(value: f64) -> String {
    in_digits(value, 3)
}

/// A number in at most `digits` ≥ 1 significant digits, without zeros that say nothing.
pub fn in_digits(value: f64, digits: usize) -> String {
    let size = value.abs();
    let digits = digits.max(1);
    if value == 0.0 {
        return "0".into();
    }
    if (1e-2..1e4).contains(&size) {
        let places = (digits as i32 - 1 - size.log10().floor() as i32).max(0) as usize;
        let text = format!("{value:.places$}");
        return if text.contains('.') {
            trimmed(&text).to_owned()
        } else {
            text
        };
    }
    let text = format!("{value:.0$e}", digits - 1);
    match text.split_once('e') {
        Some((mantissa, exponent)) if mantissa.contains('.') => {
            format!("{}e{exponent}", trimmed(mantissa))
        }
        _ => text,
    }
}

fn trimmed(decimal: &str) -> &str {
    decimal.trim_end_matches('0').trim_end_matches('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        for (value, text) in [
            (0.05, "0.05"),
            (3.0, "3"),
            (1e-4, "1e-4"),
            (2.5e-3, "2.5e-3"),
            (0.0, "0"),
            (100.0, "100"),
            (0.0333, "0.0333"),
        ] {
            assert_eq!(short(value), text);
        }
    }

    #[test]
    fn more_digits_tell_neighbours_apart() {
        assert_eq!(in_digits(0.01999, 3), "0.02");
        assert_eq!(in_digits(0.01999, 4), "0.01999");
        assert_eq!(in_digits(1.0001e-4, 5), "1.0001e-4");
        assert_eq!(in_digits(12_345.678, 6), "1.23457e4");
    }
}
