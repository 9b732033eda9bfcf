//! Földiák's bars (1990, "Forming sparse representations by local anti-Hebbian learning"): the causes are known, so
//! that anyone can see whether they were found.

use ndarray::Array2;

use super::DataSpec;
use super::random::Draw;

/// `spec.patches` pictures of `spec.patch`², each a union of horizontal and vertical bars of 1 on 0, each of the
/// 2·`spec.patch` bars on with p = 1/`spec.patch`: at 8×8, 16 bars with p = 1/8.
pub(super) fn generate(spec: &DataSpec) -> Array2<f32> {
    let side = spec.patch;
    let mut draw = Draw::seeded(spec.seed);
    let mut samples = Array2::zeros((spec.patches, side * side));
    for mut sample in samples.rows_mut() {
        for bar in 0..2 * side {
            if draw.below(side) == 0 {
                for step in 0..side {
                    let (row, column) = if bar < side {
                        (bar, step)
                    } else {
                        (step, bar - side)
                    };
                    sample[row * side + column] = 1.0;
                }
            }
        }
    }
    samples
}

#[cfg(test)]
mod tests {
    use super::super::EmbeddedSet;
    use super::*;

    #[test]
    fn every_sample_is_a_union_of_bars_each_on_one_time_in_eight() {
        let spec = DataSpec {
            patches: 8_000,
            ..DataSpec::embedded(EmbeddedSet::Bars)
        };
        let samples = generate(&spec);
        let mut on = [0u32; 16];
        for sample in samples.rows() {
            let pixel = |row: usize, column: usize| sample[row * 8 + column];
            assert!(sample.iter().all(|value| [0.0, 1.0].contains(value)));
            let rows: Vec<bool> = (0..8)
                .map(|row| (0..8).all(|column| pixel(row, column) == 1.0))
                .collect();
            let columns: Vec<bool> = (0..8)
                .map(|column| (0..8).all(|row| pixel(row, column) == 1.0))
                .collect();
            for (row, column) in (0..64).map(|place| (place / 8, place % 8)) {
                assert_eq!(pixel(row, column) == 1.0, rows[row] || columns[column]);
            }
            for (count, on) in on.iter_mut().zip(rows.iter().chain(&columns)) {
                *count += u32::from(*on);
            }
        }
        // 1,000 expected, σ = 30
        assert!(
            on.iter().all(|count| (860..1_140).contains(count)),
            "{on:?}"
        );
    }
}
