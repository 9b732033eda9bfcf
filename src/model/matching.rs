//! Are the features of two runs the same? The best assignment of one run's features to the other's, and what its
//! similarity says.
//!
//! The mean |cos| of matched pairs says nothing by itself: it is well above 0 for noise. So it is held against three
//! baselines: another seed on the same data (as alike as it gets), runs on Gaussian noise with the same covariance (what
//! second-order statistics alone give), and the same features scrambled (what their amplitude spectra alone give); see
//! [`Baselines::judge`].

use ndarray::{Array2, ArrayView2};
use pathfinding::prelude::{Matrix, kuhn_munkres};
use serde::Serialize;
use thiserror::Error;

use crate::numerics::Real;

mod scramble;
mod verdict;

pub use scramble::{FeatureGrid, Scrambling};
pub use verdict::{Baselines, Judgement, Verdict};

/// |cos| as a whole number, in units of 2⁻⁴⁰: the assignment needs weights with an exact order.
const UNITS: f64 = (1u64 << 40) as f64;
/// Draws of scrambled features, where nothing else is asked for: half of them of either run's.
pub const SCRAMBLES: u64 = 100;
/// The most draws.
pub const MOST_SCRAMBLES: u64 = 100_000;
/// A similarity this many deviations of the scrambled draws above their mean is not chance.
const DEVIATIONS: f64 = 2.0;

/// Why features can't be matched.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MatchError {
    #[error(
        "one run's features have {first} inputs, the other's {second}: match runs on samples of the same size"
    )]
    DifferentInputs { first: usize, second: usize },
    #[error("a run without hidden units has no features to match")]
    NoFeatures,
    #[error(
        "features of {inputs} inputs don't fill {rows} × {columns} × {channels}: give the shape of the samples"
    )]
    Grid {
        inputs: usize,
        rows: usize,
        columns: usize,
        channels: usize,
    },
}

/// Two features that were matched.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Pair {
    /// The unit in the first run.
    pub first: usize,
    /// The unit in the second.
    pub second: usize,
    /// With its sign: features that differ in sign alone are alike. 0 where one of them is 0.
    pub cosine: f64,
}

/// The assignment with the greatest sum of |cos|.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Matching {
    /// As many as the smaller run has units; the most similar first.
    pub pairs: Vec<Pair>,
    /// Mean |cos| of the pairs.
    pub similarity: f64,
}

/// Matches the features (rows) of `first` (h, n) and `second` (h', n).
///
/// # Errors
/// Their n differ, or one has no rows.
pub fn match_features<A: Real, B: Real>(
    first: ArrayView2<'_, A>,
    second: ArrayView2<'_, B>,
) -> Result<Matching, MatchError> {
    if first.ncols() != second.ncols() {
        return Err(MatchError::DifferentInputs {
            first: first.ncols(),
            second: second.ncols(),
        });
    }
    if first.nrows() == 0 || second.nrows() == 0 {
        return Err(MatchError::NoFeatures);
    }
    let cosines = directions(first).dot(&directions(second).t());
    // the assignment wants no more rows than columns
    let swapped = first.nrows() > second.nrows();
    let cosines = if swapped {
        cosines.reversed_axes()
    } else {
        cosines
    };
    let (rows, columns) = cosines.dim();
    let weights = Matrix::from_fn(rows, columns, |(row, column)| {
        (cosines[[row, column]].abs() * UNITS) as i64
    });
    let (_, columns) = kuhn_munkres(&weights);
    let mut pairs: Vec<Pair> = columns
        .into_iter()
        .enumerate()
        .map(|(row, column)| {
            let (first, second) = if swapped {
                (column, row)
            } else {
                (row, column)
            };
            Pair {
                first,
                second,
                cosine: cosines[[row, column]],
            }
        })
        .collect();
    pairs.sort_by(|a, b| b.cosine.abs().total_cmp(&a.cosine.abs()));
    let similarity = pairs.iter().map(|pair| pair.cosine.abs()).sum::<f64>() / pairs.len() as f64;
    Ok(Matching { pairs, similarity })
}

/// The rows at length 1; 0 where they are 0 or not finite.
fn directions<T: Real>(features: ArrayView2<'_, T>) -> Array2<f64> {
    let mut features = features.mapv(|w| w.f64());
    for mut row in features.rows_mut() {
        let norm = row.dot(&row).sqrt();
        if norm > 0.0 && norm.is_finite() {
            row /= norm;
        } else {
            row.fill(0.0);
        }
    }
    features
}

/// The similarity of features that were scrambled.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Scrambled {
    /// Mean over the draws.
    pub similarity: f64,
    pub standard_deviation: f64,
    pub draws: u64,
}

impl Scrambled {
    /// Of the similarities of at least two draws.
    pub fn of(draws: &[f64]) -> Option<Self> {
        if draws.len() < 2 {
            return None;
        }
        let count = draws.len() as f64;
        let similarity = draws.iter().sum::<f64>() / count;
        let squares: f64 = draws.iter().map(|draw| (draw - similarity).powi(2)).sum();
        Some(Self {
            similarity,
            standard_deviation: (squares / (count - 1.0)).sqrt(),
            draws: draws.len() as u64,
        })
    }

    /// Above this a similarity is not chance.
    pub fn threshold(&self) -> f64 {
        self.similarity + DEVIATIONS * self.standard_deviation
    }
}

/// The similarity of `first` (h, n) and `second` (h', n) where one of them, taken in turns, is scrambled: the `draw`-th
/// of those from `seed`.
///
/// # Errors
/// Their n differ, one has no rows, or the features don't suit `scrambling`.
pub fn scrambled_similarity<A: Real, B: Real>(
    first: ArrayView2<'_, A>,
    second: ArrayView2<'_, B>,
    scrambling: &Scrambling,
    seed: u64,
    draw: u64,
) -> Result<f64, MatchError> {
    // no two seeds share a draw
    let seed = seed.wrapping_mul(MOST_SCRAMBLES).wrapping_add(draw);
    let found = if draw.is_multiple_of(2) {
        match_features(first, scrambling.apply(second, seed)?.view())?
    } else {
        match_features(scrambling.apply(first, seed)?.view(), second)?
    };
    Ok(found.similarity)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Parameters;

    #[test]
    fn a_permutation_with_signs_and_scales_is_found_again() {
        let features = Parameters::<f32>::initial(64, 25, 3)
            .encoder_weights()
            .to_owned();
        let place = |row: usize| (row * 7 + 3) % 25;
        let mut shuffled = features.clone();
        for row in 0..25 {
            let scale = if row % 2 == 0 { -0.3 } else { 4.0 };
            shuffled
                .row_mut(place(row))
                .assign(&(&features.row(row) * scale));
        }
        let found = match_features(features.view(), shuffled.view()).unwrap();
        assert!((found.similarity - 1.0).abs() < 1e-6);
        for pair in &found.pairs {
            assert_eq!(pair.second, place(pair.first));
            assert_eq!(pair.cosine < 0.0, pair.first % 2 == 0);
        }
        let mut firsts: Vec<usize> = found.pairs.iter().map(|pair| pair.first).collect();
        firsts.sort_unstable();
        assert_eq!(firsts, (0..25).collect::<Vec<_>>());
        assert!(
            found
                .pairs
                .windows(2)
                .all(|pair| pair[0].cosine.abs() >= pair[1].cosine.abs())
        );
    }

    #[test]
    fn the_assignment_is_the_best_of_all() {
        // greedy would take (0, 0) and be left with (1, 1)
        let first = ndarray::array![[1.0, 0.0, 0.0], [0.9, 0.1, 0.0]];
        let second = ndarray::array![[1.0, 0.05, 0.0], [0.7, -0.7, 0.2]];
        let cosine = |a: usize, b: usize| {
            let (a, b): (ndarray::ArrayView1<'_, f64>, ndarray::ArrayView1<'_, f64>) =
                (first.row(a), second.row(b));
            (a.dot(&b) / (a.dot(&a) * b.dot(&b)).sqrt()).abs()
        };
        let straight = cosine(0, 0) + cosine(1, 1);
        let crossed = cosine(0, 1) + cosine(1, 0);
        let found = match_features(first.view(), second.view()).unwrap();
        assert!((2.0 * found.similarity - straight.max(crossed)).abs() < 1e-12);
    }

    #[test]
    fn the_smaller_run_is_matched_whole_whichever_comes_first() {
        let many = Parameters::<f64>::initial(16, 12, 1);
        let few = many
            .encoder_weights()
            .slice(ndarray::s![4..9, ..])
            .to_owned();
        for swapped in [false, true] {
            let found = if swapped {
                match_features(few.view(), many.encoder_weights())
            } else {
                match_features(many.encoder_weights(), few.view())
            }
            .unwrap();
            assert_eq!(found.pairs.len(), 5);
            for pair in found.pairs {
                let (in_many, in_few) = if swapped {
                    (pair.second, pair.first)
                } else {
                    (pair.first, pair.second)
                };
                assert_eq!(in_many, in_few + 4);
            }
        }
    }

    #[test]
    fn what_cannot_be_matched_is_a_typed_error() {
        let (wide, narrow) = (Array2::<f64>::ones((2, 9)), Array2::<f64>::ones((2, 4)));
        assert_eq!(
            match_features(wide.view(), narrow.view()),
            Err(MatchError::DifferentInputs {
                first: 9,
                second: 4
            })
        );
        let none = Array2::<f64>::ones((0, 9));
        assert_eq!(
            match_features(wide.view(), none.view()),
            Err(MatchError::NoFeatures)
        );
        let phases = Scrambling::Phases(FeatureGrid::picture(2, 4));
        let error = scrambled_similarity(wide.view(), wide.view(), &phases, 1, 0).unwrap_err();
        assert!(matches!(error, MatchError::Grid { inputs: 9, .. }));
    }

    #[test]
    fn features_that_are_nothing_match_nothing() {
        let mut features = Array2::<f64>::zeros((3, 4));
        features[[1, 2]] = 1.0;
        features[[2, 0]] = f64::NAN;
        let found = match_features(features.view(), features.view()).unwrap();
        assert!((found.similarity - 1.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn scrambled_features_match_less_than_what_has_structure_and_a_seed_repeats_them() {
        // bars found by both
        let bars = Array2::from_shape_fn((16, 64), |(bar, i)| {
            let on = if bar < 8 {
                i / 8 == bar
            } else {
                i % 8 == bar - 8
            };
            f64::from(u8::from(on)) - 0.125
        });
        let phases = Scrambling::Phases(FeatureGrid::picture(8, 8));
        let of = |seed: u64| {
            let draws: Vec<f64> = (0..40)
                .map(|draw| {
                    scrambled_similarity(bars.view(), bars.view(), &phases, seed, draw).unwrap()
                })
                .collect();
            Scrambled::of(&draws).unwrap()
        };
        let found = of(1);
        assert!(found.threshold() < 0.9, "{found:?}");
        assert_eq!((found, found.draws), (of(1), 40));
        assert_ne!(found, of(2));
        assert_eq!(Scrambled::of(&[0.5]), None, "no deviation");
    }
}
