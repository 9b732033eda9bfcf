//! Which rows of a large data set a view looks at: evenly spaced, and said so.

use ndarray::{Array2, Axis};
use serde::Serialize;

use crate::numerics::{Real, Rows};

/// An evenly spaced choice of a data set's rows: `count` of `total`.
///
/// Even spacing, not the first rows: files are often sorted by class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct EvenSample {
    /// Rows chosen, at least 1 where there are any.
    pub count: usize,
    /// Rows there are.
    pub total: usize,
}

impl EvenSample {
    /// At most `most` (at least 1) of `total` rows.
    pub fn of(total: usize, most: usize) -> Self {
        Self {
            count: total.min(most.max(1)),
            total,
        }
    }

    /// Whether it is all of them.
    pub fn is_whole(self) -> bool {
        self.count == self.total
    }

    /// The data set's row that is the sample's row `index` < `count`.
    pub fn row(self, index: usize) -> usize {
        // by way of u128: rows times rows
        ((index as u128 * self.total as u128) / self.count.max(1) as u128) as usize
    }

    /// The rows in order.
    pub fn rows(self) -> impl Iterator<Item = usize> {
        (0..self.count).map(move |index| self.row(index))
    }

    /// The chosen rows of `samples` (total, n) in f64 (count, n).
    pub fn take<'a, T: Real>(self, samples: impl Into<Rows<'a, T>>) -> Array2<f64> {
        let samples = samples.into();
        let mut chosen = Array2::zeros((self.count, samples.ncols()));
        let mut room = Vec::new();
        for (mut to, row) in chosen.axis_iter_mut(Axis(0)).zip(self.rows()) {
            to.zip_mut_with(&samples.row(row, &mut room), |to, from| *to = from.f64());
        }
        chosen
    }
}

impl std::fmt::Display for EvenSample {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.is_whole() {
            write!(f, "all {} samples", self.total)
        } else {
            write!(f, "{} of {} samples, evenly spaced", self.count, self.total)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_distinct_even_and_within() {
        for (total, most) in [(1, 1), (7, 3), (10, 10), (10, 99), (10_000, 2_000), (3, 0)] {
            let sample = EvenSample::of(total, most);
            let rows: Vec<usize> = sample.rows().collect();
            assert_eq!(rows.len(), total.min(most.max(1)));
            assert!(rows.windows(2).all(|pair| pair[0] < pair[1]));
            assert!(rows[0] == 0 && rows[rows.len() - 1] < total);
            let gaps = rows.windows(2).map(|pair| pair[1] - pair[0]);
            let (least, most) = (gaps.clone().min(), gaps.max());
            assert!(most.unwrap_or(1) - least.unwrap_or(1) <= 1);
        }
        assert_eq!(
            EvenSample::of(10_000, 2_000).to_string(),
            "2000 of 10000 samples, evenly spaced"
        );
        assert_eq!(EvenSample::of(5, 9).to_string(), "all 5 samples");
    }
}
