//! The diagnosis in sentences: the one place where they are made.

use super::Diagnosis;
use crate::model::UnitState;
use crate::training::Autopsy;
use crate::training::gradients::GradientHealth;
use crate::training::record::history::short;

impl Diagnosis {
    /// "40 alive, 9 dead"; duplicates are named where there are any.
    pub fn counts_line(&self) -> String {
        self.counts.brief()
    }

    /// All there is to say, the weightiest first; what is as it should be goes without a word.
    pub fn sentences(&self) -> Vec<String> {
        // which the first sentence says
        let unlearned = self
            .gradient
            .is_some_and(|report| report.health == GradientHealth::Unlearned);
        let all = [
            self.reconstruction_sentence(),
            self.lambda_sentence(),
            self.alpha_sentence(),
            self.gradient_warning().filter(|_| !unlearned),
            self.past_sentence(),
        ];
        all.into_iter().flatten().collect()
    }

    /// The weightiest of [`Self::sentences`] in a few words, for a title.
    pub fn headline(&self) -> Option<String> {
        let reconstruction = (self.fvu >= 1.0)
            .then(|| format!("FVU {}: no better than the data's mean", short(self.fvu)));
        let decay = || {
            let ratio = self.lambda_ratio()?;
            let share = short(ratio);
            if ratio >= 1.0 {
                return Some(format!("λ is {share} λ_c: what dies stays dead"));
            }
            let epochs = self.way_back?;
            Some(format!(
                "λ is {share} λ_c: back in about {}",
                epochs_in_words(epochs)
            ))
        };
        let step = || {
            let ratio = self.alpha_ratio().filter(|ratio| *ratio > 1.0)?;
            Some(format!("α is {} α_c: ρ̂ overshoots ρ", short(ratio)))
        };
        let gradient = || match self.gradient?.health {
            GradientHealth::Weak => Some("The encoder's gradient is weak".to_owned()),
            GradientHealth::Vanished => Some("The encoder's gradient has vanished".to_owned()),
            GradientHealth::Healthy | GradientHealth::Unlearned | GradientHealth::Dead => None,
        };
        // why nothing is reconstructed says more than that nothing is
        decay().or(reconstruction).or_else(step).or_else(gradient)
    }

    /// Where the FVU is no better than that of the mean.
    pub fn reconstruction_sentence(&self) -> Option<String> {
        if self.fvu.is_nan() {
            return Some("The FVU is undefined: the data never vary.".to_owned());
        }
        (self.fvu >= 1.0).then(|| {
            let fvu = short(self.fvu);
            format!(
                "FVU {fvu}: the reconstruction is no better than always answering the data's mean."
            )
        })
    }

    /// Where λ stands to its cliff, if that matters now.
    pub fn lambda_sentence(&self) -> Option<String> {
        let ratio = self.lambda_ratio()?;
        let share = short(ratio);
        if ratio >= 1.0 {
            return Some(stays_dead(ratio));
        }
        let epochs = self.way_back?;
        Some(format!(
            "λ is {share} λ_c: back in about {}, or Revive.",
            epochs_in_words(epochs)
        ))
    }

    /// Where α is beyond its cliff.
    pub fn alpha_sentence(&self) -> Option<String> {
        let ratio = self.alpha_ratio().filter(|ratio| *ratio > 1.0)?;
        let share = short(ratio);
        Some(format!(
            "α is {share} α_c: each step carries ρ̂ past ρ, further than it was."
        ))
    }

    /// Where the gradient is too weak.
    pub fn gradient_warning(&self) -> Option<String> {
        let Some(report) = &self.gradient else {
            let probed = self.probed?;
            let slope = short(100.0 * self.slope);
            return Some(format!(
                "f′ is {slope} % of what it could be. The encoder's gradient was last measured at epoch {probed}, and is \
                 no longer what it was then."
            ));
        };
        let warning = report.warning()?;
        let of_norm = matches!(
            report.health,
            GradientHealth::Weak | GradientHealth::Vanished
        );
        // what was not measured at this epoch is not said as if it had been
        Some(match self.probed {
            Some(probed) if of_norm && probed < report.epoch => {
                format!("{warning} (The gradient is that of epoch {probed}.)")
            }
            _ => warning,
        })
    }

    /// What cannot be known of a model without its past.
    fn past_sentence(&self) -> Option<String> {
        if self.past_known {
            return None;
        }
        Some(match self.counts.dead() {
            0 => {
                "The past of this model is not known, nor how strong its gradients were.".to_owned()
            }
            dead => format!(
                "The past of this model is not known: not why {dead} of its units are dead, nor how strong its gradients \
                 were."
            ),
        })
    }

    /// Whether gradients get through, in any case. "Healthy" is a net that has no dead unit and reconstructs.
    pub fn gradient_sentence(&self) -> String {
        if self.diverged {
            return "the run diverged".to_owned();
        }
        if let Some(warning) = self.gradient_warning() {
            return warning;
        }
        let said = match (&self.gradient, self.past_known) {
            (Some(_), _) => "a healthy encoder",
            (None, true) => "not measured yet: train for some epochs",
            (None, false) => "not known: this model's past is not",
        };
        said.to_owned()
    }

    /// Whether [`Self::gradient_sentence`] says that all is well.
    pub fn is_healthy(&self) -> bool {
        !self.diverged
            && self
                .gradient
                .as_ref()
                .is_some_and(|report| report.health == GradientHealth::Healthy)
    }

    /// What becomes of a unit that is dead, under the settings in force now.
    pub fn outlook(&self, autopsy: &Autopsy) -> Option<String> {
        if !autopsy.state.is_dead() {
            return None;
        }
        let ratio = self.lambda_ratio()?;
        let share = short(ratio);
        if ratio >= 1.0 {
            return Some(format!("λ is now {share} λ_c: it stays dead."));
        }
        let epochs = self.way_back?;
        Some(format!(
            "λ is now {share} λ_c: back in about {}, or Revive.",
            epochs_in_words(epochs)
        ))
    }
}

/// What a unit in this state does.
pub fn state_in_words(state: UnitState) -> &'static str {
    match state {
        UnitState::Alive => "It responds to some inputs more than others.",
        UnitState::Constant => {
            "Dead: the reconstruction is as good with its mean in its place, whatever its ρ̂ says."
        }
        UnitState::Silent => {
            "Dead: thrown towards 0 (ρ̂ below a tenth of ρ), and nothing is lost without it."
        }
        UnitState::Saturated => "Dead: thrown towards 1, and nothing is lost without it.",
        UnitState::Duplicate => "It detects the same feature as an earlier unit.",
    }
}

/// What it means that λ is `ratio` λ_c, at least 1.
pub fn stays_dead(ratio: f64) -> String {
    format!(
        "λ is {} λ_c: a unit that dies now stays dead.",
        short(ratio)
    )
}

/// "3,000 epochs": two digits, for it is an estimate.
fn epochs_in_words(epochs: f64) -> String {
    let epochs = epochs.max(1.0);
    let unit = 10f64.powf((epochs.log10().floor() - 1.0).max(0.0));
    let rounded = (epochs / unit).round() * unit;
    if rounded >= 1e6 {
        return "over a million epochs".to_owned();
    }
    let whole = rounded as u64;
    let text = match whole {
        1 => return "1 epoch".to_owned(),
        1_000.. => format!("{},{:03}", whole / 1_000, whole % 1_000),
        _ => whole.to_string(),
    };
    format!("{text} epochs")
}

#[cfg(test)]
mod tests {
    use super::{Diagnosis, epochs_in_words};

    #[test]
    fn a_title_has_the_weightiest_and_nothing_where_all_is_well() {
        let of = |fvu| Diagnosis::of_model(1, fvu, &[], None);
        assert_eq!(of(0.4).headline(), None);
        assert_eq!(of(f64::NAN).headline(), None);
        assert_eq!(
            of(1.25).headline().as_deref(),
            Some("FVU 1.25: no better than the data's mean")
        );
    }

    #[test]
    fn an_estimate_has_two_digits() {
        let said = [0.2, 7.4, 42.0, 347.0, 2_960.0, 31_400.0, 2e7].map(epochs_in_words);
        assert_eq!(
            said,
            [
                "1 epoch",
                "7 epochs",
                "42 epochs",
                "350 epochs",
                "3,000 epochs",
                "31,000 epochs",
                "over a million epochs"
            ]
        );
    }
}
