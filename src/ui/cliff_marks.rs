//! What the laws of the dead state mark on a slider's rail, and what they say of it.

use super::log_slider::{CliffMark, LogScale};
use super::numbers::short;
use crate::lab::RunView;
use crate::model::{BatchSize, Cliffs, GradientForm, OptimizerKind};
use crate::training::Setting;

/// The cliff that `setting` has in `run`; `None` for other settings, and until the data are measured.
pub fn of(setting: Setting, run: &RunView, scale: &LogScale) -> Option<CliffMark> {
    let cliffs = run.cliffs()?;
    let settings = run.hyperparameters();
    match setting {
        Setting::WeightDecay => Some(decay(&cliffs, scale)),
        Setting::SparsityTarget => Some(target(&cliffs, scale)),
        Setting::LearningRate | Setting::SparsityWeight => {
            let end = match setting {
                Setting::LearningRate => cliffs.alpha_c,
                _ => cliffs.beta_c,
            };
            let caveat = match (settings.batch, settings.gradient) {
                (BatchSize::Full, GradientForm::Exact) => "",
                (BatchSize::Full, GradientForm::Printed) => " That is of the gradient as printed.",
                (BatchSize::Samples(_), GradientForm::Exact) => {
                    " That is of full batches: mini-batches feel it as noise earlier."
                }
                (BatchSize::Samples(_), GradientForm::Printed) => {
                    " That is of full batches and the gradient as printed: mini-batches feel it as noise earlier."
                }
            };
            Some(step(setting, end, settings.optimizer, caveat, scale))
        }
        _ => None,
    }
}

/// ", off the rail": where a mark can't be.
fn place(value: f64, scale: &LogScale) -> &'static str {
    if value > scale.most {
        ", beyond the right end of the rail"
    } else if value < scale.least {
        ", below the left end of the rail"
    } else {
        ", marked ▲"
    }
}

/// Nothing is marked, for the reason that `sentence` gives.
fn unmarked(sentence: String) -> CliffMark {
    CliffMark {
        within: Some((0.0, f64::INFINITY)),
        label: String::new(),
        sentence,
    }
}

fn decay(cliffs: &Cliffs, scale: &LogScale) -> CliffMark {
    let lambda_c = cliffs.lambda_c;
    if cliffs.sparsity_weight == 0.0 {
        return unmarked("No λ_c is marked: with β 0 nothing holds a dead unit at ρ.".to_owned());
    }
    if lambda_c == 0.0 {
        return CliffMark {
            within: None,
            label: String::new(),
            sentence: "λ_c is 0: in these data nothing varies that the output can reach, and no unit can live."
                .to_owned(),
        };
    }
    CliffMark {
        within: Some((0.0, lambda_c)),
        label: format!("λ_c {}", short(lambda_c)),
        sentence: format!(
            "λ_c = {}{}: above it a unit that dies stays dead, below it a dead net can't stay dead. A net that lives can \
             hold on somewhat above it.",
            short(lambda_c),
            place(lambda_c, scale)
        ),
    }
}

fn step(
    setting: Setting,
    end: Option<f64>,
    optimizer: OptimizerKind,
    caveat: &str,
    scale: &LogScale,
) -> CliffMark {
    let symbol = setting.symbol();
    let Some(end) = end else {
        return unmarked(match optimizer {
            OptimizerKind::Adam | OptimizerKind::Lbfgs => format!(
                "No {symbol}_c is marked: {} chooses its own step.",
                optimizer.name()
            ),
            OptimizerKind::Descent | OptimizerKind::Momentum => {
                format!("No {symbol}_c is marked: with β 0 nothing pulls ρ̂.")
            }
        });
    };
    CliffMark {
        within: Some((0.0, end)),
        label: format!("{symbol}_c {}", short(end)),
        sentence: format!(
            "{symbol}_c = {}{}: above it ρ̂ swings around ρ, further each step.{caveat}",
            short(end),
            place(end, scale)
        ),
    }
}

fn target(cliffs: &Cliffs, scale: &LogScale) -> CliffMark {
    if cliffs.sparsity_weight == 0.0 {
        return unmarked("With β 0, ρ decides nothing: no cliff is marked.".to_owned());
    }
    let Some((low, high)) = cliffs.rho else {
        return CliffMark {
            within: None,
            label: "λ > λ_c".to_owned(),
            sentence: "At every ρ this λ is above λ_c: a unit that dies stays dead.".to_owned(),
        };
    };
    let outside = match (low >= scale.least, high <= scale.most) {
        (false, false) => {
            return CliffMark {
                within: Some((low, high)),
                label: String::new(),
                sentence: "On the whole rail this λ is below λ_c: a dead net can't stay dead."
                    .to_owned(),
            };
        }
        (true, false) => format!("Below ρ = {}", short(low)),
        (false, true) => format!("Above ρ = {}", short(high)),
        (true, true) => format!("Below ρ = {} and above {}", short(low), short(high)),
    };
    CliffMark {
        within: Some((low, high)),
        label: match (low >= scale.least, high <= scale.most) {
            (true, true) => format!("{} … {}", short(low), short(high)),
            (true, false) => format!("ρ ≥ {}", short(low)),
            _ => format!("ρ ≤ {}", short(high)),
        },
        sentence: format!("{outside}, marked ▲, this λ is above λ_c: a unit that dies stays dead."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RAIL: LogScale = LogScale {
        least: 1e-3,
        most: 0.9,
        zero: false,
    };

    fn cliffs() -> Cliffs {
        Cliffs {
            weight_decay: 1e-4,
            learning_rate: 0.1,
            sparsity_weight: 3.0,
            lambda_c: 0.02,
            alpha_c: Some(2.0),
            beta_c: Some(60.0),
            curvature: 1.9,
            rate: Some(1e-3),
            pace: Some(1e-3),
            growth: None,
            rho: Some((5e-4, 0.9995)),
            open_directions: Some(3),
        }
    }

    #[test]
    fn a_mark_stands_on_the_rail_or_its_sentence_says_why_not() {
        let on = decay(&cliffs(), &RAIL);
        assert_eq!(on.ends(&RAIL).collect::<Vec<_>>(), [0.02]);
        assert!(on.sentence.starts_with("λ_c = 0.02, marked ▲: above it"));
        for (lambda_c, words) in [(3.0, "beyond the right end"), (1e-5, "below the left end")] {
            let off = decay(
                &Cliffs {
                    lambda_c,
                    ..cliffs()
                },
                &RAIL,
            );
            assert_eq!(off.ends(&RAIL).count(), 0);
            assert!(off.sentence.contains(words), "{}", off.sentence);
            assert!(off.label.starts_with("λ_c "));
        }
        let whole = target(&cliffs(), &RAIL);
        assert!(whole.sentence.contains("whole rail") && whole.label.is_empty());
        for (rho, words, marks) in [
            (Some((0.01, 0.99)), "Below ρ = 0.01,", 1),
            (Some((5e-4, 0.5)), "Above ρ = 0.5,", 1),
            (Some((0.1, 0.8)), "Below ρ = 0.1 and above 0.8,", 2),
            (None, "At every ρ", 0),
        ] {
            let mark = target(&Cliffs { rho, ..cliffs() }, &RAIL);
            assert!(mark.sentence.starts_with(words), "{}", mark.sentence);
            assert_eq!(mark.ends(&RAIL).count(), marks);
            assert_eq!(mark.within, rho);
        }
        let free = Cliffs {
            sparsity_weight: 0.0,
            ..cliffs()
        };
        for mark in [decay(&free, &RAIL), target(&free, &RAIL)] {
            assert_eq!(mark.ends(&RAIL).count(), 0);
            assert!(mark.sentence.contains("β 0"), "{}", mark.sentence);
        }
    }

    #[test]
    fn an_optimiser_with_its_own_step_has_no_cliff_of_it() {
        for (optimizer, name) in [
            (OptimizerKind::Adam, "Adam chooses"),
            (OptimizerKind::Lbfgs, "L-BFGS chooses"),
        ] {
            let mark = step(Setting::LearningRate, None, optimizer, "", &RAIL);
            assert!(mark.sentence.contains(name), "{}", mark.sentence);
            assert!(mark.label.is_empty() && mark.ends(&RAIL).count() == 0);
        }
        let mark = step(
            Setting::LearningRate,
            Some(0.4),
            OptimizerKind::Momentum,
            " x.",
            &RAIL,
        );
        assert!(mark.sentence.ends_with("further each step. x."));
        assert_eq!(mark.label, "α_c 0.4");
    }
}
