//! The cause of death in words.

use super::death::HARMLESS;
use super::{Autopsy, Blame, Cause};
use crate::training::record::history::short;
use crate::training::record::{Marker, Setting};

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
        let settings = &self.settings;
        let rho = short(settings.sparsity_target);
        let constant = if settings.sparsity_weight > 0.0 {
            format!("Constant at ρ = {rho}")
        } else {
            "Constant".to_owned()
        };
        let who = self.who();
        match &self.cause {
            Cause::Decay => {
                let ratio = self.ratio("and ");
                format!(
                    "{constant} under decay ({who}): {ratio}decay shrinks its weights faster than the reconstruction \
                     grows them; {born}."
                )
            }
            Cause::TooSparse => {
                let end = if settings.sparsity_target > 0.5 {
                    "which is too near 1"
                } else {
                    "which is too sparse"
                };
                let ratio = self.ratio("since ");
                format!(
                    "Constant at ρ = {rho}, {end} ({who}): {ratio}the reconstruction's gradient is ∝ ρ(1−ρ), and too \
                     weak there; {born}."
                )
            }
            Cause::SmallBatch => format!(
                "{constant} by batches that are too small for ρ̂ ({who}): the KL term holds each batch's own ρ̂ at ρ, \
                 and with few samples a batch that leaves a unit no room to answer them differently; {born}."
            ),
            Cause::BarelyVary => format!(
                "{constant}, since the data barely vary: there is next to nothing for it to tell apart; {born}."
            ),
            Cause::Slow => format!(
                "Not learned yet ({who}): the steps so far were too few and too short for its random weights to grow; \
                 {born}."
            ),
            Cause::Idle { spread } => format!(
                "It answers to inputs (its activation varies by {spread:.2}), but the reconstruction is as good without \
                 it; {born}."
            ),
            Cause::Overshoot | Cause::Saturation => {
                let what = if self.cause == Cause::Overshoot {
                    "Silenced by overshoot"
                } else {
                    "Saturated by overshoot: driven to 1 by every input"
                };
                let why = match (&self.marker, self.blames_data()) {
                    (Some(_), _) => format!("after {who}"),
                    (None, true) => format!("with inputs as large as these and {who}"),
                    (None, false)
                        if settings.sparsity_weight > 0.0
                            && self
                                .blames_only(&[Setting::LearningRate, Setting::SparsityWeight]) =>
                    {
                        format!(
                            "with α = {} and β = {}, whose product makes the step too long",
                            short(settings.learning_rate),
                            short(settings.sparsity_weight)
                        )
                    }
                    (None, false) => format!("with {who}, which makes the steps too long"),
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

    fn blames_data(&self) -> bool {
        self.blamed.iter().any(|blame| blame.setting.is_none())
    }

    fn blames_only(&self, settings: &[Setting]) -> bool {
        let mut blamed = self.blamed.iter();
        blamed.all(|blame| {
            blame
                .setting
                .is_some_and(|setting| settings.contains(&setting))
        })
    }

    /// "λ raised 1e-4 → 4e-4 at epoch 300"; "α = 0.1 and β = 100"
    fn who(&self) -> String {
        let names: Vec<String> = self
            .blamed
            .iter()
            .filter_map(|blame| self.name(blame))
            .collect();
        match names.as_slice() {
            [] => format!("λ = {}", short(self.settings.weight_decay)),
            [one] => one.clone(),
            [first, rest @ ..] => format!("{first}, together with {}", rest.join(" and ")),
        }
    }

    fn name(&self, blame: &Blame) -> Option<String> {
        let setting = blame.setting?;
        Some(match &blame.marker {
            Some(marker) => {
                let verb = match rises(marker) {
                    Some(true) => " raised",
                    Some(false) => " lowered",
                    None => "",
                };
                let (symbol, values) = (setting.symbol(), marker.values());
                format!("{symbol}{verb} {values} at epoch {}", marker.epoch)
            }
            None => {
                let value = setting.format(setting.get(&self.settings));
                match setting {
                    Setting::Optimizer | Setting::Gradient => {
                        format!("{} {value}", setting.symbol())
                    }
                    _ => format!("{} = {value}", setting.symbol()),
                }
            }
        })
    }

    /// "λ was 1.09 λ_c when it died, and "; nothing where λ was so far below that it did no harm.
    fn ratio(&self, joint: &str) -> String {
        let pressing = |ratio: &f64| ratio.is_finite() && *ratio >= HARMLESS;
        match self.lambda_ratio.filter(pressing) {
            Some(ratio) if self.settings.weight_decay > 0.0 => {
                format!("λ was {} λ_c when it died, {joint}", short(ratio))
            }
            _ => String::new(),
        }
    }
}

/// Whether a number ended above where it began; `None` where it came back, or is no number.
fn rises(marker: &Marker) -> Option<bool> {
    let (old, new) = (marker.before().number()?, marker.after().number()?);
    (old != new).then_some(new > old)
}
