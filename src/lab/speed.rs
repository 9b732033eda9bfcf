//! The scale of the speed limit: 1, 2, 5, … epochs a second, then no limit.

use crate::training::Speed;

/// Epochs a second; past the last there is no limit.
const STEPS: [f64; 10] = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0];

/// The step that means no limit.
pub const UNLIMITED: usize = STEPS.len();

pub fn from_step(step: usize) -> Speed {
    STEPS
        .get(step)
        .map_or(Speed::Unlimited, |rate| Speed::EpochsPerSecond(*rate))
}

/// The step at or below `speed`.
pub fn to_step(speed: Speed) -> usize {
    match speed {
        Speed::Unlimited => UNLIMITED,
        Speed::EpochsPerSecond(rate) => STEPS.iter().rposition(|step| *step <= rate).unwrap_or(0),
    }
}

/// `by` steps faster, or slower if negative.
pub fn next(speed: Speed, by: isize) -> Speed {
    from_step(to_step(speed).saturating_add_signed(by).min(UNLIMITED))
}

/// The slowest step that does `epochs` within `seconds`.
pub fn lasting(epochs: u64, seconds: f64) -> Speed {
    let rate = epochs as f64 / seconds;
    let step = STEPS.iter().position(|step| *step >= rate);
    from_step(step.unwrap_or(UNLIMITED))
}

/// As the toolbar says it.
pub fn label(speed: Speed) -> String {
    match speed {
        Speed::Unlimited => "max".into(),
        Speed::EpochsPerSecond(rate) => format!("{rate}/s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_hold_and_the_steps_come_back() {
        for step in 0..=UNLIMITED {
            assert_eq!(to_step(from_step(step)), step);
        }
        assert_eq!(lasting(60, 4.0), Speed::EpochsPerSecond(20.0));
        assert_eq!(lasting(0, 4.0), Speed::EpochsPerSecond(1.0));
        assert_eq!(lasting(9_000, 4.0), Speed::Unlimited);
        assert_eq!(next(Speed::Unlimited, 1), Speed::Unlimited);
        assert_eq!(next(Speed::Unlimited, -1), Speed::EpochsPerSecond(1000.0));
        assert_eq!(
            next(Speed::EpochsPerSecond(1.0), -1),
            Speed::EpochsPerSecond(1.0)
        );
    }
}
