//! The part of a data set that is not trained on: which it is, and its samples once they are prepared.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::dataset::{column_means, half_mean_square, with_rows};
use super::{DataError, Samples};

/// Which part of a data set is held out, to test with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Held {
    #[default]
    None,
    /// This part of the samples, or of the photographs where patches are cut, drawn by the data's seed.
    Fraction(f64),
    /// What the source brings to test with: x_test of x_train, t10k-images of train-images, CIFAR's test batch.
    OwnSplit,
}

impl Held {
    /// The largest fraction that can be held out.
    pub const MOST: f64 = 0.9;

    /// How many of as many samples, pictures or patches are drawn: one at least, and never all of them.
    pub fn drawn_of(self, total: usize) -> usize {
        match self {
            Self::Fraction(fraction) if fraction > 0.0 && total > 1 => {
                ((fraction * total as f64).round() as usize).clamp(1, total - 1)
            }
            Self::Fraction(_) | Self::None | Self::OwnSplit => 0,
        }
    }

    /// The fraction that is drawn; `None` where nothing is.
    ///
    /// # Errors
    /// It is out of range.
    pub(super) fn fraction(self) -> Result<Option<f64>, DataError> {
        match self {
            Self::Fraction(fraction) if !(0.0..=Self::MOST).contains(&fraction) => {
                Err(DataError::TestFraction { fraction })
            }
            Self::Fraction(fraction) if fraction > 0.0 => Ok(Some(fraction)),
            Self::None | Self::Fraction(_) | Self::OwnSplit => Ok(None),
        }
    }
}

impl FromStr for Held {
    type Err = String;

    /// A number from 0 to .9, or "own".
    fn from_str(text: &str) -> Result<Self, String> {
        if text == "own" {
            return Ok(Self::OwnSplit);
        }
        let fraction: f64 = text.parse().map_err(|_| {
            format!("{text:?} is neither a number nor `own`: give a number from 0 to 0.9")
        })?;
        let held = Self::Fraction(fraction);
        match held.fraction() {
            Ok(None) => Ok(Self::None),
            Ok(Some(_)) => Ok(held),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// The samples that were held out, prepared as the training data were.
#[derive(Clone, Debug, PartialEq)]
pub struct TestPart {
    /// (m, n) with the training data's n; m ≥ 1
    pub samples: Samples,
    /// A class for each sample, where the training data have them too.
    pub labels: Option<Vec<u8>>,
    /// 1/(2m) Σ‖x − x̄‖² about the training data's mean x̄. The FVU is measured against it.
    pub variance: f64,
}

impl TestPart {
    /// `samples` (m, n), m ≥ 1, beside those of `training`.
    pub fn new(training: &Samples, samples: Samples, labels: Option<Vec<u8>>) -> Self {
        let mean = with_rows!(training, rows => column_means(rows));
        let variance = with_rows!(&samples, rows => half_mean_square(rows, &mean));
        Self {
            samples,
            labels,
            variance,
        }
    }

    /// How many samples there are.
    pub fn len(&self) -> usize {
        self.samples.dim().0
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn the_variance_is_about_the_training_mean() {
        let training = Samples::F64(array![[0.0, 1.0], [2.0, 3.0]]); // mean (1, 2)
        let test = Samples::F64(array![[1.0, 2.0], [4.0, 2.0]]);
        let part = TestPart::new(&training, test, None);
        assert_eq!(part.variance, 9.0 / 4.0);
        assert_eq!(part.len(), 2);
    }

    #[test]
    fn some_are_drawn_and_some_are_left() {
        for (fraction, total, drawn) in [(0.25, 10, 3), (0.01, 10, 1), (0.9, 3, 2), (0.5, 1, 0)] {
            assert_eq!(Held::Fraction(fraction).drawn_of(total), drawn);
        }
        assert_eq!(
            Held::Fraction(0.0).drawn_of(10) + Held::OwnSplit.drawn_of(10),
            0
        );
    }

    #[test]
    fn a_fraction_or_own() {
        assert_eq!("own".parse(), Ok(Held::OwnSplit));
        assert_eq!("0.25".parse(), Ok(Held::Fraction(0.25)));
        assert_eq!("0".parse(), Ok(Held::None));
        for wrong in ["-0.1", "0.95", "nan", "inf", "half", ""] {
            let refusal = wrong.parse::<Held>().unwrap_err();
            assert!(refusal.contains("from 0 to 0.9"), "{wrong}: {refusal}");
        }
    }
}
