//! When J and the FVU of a run first fell to a value: known for every value of two digits, whatever is asked for later.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::SweepError;
use crate::model::Cost;
use crate::training::record::number::short;

/// What a run's descent is followed in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Followed {
    #[default]
    Fvu,
    /// J
    Cost,
}

impl Followed {
    pub const ALL: [Self; 2] = [Self::Fvu, Self::Cost];

    pub fn symbol(self) -> &'static str {
        match self {
            Self::Fvu => "FVU",
            Self::Cost => "J",
        }
    }

    /// As the command line calls it.
    fn name(self) -> &'static str {
        match self {
            Self::Fvu => "fvu",
            Self::Cost => "cost",
        }
    }
}

/// What a run is to fall to: the epochs until then are what is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Goal {
    pub of: Followed,
    value: f64,
}

impl Goal {
    /// Half of the variance is explained.
    pub const HALF: Self = Self {
        of: Followed::Fvu,
        value: 0.5,
    };

    /// # Errors
    /// A value that is not above 0 or not finite, or of more than two digits.
    pub fn new(of: Followed, value: f64) -> Result<Self, SweepError> {
        let name = of.name();
        if !(value.is_finite() && value > 0.0) {
            return Err(SweepError::GoalOutOfRange { name, value });
        }
        let (down, up) = neighbours(value);
        if down != value {
            return Err(SweepError::GoalDigits {
                name,
                value,
                down,
                up,
            });
        }
        Ok(Self { of, value })
    }

    /// The goal nearest to `value`; `None` where that is not above 0 or not finite.
    pub fn near(of: Followed, value: f64) -> Option<Self> {
        let near = format!("{value:.1e}").parse().ok()?;
        Self::new(of, near).ok()
    }

    pub fn value(&self) -> f64 {
        self.value
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.of.symbol(), short(self.value))
    }
}

/// fvu=X or cost=X
impl FromStr for Goal {
    type Err = SweepError;

    fn from_str(text: &str) -> Result<Self, SweepError> {
        let form = || SweepError::Goal { text: text.into() };
        let (name, value) = text.split_once('=').ok_or_else(form)?;
        let of = Followed::ALL
            .into_iter()
            .find(|of| of.name() == name.trim());
        let value: f64 = value.trim().parse().map_err(|_| form())?;
        Self::new(of.ok_or_else(form)?, value)
    }
}

/// The epochs at whose end a quantity first was no more than each of a row of falling values of two digits.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Descent(Vec<(f64, u64)>);

impl Descent {
    /// Takes the value at the end of `epoch`; they come in the order of the epochs.
    fn see(&mut self, epoch: u64, value: f64) {
        if !value.is_finite() {
            return;
        }
        let (_, level) = neighbours(value);
        if self.0.last().is_none_or(|(last, _)| level < *last) {
            self.0.push((level, epoch));
        }
    }

    fn first(&self, value: f64) -> Option<u64> {
        let place = self.0.partition_point(|(level, _)| *level > value);
        self.0.get(place).map(|(_, epoch)| *epoch)
    }
}

/// Both descents of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Falls {
    fvu: Descent,
    cost: Descent,
}

impl Falls {
    /// Takes what was measured at the end of `epoch`; they come in their order, 0 first.
    pub fn see(&mut self, epoch: u64, fvu: f64, cost: &Cost) {
        self.fvu.see(epoch, fvu);
        self.cost.see(epoch, cost.total());
    }

    /// Epochs until the goal was first reached; `None` where it was not.
    pub fn epochs_to(&self, goal: &Goal) -> Option<u64> {
        let descent = match goal.of {
            Followed::Fvu => &self.fvu,
            Followed::Cost => &self.cost,
        };
        descent.first(goal.value)
    }
}

/// The values of two digits next to `value` at or below and at or above it, by way of text, so that they are the very
/// numbers that are typed.
fn neighbours(value: f64) -> (f64, f64) {
    if value == 0.0 || !value.is_finite() {
        return (value, value);
    }
    let text = format!("{:.1e}", value.abs());
    let nearest: f64 = text.parse().unwrap_or(f64::NAN);
    let Some((digits, exponent)) = text.split_once('e') else {
        return (value, value);
    };
    let (Ok(tenths), Ok(exponent)) = (
        digits.replace('.', "").parse::<i64>(),
        exponent.parse::<i64>(),
    ) else {
        return (value, value);
    };
    let of = |tenths: i64, exponent: i64| -> f64 {
        format!("{tenths}e{}", exponent - 1)
            .parse()
            .unwrap_or(f64::NAN)
    };
    // below 1.0 the steps are finer
    let below = || match tenths {
        10 => of(99, exponent - 1),
        _ => of(tenths - 1, exponent),
    };
    let (low, high) = match nearest.total_cmp(&value.abs()) {
        std::cmp::Ordering::Equal => (nearest, nearest),
        std::cmp::Ordering::Less => (nearest, of(tenths + 1, exponent)),
        std::cmp::Ordering::Greater => (below(), nearest),
    };
    if value < 0.0 {
        (-high, -low)
    } else {
        (low, high)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_goal_is_read_in_two_digits() {
        let goal: Goal = "fvu=.3".parse().unwrap();
        assert_eq!(
            (goal.of, goal.value(), goal.to_string()),
            (Followed::Fvu, 0.3, "FVU 0.3".into())
        );
        assert_eq!("cost = 12".parse::<Goal>().unwrap().to_string(), "J 12");
        for (text, words) in [
            ("fvu", "fvu says no goal: give fvu=X or cost=X"),
            ("rho=.1", "says no goal"),
            ("fvu=x", "says no goal"),
            ("fvu=0", "fvu can't fall to 0"),
            ("cost=inf", "cost can't fall to inf"),
            ("fvu=.253", "give fvu=0.25 or fvu=0.26"),
        ] {
            let said = text.parse::<Goal>().unwrap_err().to_string();
            assert!(said.contains(words), "{text}: {said}");
        }
        assert_eq!(Goal::near(Followed::Cost, 0.2534).unwrap().value(), 0.25);
        assert_eq!(Goal::near(Followed::Cost, -1.0), None);
        assert_eq!(Goal::near(Followed::Cost, f64::NAN), None);
    }

    #[test]
    fn neighbours_are_the_numbers_that_are_typed() {
        assert_eq!(neighbours(0.253), (0.25, 0.26));
        assert_eq!(neighbours(0.3), (0.3, 0.3));
        assert_eq!(neighbours(0.999), (0.99, 1.0));
        assert_eq!(neighbours(1.0001), (1.0, 1.1));
        assert_eq!(neighbours(99.7), (99.0, 100.0));
        assert_eq!(neighbours(-0.253), (-0.26, -0.25));
    }

    proptest! {
        /// It answers as the whole row of values would.
        #[test]
        fn the_epochs_are_those_of_the_whole_history(
            values in prop::collection::vec(0.01..3.0f64, 1..40),
            goal in 0.01..3.0f64,
        ) {
            let goal = Goal::near(Followed::Cost, goal).unwrap();
            let mut falls = Falls::default();
            for (epoch, value) in values.iter().enumerate() {
                let cost = Cost { reconstruction_loss: *value, ..Cost::default() };
                falls.see(epoch as u64, f64::NAN, &cost);
            }
            let first = values.iter().position(|value| *value <= goal.value());
            prop_assert_eq!(falls.epochs_to(&goal), first.map(|epoch| epoch as u64));
            let text = serde_json::to_string(&falls).unwrap();
            prop_assert_eq!(serde_json::from_str::<Falls>(&text).unwrap(), falls);
        }
    }
}
