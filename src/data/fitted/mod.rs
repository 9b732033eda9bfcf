//! A preparation as a fitted value: the choices, and all that was measured on the data that they were made for, so that
//! other data get exactly the same treatment.

mod record;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use ndarray::Array2;
use serde::{Deserialize, Serialize};

pub use record::{NamedArray, PreparationError, PreparationRecord};

use super::scaling::{self, range_of, to_unit};
use super::{Preparation, SampleShape, Scaling, Step, Zca};
use crate::numerics::Real;

/// What is measured on the same data differs by less from one machine to another, relative to its size.
const ROUNDING: f64 = 1e-4;

/// Everything that `prepare` learned from a data set. Plain data; it is written and read as a [`PreparationRecord`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "PreparationRecord", into = "PreparationRecord")]
pub struct FittedPreparation {
    /// The data that it was fitted to, for people.
    pub name: String,
    /// What is done, with what "whatever suits the data" came to.
    pub choice: Preparation,
    /// Of a sample as it comes out.
    pub shape: SampleShape,
    /// How patches are cut, where pictures are.
    pub patches: Option<PatchSpec>,
    /// What bytes are divided by, where they are; at least 1.
    pub white: Option<u8>,
    /// Where values are whitened by ZCA.
    pub zca: Option<Arc<Zca>>,
    pub scaling: FittedScaling,
    /// What stands for a missing value in each of n columns, before anything is done to it; empty where rows with
    /// missing values are left out.
    pub fill: Vec<f64>,
    /// The columns' names, n of them, where the table has some; else empty.
    pub columns: Vec<String>,
    /// The name of each class, by its number, where labels are words; else empty.
    pub classes: Vec<String>,
    /// What was done to the training data, in order.
    pub steps: Vec<Step>,
}

/// How patches are cut from pictures; how many and where is the data's own.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PatchSpec {
    /// In pixels.
    pub side: usize,
    /// 1 grey, 3 red, green and blue
    pub channels: usize,
    /// Pixels along a picture's edge that no patch touches, where there is room.
    pub margin: usize,
    /// What whole pictures are whitened by before they are cut.
    pub filter: Option<Filter>,
}

/// R(f) = |f| exp(−(f/f₀)⁴) (Olshausen & Field 1996).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Filter {
    /// f₀ in cycles a pixel, > 0
    pub cutoff: f64,
}

/// The numbers behind a [`Scaling`].
#[derive(Clone, Debug, PartialEq)]
pub enum FittedScaling {
    /// As the values stand; for bytes see [`FittedPreparation::white`].
    None,
    /// Clipped at `mean` ± `limit` (three standard deviations), scaled to [.1, .9]; left alone where `limit` is 0.
    Clip { mean: f64, limit: f64 },
    /// From [low, high] to [0, 1]; left alone where they are the same.
    Unit { low: f64, high: f64 },
    /// The same for each of n columns.
    UnitColumns { low: Vec<f64>, high: Vec<f64> },
    /// Each of n columns to mean 0 and standard deviation 1; one whose deviation is 0 is set to 0 about its mean.
    Standardise {
        means: Vec<f64>,
        deviations: Vec<f64>,
    },
}

impl FittedPreparation {
    /// The preparation of data that are taken as they stand.
    pub fn identity(name: impl Into<String>, shape: SampleShape) -> Self {
        Self {
            name: name.into(),
            choice: Preparation::NONE,
            shape,
            patches: None,
            white: None,
            zca: None,
            scaling: FittedScaling::None,
            fill: Vec::new(),
            columns: Vec::new(),
            classes: Vec::new(),
            steps: Vec::new(),
        }
    }

    /// n, the number of values in a sample.
    pub fn inputs(&self) -> usize {
        self.shape.len()
    }

    /// What value `place` of a sample is called: its column's name, or its number from 1 where it has none.
    pub fn value_title(&self, place: usize) -> String {
        match self.columns.get(place) {
            Some(name) if !name.is_empty() => name.clone(),
            _ => format!("value {}", place + 1),
        }
    }

    /// What a class is called: "red", or "class 3" where labels are numbers.
    pub fn class_title(&self, class: u8) -> String {
        class_title(&self.classes, class)
    }

    /// What tells the data that `other` was fitted to from those of this, in a few words: more than rounding on another
    /// machine. `None` where they agree in all that was measured.
    pub fn difference(&self, other: &Self) -> Option<String> {
        if self.shape != other.shape {
            let (mine, theirs) = (self.shape, other.shape);
            return Some(format!("their samples are {theirs}, not {mine}"));
        }
        let kind = |fitted: &Self| (fitted.choice, fitted.patches, fitted.white);
        if kind(self) != kind(other) {
            return Some("they are of another kind, and prepared in another way".into());
        }
        let (mine, theirs) = (self.measured(), other.measured());
        let alike = |(a, b): (&f64, &f64)| (a - b).abs() <= ROUNDING * a.abs().max(b.abs());
        if mine.len() == theirs.len() && mine.iter().zip(&theirs).all(alike) {
            return None;
        }
        Some("their values have other ranges or deviations".into())
    }

    /// The ranges and deviations that were measured.
    fn measured(&self) -> Vec<f64> {
        let mut numbers = match &self.scaling {
            FittedScaling::None => Vec::new(),
            FittedScaling::Clip { limit, .. } => vec![*limit],
            FittedScaling::Unit { low, high } => vec![*low, *high],
            FittedScaling::UnitColumns { low, high } => [&low[..], high].concat(),
            // the means may be no more than rounding
            FittedScaling::Standardise { deviations, .. } => deviations.clone(),
        };
        if let Some(zca) = &self.zca {
            numbers.extend([zca.range.0, zca.range.1]);
            numbers.extend(zca.matrix.diag());
        }
        numbers
    }
}

/// The name of `class`, or its number where it has none.
pub(super) fn class_title(names: &[String], class: u8) -> String {
    match names.get(usize::from(class)) {
        Some(name) if !name.is_empty() => name.clone(),
        _ => format!("class {class}"),
    }
}

impl FittedScaling {
    /// What `samples` (m, n) say for `scaling`. `squares` is the sum of squares of samples whose means were removed.
    pub(super) fn measure<T: Real>(
        samples: &Array2<T>,
        scaling: Scaling,
        squares: Option<f64>,
    ) -> Self {
        match scaling {
            Scaling::None | Scaling::Levels => Self::None,
            Scaling::Clip => {
                let (mean, limit) = scaling::clip_limits(samples, squares);
                Self::Clip { mean, limit }
            }
            Scaling::Unit => {
                let (low, high) = range_of(samples.iter());
                Self::Unit { low, high }
            }
            Scaling::UnitColumns => {
                let ranges = samples.columns().into_iter();
                let (low, high) = ranges.map(|column| range_of(column.iter())).unzip();
                Self::UnitColumns { low, high }
            }
            Scaling::Standardise => {
                let columns = samples.columns().into_iter();
                let (means, deviations) = columns.map(scaling::mean_and_deviation).unzip();
                Self::Standardise { means, deviations }
            }
        }
    }

    /// Brings `samples` (m, n) to its range.
    pub(super) fn apply<T: Real>(&self, samples: &mut Array2<T>) {
        match self {
            Self::None => {}
            Self::Clip { mean, limit } => scaling::clip(samples, (*mean, *limit)),
            Self::Unit { low, high } => to_unit(samples.iter_mut(), (*low, *high)),
            Self::UnitColumns { low, high } => {
                let ranges = low.iter().zip(high);
                for (mut column, (low, high)) in samples.columns_mut().into_iter().zip(ranges) {
                    to_unit(column.iter_mut(), (*low, *high));
                }
            }
            Self::Standardise { means, deviations } => {
                let measured = means.iter().zip(deviations);
                for (column, (mean, deviation)) in samples.columns_mut().into_iter().zip(measured) {
                    scaling::standardise(column, (*mean, *deviation));
                }
            }
        }
    }

    /// The step that [`Self::apply`] is; `None` where nothing is done.
    pub(super) fn step(&self) -> Option<Step> {
        let count = |constant: &mut dyn Iterator<Item = bool>| constant.filter(|is| *is).count();
        match self {
            Self::None => None,
            Self::Clip { .. } => Some(Step::Clipped),
            Self::Unit { low, high } => Some(Step::Unit {
                low: *low,
                high: *high,
            }),
            Self::UnitColumns { low, high } => Some(Step::UnitColumns {
                constant: count(&mut low.iter().zip(high).map(|(low, high)| low == high)),
            }),
            Self::Standardise { deviations, .. } => Some(Step::Standardised {
                constant: count(&mut deviations.iter().map(|deviation| *deviation == 0.0)),
            }),
        }
    }
}
