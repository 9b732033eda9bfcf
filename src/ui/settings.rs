//! The rows below the sliders: sizes, activations, optimiser, batch, gradient and seed.

use egui::{Response, RichText, Ui, vec2};

use super::help::Help as _;
use super::hyperparameters::row;
use super::number_field::{self, NumberField};
use super::numbers;
use super::presses;
use super::theme::Theme;
use super::widgets::{self, TARGET};
use crate::lab::Action;
use crate::lab::View;
use crate::model::{BatchSize, GradientForm, HiddenActivation, OptimizerKind, OutputActivation};
use crate::training::lesson::Control;
use crate::training::{Setting, Value};

/// More hidden units than this are for the command line.
pub(super) const MOST_HIDDEN: usize = 1024;
const BATCHES: [BatchSize; 7] = [
    BatchSize::Samples(10),
    BatchSize::Samples(25),
    BatchSize::Samples(50),
    BatchSize::Samples(100),
    BatchSize::Samples(250),
    BatchSize::Samples(1000),
    BatchSize::Full,
];
const RESTARTS: &str = "Restarts the run.";

/// Numbers are edited here and asked for when the edit is done: each of them restarts the run.
#[derive(Debug, Default)]
pub struct SettingsPanel {
    hidden: Option<usize>,
    seed: Option<u64>,
}

impl SettingsPanel {
    /// The rows that are `shown`; those of no [`Control`] belong to the network.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        view: &View<'_>,
        shown: &dyn Fn(Option<Control>) -> bool,
        actions: &mut Vec<Action>,
    ) {
        let experiment = &view.run.experiment;
        let settings = &experiment.hyperparameters;
        ui.spacing_mut().item_spacing.y = 0.0;
        let theme = Theme::of(ui);
        let quiet = &mut ui.visuals_mut().widgets.inactive;
        quiet.weak_bg_fill = theme.panel;
        quiet.bg_fill = theme.panel;

        if shown(Some(Control::Hidden)) {
            row(
                ui,
                "Hidden units",
                &format!("How many features there are to learn. {RESTARTS}"),
                |ui| {
                    if let Some(hidden) = number(
                        ui,
                        "Hidden units",
                        &mut self.hidden,
                        experiment.hidden,
                        1..=MOST_HIDDEN,
                        0.25,
                    ) {
                        actions.push(Action::SetHidden(hidden));
                    }
                },
            );
            number_field::complaint(ui, "Hidden units", experiment.hidden as f64);
        }
        if shown(None) {
            row(
                ui,
                "Hidden activation",
                &format!("The units' f. {RESTARTS}"),
                |ui| {
                    let all = HiddenActivation::ALL;
                    if let (_, Some(chosen)) = choice(
                        ui,
                        "Hidden activation",
                        experiment.hidden_activation,
                        &all,
                        |a| a.name().into(),
                    ) {
                        actions.push(Action::SetHiddenActivation(chosen));
                    }
                },
            );
        }
        if shown(None) {
            row(
                ui,
                "Output activation",
                &format!("The output's g: its range must reach the data's. {RESTARTS}"),
                |ui| {
                    let all = OutputActivation::ALL;
                    if let (_, Some(chosen)) = choice(
                        ui,
                        "Output activation",
                        experiment.output_activation,
                        &all,
                        |a| a.name().into(),
                    ) {
                        actions.push(Action::SetOutputActivation(chosen));
                    }
                },
            );
        }
        if shown(Some(Control::Setting(Setting::Optimizer))) {
            row(
                ui,
                "Optimiser",
                "The rule that turns a gradient into a step.",
                |ui| {
                    widgets::at_right(ui, "optimiser", |ui| {
                        if settings.optimizer == OptimizerKind::Momentum {
                            let mut momentum = settings.momentum;
                            let hover = "How much of the last step the next one keeps";
                            let response = NumberField::new("Momentum", &mut momentum, 0.0..=0.999)
                                .speed(0.002)
                                .show(ui)
                                .help(hover);
                            if response.changed() {
                                let value = Value::Number(momentum);
                                actions.push(set(&response, Setting::Momentum, value));
                            }
                        }
                        let all = OptimizerKind::ALL;
                        let (response, chosen) =
                            choice(ui, "Optimiser", settings.optimizer, &all, |o| {
                                o.name().into()
                            });
                        if let Some(chosen) = chosen {
                            let value = Value::Optimizer(chosen);
                            actions.push(set(&response, Setting::Optimizer, value));
                        }
                    });
                },
            );
            number_field::complaint(ui, "Momentum", settings.momentum);
        }
        let batch_hint = "How many samples one update sees. With mini-batches ρ̂ in the gradient is the batch's own mean; \
                          the ρ̂ plotted is always that of the whole set at the epoch's end.";
        if shown(Some(Control::Setting(Setting::Batch))) {
            row(ui, "Batch", batch_hint, |ui| {
                if settings.optimizer == OptimizerKind::Lbfgs {
                    ui.weak("full").help(
                        "L-BFGS needs the exact cost, so an epoch is one iteration over all samples",
                    );
                    return;
                }
                let (response, chosen) = choice(ui, "Batch", settings.batch, &BATCHES, batch_name);
                if let Some(chosen) = chosen {
                    actions.push(set(&response, Setting::Batch, Value::Batch(chosen)));
                }
            });
        }
        let gradient_hint = "Exact: the gradient of J. As printed: the post's formula with the sparsity term outside the \
                             product with f′, which is not the gradient of its own cost.";
        if shown(Some(Control::Setting(Setting::Gradient))) {
            row(ui, "Gradient", gradient_hint, |ui| {
                let forms = [GradientForm::Exact, GradientForm::Printed];
                let (response, chosen) =
                    choice(ui, "Gradient", settings.gradient, &forms, |form| {
                        gradient_name(form).into()
                    });
                if let Some(chosen) = chosen {
                    actions.push(set(&response, Setting::Gradient, Value::Gradient(chosen)));
                }
            });
        }
        if shown(Some(Control::Seed)) {
            row(
                ui,
                "Seed",
                &format!("Decides the initial weights and the shuffling. {RESTARTS}"),
                |ui| {
                    if let Some(seed) = number(
                        ui,
                        "Seed",
                        &mut self.seed,
                        experiment.seed,
                        0..=u64::MAX,
                        0.1,
                    ) {
                        actions.push(Action::SetSeed(seed));
                    }
                },
            );
            number_field::complaint(ui, "Seed", experiment.seed as f64);
        }
    }
}

/// A change by `response`.
fn set(response: &Response, setting: Setting, value: Value) -> Action {
    Action::Set {
        setting,
        value,
        press: presses::of(response),
    }
}

fn batch_name(batch: BatchSize) -> String {
    match batch {
        BatchSize::Full => "full".into(),
        BatchSize::Samples(rows) => numbers::thousands(rows as u64),
    }
}

pub fn gradient_name(form: GradientForm) -> &'static str {
    match form {
        GradientForm::Exact => "exact",
        GradientForm::Printed => "as printed",
    }
}

/// A whole number; what was entered, once the drag or the typing is over.
fn number<N: egui::emath::Numeric>(
    ui: &mut Ui,
    name: &str,
    draft: &mut Option<N>,
    current: N,
    range: std::ops::RangeInclusive<N>,
    speed: f64,
) -> Option<N> {
    let mut value = draft.unwrap_or(current);
    let response = NumberField::new(name, &mut value, range)
        .speed(speed)
        .show(ui);
    if response.changed() {
        *draft = Some(value);
    }
    let busy = response.dragged() || response.has_focus();
    if busy {
        None
    } else {
        draft.take().filter(|value| *value != current)
    }
}

/// One of a few.
fn choice<T: Copy + PartialEq>(
    ui: &mut Ui,
    name: &str,
    current: T,
    all: &[T],
    text: impl Fn(T) -> String,
) -> (Response, Option<T>) {
    let mut chosen = None;
    let button = egui::Button::new(RichText::new(format!("{} ▾", text(current))))
        .min_size(vec2(TARGET, TARGET));
    let (response, _) = egui::containers::menu::MenuButton::from_button(button).ui(ui, |ui| {
        for option in all {
            if ui
                .add(egui::Button::selectable(*option == current, text(*option)))
                .clicked()
            {
                chosen = Some(*option).filter(|option| *option != current);
                ui.close();
            }
        }
    });
    (response.accessible_name(name), chosen)
}
