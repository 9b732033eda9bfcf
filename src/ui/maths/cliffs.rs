//! The laws of the dead state: derived in four lines, with their present values, and what they don't say.

use egui::Ui;

use super::row::{Part, row};
use crate::lab::View;
use crate::model::{
    Cliffs, GradientForm, HiddenActivation, Hyperparameters, OptimizerKind, OutputActivation,
    Spectrum,
};
use crate::training::diagnosis::stays_dead;
use crate::ui::formula::Formulas;
use crate::ui::numbers::{self, short};
use crate::ui::theme::{GRID, Theme};
use crate::ui::widgets::{self, muted};

/// What there is to show values of.
struct Known<'a> {
    cliffs: Cliffs,
    spectrum: &'a Spectrum,
}

pub(super) fn ui(ui: &mut Ui, formulas: &mut Formulas, view: &View<'_>) {
    widgets::heading_row(ui, "The cliffs", "for the settings as they are now", |_| {});
    ui.spacing_mut().item_spacing.y = GRID;
    let run = view.run;
    let known = run
        .cliffs()
        .zip(run.spectrum().map(|spectrum| &**spectrum))
        .map(|(cliffs, spectrum)| Known { cliffs, spectrum });
    let settings = run.hyperparameters();
    let (f, g) = (
        run.experiment.hidden_activation,
        run.experiment.output_activation,
    );
    dead_state(ui, formulas, g);
    decay(ui, formulas, settings, f, known.as_ref());
    step(ui, formulas, settings, f, known.as_ref());
    match &known {
        Some(known) => {
            for sentence in present(known, settings) {
                ui.label(sentence);
            }
        }
        None => {
            ui.label(muted(ui, "σ is being measured on the data"));
        }
    }
    ui.label(muted(ui, LIMITS));
}

const LIMITS: &str = "What the laws don't say: a net that lives can hold on somewhat above λ_c, because the branch that it \
    is on ends later (hysteresis: drag λ up, then back). With a weak β, 0.3 for example, another living branch can stand \
    beside the dead state, above λ_c too. Mini-batches shake ρ̂: it swings before α reaches α_c, and the noise keeps \
    weights from sinking for good.";

/// J around the state in which every unit gives ρ to every input.
fn dead_state(ui: &mut Ui, formulas: &mut Formulas, g: OutputActivation) {
    let theme = Theme::of(ui);
    let part = |latex, name| Part::plain(theme, latex, name);
    ui.label(muted(
        ui,
        "A net has collapsed where every unit gives ρ to every input and the output is the mean. Around that state the \
         biases take up what the sparsity term would charge, and to second order in the weights",
    ));
    row(
        ui,
        formulas,
        &[
            part("J", "The cost near the dead state"),
            part(
                r"\;\approx\;J_0+\frac{\lambda}{2}\Big(\|W_1\|^2+\|W_2\|^2\Big)",
                "what decay charges",
            ),
            part(
                r"\;-\;f'(\rho)\;\mathrm{tr}(W_1\,C\,D\,W_2)",
                "less what the first weights gain in reconstruction",
            ),
        ],
    );
    let slope = match g {
        OutputActivation::Sigmoid => r"D=\mathrm{diag}\;\bar x(1-\bar x)",
        OutputActivation::Tanh => r"D=\mathrm{diag}\;(1-\bar x^2)",
        OutputActivation::Linear => r"D=\mathrm{diag}\;1",
    };
    row(
        ui,
        formulas,
        &[
            part(
                r"C=\frac{1}{m}\sum_{i=1}^{m}(x^{(i)}-\bar x)(x^{(i)}-\bar x)^{\top}",
                "The covariance of the data",
            ),
            part(r"\qquad", ""),
            part(slope, "The slope of the output at the mean"),
        ],
    );
}

/// A part with its present value under it, where that is known.
fn valued<'a>(theme: &Theme, latex: &'a str, name: &'a str, value: Option<f64>) -> Part<'a> {
    Part {
        value: value.map(short),
        ..Part::plain(theme, latex, name)
    }
}

/// λ_c and the rate.
fn decay(
    ui: &mut Ui,
    formulas: &mut Formulas,
    settings: &Hyperparameters,
    f: HiddenActivation,
    known: Option<&Known<'_>>,
) {
    let theme = Theme::of(ui);
    let plain = |latex| Part::plain(theme, latex, "");
    let valued = |latex, name, value| valued(theme, latex, name, value);
    ui.label(muted(
        ui,
        "That is a minimum, and what died stays dead, exactly where λ is above",
    ));
    let rho = settings.sparsity_target;
    let slope = match f {
        HiddenActivation::Sigmoid => r"\rho(1-\rho)",
        HiddenActivation::Tanh => r"4\,\rho(1-\rho)",
    };
    row(
        ui,
        formulas,
        &[
            valued(
                r"\lambda_c",
                "λ_c: above it a unit that died stays dead",
                known.map(|known| known.cliffs.lambda_c),
            ),
            plain(r"\;=\;f'(\rho)\,\sigma_{\max}(C\,D)\;=\;"),
            valued(slope, "f′(ρ)", Some(f.slope_at(rho))),
            plain(r"\;\cdot\;"),
            valued(
                r"\sigma_{\max}",
                "The largest singular value of C·D",
                known.map(|known| known.spectrum.largest()),
            ),
        ],
    );
    let rate = match settings.optimizer {
        OptimizerKind::Descent => r"\;=\;\alpha\,(\lambda_c-\lambda)",
        OptimizerKind::Momentum => r"\;=\;\frac{\alpha}{1-\mu}\,(\lambda_c-\lambda)",
        OptimizerKind::Adam | OptimizerKind::Lbfgs => return,
    };
    ui.label(muted(
        ui,
        "Below it the weights grow by the factor e to the r at each step; above it they shrink",
    ));
    row(
        ui,
        formulas,
        &[
            valued(
                "r",
                "r: the growth of the weights around the dead state, a step",
                known.and_then(|known| known.cliffs.rate),
            ),
            plain(rate),
        ],
    );
}

/// α_c.
fn step(
    ui: &mut Ui,
    formulas: &mut Formulas,
    settings: &Hyperparameters,
    f: HiddenActivation,
    known: Option<&Known<'_>>,
) {
    let theme = Theme::of(ui);
    let plain = |latex| Part::plain(theme, latex, "");
    let valued = |latex, name, value| valued(theme, latex, name, value);
    let turn = match settings.optimizer {
        OptimizerKind::Descent => r"\;=\;\frac{2}{H}",
        OptimizerKind::Momentum => r"\;=\;\frac{2(1+\mu)}{H}",
        OptimizerKind::Adam | OptimizerKind::Lbfgs => {
            let name = settings.optimizer.name();
            ui.label(muted(
                ui,
                format!("{name} chooses its own step: it has no rate r and no α_c."),
            ));
            return;
        }
    };
    ui.label(muted(
        ui,
        "The sparsity term bends J along each unit's bias and its weights to the mean input, and a full batch makes ρ̂ \
         swing around ρ, further each step, where α is above α_c",
    ));
    let curvature = match (settings.gradient, f) {
        (GradientForm::Exact, HiddenActivation::Sigmoid) => {
            r"\;=\;\beta\,\rho(1-\rho)\Big(1+\|\bar x\|^2\Big)"
        }
        (GradientForm::Exact, HiddenActivation::Tanh) => {
            r"\;=\;4\,\beta\,\rho(1-\rho)\Big(1+\|\bar x\|^2\Big)"
        }
        (GradientForm::Printed, _) => r"\;=\;\beta\,\Big(1+\|\bar x\|^2\Big)",
    };
    row(
        ui,
        formulas,
        &[
            valued(
                "H",
                "H: how the sparsity term bends J",
                known.map(|known| known.cliffs.curvature),
            ),
            plain(curvature),
            plain(r"\qquad"),
            valued(
                r"\alpha_c",
                "α_c: above it ρ̂ swings around ρ, further each step",
                known.and_then(|known| known.cliffs.alpha_c),
            ),
            plain(turn),
        ],
    );
}

/// Where the run stands, in sentences.
fn present(known: &Known<'_>, settings: &Hyperparameters) -> Vec<String> {
    let cliffs = &known.cliffs;
    let mut sentences = Vec::new();
    if settings.sparsity_weight == 0.0 {
        sentences.push(
            "With β 0 nothing holds a dead unit at ρ: λ_c is that of one whose mean activation happens to be ρ."
                .to_owned(),
        );
    }
    match cliffs.lambda_ratio() {
        Some(ratio) if cliffs.stays_dead() => sentences.push(stays_dead(ratio)),
        Some(ratio) => {
            let open = match cliffs.open_directions {
                Some(open) => format!(", and can leave along {open} of {} directions", known.spectrum.inputs()),
                None => String::new(),
            };
            sentences.push(format!(
                "λ is {} λ_c: a dead net can't stay dead{open}.",
                short(ratio)
            ));
        }
        None => sentences.push(
            "λ_c is 0: in these data nothing varies that the output can reach, and no unit can live.".to_owned(),
        ),
    }
    if let (Some(rate), Some(pace)) = (cliffs.rate, cliffs.pace)
        && (pace - rate).abs() > 0.02 * rate.abs()
    {
        sentences.push(format!(
            "In these data the directions lean towards the mean input, so that the sparsity term drags: not r but about \
             {} a step.",
            short(pace)
        ));
    }
    if let Some(steps) = cliffs.steps_to_grow(10.0) {
        sentences.push(format!(
            "Around the dead state weights grow tenfold in {} steps.",
            numbers::thousands(steps.ceil() as u64)
        ));
    }
    if let Some(ratio) = cliffs.alpha_ratio() {
        let what = if ratio > 1.0 {
            "with full batches ρ̂ swings, further each step"
        } else {
            "with full batches ρ̂ settles"
        };
        sentences.push(format!("α is {} α_c: {what}.", short(ratio)));
    }
    if known.spectrum.out_of_reach() > 0 {
        sentences.push(format!(
            "{} of the {} means are out of the output's reach and add nothing to σ.",
            numbers::thousands(known.spectrum.out_of_reach() as u64),
            numbers::thousands(known.spectrum.inputs() as u64)
        ));
    }
    sentences
}
