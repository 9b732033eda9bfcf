//! Numbers as the window writes them.

/// With commas between the thousands: 10,000.
pub use crate::data::error::grouped as thousands;

use crate::training::Snapshot;

/// A rate or large count in three digits: 310, 15.5k, 1.2M.
pub fn rate(value: f64) -> String {
    if !value.is_finite() {
        return "–".into();
    }
    match value {
        v if v >= 9.995e5 => format!("{:.1}M", v / 1e6),
        v if v >= 9_999.5 => format!("{:.1}k", v / 1e3),
        v if v >= 99.95 => thousands(v.round() as u64),
        v if v >= 0.05 => format!("{v:.1}"),
        _ => "0".into(),
    }
}

/// A cost in a fixed width that doesn't dance: four decimals below 10, fewer above, powers below 1e-4.
pub fn cost(value: f64) -> String {
    match value.abs() {
        _ if !value.is_finite() => "–".into(),
        0.0 => "0".into(),
        v if v >= 1e6 => format!("{value:.2e}"),
        v if v >= 999.95 => signed_thousands(value),
        v if v >= 100.0 => format!("{value:.1}"),
        v if v >= 10.0 => format!("{value:.2}"),
        v if v >= 1e-3 => format!("{value:.4}"),
        _ => format!("{value:.1e}"),
    }
}

/// The FVU, and that of what was held out where it is known: "0.31 · test 0.35".
pub fn fvu(snapshot: &Snapshot) -> String {
    match snapshot.history.tested() {
        Some((_, test)) => format!("{:.2} · test {:.2}", snapshot.fvu, test.fvu),
        None => format!("{:.2}", snapshot.fvu),
    }
}

/// Whole, with its sign and commas between the thousands.
fn signed_thousands(value: f64) -> String {
    let sign = if value < 0.0 { "−" } else { "" };
    format!("{sign}{}", thousands(value.abs().round() as u64))
}

/// A setting in at most three significant digits: 0.05, 1e-4, 1,500.
pub fn short(value: f64) -> String {
    if (1e3..1e4).contains(&value.abs()) {
        return signed_thousands(value);
    }
    crate::training::record::number::short(value)
}

/// How long something takes, roughly: "12 s", "3 min", "1.5 h".
pub fn seconds(seconds: f64) -> String {
    match seconds {
        seconds if seconds < 60.0 => format!("{seconds:.0} s"),
        seconds if seconds < 3600.0 => format!("{:.0} min", seconds / 60.0),
        seconds => format!("{:.1} h", seconds / 3600.0),
    }
}

/// The number of unit `index`, counted from 0, as people count: from 1.
pub fn unit(index: usize) -> String {
    thousands(index as u64 + 1)
}

/// The label of a decade's grid line, 10^`exponent`: 100, 10, 1, 0.1, 0.01, 1e-3.
pub fn decade(exponent: i32) -> String {
    match exponent {
        0..=4 => thousands(10u64.pow(exponent.unsigned_abs())),
        -2 => "0.01".into(),
        -1 => "0.1".into(),
        _ => format!("1e{exponent}"),
    }
}

/// `value` in `digits` significant digits.
pub fn round_significant(value: f64, digits: i32) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    // by way of text: multiplying by powers of ten leaves 0.30000000000000004
    let precision = usize::try_from(digits - 1).unwrap_or(0);
    format!("{value:.precision$e}").parse().unwrap_or(value)
}

/// The multiple of 1, 2 or 5 × 10^k at or above `least`, > 0.
pub fn nice_step(least: f64) -> f64 {
    let power = 10f64.powf(least.log10().floor());
    [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|m| m * power)
        .find(|step| *step >= least * (1.0 - 1e-9))
        .unwrap_or(10.0 * power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_read_them() {
        assert_eq!(
            [
                rate(0.0),
                rate(7.25),
                rate(310.4),
                rate(9_999.0),
                rate(15_500.0),
                rate(2.1e6)
            ],
            ["0", "7.2", "310", "9,999", "15.5k", "2.1M"]
        );
        assert_eq!(
            [
                cost(0.29412),
                cost(47.123),
                cost(0.0),
                cost(2.7e-5),
                cost(f64::NAN)
            ],
            ["0.2941", "47.12", "0", "2.7e-5", "–"]
        );
        assert_eq!(
            [
                cost(1234.5),
                cost(-98_765.4),
                cost(999.96),
                short(1500.0),
                short(0.05)
            ],
            ["1,235", "−98,765", "1,000", "1,500", "0.05"]
        );
        assert_eq!([unit(0), unit(1023)], ["1", "1,024"]);
        assert_eq!(
            [decade(1), decade(0), decade(-2), decade(-3)],
            ["10", "1", "0.01", "1e-3"]
        );
        assert_eq!(round_significant(0.123456, 2), 0.12);
        assert_eq!(round_significant(0.30000000000000004, 2), 0.3);
        assert_eq!(
            [nice_step(0.7), nice_step(130.0), nice_step(20.0)],
            [1.0, 200.0, 20.0]
        );
    }
}
