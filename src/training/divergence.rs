//! Which setting made the cost non-finite.

use super::record::{History, Setting, history::short};
use super::weigh::{Window, weigh};
use crate::data::DataSet;
use crate::model::{Architecture, GradientForm, Hyperparameters, OptimizerKind, OutputActivation};

/// A weight whose square, which δ2 grows with, leaves little room; the initial draw is from ±√(6/(n+h+1)).
const HUGE_WEIGHT: f64 = 1e9;
/// A value whose square overflows f32 beside others. Smaller ones saturate the units, which bounds the steps.
const HUGE_VALUE: f64 = 1e17;

/// What a divergence is judged by.
pub struct Evidence<'a> {
    pub settings: &'a Hyperparameters,
    pub history: &'a History,
    /// The epoch that failed.
    pub epoch: u64,
    pub architecture: Architecture,
    pub data: &'a DataSet,
    /// The largest |parameter| at that epoch's start.
    pub largest_parameter: f64,
}

/// One sentence that names what did it, and what to do.
///
/// The printed gradient comes first (it is no descent direction for J). Then what is too large by itself: initial
/// weights, or the data's values. Else the settings are weighed by how far they carry a step over its bound,
/// α L < 2(1+μ), L the largest curvature: λ of the decay, and of the reconstruction, where the output is linear, that of
/// W2 at activations of ½. The change, or the value of the start, that brought most of it is named; what takes none of
/// it away is never named.
pub fn cause(evidence: &Evidence<'_>) -> String {
    let settings = evidence.settings;
    if settings.gradient == GradientForm::Printed {
        return "the gradient as printed caused it: it is not the gradient of J, and descent on it diverges. Choose \
            the exact gradient, then reset or continue from the last finite weights."
            .to_owned();
    }
    let revived = evidence.history.revivals().next_back();
    let untrained = evidence.epoch == 1 && revived.is_none();
    if untrained && evidence.largest_parameter > HUGE_WEIGHT {
        let size = short(evidence.largest_parameter);
        return format!(
            "the initial weights caused it: they are as large as {size}. Begin with smaller ones; those of a seed are \
             below 2."
        );
    }
    let (low, high) = evidence.data.range;
    let value = low.abs().max(high.abs());
    if value > HUGE_VALUE {
        let size = short(value);
        return format!(
            "the data caused it: their values are as large as {size}. Scale them, to [0, 1] or to unit variance."
        );
    }
    let window = Window {
        first: evidence.epoch,
        last: evidence.epoch,
        done: evidence.epoch,
    };
    let shape = evidence.architecture;
    let measure = |settings: &Hyperparameters, (): &()| excess(settings, shape);
    let edits = evidence.history.edits();
    let good = Hyperparameters::default();
    let verdict = weigh(edits, settings, window, (&(), &()), &measure, 0.0, &good);
    let named = verdict.named.first();
    let Some((setting, marker)) = named.and_then(|found| Some((found.setting?, &found.marker)))
    else {
        let alpha = short(settings.learning_rate);
        return if settings.optimizer == OptimizerKind::Lbfgs {
            "L-BFGS found no finite step from here: choose another optimiser, then continue from the last finite \
             weights."
                .to_owned()
        } else {
            format!(
                "α = {alpha} takes steps that are too long for these data. Lower α, then continue."
            )
        };
    };
    match (setting, marker) {
        (_, Some(marker)) => format!(
            "the change of {} at epoch {} caused it. Take it back, then continue from the last finite weights.",
            marker, marker.epoch
        ),
        (Setting::Optimizer | Setting::Batch | Setting::Gradient, None) => {
            format!(
                "{} {} caused it: each step overshoots. Choose another, then continue from the last finite weights.",
                setting.symbol(),
                setting.format(setting.get(settings))
            )
        }
        (_, None) => format!(
            "{} = {} caused it: each step overshoots. Lower it, then continue from the last finite weights.",
            setting.symbol(),
            setting.format(setting.get(settings))
        ),
    }
}

/// ln(α L / (2(1+μ))).
fn excess(settings: &Hyperparameters, shape: Architecture) -> f64 {
    let Hyperparameters {
        learning_rate: alpha,
        weight_decay: lambda,
        ..
    } = *settings;
    let bound = match settings.optimizer {
        OptimizerKind::Descent => 2.0,
        OptimizerKind::Momentum => 2.0 * (1.0 + settings.momentum),
        // their steps have a length of their own
        OptimizerKind::Adam | OptimizerKind::Lbfgs => return f64::MIN_POSITIVE.ln(),
    };
    let reconstruction = match shape.output_activation {
        OutputActivation::Linear => {
            // of W2 and b2 at activations of ½
            1.0 + shape.hidden as f64 / 4.0
        }
        OutputActivation::Sigmoid | OutputActivation::Tanh => 0.0,
    };
    (alpha * lambda.max(reconstruction) / bound)
        .max(f64::MIN_POSITIVE)
        .ln()
}
