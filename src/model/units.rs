//! What each hidden unit does over the data set, and whether it lives.

use std::fmt;

use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

use crate::numerics::Real;

/// A unit that varies by less than this (max p − min p) looks the same for every input. No test for dead: at a low ρ such
/// a unit can carry much.
pub const CONSTANT_SPREAD: f64 = 0.05;
/// The FVU changes by less than this without a dead unit, where there are few units ([`dead_below`]).
pub const DEAD_BELOW: f64 = 1e-4;
/// With more units than this each is one of many, and the bound falls as their number grows.
pub const MANY_UNITS: usize = 64;
/// ρ̂ under this fraction of ρ, or 1 − ρ̂ under this fraction of 1 − ρ, was thrown there.
pub const THROWN_FRACTION: f64 = 0.1;
/// A dead unit whose f′ averages more than this part of its greatest value is not saturated: that of p = .95.
pub const SATURATED_SLOPE: f64 = 0.19;
/// Two features with a larger |cos| are duplicates.
pub const DUPLICATE_COSINE: f64 = 0.98;

/// Of `hidden` units those are dead without which the FVU changes by less: 1e-4 · min(1, 64/h).
pub fn dead_below(hidden: usize) -> f64 {
    DEAD_BELOW * (MANY_UNITS as f64 / hidden.max(1) as f64).min(1.0)
}

/// The state of a hidden unit over the whole data set. Dead is what contributes nothing: replaced by its mean activation,
/// it leaves the FVU as it is, to within [`dead_below`]. Death is never read off ρ̂: at the optimum the KL term holds
/// ρ̂ ≈ ρ, so a dead unit answers ρ to every input; nor off the spread of its activation: at a low ρ a small spread can
/// carry much, and a unit that answers loudly contributes nothing while its decoder weights are nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UnitState {
    #[default]
    Alive,
    /// Dead, and neither of the following: as a rule the same output, ρ, for every input.
    Constant,
    /// Dead, and thrown towards 0: ρ̂ < .1 ρ.
    Silent,
    /// Dead, and thrown towards 1: 1 − ρ̂ < .1 (1 − ρ), and f′ averages less than at p = .95.
    Saturated,
    /// Its feature repeats another alive unit's (|cos| > .98).
    Duplicate,
}

impl UnitState {
    pub fn is_dead(self) -> bool {
        matches!(self, Self::Constant | Self::Silent | Self::Saturated)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Alive => "alive",
            Self::Constant => "constant",
            Self::Silent => "silent",
            Self::Saturated => "saturated",
            Self::Duplicate => "duplicate",
        }
    }
}

/// One hidden unit over the whole data set. All in terms of p, the activation mapped into (0, 1): p = a for sigmoid,
/// (a+1)/2 for tanh.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UnitStatistics {
    /// ρ̂
    pub mean_activation: f64,
    pub standard_deviation: f64,
    pub minimum: f64,
    pub maximum: f64,
    /// f′, averaged over the data, as a part of its greatest value: 4 times the mean of p(1 − p). What the unit's
    /// weights learn is multiplied by it.
    pub mean_slope: f64,
    /// How much the FVU rises if its activation is replaced by its mean, to second order
    /// (`engine::contribution`); below 0 where the unit does harm. As exact as telling dead from alive takes: of a unit
    /// far from the bound it is an estimate from a sample.
    pub contribution: f64,
    /// ‖W1_j‖
    pub feature_norm: f64,
    pub state: UnitState,
}

impl UnitStatistics {
    /// max p − min p
    pub fn spread(&self) -> f64 {
        self.maximum - self.minimum
    }
}

/// How many units are in each state. Every unit is counted once: the five add up to h.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateCounts {
    /// Those that neither are dead nor repeat another.
    pub alive: u32,
    pub constant: u32,
    pub silent: u32,
    pub saturated: u32,
    pub duplicate: u32,
}

impl StateCounts {
    pub fn of(units: &[UnitStatistics]) -> Self {
        let mut counts = Self::default();
        for unit in units {
            match unit.state {
                UnitState::Alive => counts.alive += 1,
                UnitState::Constant => counts.constant += 1,
                UnitState::Silent => counts.silent += 1,
                UnitState::Saturated => counts.saturated += 1,
                UnitState::Duplicate => counts.duplicate += 1,
            }
        }
        counts
    }

    /// h
    pub fn total(&self) -> u32 {
        self.alive + self.duplicate + self.dead()
    }

    pub fn dead(&self) -> u32 {
        self.constant + self.silent + self.saturated
    }

    /// "40 alive, 9 dead"; duplicates are named where there are any.
    pub fn brief(&self) -> String {
        let Self {
            alive, duplicate, ..
        } = self;
        match duplicate {
            0 => format!("{alive} alive, {} dead", self.dead()),
            _ => format!("{alive} alive, {duplicate} duplicate, {} dead", self.dead()),
        }
    }
}

/// Every count, "30 alive, 2 duplicate, 9 constant, 8 silent, 0 saturated".
impl fmt::Display for StateCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            alive,
            constant,
            silent,
            saturated,
            duplicate,
        } = self;
        write!(
            f,
            "{alive} alive, {duplicate} duplicate, {constant} constant, {silent} silent, {saturated} saturated"
        )
    }
}

/// Fills in `feature_norm` and `state` of `units` from their contribution, f′ and ρ̂, the target ρ and the features (rows
/// of `encoder_weights`, (h, n)). Of two similar units, the later is the duplicate.
pub fn classify<T: Real>(
    units: &mut [UnitStatistics],
    encoder_weights: ArrayView2<'_, T>,
    sparsity_target: f64,
) {
    classify_by(units, sparsity_target, |a, b| {
        encoder_weights.row(a).dot(&encoder_weights.row(b)).f64()
    });
}

/// As [`classify`], the features given by their dot products W1_a · W1_b.
pub fn classify_by(
    units: &mut [UnitStatistics],
    sparsity_target: f64,
    dot: impl Fn(usize, usize) -> f64,
) {
    let bound = dead_below(units.len());
    for (index, unit) in units.iter_mut().enumerate() {
        unit.feature_norm = dot(index, index).sqrt();
        let thrown = |mean: f64, target: f64| mean < THROWN_FRACTION * target;
        unit.state = if unit.contribution.abs() >= bound {
            UnitState::Alive
        } else if thrown(unit.mean_activation, sparsity_target) {
            UnitState::Silent
        } else if thrown(1.0 - unit.mean_activation, 1.0 - sparsity_target)
            && unit.mean_slope <= SATURATED_SLOPE
        {
            UnitState::Saturated
        } else {
            UnitState::Constant
        };
    }
    for later in 1..units.len() {
        if units[later].state != UnitState::Alive {
            continue;
        }
        let bound = DUPLICATE_COSINE * units[later].feature_norm;
        let repeats = (0..later).any(|earlier| {
            units[earlier].state == UnitState::Alive
                && dot(later, earlier).abs() > bound * units[earlier].feature_norm
        });
        if repeats {
            units[later].state = UnitState::Duplicate;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn unit(mean: f64, slope: f64, contribution: f64) -> UnitStatistics {
        UnitStatistics {
            mean_activation: mean,
            mean_slope: slope,
            contribution,
            ..Default::default()
        }
    }

    #[test]
    fn states_follow_the_table_of_tests() {
        let mut units = [
            unit(0.05, 0.1, 3e-3),
            unit(0.05, 0.19, 9e-5),
            unit(0.004, 0.016, -2e-5),
            unit(0.97, 0.116, 0.0),
            unit(0.05, 0.1, -2e-4),
            unit(0.05, 0.1, 1.1e-4),
        ];
        let weights = array![
            [1.0, 0.0],
            [0.0, 1.0],
            [1.0, 1.0],
            [3.0, 4.0],
            [-2.0, 0.01],
            [1.0, 1.0]
        ];
        classify(&mut units, weights.view(), 0.05);
        let states: Vec<_> = units.iter().map(|u| u.state).collect();
        use UnitState::*;
        assert_eq!(
            states,
            [Alive, Constant, Silent, Saturated, Duplicate, Alive]
        );
        assert_eq!(units[3].feature_norm, 5.0);
        let counts = StateCounts::of(&units);
        assert_eq!((counts.alive, counts.dead(), counts.duplicate), (2, 3, 1));
        assert_eq!(counts.total(), 6);
        assert_eq!(counts.brief(), "2 alive, 1 duplicate, 3 dead");
        assert_eq!(
            counts.to_string(),
            "2 alive, 1 duplicate, 1 constant, 1 silent, 1 saturated"
        );
        assert_eq!(StateCounts::of(&units[..2]).brief(), "1 alive, 1 dead");
    }

    #[test]
    fn a_unit_held_at_a_target_near_one_is_constant_not_saturated() {
        let state = |mean, slope, target| {
            let mut units = [unit(mean, slope, 0.0)];
            classify(&mut units, array![[1.0]].view(), target);
            units[0].state
        };
        use UnitState::*;
        assert_eq!(state(0.97, 0.1164, 0.97), Constant);
        assert_eq!(state(0.999, 4e-3, 0.97), Saturated);
        // ρ̂ alone does not make it one: on for most inputs, and in between for all of them
        assert_eq!(state(0.93, 0.26, 0.05), Constant);
        assert_eq!(state(0.002, 8e-3, 0.002), Constant);
        assert_eq!(state(1e-4, 4e-4, 0.002), Silent);
    }

    #[test]
    fn the_bound_falls_with_the_number_of_units() {
        assert_eq!(
            [1, 25, 64, 128, 640].map(dead_below),
            [1e-4, 1e-4, 1e-4, 5e-5, 1e-5]
        );
    }
}
