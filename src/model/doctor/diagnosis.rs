//! Which mistakes give a gradient: none, one, or two.

use super::{Block, Doctor, Factors, Mistake, Slope};
use crate::model::Parameters;
use crate::numerics::Precision;

/// The names of the blocks, in the order of the flat vector.
pub const BLOCKS: [&str; 4] = ["W1", "b1", "W2", "b2"];
/// The short ones first: most candidates fail there.
const ORDER: [Block; 4] = [Block::B2, Block::B1, Block::W2, Block::W1];

/// When two gradients are the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tolerance {
    /// Of ‖G − G′‖/(‖G‖ + ‖G′‖), in each block
    pub relative: f64,
    /// Of ‖G − G′‖ against the terms that G is the sum of: near a minimum these cancel, and rounding remains.
    pub rounding: f64,
}

impl Tolerance {
    /// For a gradient, or weights, of this precision.
    pub fn of(precision: Precision) -> Self {
        let (relative, epsilon) = match precision {
            Precision::F32 => (1e-4, f64::from(f32::EPSILON)),
            Precision::F64 => (1e-6, f64::EPSILON),
        };
        Self {
            relative,
            rounding: 32.0 * epsilon,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    Correct,
    /// The fewest that explain the gradient, the closest where several do, and the other explanations of as many.
    Mistakes {
        mistakes: Vec<Mistake>,
        alternatives: Vec<Vec<Mistake>>,
    },
    /// Neither the correct gradient, nor one mistake, nor two.
    Unknown,
}

/// What a gradient is.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnosis {
    pub verdict: Verdict,
    /// The greatest relative distance of a block to the same block of the gradient that was found; `None` where none was.
    pub relative_error: Option<f64>,
    /// The same to the correct gradient, by block ([`BLOCKS`]).
    pub correct_errors: [f64; 4],
    /// Which blocks are those of the correct gradient.
    pub correct_blocks: [bool; 4],
    /// Of a correct gradient, the mistakes that would not show: with each alone it would be the same, as far as its
    /// precision tells.
    pub not_shown: Vec<Mistake>,
}

/// A gradient that is compared with many.
struct Given<'a> {
    flat: &'a [f64],
    ranges: [std::ops::Range<usize>; 4],
    /// The size of the terms that each block of the correct gradient is the sum of.
    sizes: [f64; 4],
    tolerance: Tolerance,
}

impl Doctor {
    /// What `given`, a gradient of the same shape, is. The correct gradient is never taken for a mistake, nor one mistake
    /// for two. `None` where the correct gradient itself is no number.
    pub fn diagnose(&self, given: &Parameters<f64>, tolerance: Tolerance) -> Option<Diagnosis> {
        let right = self.factors(&[])?;
        let given = Given {
            flat: given.flat(),
            ranges: [
                given.encoder_range(),
                given.encoder_bias_range(),
                given.decoder_range(),
                given.decoder_bias_range(),
            ],
            sizes: self.sizes(&right)?,
            tolerance,
        };
        let mut correct_errors = [0.0; 4];
        let mut correct_blocks = [false; 4];
        for block in ORDER {
            let (distance, same) = given.compare(block, &self.block(&right, block)?);
            if !distance.is_finite() {
                return None;
            }
            correct_errors[block as usize] = distance;
            correct_blocks[block as usize] = same;
        }
        let found = |verdict, relative_error| Diagnosis {
            verdict,
            relative_error,
            correct_errors,
            correct_blocks,
            not_shown: Vec::new(),
        };
        let possible = self.mistakes();
        if correct_blocks == [true; 4] {
            let worst = correct_errors.into_iter().fold(0.0, f64::max);
            let same = |mistake: &Mistake| self.distance(&given, &[*mistake]).is_some();
            return Some(Diagnosis {
                not_shown: possible.into_iter().filter(same).collect(),
                ..found(Verdict::Correct, Some(worst))
            });
        }
        let singles = possible.iter().map(|mistake| vec![*mistake]).collect();
        let mut pairs = Vec::new();
        for (place, first) in possible.iter().enumerate() {
            let others = &possible[place + 1..];
            let others = others.iter().filter(|other| first.combines_with(**other));
            pairs.extend(others.map(|other| vec![*first, *other]));
        }
        for candidates in [singles, pairs] {
            let candidates: Vec<Vec<Mistake>> = candidates;
            let mut matching: Vec<(Vec<Mistake>, f64)> = candidates
                .into_iter()
                .filter_map(|mistakes| {
                    let distance = self.distance(&given, &mistakes)?;
                    Some((mistakes, distance))
                })
                .collect();
            matching.sort_by(|one, other| one.1.total_cmp(&other.1));
            let mut matching = matching.into_iter();
            if let Some((mistakes, distance)) = matching.next() {
                let alternatives = matching.map(|(mistakes, _)| mistakes).collect();
                let verdict = Verdict::Mistakes {
                    mistakes,
                    alternatives,
                };
                return Some(found(verdict, Some(distance)));
            }
        }
        Some(found(Verdict::Unknown, None))
    }

    /// The greatest distance of a block, where these mistakes give just this gradient.
    fn distance(&self, given: &Given<'_>, mistakes: &[Mistake]) -> Option<f64> {
        let factors = self.factors(mistakes)?;
        let mut worst = 0.0f64;
        for block in ORDER {
            let (distance, same) = given.compare(block, &self.block(&factors, block)?);
            if !same {
                return None;
            }
            worst = worst.max(distance);
        }
        Some(worst)
    }

    fn sizes(&self, right: &Factors) -> Option<[f64; 4]> {
        let [weights, biases] = right.reconstruction;
        let decoder = self.pieces.decoder(Slope::Right)?;
        let encoder = self.pieces.encoder(right.way)?;
        let slopes = self.pieces.slopes(right.sparsity_slope);
        let [in_w1, in_b1] = &right.sparsity;
        let term = slopes.weights.rows().into_iter().zip(in_w1);
        let term = term.map(|(row, factor)| norm(row) * factor).map(|v| v * v);
        let (w1, w2) = (
            self.parameters.encoder_weights(),
            self.parameters.decoder_weights(),
        );
        Some([
            weights * norm(&encoder.weights) + term.sum::<f64>().sqrt() + right.decay[0] * norm(w1),
            biases * norm(&encoder.size) + norm(&(&slopes.size * in_b1)),
            weights * norm(&decoder.weights) + right.decay[2] * norm(w2),
            biases * norm(&decoder.size),
        ])
    }
}

impl Given<'_> {
    /// ‖G − G′‖/(‖G‖ + ‖G′‖) of a block, 0 where both are 0, and whether that is the same.
    fn compare(&self, block: Block, other: &[f64]) -> (f64, bool) {
        let own = &self.flat[self.ranges[block as usize].clone()];
        let [mut apart, mut ours, mut theirs] = [0.0; 3];
        for (a, b) in own.iter().zip(other) {
            apart += (a - b) * (a - b);
            ours += a * a;
            theirs += b * b;
        }
        let apart = f64::sqrt(apart);
        let sum = ours.sqrt() + theirs.sqrt();
        let rounding = self.tolerance.rounding * self.sizes[block as usize];
        let same = apart <= (self.tolerance.relative * sum).max(rounding);
        (if apart == 0.0 { 0.0 } else { apart / sum }, same)
    }
}

/// ‖values‖
fn norm<'a>(values: impl IntoIterator<Item = &'a f64>) -> f64 {
    let squares = values.into_iter().map(|value| value * value);
    squares.sum::<f64>().sqrt()
}
