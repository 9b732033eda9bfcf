//! Accuracies over splits, as a mean and how far it can be trusted.
//!
//! The splits are drawn from the same samples, so their accuracies vary together, and the plain interval of a mean would
//! be too narrow. This is Nadeau and Bengio's ("Inference for the generalization error", Machine Learning 52, 2003): the
//! variance of one split, times 1/k + n_test/n_training in the place of 1/k; Student's t with k − 1 degrees of freedom.

use serde::Serialize;

use crate::numerics::student;

/// Held-out accuracy by some features.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Score {
    /// The mean over the splits.
    pub accuracy: f64,
    /// Its 95 % interval, within [0, 1].
    pub interval: [f64; 2],
    /// How many features there are.
    pub width: usize,
    /// By split.
    pub each: Vec<f64>,
}

impl Score {
    /// Of splits, two or more, of which `fraction` is tested with.
    pub(super) fn of(each: Vec<f64>, width: usize, fraction: f64) -> Self {
        let (accuracy, [low, high]) = mean_and_interval(&each, fraction);
        Self {
            accuracy,
            interval: [low.max(0.0), high.min(1.0)],
            width,
            each,
        }
    }
}

/// How much better one does than another on the same splits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Advantage {
    /// Of the mean accuracies.
    pub difference: f64,
    /// Its 95 % interval.
    pub interval: [f64; 2],
}

impl Advantage {
    pub(super) fn of(one: &[f64], other: &[f64], fraction: f64) -> Self {
        let differences: Vec<f64> = one
            .iter()
            .zip(other)
            .map(|(one, other)| one - other)
            .collect();
        let (difference, interval) = mean_and_interval(&differences, fraction);
        Self {
            difference,
            interval,
        }
    }
}

fn mean_and_interval(values: &[f64], fraction: f64) -> (f64, [f64; 2]) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    let variance = squares / (count - 1.0);
    let overlap = 1.0 / count + fraction / (1.0 - fraction);
    let t = student(values.len().saturating_sub(1)).unwrap_or(f64::INFINITY);
    let half = t * (variance * overlap).sqrt();
    (mean, [mean - half, mean + half])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_the_one_written_above() {
        let score = Score::of(vec![0.8, 0.9, 0.85, 0.95, 0.75], 3, 0.2);
        assert!((score.accuracy - 0.85).abs() < 1e-12);
        // s² = .025/4, times 1/5 + 1/4; t of 4 degrees is 2.7764
        let half = 2.7764 * (0.00625f64 * 0.45).sqrt();
        assert!((score.interval[0] - (0.85 - half)).abs() < 1e-12);
        assert!((score.interval[1] - (0.85 + half)).abs() < 1e-12);
        let sure = Score::of(vec![1.0, 1.0], 3, 0.2);
        assert_eq!(sure.interval, [1.0, 1.0]);
        let wide = Score::of(vec![0.6, 1.0], 3, 0.2);
        assert_eq!(wide.interval, [0.0, 1.0], "an accuracy is a share");
    }

    #[test]
    fn an_advantage_is_taken_split_by_split() {
        // both vary much, and always together
        let advantage = Advantage::of(&[0.5, 0.7, 0.9], &[0.4, 0.6, 0.8], 0.2);
        assert!((advantage.difference - 0.1).abs() < 1e-12);
        assert!(
            advantage
                .interval
                .iter()
                .all(|end| (end - 0.1).abs() < 1e-9)
        );
    }
}
