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
