//! How strong the gradient is in each layer, epoch by epoch, and whether the encoder's has vanished.
//!
//! What an epoch leaves behind is taken as it is, for a pass over the weights: the whole set's gradient under the full
//! batch and L-BFGS, the last batch's else ([`GradientSource`]). Only the reconstruction term's own share takes a step
//! over [`PROBE_SAMPLES`] samples, at every [`probe_stride`]-th epoch, so that it stays below 1 % of the training's time.

use serde::{Deserialize, Serialize};

use super::record::{Record, history::short};

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
}

impl GradientNorms {
    /// ‖∂reconstruction/∂W1‖ ÷ ‖W1‖: what part of itself one update at α = 1 would change the encoder by.
    pub fn speed(&self) -> Option<f64> {
        let speed = self.reconstruction? / self.encoder_weights;
        speed.is_finite().then_some(speed)
    }

    /// f′ at the mean activation as a part of its greatest value: 4 ρ̂ (1 − ρ̂).
    pub fn attenuation(&self) -> f64 {
        4.0 * self.mean_activation * (1.0 - self.mean_activation)
    }

    /// `None` at epochs without the probe.
    pub fn health(&self) -> Option<GradientHealth> {
        let speed = self.speed()?;
        Some(if self.attenuation() > ATTENUATED || speed >= WEAK_SPEED {
            // a small gradient at a large f′ is a minimum, not a vanished one
            GradientHealth::Healthy
        } else if speed >= VANISHED_SPEED {
            GradientHealth::Weak
        } else {
            GradientHealth::Vanished
        })
    }
}

/// What the encoder's gradient comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GradientHealth {
    Healthy,
    /// Small since f′ is: learning takes hundreds to thousands of updates.
    Weak,
    /// So small that the encoder stays where it is.
    Vanished,
}

/// The latest word on the encoder's gradient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GradientReport {
    /// The epoch of the probe.
    pub epoch: u64,
    pub health: GradientHealth,
    pub norms: GradientNorms,
}

impl GradientReport {
    /// What the latest probe among `records` (in order) found.
    pub fn latest<'a>(
        records: impl DoubleEndedIterator<Item = &'a Record>,
    ) -> Option<GradientReport> {
        records.rev().find_map(|record| {
            Some(Self {
                epoch: record.epoch,
                health: record.gradients.health()?,
                norms: record.gradients,
            })
        })
    }

    /// One plain sentence where something is wrong.
    pub fn warning(&self) -> Option<String> {
        let norm = short(self.norms.reconstruction?);
        let updates = short(1.0 / self.norms.speed()?.max(f64::MIN_POSITIVE));
        let rho = short(self.norms.mean_activation);
        let part = short(100.0 * self.norms.attenuation());
        match self.health {
            GradientHealth::Healthy => None,
            GradientHealth::Weak => Some(format!(
                "The encoder's gradient is weak at ρ̂ = {rho}: f′ is {part} % of what it could be, so \
                 ‖∂reconstruction/∂W1‖ is {norm}. Learning is slow; a larger ρ or α speeds it up."
            )),
            GradientHealth::Vanished => Some(format!(
                "The encoder's gradient has vanished at ρ̂ = {rho}: f′ is {part} % of what it could be, so \
                 ‖∂reconstruction/∂W1‖ is {norm}, and at α = 1 it would take some {updates} updates to change W1. \
                 Raise ρ."
            )),
        }
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

    fn norms(reconstruction: f64, mean_activation: f64) -> GradientNorms {
        GradientNorms {
            reconstruction: Some(reconstruction),
            encoder_weights: 6.0,
            mean_activation,
            ..Default::default()
        }
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
        assert_eq!(norms(0.1, 0.5).health(), Some(Healthy));
        assert_eq!(norms(1e-6, 0.5).health(), Some(Healthy), "a minimum");
        assert_eq!(norms(0.1, 0.01).health(), Some(Healthy));
        assert_eq!(norms(2e-3, 0.01).health(), Some(Weak));
        assert_eq!(norms(2e-4, 1e-3).health(), Some(Vanished));
        assert_eq!(
            norms(2e-4, 0.9999).health(),
            Some(Vanished),
            "saturation too"
        );
        assert_eq!(GradientNorms::default().health(), None);
    }

    #[test]
    fn the_warning_is_of_the_latest_probe_and_names_rho() {
        let record = |epoch, gradients| Record {
            epoch,
            gradients,
            ..Default::default()
        };
        let records = [
            record(0, norms(0.1, 0.5)),
            record(8, norms(2.3e-4, 1e-3)),
            record(9, GradientNorms::default()),
        ];
        let report = GradientReport::latest(records.iter()).unwrap();
        assert_eq!(report.epoch, 8);
        let warning = report.warning().unwrap();
        assert!(
            warning.contains("vanished at ρ̂ = 1e-3") && warning.contains("2.3e-4"),
            "{warning}"
        );
        assert!(
            GradientReport::latest(records[..1].iter())
                .unwrap()
                .warning()
                .is_none()
        );
        assert!(GradientReport::latest([].iter()).is_none());
    }
}
