//! A setting and the values that it takes.

use std::str::FromStr;

use serde::Serialize;
use strum::VariantArray;

use super::SweepError;
use super::error::MOST_RUNS;
use crate::model::BatchSize;
use crate::training::Experiment;

/// For messages.
pub(super) const NAMES: &str = "rho, beta, alpha, lambda, hidden, momentum and batch";

/// Values between the ends are rounded to this many significant digits, so that 1e-4 is not 9.999999999999999e-5.
const DIGITS: usize = 12;

/// A setting that can be varied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, VariantArray)]
#[serde(rename_all = "lowercase")]
pub enum Varied {
    Rho,
    Beta,
    Alpha,
    Lambda,
    Hidden,
    Momentum,
    Batch,
}

impl Varied {
    pub const ALL: [Self; Self::VARIANTS.len()] = *Self::VARIANTS.first_chunk().unwrap();

    /// As the command line calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rho => "rho",
            Self::Beta => "beta",
            Self::Alpha => "alpha",
            Self::Lambda => "lambda",
            Self::Hidden => "hidden",
            Self::Momentum => "momentum",
            Self::Batch => "batch",
        }
    }

    /// As people write it: "λ", "hidden units".
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Rho => "ρ",
            Self::Beta => "β",
            Self::Alpha => "α",
            Self::Lambda => "λ",
            Self::Hidden => "hidden units",
            Self::Momentum => "μ",
            Self::Batch => "batch",
        }
    }

    /// For the side of a map: "λ, weight decay".
    pub fn title(self) -> &'static str {
        match self {
            Self::Rho => "ρ, target activation",
            Self::Beta => "β, sparsity weight",
            Self::Alpha => "α, learning rate",
            Self::Lambda => "λ, weight decay",
            Self::Hidden => "hidden units",
            Self::Momentum => "μ, momentum",
            Self::Batch => "samples a batch",
        }
    }

    /// Whether only whole numbers make sense.
    pub fn is_whole(self) -> bool {
        matches!(self, Self::Hidden | Self::Batch)
    }

    /// `experiment` with this setting at `value`; whole numbers are whole already.
    pub fn set(self, experiment: &mut Experiment, value: f64) {
        let settings = &mut experiment.hyperparameters;
        match self {
            Self::Rho => settings.sparsity_target = value,
            Self::Beta => settings.sparsity_weight = value,
            Self::Alpha => settings.learning_rate = value,
            Self::Lambda => settings.weight_decay = value,
            Self::Momentum => settings.momentum = value,
            Self::Hidden => experiment.hidden = value as usize,
            Self::Batch => settings.batch = BatchSize::Samples(value as usize),
        }
    }
}

/// How the values lie between the ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scale {
    /// Each is the same multiple of the one before.
    Log,
    Linear,
}

/// One side of the map: a setting and its values, ascending.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Axis {
    pub varied: Varied,
    pub scale: Scale,
    values: Vec<f64>,
}

impl Axis {
    /// `count` values from `low` to `high`, both included; of one value it is `low`.
    ///
    /// # Errors
    /// No values or too many, ends that are the wrong way round, not positive on a log axis or not whole where the
    /// setting is, values that are the same.
    pub fn new(
        varied: Varied,
        low: f64,
        high: f64,
        scale: Scale,
        count: usize,
    ) -> Result<Self, SweepError> {
        let name = varied.name();
        for end in [low, high] {
            if !end.is_finite() {
                let text = end.to_string();
                return Err(SweepError::Number { name, text });
            }
        }
        if count == 0 {
            return Err(SweepError::NoValues { name });
        }
        if count as u64 > MOST_RUNS {
            return Err(SweepError::TooManyRuns { runs: count as u64 });
        }
        if low > high {
            return Err(SweepError::Backwards { name, low, high });
        }
        if scale == Scale::Log && low <= 0.0 {
            return Err(SweepError::NotPositive { name, low });
        }
        if let Some(value) = [low, high].into_iter().find(|end| end.fract() != 0.0)
            && varied.is_whole()
        {
            return Err(SweepError::NotWhole { name, value });
        }
        let last = count - 1;
        let value = |index: usize| match index {
            0 => low,
            _ if index == last => high,
            _ => {
                let part = index as f64 / last as f64;
                let value = match scale {
                    // not high / low, which may overflow
                    Scale::Log => (low.ln() + (high.ln() - low.ln()) * part).exp(),
                    Scale::Linear => low + (high - low) * part,
                };
                if varied.is_whole() {
                    value.round()
                } else {
                    rounded(value)
                }
            }
        };
        let values: Vec<f64> = (0..count).map(value).collect();
        if let Some(pair) = values.windows(2).find(|pair| pair[0] >= pair[1]) {
            let value = pair[0];
            return Err(SweepError::Crowded { name, value, count });
        }
        Ok(Self {
            varied,
            scale,
            values,
        })
    }

    /// Ascending, at least one.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Where `value` lies, the first cell's middle at ½ and the next cell's at 1½; `None` where there is one value alone,
    /// or on a log axis `value` is not positive.
    pub fn place(&self, value: f64) -> Option<f64> {
        let (low, high) = (self.values.first()?, self.values.last()?);
        let last = (self.values.len() - 1) as f64;
        let part = match self.scale {
            Scale::Log => (value.ln() - low.ln()) / (high.ln() - low.ln()),
            Scale::Linear => (value - low) / (high - low),
        };
        Some(part * last + 0.5).filter(|place| place.is_finite())
    }

    /// The value at `place`, the inverse of [`Self::place`]; that of the only one.
    pub fn at(&self, place: f64) -> f64 {
        let (first, last) = (self.values[0], self.values[self.values.len() - 1]);
        if self.values.len() == 1 {
            return first;
        }
        let part = (place - 0.5) / (self.values.len() - 1) as f64;
        match self.scale {
            Scale::Log => (first.ln() + (last.ln() - first.ln()) * part).exp(),
            Scale::Linear => first + (last - first) * part,
        }
    }
}

/// To [`DIGITS`] significant digits.
fn rounded(value: f64) -> f64 {
    format!("{value:.*e}", DIGITS - 1).parse().unwrap_or(value)
}

/// NAME=LOW:HIGH:log|linear:COUNT
impl FromStr for Axis {
    type Err = SweepError;

    fn from_str(text: &str) -> Result<Self, SweepError> {
        let form = || SweepError::Form {
            text: text.to_owned(),
        };
        let (name, range) = text.split_once('=').ok_or_else(form)?;
        let varied = Varied::ALL.into_iter().find(|v| v.name() == name.trim());
        let varied = varied.ok_or_else(|| match name.trim() {
            "seed" | "seeds" => SweepError::Seed,
            other => SweepError::Unknown { name: other.into() },
        })?;
        let parts: Vec<&str> = range.split(':').map(str::trim).collect();
        let [low, high, scale, count] = parts[..] else {
            return Err(form());
        };
        let name = varied.name();
        let number = |text: &str| {
            let parsed = text.parse().ok().filter(|value: &f64| value.is_finite());
            parsed.ok_or_else(|| SweepError::Number {
                name,
                text: text.into(),
            })
        };
        let scale = match scale {
            "log" => Scale::Log,
            "linear" => Scale::Linear,
            other => {
                let text = other.into();
                return Err(SweepError::Scale { name, text });
            }
        };
        let count = count.parse().map_err(|_| SweepError::Count {
            name,
            text: count.into(),
        })?;
        Self::new(varied, number(low)?, number(high)?, scale, count)
    }
}
