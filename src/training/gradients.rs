//! How strong the gradient is in each layer, epoch by epoch, and whether the encoder's has vanished.
//!
//! What an epoch leaves behind is taken as it is, for a pass over the weights: the whole set's gradient under the full
//! batch and L-BFGS, the last batch's else ([`GradientSource`]). Only the reconstruction term's own share takes a step
//! over [`PROBE_SAMPLES`] samples, at every [`probe_stride`]-th epoch, so that it stays below 1 % of the training's time.

use serde::{Deserialize, Serialize};

use super::record::{Record, history::short};
use crate::model::Hyperparameters;
use crate::model::law::Cliffs;
use crate::model::units::StateCounts;

/// Samples, evenly spaced, that ‖∂reconstruction/∂W1‖ is taken over.
pub const PROBE_SAMPLES: usize = 64;
/// Of the samples trained on, at most one in this many goes through the probe.
/// A small step costs more a sample than a large one.
const PROBE_SHARE: usize = 250;

/// Below this part of ‖W1‖ an update (at α = 1) leaves the encoder where it is: over 10,000 updates to change it.
pub const VANISHED_SPEED: f64 = 1e-4;
/// Below this one, learning is slow: hundreds to thousands of updates before anything shows.
pub const WEAK_SPEED: f64 = 1e-3;
/// f′ averages at most this part of its greatest value where the activation is to blame.
const ATTENUATED: f64 = 0.1;
/// ρ̂ (or 1 − ρ̂) below this part of ρ (1 − ρ) was thrown there: the KL term holds it at ρ.
const THROWN: f64 = 0.1;

/// What a recorded gradient was taken over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GradientSource {
    /// The whole data set, at the epoch's end.
    WholeSet,
    /// The epoch's last batch, before its update: noisier the smaller the batch is.
    #[default]
    LastBatch,
}

impl GradientSource {
    pub fn name(self) -> &'static str {
        match self {
            Self::WholeSet => "over the whole data set",
            Self::LastBatch => "over the epoch's last batch",
        }
    }
}

/// The strength of the gradient at one epoch's end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GradientNorms {
    /// ‖∂J/∂W1‖; `None` before the first update.
    pub encoder: Option<f64>,
    /// ‖∂J/∂W2‖, likewise.
    pub decoder: Option<f64>,
    /// What these two were taken over.
    pub source: GradientSource,
    /// ‖∂reconstruction/∂W1‖ over [`PROBE_SAMPLES`] samples; only at the epochs of the probe.
    pub reconstruction: Option<f64>,
    /// ‖W1‖
    pub encoder_weights: f64,
    /// ρ̂, averaged over the hidden units.
    pub mean_activation: f64,
    /// f′ as a part of its greatest value, averaged over the data and the hidden units: what is left, on the way through
    /// the activation, of what the output asks of the encoder. Not 4ρ̂(1−ρ̂), which is that of units that answer ρ̂ to
    /// every input: one that is fully on for some and off for the others has ρ̂ ½ and f′ 0.
    pub mean_slope: f64,
}

impl GradientNorms {
    /// ‖∂reconstruction/∂W1‖ ÷ ‖W1‖: what part of itself one update at α = 1 would change the encoder by.
    pub fn speed(&self) -> Option<f64> {
        let speed = self.reconstruction? / self.encoder_weights;
        speed.is_finite().then_some(speed)
    }

    /// Whether f′ lets the encoder's gradient through; `None` at epochs without the probe.
    fn passage(&self) -> Option<Passage> {
        let speed = self.speed()?;
        Some(if self.mean_slope > ATTENUATED || speed >= WEAK_SPEED {
            // a small gradient at a large f′ is a minimum, not a vanished one
            Passage::Open
        } else if speed >= VANISHED_SPEED {
            Passage::Narrow
        } else {
            Passage::Shut
        })
    }
}

/// What f′ does to the encoder's gradient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Passage {
    Open,
    Narrow,
    Shut,
}

/// What the encoder's gradient comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GradientHealth {
    /// It gets through to every unit, and the reconstruction is better than the mean.
    Healthy,
    /// It gets through to every unit, and the reconstruction is no better than the mean yet: FVU ≥ 1.
    Unlearned,
    /// It gets through to some units; others are dead.
    Dead,
    /// Small since f′ is: learning takes hundreds to thousands of updates.
    Weak,
    /// So small that the encoder stays where it is.
    Vanished,
}

/// What a gradient that doesn't get through is put down to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Blame {
    /// λ ≥ λ_c, λ/λ_c times: what is dead stays dead.
    Decay { ratio: f64 },
    /// ρ̂ was thrown far from ρ, towards 0 or 1, by a step too long.
    Overshoot,
    /// ρ̂ is in between, and f′ is small all the same: units are fully on or off.
    Saturation,
    /// ρ is so low that f′ is small wherever ρ̂ is held.
    LowTarget,
    /// So high.
    HighTarget,
}

/// The latest word on the encoder's gradient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GradientReport {
    /// The epoch of the probe.
    pub epoch: u64,
    pub health: GradientHealth,
    /// What to change; `None` where nothing is wrong, or it isn't clear.
    pub blame: Option<Blame>,
    /// Those of the probe.
    pub norms: GradientNorms,
    /// Of the units now.
    pub counts: StateCounts,
    pub fvu: f64,
}

impl GradientReport {
    /// What the latest probe among `records` (in order) found, for units that now count `counts` and reconstruct with
    /// `fvu`, under the `settings` in force; with the `cliffs` of the data, where they are known.
    pub fn latest<'a>(
        records: impl DoubleEndedIterator<Item = &'a Record>,
        (counts, fvu): (StateCounts, f64),
        settings: &Hyperparameters,
        cliffs: Option<&Cliffs>,
    ) -> Option<GradientReport> {
        let (probe, passage) = records
            .rev()
            .find_map(|record| Some((record, record.gradients.passage()?)))?;
        let norms = probe.gradients;
        let health = match passage {
            Passage::Shut => GradientHealth::Vanished,
            Passage::Narrow => GradientHealth::Weak,
            Passage::Open if counts.dead() > 0 => GradientHealth::Dead,
            Passage::Open if fvu < 1.0 => GradientHealth::Healthy,
            Passage::Open => GradientHealth::Unlearned,
        };
        let blame = match health {
            GradientHealth::Healthy | GradientHealth::Unlearned => None,
            _ => blame(&norms, &counts, settings, cliffs),
        };
        Some(Self {
            epoch: probe.epoch,
            health,
            blame,
            norms,
            counts,
            fvu,
        })
    }

    /// One or two plain sentences where something is wrong.
    pub fn warning(&self) -> Option<String> {
        let slope = short(100.0 * self.norms.mean_slope);
        let norm = short(self.norms.reconstruction?);
        let updates = short(1.0 / self.norms.speed()?.max(f64::MIN_POSITIVE));
        let fact = match self.health {
            GradientHealth::Healthy => return None,
            GradientHealth::Unlearned => {
                return Some(if self.fvu.is_nan() {
                    "The data never vary: there is nothing to learn.".to_owned()
                } else {
                    format!(
                        "The gradient gets through (f′ is {slope} % of what it could be), and the reconstruction is no \
                         better than the mean: FVU {}.",
                        short(self.fvu)
                    )
                });
            }
            GradientHealth::Dead => format!(
                "{} of {} units are dead: they pass nothing on, and learn next to nothing.",
                self.counts.dead(),
                self.counts.total()
            ),
            GradientHealth::Weak => format!(
                "The encoder's gradient is weak: f′ is {slope} % of what it could be, so ‖∂reconstruction/∂W1‖ is \
                 {norm}. Learning is slow."
            ),
            GradientHealth::Vanished => format!(
                "The encoder's gradient has vanished: f′ is {slope} % of what it could be, so ‖∂reconstruction/∂W1‖ is \
                 {norm}, and at α = 1 it would take some {updates} updates to change W1."
            ),
        };
        let advice = match self.blame {
            None => return Some(fact),
            Some(Blame::Decay { ratio }) => format!(
                "λ is {} λ_c: what is dead stays dead. Lower λ.",
                short(ratio)
            ),
            Some(Blame::Overshoot) => format!(
                "ρ̂ is {}, far from ρ: a step was too long. Lower α or β, and revive the units.",
                short(self.norms.mean_activation)
            ),
            Some(Blame::Saturation) => {
                "Units are fully on or off at every input: lower α, or raise λ to shrink their weights.".to_owned()
            }
            Some(Blame::LowTarget) if self.health == GradientHealth::Weak => {
                "f′ is small since ρ is: a larger ρ or α speeds it up.".to_owned()
            }
            Some(Blame::LowTarget) => "f′ is small since ρ is: raise ρ.".to_owned(),
            Some(Blame::HighTarget) => "f′ is small since ρ is near 1: lower ρ.".to_owned(),
        };
        Some(format!("{fact} {advice}"))
    }
}

/// What stands between the output and the encoder.
fn blame(
    norms: &GradientNorms,
    counts: &StateCounts,
    settings: &Hyperparameters,
    cliffs: Option<&Cliffs>,
) -> Option<Blame> {
    let (rho, rho_hat) = (settings.sparsity_target, norms.mean_activation);
    let held = settings.sparsity_weight > 0.0;
    let thrown = rho_hat < THROWN * rho || 1.0 - rho_hat < THROWN * (1.0 - rho);
    if held && thrown {
        return Some(Blame::Overshoot);
    }
    let ratio = cliffs
        .filter(|cliffs| cliffs.stays_dead())
        .and_then(Cliffs::lambda_ratio);
    if let Some(ratio) = ratio
        && counts.dead() > 0
    {
        return Some(Blame::Decay { ratio });
    }
    // of units that answer ρ̂ to every input
    let flat = 4.0 * rho_hat * (1.0 - rho_hat);
    if norms.mean_slope > ATTENUATED {
        None
    } else if norms.mean_slope < ATTENUATED * flat {
        Some(Blame::Saturation)
    } else if !held || flat > ATTENUATED {
        None
    } else if rho < 0.5 {
        Some(Blame::LowTarget)
    } else {
        Some(Blame::HighTarget)
    }
}

/// The reconstruction's share is taken at every multiple of this epoch, a power of two, for `samples` trained on an
/// epoch.
pub fn probe_stride(samples: usize) -> u64 {
    let probed = PROBE_SAMPLES.min(samples) * PROBE_SHARE;
    (probed.div_ceil(samples.max(1)).next_power_of_two()) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of a layer of constant units: f′ is 4ρ̂(1−ρ̂) of its greatest value.
    fn norms(reconstruction: f64, mean_activation: f64) -> GradientNorms {
        GradientNorms {
            reconstruction: Some(reconstruction),
            encoder_weights: 6.0,
            mean_activation,
            mean_slope: 4.0 * mean_activation * (1.0 - mean_activation),
            ..Default::default()
        }
    }

    fn record(epoch: u64, gradients: GradientNorms, dead: u32, fvu: f64) -> Record {
        Record {
            epoch,
            gradients,
            fvu,
            counts: StateCounts {
                alive: 25 - dead,
                constant: dead,
                ..StateCounts::default()
            },
            ..Default::default()
        }
    }

    fn settings(rho: f64) -> Hyperparameters {
        Hyperparameters {
            sparsity_target: rho,
            ..Hyperparameters::default()
        }
    }

    fn cliffs(ratio: f64) -> Cliffs {
        Cliffs {
            weight_decay: ratio,
            learning_rate: 0.1,
            sparsity_weight: 3.0,
            lambda_c: 1.0,
            curvature: 1.0,
            pace: None,
            growth: None,
            alpha_c: None,
            beta_c: None,
            rate: None,
            rho: None,
            open_directions: None,
        }
    }

    fn report(record: Record, rho: f64, cliffs: Option<Cliffs>) -> GradientReport {
        let now = (record.counts, record.fvu);
        GradientReport::latest([record].iter(), now, &settings(rho), cliffs.as_ref()).unwrap()
    }

    #[test]
    fn the_probe_takes_less_than_one_sample_in_250() {
        for samples in [1, 10, 64, 100, 1_797, 2_000, 10_000, 1_000_000] {
            let stride = probe_stride(samples);
            assert!(stride.is_power_of_two());
            let probed = PROBE_SAMPLES.min(samples) as f64 / stride as f64;
            assert!(
                probed <= 0.004 * samples as f64,
                "{samples}: every {stride}"
            );
        }
        assert_eq!((probe_stride(10_000), probe_stride(1_797)), (2, 16));
    }

    #[test]
    fn a_small_gradient_is_a_warning_only_where_f_prime_is_small_too() {
        use GradientHealth::*;
        for (reconstruction, mean, health) in [
            (0.1, 0.5, Healthy),
            (1e-6, 0.5, Healthy), // a minimum
            (0.1, 0.01, Healthy),
            (2e-3, 0.01, Weak),
            (2e-4, 1e-3, Vanished),
            (2e-4, 0.9999, Vanished), // saturation too
        ] {
            let found = report(record(0, norms(reconstruction, mean), 0, 0.5), mean, None);
            assert_eq!(found.health, health, "{reconstruction} {mean}");
            assert_eq!(found.warning().is_none(), health == Healthy);
        }
        let none = [record(0, GradientNorms::default(), 0, 0.5)];
        let now = (none[0].counts, none[0].fvu);
        assert!(GradientReport::latest(none.iter(), now, &settings(0.05), None).is_none());
        assert!(GradientReport::latest([].iter(), now, &settings(0.05), None).is_none());
    }

    #[test]
    fn nothing_is_healthy_while_units_are_dead_or_the_mean_is_as_good() {
        use GradientHealth::*;
        let open = norms(0.1, 0.5);
        assert_eq!(report(record(0, open, 1, 0.5), 0.5, None).health, Dead);
        for fvu in [1.0, 1.7, f64::NAN] {
            let found = report(record(0, open, 0, fvu), 0.5, None);
            assert_eq!(found.health, Unlearned);
            assert!(found.warning().is_some());
        }
        // what the units are now counts, not what they were at the probe
        let records = [
            record(0, open, 0, 0.5),
            record(1, GradientNorms::default(), 25, 1.0),
        ];
        let now = (records[1].counts, records[1].fvu);
        let found = GradientReport::latest(records.iter(), now, &settings(0.5), None).unwrap();
        assert_eq!(
            (found.epoch, found.health, found.counts.dead()),
            (0, Dead, 25)
        );
    }

    #[test]
    fn the_advice_follows_the_cause() {
        let of = |norms, dead, rho, ratio: f64| {
            let found = report(record(8, norms, dead, 1.0), rho, Some(cliffs(ratio)));
            (found.blame, found.warning().unwrap())
        };
        // ρ near 0, and near 1, with λ far below its cliff
        let (blame, warning) = of(norms(2.3e-4, 1e-3), 0, 1e-3, 0.1);
        assert_eq!(blame, Some(Blame::LowTarget));
        assert!(warning.contains("vanished") && warning.contains("2.3e-4"));
        assert!(warning.ends_with("raise ρ."), "{warning}");
        let (blame, warning) = of(norms(2.3e-4, 0.99), 0, 0.99, 0.1);
        assert_eq!(blame, Some(Blame::HighTarget));
        assert!(warning.ends_with("lower ρ."), "{warning}");
        // λ was raised: whatever ρ is
        for rho in [0.02, 0.5, 0.99] {
            let (blame, warning) = of(norms(1e-7, rho), 25, rho, 4.0);
            assert_eq!(blame, Some(Blame::Decay { ratio: 4.0 }));
            assert!(warning.contains("λ is 4 λ_c") && !warning.contains("larger ρ"));
        }
        // half on, half off, and nothing in between: 4ρ̂(1−ρ̂) is 1
        let saturated = GradientNorms {
            mean_slope: 5e-11,
            ..norms(1e-12, 0.5)
        };
        let (blame, warning) = of(saturated, 0, 0.5, 0.1);
        assert_eq!(blame, Some(Blame::Saturation));
        assert!(
            warning.contains("5e-9 %") && warning.contains("lower α"),
            "{warning}"
        );
        let (blame, _) = of(norms(1e-9, 1e-6), 25, 0.05, 0.1);
        assert_eq!(blame, Some(Blame::Overshoot));
        let (blame, _) = of(norms(1e-9, 1.0 - 1e-6), 25, 0.05, 0.1);
        assert_eq!(blame, Some(Blame::Overshoot));
        // dead below the cliff at a good f′: no setting is to blame
        assert_eq!(of(norms(0.1, 0.3), 5, 0.3, 0.5).0, None);
    }
}
