//! The cause of death in words.

use super::death::HARMLESS;
use super::{Autopsy, Blame, Cause};
use crate::training::record::history::short;
use crate::training::record::{Marker, Setting};

/// What a sentence says of one unit, or of several that [died alike](Autopsy::died_like).
struct Particulars {
    /// "dead since epoch 12", "dead since epoch 12 or later"
    born: String,
    /// "12", "12 or later"
    epoch: String,
}

impl Particulars {
    /// Of `first` and the `others`.
    fn of(first: &Autopsy, others: &[Autopsy]) -> Self {
        let life = |unit: &Autopsy| (unit.since, unit.never_lived, unit.revived);
        let all = || std::iter::once(first).chain(others);
        let alike = all().all(|unit| life(unit) == life(first));
        let never = all().all(|unit| unit.never_lived && unit.revived.is_none());
        let since = all().map(|unit| unit.since).min().unwrap_or(first.since);
        let epoch = if alike {
            since.to_string()
        } else {
            format!("{since} or later")
        };
        let born = match (first.revived, first.never_lived) {
            _ if never => "it was never alive".to_owned(),
            (Some(revived), true) if alike => {
                format!("revived at epoch {revived}, it died again at once")
            }
            (Some(revived), false) if alike => {
                format!("revived at epoch {revived}, it has been dead again since epoch {epoch}")
            }
            _ => format!("dead since epoch {epoch}"),
        };
        Self { born, epoch }
    }
}

/// "0.32", "0.32 to 0.45": how much units vary of which the first varies by `spread`.
fn spreads(spread: f64, others: &[Autopsy]) -> String {
    let of = |unit: &Autopsy| match unit.cause {
        Cause::Idle { spread } => Some(spread),
        _ => None,
    };
    let all = || others.iter().filter_map(of);
    let [least, most] = [all().fold(spread, f64::min), all().fold(spread, f64::max)]
        .map(|spread| format!("{spread:.2}"));
    if least == most {
        most
    } else {
        format!("{least} to {most}")
    }
}

impl Autopsy {
    /// Why it is dead, in one sentence; units are counted from 1, as people do.
    pub fn sentence(&self) -> String {
        self.sentence_with(&[])
    }

    /// Why it and the `others`, which [died alike](Self::died_like), are dead; each is "it".
    pub fn sentence_with(&self, others: &[Self]) -> String {
        let Particulars { born, epoch } = Particulars::of(self, others);
        let since = self.since;
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
                "It answers to inputs (its activation varies by {}), but the reconstruction is as good without it; \
                 {born}.",
                spreads(*spread, others)
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
                format!("{what} at epoch {epoch} {why}.")
            }
            Cause::PrintedGradient => format!(
                "Driven off at epoch {epoch} by the gradient as printed, which is not the gradient of J."
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::UnitState;

    fn idle(unit: usize, since: u64, never_lived: bool, spread: f64) -> Autopsy {
        Autopsy {
            unit,
            state: UnitState::Constant,
            since,
            never_lived,
            revived: None,
            cause: Cause::Idle { spread },
            blamed: Vec::new(),
            marker: None,
            settings: crate::model::Hyperparameters::default(),
            lambda_ratio: None,
            alpha_ratio: None,
        }
    }

    #[test]
    fn a_sentence_of_several_units_is_true_of_each() {
        let first = idle(3, 12, false, 0.32);
        let end = "but the reconstruction is as good without it";
        let of = |others: &[Autopsy]| first.sentence_with(others);
        let said = |spread: &str, born: &str| {
            format!("It answers to inputs (its activation varies by {spread}), {end}; {born}.")
        };
        assert_eq!(first.sentence(), said("0.32", "dead since epoch 12"));
        let alike = idle(4, 12, false, 0.321);
        assert_eq!(
            of(std::slice::from_ref(&alike)),
            said("0.32", "dead since epoch 12")
        );
        let sooner = idle(5, 9, false, 0.45);
        assert_eq!(
            of(&[alike, sooner]),
            said("0.32 to 0.45", "dead since epoch 9 or later")
        );
        let unborn = idle(6, 1, true, 0.3);
        assert!(of(std::slice::from_ref(&unborn)).contains("dead since epoch 1 or later"));
        let two = unborn.sentence_with(&[idle(7, 3, true, 0.3)]);
        assert!(two.contains("it was never alive"), "{two}");
        assert!(first.died_like(&unborn));
    }
}
