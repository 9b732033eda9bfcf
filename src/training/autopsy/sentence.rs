//! The cause of death in words.

use super::death::rises;
use super::{Autopsy, Cause};
use crate::training::record::history::short;

impl Autopsy {
    /// Why it is dead, in one sentence; units are counted from 1, as people do.
    pub fn sentence(&self) -> String {
        let since = self.since;
        let born = match (self.revived, self.never_lived) {
            (Some(epoch), true) => format!("revived at epoch {epoch}, it died again at once"),
            (None, true) => "it was never alive".to_owned(),
            (Some(epoch), false) => {
                format!("revived at epoch {epoch}, it has been dead again since epoch {since}")
            }
            (None, false) => format!("dead since epoch {since}"),
        };
        // "λ raised 1e-4 → 4e-4 at epoch 300"
        let change = self.marker.as_ref().map(|marker| {
            let verb = match rises(marker) {
                Some(true) => " raised",
                Some(false) => " lowered",
                None => "",
            };
            let (symbol, values) = (marker.setting.symbol(), marker.values());
            format!("{symbol}{verb} {values} at epoch {}", marker.epoch)
        });
        match &self.cause {
            Cause::Decay { settings } => {
                let what =
                    change.unwrap_or_else(|| format!("λ = {}", short(settings.weight_decay)));
                let place = if settings.sparsity_weight > 0.0 {
                    format!("Constant at ρ = {}", short(settings.sparsity_target))
                } else {
                    "Constant".to_owned()
                };
                format!(
                    "{place} under decay ({what}): decay shrinks its weights faster than the reconstruction grows \
                     them; {born}."
                )
            }
            Cause::TooSparse { settings } => {
                let rho = short(settings.sparsity_target);
                let what = change.unwrap_or_else(|| format!("ρ = {rho}"));
                format!(
                    "Constant at ρ = {rho}, which is too sparse ({what}): the reconstruction's gradient is ∝ ρ, and \
                     too weak there against the decay λ = {}; {born}.",
                    short(settings.weight_decay)
                )
            }
            Cause::Overshoot { settings } | Cause::Saturation { settings } => {
                let (alpha, beta) = (
                    short(settings.learning_rate),
                    short(settings.sparsity_weight),
                );
                let why = match change {
                    Some(change) => format!("after {change}"),
                    None => format!(
                        "with α = {alpha} and β = {beta}, whose product makes the step too long"
                    ),
                };
                let what = if matches!(self.cause, Cause::Overshoot { .. }) {
                    "Silenced by overshoot"
                } else {
                    "Saturated by overshoot: driven to 1 by every input"
                };
                format!("{what} at epoch {since} {why}.")
            }
            Cause::PrintedGradient => format!(
                "Driven off at epoch {since} by the gradient as printed, which is not the gradient of J."
            ),
            Cause::Duplicate { of, cosine } => format!(
                "Duplicate of unit {} since epoch {since} (cos {cosine:.3}): it learns nothing of its own.",
                of + 1
            ),
            Cause::Unclear => {
                format!("Cause not clear from the recorded history; {born}.")
            }
        }
    }
}
