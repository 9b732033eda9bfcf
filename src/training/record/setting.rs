//! The settings that can change during a run, and their values: the one place that knows which field is which.

use serde::{Deserialize, Serialize};
use strum::{EnumCount, EnumIter, IntoEnumIterator};
use thiserror::Error;

use super::number::in_digits;
use crate::model::{BatchSize, GradientForm, HyperparameterError, Hyperparameters, OptimizerKind};

/// Significant digits of a number in its short form.
const SHORT: usize = 3;
/// Digits that tell any two f64 apart.
const ALL_DIGITS: usize = 17;

/// A setting that can change during a run.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    EnumCount,
    EnumIter,
    Serialize,
    Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    SparsityTarget,
    SparsityWeight,
    LearningRate,
    WeightDecay,
    Momentum,
    Optimizer,
    Batch,
    Gradient,
}

/// A setting's value at full precision.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    Number(f64),
    Optimizer(OptimizerKind),
    Batch(BatchSize),
    Gradient(GradientForm),
}

/// Why a change of a setting was refused.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum SettingError {
    #[error("{} takes {expected}, not {}", setting.symbol(), setting.format(*value))]
    Kind {
        setting: Setting,
        expected: &'static str,
        value: Value,
    },
    #[error(transparent)]
    OutOfRange(#[from] HyperparameterError),
}

impl Setting {
    /// Every setting, in the order of the enumeration.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> {
        Self::iter()
    }

    /// "ρ", "β", "α", "λ", or a word.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::SparsityTarget => "ρ",
            Self::SparsityWeight => "β",
            Self::LearningRate => "α",
            Self::WeightDecay => "λ",
            Self::Momentum => "momentum",
            Self::Optimizer => "optimiser",
            Self::Batch => "batch",
            Self::Gradient => "gradient",
        }
    }

    /// As the command line calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::SparsityTarget => "rho",
            Self::SparsityWeight => "beta",
            Self::LearningRate => "alpha",
            Self::WeightDecay => "lambda",
            Self::Momentum => "momentum",
            Self::Optimizer => "optimizer",
            Self::Batch => "batch",
            Self::Gradient => "gradient",
        }
    }

    /// Its value in `settings`.
    pub fn get(self, settings: &Hyperparameters) -> Value {
        match self {
            Self::SparsityTarget => Value::Number(settings.sparsity_target),
            Self::SparsityWeight => Value::Number(settings.sparsity_weight),
            Self::LearningRate => Value::Number(settings.learning_rate),
            Self::WeightDecay => Value::Number(settings.weight_decay),
            Self::Momentum => Value::Number(settings.momentum),
            Self::Optimizer => Value::Optimizer(settings.optimizer),
            Self::Batch => Value::Batch(settings.batch),
            Self::Gradient => Value::Gradient(settings.gradient),
        }
    }

    /// Puts `value` in its place in `settings`; [`Hyperparameters::check`] is what judges the range.
    ///
    /// # Errors
    /// `value` is not of this setting's kind; `settings` are as they were.
    pub fn set(self, settings: &mut Hyperparameters, value: Value) -> Result<(), SettingError> {
        let wrong = |expected| SettingError::Kind {
            setting: self,
            expected,
            value,
        };
        let number = match self {
            Self::SparsityTarget => &mut settings.sparsity_target,
            Self::SparsityWeight => &mut settings.sparsity_weight,
            Self::LearningRate => &mut settings.learning_rate,
            Self::WeightDecay => &mut settings.weight_decay,
            Self::Momentum => &mut settings.momentum,
            Self::Optimizer => {
                let Value::Optimizer(kind) = value else {
                    return Err(wrong("an optimiser"));
                };
                settings.optimizer = kind;
                return Ok(());
            }
            Self::Batch => {
                let Value::Batch(size) = value else {
                    return Err(wrong("a batch size"));
                };
                settings.batch = size;
                return Ok(());
            }
            Self::Gradient => {
                let Value::Gradient(form) = value else {
                    return Err(wrong("a form of the gradient"));
                };
                settings.gradient = form;
                return Ok(());
            }
        };
        let Value::Number(value) = value else {
            return Err(wrong("a number"));
        };
        *number = value;
        Ok(())
    }

    /// `value`, short, as the window and the curves show it. All settings show the same value alike.
    pub fn format(self, value: Value) -> String {
        value.in_digits(SHORT)
    }

    /// `values`, short, but with as many digits as it takes for different values to read differently.
    pub fn format_apart(self, values: &[Value]) -> Vec<String> {
        let mut texts = Vec::new();
        for digits in SHORT..=ALL_DIGITS {
            texts = values.iter().map(|value| value.in_digits(digits)).collect();
            let told_apart = (1..values.len())
                .all(|j| (0..j).all(|i| values[i] == values[j] || texts[i] != texts[j]));
            if told_apart {
                break;
            }
        }
        texts
    }

    /// How far `to` lies from `from`, to find the furthest point of a drag: |log ratio| where a slider is logarithmic,
    /// the difference for momentum; of choices, 0 or ∞.
    pub(in crate::training) fn distance(self, from: Value, to: Value) -> f64 {
        let (Some(start), Some(end)) = (from.size(), to.size()) else {
            return if from == to { 0.0 } else { f64::INFINITY };
        };
        match self {
            Self::Momentum => (end - start).abs(),
            Self::SparsityTarget
            | Self::SparsityWeight
            | Self::LearningRate
            | Self::WeightDecay
            | Self::Optimizer
            | Self::Batch
            | Self::Gradient => {
                if start > 0.0 {
                    (end / start).ln().abs()
                } else {
                    (end - start).abs()
                }
            }
        }
    }
}

impl Value {
    /// The number, where it is one.
    pub fn number(self) -> Option<f64> {
        match self {
            Self::Number(value) => Some(value),
            Self::Optimizer(_) | Self::Batch(_) | Self::Gradient(_) => None,
        }
    }

    /// A number or a batch's number of samples; `None` for a choice.
    pub(in crate::training) fn size(self) -> Option<f64> {
        match self {
            Self::Number(value) => Some(value),
            Self::Batch(BatchSize::Samples(rows)) => Some(rows as f64),
            Self::Batch(BatchSize::Full) | Self::Optimizer(_) | Self::Gradient(_) => None,
        }
    }

    /// As text, a number in at most `digits` significant digits.
    fn in_digits(self, digits: usize) -> String {
        match self {
            Self::Number(value) => in_digits(value, digits),
            Self::Optimizer(kind) => kind.name().to_owned(),
            Self::Batch(size) => size.to_string(),
            Self::Gradient(GradientForm::Exact) => "exact".to_owned(),
            Self::Gradient(GradientForm::Printed) => "as printed".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_is_got_and_nothing_else_changes() {
        let post = Hyperparameters::default();
        for setting in Setting::all() {
            let value = match setting.get(&post) {
                Value::Number(number) => Value::Number(number / 3.0),
                Value::Optimizer(_) => Value::Optimizer(OptimizerKind::Adam),
                Value::Batch(_) => Value::Batch(BatchSize::Full),
                Value::Gradient(_) => Value::Gradient(GradientForm::Printed),
            };
            let mut settings = post;
            setting.set(&mut settings, value).unwrap();
            for other in Setting::all() {
                let expected = if other == setting {
                    value
                } else {
                    other.get(&post)
                };
                assert_eq!(other.get(&settings), expected, "{setting:?}");
            }
            for other in Setting::all() {
                let foreign = other.get(&post);
                let same_kind = std::mem::discriminant(&foreign) == std::mem::discriminant(&value);
                let mut settings = post;
                assert_eq!(setting.set(&mut settings, foreign).is_ok(), same_kind);
            }
        }
    }

    #[test]
    fn values_that_differ_read_differently() {
        let number = Value::Number;
        let texts = Setting::WeightDecay.format_apart(&[number(0.02), number(0.0199)]);
        assert_eq!(texts, ["0.02", "0.0199"]);
        let texts = Setting::WeightDecay.format_apart(&[number(0.02), number(0.02 - 1e-17)]);
        assert_ne!(texts[0], texts[1]);
        let same = Setting::WeightDecay.format_apart(&[number(1e-4), number(6e-3), number(1e-4)]);
        assert_eq!(same, ["1e-4", "6e-3", "1e-4"]);
    }

    #[test]
    fn a_refusal_says_what_the_setting_takes() {
        let mut settings = Hyperparameters::default();
        let error = Setting::Batch
            .set(&mut settings, Value::Number(3.0))
            .unwrap_err();
        assert_eq!(error.to_string(), "batch takes a batch size, not 3");
    }
}
