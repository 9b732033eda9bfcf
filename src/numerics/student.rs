//! Student's distribution, for intervals of means.

/// Student's t at 97.5 %, by the degrees of freedom; `None` for 0. Tabulated up to 12, then Cornish and Fisher's series
/// (Abramowitz & Stegun 26.7.5), off by less than 1e-3.
pub fn student(freedom: usize) -> Option<f64> {
    const TABLE: [f64; 12] = [
        12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281, 2.2010,
        2.1788,
    ];
    if let Some(known) = TABLE.get(freedom.checked_sub(1)?) {
        return Some(*known);
    }
    let (z, v): (f64, f64) = (1.959_964, freedom as f64);
    let first = (z.powi(3) + z) / 4.0;
    let second = (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / 96.0;
    Some(z + first / v + second / v.powi(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_quantiles_are_those_of_the_tables() {
        for (freedom, known) in [
            (1, 12.706),
            (4, 2.776),
            (12, 2.179),
            (13, 2.160),
            (20, 2.086),
            (60, 2.000),
            (1_000, 1.962),
        ] {
            assert!(
                (student(freedom).unwrap() - known).abs() < 1e-3,
                "{freedom}"
            );
        }
        assert_eq!(student(0), None);
    }
}
