//! Which setting made the cost non-finite.

use super::record::{History, Setting, history::short};
use crate::model::{GradientForm, Hyperparameters, OptimizerKind};

/// A change this many epochs before the divergence is taken for its cause.
const RECENT_EPOCHS: u64 = 30;

/// One sentence that names the setting that most likely did it, and what to do.
///
/// The printed gradient comes first (it is no descent direction for J), then the latest change that can overshoot,
/// then the setting furthest above the post's value: a step's size goes with α·β/(1−μ).
pub fn cause(settings: &Hyperparameters, history: &History, epoch: u64) -> String {
    if settings.gradient == GradientForm::Printed {
        return "the gradient as printed caused it: it is not the gradient of J, and descent on it diverges. Choose \
            the exact gradient, then reset or continue from the last finite weights."
            .to_owned();
    }
    let latest = history.markers().rev().find(|marker| {
        epoch.saturating_sub(marker.until) <= RECENT_EPOCHS
            && matches!(
                marker.setting,
                Setting::LearningRate
                    | Setting::SparsityWeight
                    | Setting::WeightDecay
                    | Setting::Momentum
                    | Setting::Optimizer
                    | Setting::Batch
            )
    });
    if let Some(marker) = latest {
        return format!(
            "the change of {} at epoch {} caused it. Take it back, then continue from the last finite weights.",
            marker, marker.epoch
        );
    }
    let post = Hyperparameters::default();
    let effective = |h: &Hyperparameters| match h.optimizer {
        OptimizerKind::Momentum => 1.0 / (1.0 - h.momentum),
        _ => 1.0,
    };
    let suspects = [
        (
            Setting::LearningRate,
            settings.learning_rate / post.learning_rate,
        ),
        (
            Setting::SparsityWeight,
            settings.sparsity_weight / post.sparsity_weight,
        ),
        (
            Setting::WeightDecay,
            settings.weight_decay * settings.learning_rate * effective(settings),
        ),
        (Setting::Momentum, effective(settings) / effective(&post)),
    ];
    let (setting, excess) =
        suspects.into_iter().fold(
            suspects[0],
            |worst, next| if next.1 > worst.1 { next } else { worst },
        );
    let value = setting.format(setting.get(settings));
    if excess <= 1.0 {
        let alpha = short(settings.learning_rate);
        return format!(
            "α = {alpha} takes steps that are too long for these data. Lower α, then continue."
        );
    }
    format!(
        "{} = {value} caused it: each step overshoots. Lower it, then continue from the last finite weights.",
        setting.symbol()
    )
}
