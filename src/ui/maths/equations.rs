//! The model, its cost and its gradient as mathematics, in the form that the run uses.

use egui::Ui;

use super::lights::Lights;
use super::row::{Part, row};
use super::slow::lit;
use crate::lab::View;
use crate::model::doctor::Line;
use crate::model::{GradientForm, HiddenActivation, OptimizerKind, OutputActivation};
use crate::training::slow_step::Part as Step;
use crate::ui::curve_cache::Term;
use crate::ui::formula::Formulas;
use crate::ui::highlight::{self, Highlight};
use crate::ui::numbers;
use crate::ui::theme::{GRID, Theme};
use crate::ui::widgets::{self, muted};

pub(super) fn ui(ui: &mut Ui, formulas: &mut Formulas, lights: &Lights, view: &View<'_>) {
    let theme = Theme::of(ui);
    let snapshot = view.run.snapshot.as_deref();
    let epoch = snapshot.map_or_else(String::new, |snapshot| {
        format!("values after epoch {}", numbers::thousands(snapshot.epoch))
    });
    widgets::heading_row(ui, "The cost", &epoch, |_| {});
    ui.spacing_mut().item_spacing.y = GRID;
    let cost = snapshot.map(|snapshot| snapshot.cost);
    let plain = |latex| Part::plain(theme, latex, "");
    let term = |term: Term, latex| {
        let value = cost.map(|cost| numbers::cost(term.of(&cost)));
        Part {
            value,
            ..Part::term(theme, term, latex, term.meaning())
        }
    };
    lit(ui, view, Step::Cost, |ui| {
        row(
            ui,
            formulas,
            &[
                term(Term::Total, "J"),
                plain(r"\;=\;"),
                term(
                    Term::Reconstruction,
                    r"\frac{1}{2m}\sum_{i=1}^{m}\big\|\hat x^{(i)}-x^{(i)}\big\|^2",
                ),
                plain(r"\;+\;"),
                term(
                    Term::Decay,
                    r"\frac{\lambda}{2}\Big(\|W_1\|^2+\|W_2\|^2\Big)",
                ),
                plain(r"\;+\;"),
                term(
                    Term::Sparsity,
                    r"\beta\sum_{j=1}^{h}\mathrm{KL}(\rho\,\|\,\hat\rho_j)",
                ),
            ],
        );
    });
    sparsity(ui, formulas, lights, view);
    ui.add_space(GRID);
    widgets::heading_row(ui, "Forward pass", "", |_| {});
    lit(ui, view, Step::Forward, |ui| forward(ui, formulas, view));
    ui.add_space(GRID);
    let form = view.run.hyperparameters().gradient;
    let which = match form {
        GradientForm::Exact => "the gradient of J, term by term",
        GradientForm::Printed => "as printed: the bracket closes too early",
    };
    widgets::heading_row(ui, "Backward pass", which, |_| {});
    backward(ui, formulas, lights, view);
    ui.add_space(GRID);
    widgets::heading_row(ui, "The update", "", |_| {});
    lit(ui, view, Step::Update, |ui| update(ui, formulas, view));
    ui.add_space(GRID);
    super::cliffs::ui(ui, formulas, view);
}

fn sparsity(ui: &mut Ui, formulas: &mut Formulas, lights: &Lights, view: &View<'_>) {
    let theme = Theme::of(ui);
    let part = |latex, name, value| Part {
        value,
        highlight: Some(Highlight::Term(Term::Sparsity)),
        ..Part::plain(theme, latex, name)
    };
    let (mean, kl) = view
        .run
        .snapshot
        .as_deref()
        .map_or((None, None), |snapshot| {
            let units = snapshot.units.len().max(1) as f64;
            let mean = snapshot
                .units
                .iter()
                .map(|unit| unit.mean_activation)
                .sum::<f64>()
                / units;
            let weight = snapshot.hyperparameters.sparsity_weight;
            let kl = (weight > 0.0).then(|| {
                let kl = snapshot.cost.sparsity_penalty / weight / units;
                format!("a unit: {}", numbers::cost(kl))
            });
            (Some(format!("their mean: {}", numbers::cost(mean))), kl)
        });
    row(
        ui,
        formulas,
        &[part(
            r"\mathrm{KL}(\rho\,\|\,\hat\rho_j)=\rho\ln\frac{\rho}{\hat\rho_j}+(1-\rho)\ln\frac{1-\rho}{1-\hat\rho_j}",
            "The divergence of each unit's mean activation from the target",
            kl,
        )],
    );
    let tanh = view.run.experiment.hidden_activation == HiddenActivation::Tanh;
    lit(ui, view, Step::MeanActivation, |ui| {
        row(
            ui,
            formulas,
            &[Part {
                light: lights.of(Line::MeanActivation),
                ..part(
                    if tanh {
                        r"\hat\rho_j=\frac{1}{m}\sum_{i=1}^{m}\tfrac{1}{2}\Big(a_{2,j}^{(i)}+1\Big)"
                    } else {
                        r"\hat\rho_j=\frac{1}{m}\sum_{i=1}^{m}a_{2,j}^{(i)}"
                    },
                    "The mean activation of each unit over the data",
                    mean,
                )
            }],
        );
    });
}

fn forward(ui: &mut Ui, formulas: &mut Formulas, view: &View<'_>) {
    let theme = Theme::of(ui);
    let part = |latex, name| Part::plain(theme, latex, name);
    let hidden = match view.run.experiment.hidden_activation {
        HiddenActivation::Sigmoid => r"a_2=\sigma(W_1x+b_1)",
        HiddenActivation::Tanh => r"a_2=\tanh(W_1x+b_1)",
    };
    let output = match view.run.experiment.output_activation {
        OutputActivation::Sigmoid => r"\hat x=\sigma(W_2a_2+b_2)",
        OutputActivation::Tanh => r"\hat x=\tanh(W_2a_2+b_2)",
        OutputActivation::Linear => r"\hat x=W_2a_2+b_2",
    };
    row(
        ui,
        formulas,
        &[
            part(hidden, "The hidden activations"),
            part(r"\qquad", ""),
            part(
                output,
                "The reconstruction, what the decoder makes of the activations",
            ),
        ],
    );
}

fn backward(ui: &mut Ui, formulas: &mut Formulas, lights: &Lights, view: &View<'_>) {
    let theme = Theme::of(ui);
    let plain = |latex, name| Part::plain(theme, latex, name);
    let term = |term, latex, name| Part::term(theme, term, latex, name);
    let at = |line, part| Part {
        light: lights.of(line),
        ..part
    };
    let wrong = |latex, name| Part {
        colour: theme.notice,
        ..plain(latex, name)
    };
    lit(ui, view, Step::OutputError, |ui| {
        row(
            ui,
            formulas,
            &[at(
                Line::OutputError,
                term(
                    Term::Reconstruction,
                    r"\delta_3=(\hat x-x)\odot g'(z_3)",
                    "The error at the output",
                ),
            )],
        );
    });
    let tanh = view.run.experiment.hidden_activation == HiddenActivation::Tanh;
    let pull = if tanh {
        r"\frac{\beta}{2}\Big(-\frac{\rho}{\hat\rho}+\frac{1-\rho}{1-\hat\rho}\Big)"
    } else {
        r"\beta\Big(-\frac{\rho}{\hat\rho}+\frac{1-\rho}{1-\hat\rho}\Big)"
    };
    let back = at(
        Line::Back,
        term(
            Term::Reconstruction,
            r"W_2^{\top}\delta_3",
            "The output error, propagated back",
        ),
    );
    let pull = at(
        Line::Pull,
        term(Term::Sparsity, pull, "The pull of the sparsity term"),
    );
    let parts = match view.run.hyperparameters().gradient {
        GradientForm::Exact => vec![
            plain(r"\delta_2=\Big[\,", "The error at the hidden layer"),
            back,
            plain(r"\;+\;", ""),
            pull,
            at(
                Line::HiddenSlope,
                plain(
                    r"\,\Big]\odot f'(z_2)",
                    "Times the slope of the activation function at each unit",
                ),
            ),
        ],
        GradientForm::Printed => vec![
            plain(
                r"\delta_2=\Big[\,",
                "The error at the hidden layer, as printed",
            ),
            back,
            wrong(
                r"\,\Big]\odot f'(z_2)",
                "The bracket closes here, before the sparsity term: f′ should multiply both",
            ),
            plain(r"\;+\;", ""),
            pull,
        ],
    };
    lit(ui, view, Step::HiddenError, |ui| row(ui, formulas, &parts));
    if view.run.hyperparameters().gradient == GradientForm::Printed {
        let text = "The sparsity term's share is not multiplied by f′(z2), as the chain rule requires. It differs \
            from the exact gradient by the pull times (1 − f′(z2)): check it on the right.";
        ui.label(muted(ui, text).color(theme.notice));
    }
    let decay = |line, latex| at(line, term(Term::Decay, latex, "Weight decay's share"));
    lit(ui, view, Step::Update, |ui| {
        row(
            ui,
            formulas,
            &[
                at(
                    Line::EncoderProduct,
                    plain(
                        r"\nabla_{W_1}J=\frac{1}{m}\,\delta_2\,x^{\top}",
                        "The encoder's gradient",
                    ),
                ),
                decay(Line::EncoderDecay, r"\;+\;\lambda W_1"),
                at(
                    Line::DecoderProduct,
                    plain(
                        r"\qquad\nabla_{W_2}J=\frac{1}{m}\,\delta_3\,a_2^{\top}",
                        "The decoder's gradient",
                    ),
                ),
                decay(Line::DecoderDecay, r"\;+\;\lambda W_2"),
            ],
        );
        row(
            ui,
            formulas,
            &[
                at(
                    Line::EncoderBias,
                    plain(
                        r"\nabla_{b_1}J=\frac{1}{m}\sum_{i=1}^{m}\delta_2^{(i)}",
                        "The gradient of the hidden units' biases",
                    ),
                ),
                at(
                    Line::DecoderBias,
                    plain(
                        r"\qquad\nabla_{b_2}J=\frac{1}{m}\sum_{i=1}^{m}\delta_3^{(i)}",
                        "The gradient of the outputs' biases",
                    ),
                ),
            ],
        );
    });
}

fn update(ui: &mut Ui, formulas: &mut Formulas, view: &View<'_>) {
    let theme = Theme::of(ui);
    let (latex, name) = match view.run.hyperparameters().optimizer {
        OptimizerKind::Descent => (r"W\leftarrow W-\alpha\,\nabla J", "Gradient descent"),
        OptimizerKind::Momentum => (
            r"V\leftarrow\mu V-\alpha\,\nabla J\qquad W\leftarrow W+V",
            "Descent with momentum",
        ),
        OptimizerKind::Adam => (
            r"W\leftarrow W-\alpha\,\frac{\hat m}{\sqrt{\hat v}+\epsilon}",
            "Adam: the running mean of the gradient over the root of its running mean square",
        ),
        OptimizerKind::Lbfgs => (
            r"W\leftarrow W-t\,H\,\nabla J",
            "L-BFGS: H from the last steps, t from a line search",
        ),
    };
    let lit = highlight::pointed(ui.ctx()).is_some_and(Highlight::lights_update);
    row(
        ui,
        formulas,
        &[Part {
            colour: if lit { theme.accent } else { theme.text },
            ..Part::plain(theme, latex, name)
        }],
    );
    ui.label(muted(ui, name));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every formula of the page, by its source: what is no LaTeX would show as nothing.
    #[test]
    fn every_formula_is_latex() {
        let source = include_str!("equations.rs");
        let code = source.split("#[cfg(test)]").next().unwrap();
        let code = [code, include_str!("cliffs.rs")].concat();
        let mut formulas = Formulas::default();
        let mut count = 0;
        for piece in code.split("r\"").skip(1) {
            let latex = piece.split('"').next().unwrap();
            let list = formulas.layout(latex);
            assert!(list.is_some(), "{latex}");
            count += 1;
        }
        assert!(count > 40, "{count}");
    }
}
