//! Which colour a value has.

use crate::data::error::grouped;
use crate::training::record::number::short;
use crate::training::sweep::{Cell, Map, Measure};

/// What is seen of a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shade {
    /// Nothing has come of it yet.
    Unknown,
    /// Its runs have no value, or have diverged.
    Lost,
    /// How far up the colours, from 0 to 1.
    Part(f64),
}

/// A number on an axis.
pub(super) fn written(value: f64) -> String {
    if value.fract() == 0.0 && (1e3..1e6).contains(&value) {
        grouped(value as u64)
    } else {
        short(value)
    }
}

/// From which value to which the colours run.
pub struct ValueScale {
    low: f64,
    high: f64,
    /// Over decades.
    log: bool,
}

impl ValueScale {
    /// Of `measure` over the `cells` of `map`.
    pub fn of(map: &Map, measure: Measure, cells: &[Cell]) -> Self {
        let values = || cells.iter().filter_map(|cell| cell.value);
        let greatest = values().fold(f64::NEG_INFINITY, f64::max);
        let least = values().fold(f64::INFINITY, f64::min);
        let plan = map.plan();
        let (low, high) = match measure {
            Measure::Alive => {
                let last = plan.experiment(plan.runs() - 1).hidden;
                (0.0, plan.experiment(0).hidden.max(last) as f64)
            }
            Measure::Epochs => (0.0, greatest),
            Measure::Bars => (0.0, greatest.max(16.0)),
            Measure::Cost | Measure::Fvu | Measure::Selectivity => (least, greatest),
        };
        if !(low.is_finite() && high.is_finite() && high > low) {
            let low = if low.is_finite() { low } else { 0.0 };
            let high = low + low.abs().max(1.0);
            return Self {
                low,
                high,
                log: false,
            };
        }
        let log = measure == Measure::Cost && low > 0.0 && high / low > 20.0;
        Self { low, high, log }
    }

    /// How far up the colours `value` is, from 0 to 1.
    fn part(&self, value: f64) -> f64 {
        if self.log {
            (value.ln() - self.low.ln()) / (self.high.ln() - self.low.ln())
        } else {
            (value - self.low) / (self.high - self.low)
        }
    }

    /// What is seen of `cell`.
    pub fn shade(&self, cell: &Cell) -> Shade {
        match cell.value {
            None if cell.trained > 0 => Shade::Lost,
            None => Shade::Unknown,
            Some(_) if cell.diverged > 0 && cell.diverged == cell.trained => Shade::Lost,
            Some(value) => Shade::Part(self.part(value).clamp(0.0, 1.0)),
        }
    }

    /// Some values with their places from 0 to 1: round ones, but for a range over decades.
    pub fn ticks(&self) -> Vec<(f64, String)> {
        let values: Vec<f64> = if self.log {
            let ratio = (self.high / self.low).ln();
            let steps = (0..=4).map(|step| f64::from(step) / 4.0);
            steps.map(|part| self.low * (ratio * part).exp()).collect()
        } else {
            let coarse = (self.high - self.low) / 6.0;
            let decade = 10f64.powf(coarse.log10().floor());
            let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * decade);
            let step = steps.into_iter().find(|step| *step >= coarse);
            let step = step.unwrap_or(10.0 * decade);
            let first = (self.low / step).ceil();
            (0..8)
                .map(|index| (first + f64::from(index)) * step)
                .filter(|value| *value <= self.high + 1e-9 * step)
                .collect()
        };
        let tick = |value: f64| (self.part(value).clamp(0.0, 1.0), written(value));
        values.into_iter().map(tick).collect()
    }
}
