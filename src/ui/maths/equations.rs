//! The model, its cost and its gradient as mathematics, in the form that the run uses.

use egui::{Align2, Color32, CornerRadius, Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::lab::state::ViewState;
use crate::model::{GradientForm, HiddenActivation, OptimizerKind, OutputActivation};
use crate::ui::curve_cache::Term;
use crate::ui::curves;
use crate::ui::formula::{self, Formulas};
use crate::ui::highlight::{self, Highlight};
use crate::ui::numbers;
use crate::ui::theme::{self, GRID, SMALL, Theme};
use crate::ui::widgets::{self, muted};

/// Points an em where the page is as wide as `WIDTH` points; it grows with it.
const SIZE: f32 = 17.0;
const WIDTH: f32 = 570.0;
const SIZES: std::ops::RangeInclusive<f32> = 15.0..=25.0;
/// Below a part, for its value.
const VALUE: f32 = 15.0;
/// Around a part that can be lit.
const MARGIN: f32 = 4.0;

/// One part of a formula.
struct Part<'a> {
    latex: &'a str,
    /// What it is, in words, for assistive technology and the hover; plain parts have none.
    name: &'a str,
    colour: Color32,
    /// Its present value.
    value: Option<String>,
    /// What it lights, and is lit with.
    highlight: Option<Highlight>,
}

pub(super) fn ui(ui: &mut Ui, formulas: &mut Formulas, view: &ViewState) {
    let theme = Theme::of(ui);
    let snapshot = view.snapshot.as_deref();
    let epoch = snapshot.map_or_else(String::new, |snapshot| {
        format!("values after epoch {}", numbers::thousands(snapshot.epoch))
    });
    widgets::title_row(ui, "The cost", &epoch, |_| {});
    ui.spacing_mut().item_spacing.y = GRID;
    let cost = snapshot.map(|snapshot| snapshot.cost);
    let plain = |latex| Part {
        latex,
        name: "",
        colour: theme.text,
        value: None,
        highlight: None,
    };
    let term = |term: Term, latex, name| Part {
        latex,
        name,
        colour: curves::colour(theme, term),
        value: cost.map(|cost| {
            numbers::cost(match term {
                Term::Total => cost.total(),
                Term::Reconstruction => cost.reconstruction_loss,
                Term::Sparsity => cost.sparsity_penalty,
                Term::Decay => cost.decay_penalty,
            })
        }),
        highlight: Some(Highlight::Term(term)),
    };
    row(
        ui,
        formulas,
        &[
            term(Term::Total, "J", "The cost J"),
            plain(r"\;=\;"),
            term(
                Term::Reconstruction,
                r"\frac{1}{2m}\sum_{i=1}^{m}\big\|\hat x^{(i)}-x^{(i)}\big\|^2",
                "Reconstruction: half the mean squared distance between output and input",
            ),
            plain(r"\;+\;"),
            term(
                Term::Decay,
                r"\frac{\lambda}{2}\Big(\|W_1\|^2+\|W_2\|^2\Big)",
                "Weight decay, over both layers; biases are left out",
            ),
            plain(r"\;+\;"),
            term(
                Term::Sparsity,
                r"\beta\sum_{j=1}^{h}\mathrm{KL}(\rho\,\|\,\hat\rho_j)",
                "Sparsity: how far each unit's mean activation is from the target",
            ),
        ],
    );
    sparsity(ui, formulas, view);
    ui.add_space(GRID);
    widgets::title_row(ui, "The way forward", "", |_| {});
    forward(ui, formulas, view);
    ui.add_space(GRID);
    let form = view.hyperparameters().gradient;
    let which = match form {
        GradientForm::Exact => "the gradient of J, term by term",
        GradientForm::Printed => "as printed: the bracket closes too early",
    };
    widgets::title_row(ui, "The way back", which, |_| {});
    backward(ui, formulas, view);
    ui.add_space(GRID);
    widgets::title_row(ui, "The update", "", |_| {});
    update(ui, formulas, view);
}

fn sparsity(ui: &mut Ui, formulas: &mut Formulas, view: &ViewState) {
    let theme = Theme::of(ui);
    let lit = Some(Highlight::Term(Term::Sparsity));
    let part = |latex, name, value| Part {
        latex,
        name,
        colour: theme.text,
        value,
        highlight: lit,
    };
    let (mean, kl) = view.snapshot.as_deref().map_or((None, None), |snapshot| {
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
    let tanh = view.experiment.hidden_activation == HiddenActivation::Tanh;
    row(
        ui,
        formulas,
        &[part(
            if tanh {
                r"\hat\rho_j=\frac{1}{m}\sum_{i=1}^{m}\tfrac{1}{2}\Big(a_{2,j}^{(i)}+1\Big)"
            } else {
                r"\hat\rho_j=\frac{1}{m}\sum_{i=1}^{m}a_{2,j}^{(i)}"
            },
            "The mean activation of each unit over the data",
            mean,
        )],
    );
}

fn forward(ui: &mut Ui, formulas: &mut Formulas, view: &ViewState) {
    let theme = Theme::of(ui);
    let part = |latex, name| Part {
        latex,
        name,
        colour: theme.text,
        value: None,
        highlight: None,
    };
    let hidden = match view.experiment.hidden_activation {
        HiddenActivation::Sigmoid => r"a_2=\sigma(W_1x+b_1)",
        HiddenActivation::Tanh => r"a_2=\tanh(W_1x+b_1)",
    };
    let output = match view.experiment.output_activation {
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
            part(output, "The reconstruction"),
        ],
    );
}

fn backward(ui: &mut Ui, formulas: &mut Formulas, view: &ViewState) {
    let theme = Theme::of(ui);
    let plain = |latex, name| Part {
        latex,
        name,
        colour: theme.text,
        value: None,
        highlight: None,
    };
    let term = |term: Term, latex, name| Part {
        latex,
        name,
        colour: curves::colour(theme, term),
        value: None,
        highlight: Some(Highlight::Term(term)),
    };
    let wrong = |latex, name| Part {
        colour: theme.notice,
        ..plain(latex, name)
    };
    row(
        ui,
        formulas,
        &[term(
            Term::Reconstruction,
            r"\delta_3=(\hat x-x)\odot g'(z_3)",
            "The error at the output",
        )],
    );
    let tanh = view.experiment.hidden_activation == HiddenActivation::Tanh;
    let pull = if tanh {
        r"\frac{\beta}{2}\Big(-\frac{\rho}{\hat\rho}+\frac{1-\rho}{1-\hat\rho}\Big)"
    } else {
        r"\beta\Big(-\frac{\rho}{\hat\rho}+\frac{1-\rho}{1-\hat\rho}\Big)"
    };
    let back = term(
        Term::Reconstruction,
        r"W_2^{\top}\delta_3",
        "The output's error, led back",
    );
    let pull = term(Term::Sparsity, pull, "The pull of the sparsity term");
    let parts = match view.hyperparameters().gradient {
        GradientForm::Exact => vec![
            plain(r"\delta_2=\Big[\,", "The error at the hidden layer"),
            back,
            plain(r"\;+\;", ""),
            pull,
            plain(r"\,\Big]\odot f'(z_2)", "times the activation's slope"),
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
    row(ui, formulas, &parts);
    if view.hyperparameters().gradient == GradientForm::Printed {
        let text = "The sparsity term's share is not multiplied by f′(z2), as the chain rule has it. The difference to \
                    the exact gradient is the pull times (1 − f′(z2)): check it on the right.";
        ui.label(muted(ui, text).color(theme.notice));
    }
    let decay = |latex| term(Term::Decay, latex, "Weight decay's share");
    row(
        ui,
        formulas,
        &[
            plain(
                r"\nabla_{W_1}J=\frac{1}{m}\,\delta_2\,x^{\top}",
                "The encoder's gradient",
            ),
            decay(r"\;+\;\lambda W_1"),
            plain(
                r"\qquad\nabla_{W_2}J=\frac{1}{m}\,\delta_3\,a_2^{\top}",
                "The decoder's gradient",
            ),
            decay(r"\;+\;\lambda W_2"),
        ],
    );
}

fn update(ui: &mut Ui, formulas: &mut Formulas, view: &ViewState) {
    let theme = Theme::of(ui);
    let (latex, name) = match view.hyperparameters().optimizer {
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
            latex,
            name,
            colour: if lit { theme.accent } else { theme.text },
            value: None,
            highlight: None,
        }],
    );
    ui.label(muted(ui, name));
}

/// Formulas side by side on one baseline, their values below. Breaks before a part that would pass the right edge.
fn row(ui: &mut Ui, formulas: &mut Formulas, parts: &[Part<'_>]) {
    let theme = Theme::of(ui);
    let width = ui.available_width();
    let size = (SIZE * width / WIDTH).clamp(*SIZES.start(), *SIZES.end());
    let layouts: Vec<_> = parts
        .iter()
        .map(|part| formulas.layout(part.latex))
        .collect();
    let extent = |index: usize| {
        layouts[index].as_ref().map_or((0.0, 0.0, 0.0), |list| {
            (
                list.width as f32 * size,
                list.height as f32 * size,
                list.depth as f32 * size,
            )
        })
    };
    let mut start = 0;
    while start < parts.len() {
        let (mut end, mut used, mut above, mut below) = (start, 0.0, 0.0f32, 0.0f32);
        while end < parts.len() {
            let (part, up, down) = extent(end);
            if end > start && used + part > width {
                break;
            }
            used += part;
            (above, below) = (above.max(up), below.max(down));
            end += 1;
        }
        let valued = parts[start..end].iter().any(|part| part.value.is_some());
        let height = above + below + 2.0 * MARGIN + if valued { VALUE } else { 0.0 };
        let (line, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
        let baseline = line.top() + MARGIN + above;
        let mut x = line.left() + MARGIN;
        for index in start..end {
            let (part_width, up, down) = extent(index);
            let rect = Rect::from_min_max(
                pos2(x, baseline - up),
                pos2(x + part_width, baseline + down),
            );
            part(ui, &parts[index], rect, line);
            if let Some(list) = &layouts[index] {
                formula::paint(
                    ui.painter(),
                    list,
                    pos2(x, baseline),
                    size,
                    parts[index].colour,
                );
            }
            if let Some(value) = &parts[index].value {
                // a value wider than its part begins where the line does
                let half = widgets::galley(ui, value, theme::regular(SMALL + 1.0), theme.text)
                    .size()
                    .x
                    / 2.0;
                let x = rect.center().x.max(line.left() + half);
                let at = pos2(x, baseline + below + MARGIN);
                let colour = if parts[index].highlight.is_some() {
                    parts[index].colour
                } else {
                    theme.text_muted
                };
                let font = theme::regular(SMALL + 1.0);
                widgets::text(ui, at, Align2::CENTER_TOP, value, font, colour);
            }
            x += part_width;
        }
        start = end;
    }
}

/// What the pointer finds at a part, and the light behind it.
fn part(ui: &mut Ui, part: &Part<'_>, rect: Rect, line: Rect) {
    if part.name.is_empty() {
        return;
    }
    let theme = Theme::of(ui);
    let sensed = rect.expand(MARGIN);
    let id = ui.scope_id().with((part.latex, line.top() as i64));
    let response = ui.interact(sensed, id, Sense::hover());
    let name = match &part.value {
        Some(value) => format!("{}: {value}", part.name),
        None => part.name.to_owned(),
    };
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, &name));
    let lit = match (part.highlight, highlight::pointed(ui.ctx())) {
        (Some(Highlight::Term(term)), Some(pointed)) => pointed.lights(term),
        _ => false,
    };
    if lit {
        ui.painter()
            .rect_filled(sensed, CornerRadius::same(4), theme.raised);
    }
    if response.hovered()
        && let Some(highlight) = part.highlight
    {
        highlight::point(ui.ctx(), highlight);
    }
    widgets::hint(&response, part.name);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every formula of this file, by its source: what is no LaTeX would show as nothing.
    #[test]
    fn every_formula_is_latex() {
        let source = include_str!("equations.rs");
        let code = source.split("#[cfg(test)]").next().unwrap();
        let mut formulas = Formulas::default();
        let mut count = 0;
        for piece in code.split("r\"").skip(1) {
            let latex = piece.split('"').next().unwrap();
            let list = formulas.layout(latex);
            assert!(list.is_some(), "{latex}");
            count += 1;
        }
        assert!(count > 25, "{count}");
    }
}
