//! The import sheet's part about the network and its training: what suits the data, the settings of the run in progress,
//! or one's own.

use egui::{Label, RichText, Ui};

use super::import_option::{number, option, title};
use super::numbers;
use super::settings::MOST_HIDDEN;
use super::theme;
use super::widgets::muted;
use crate::lab::import_settings::{ImportSettings, Whose};
use crate::model::{BatchSize, OptimizerKind};
use crate::training::Choices;

/// The settings, where they were changed.
pub fn settings(ui: &mut Ui, settings: &ImportSettings) -> Option<ImportSettings> {
    let mut changed = None;
    title(ui, "Network and training");
    ui.horizontal_wrapped(|ui| {
        let choices = [
            (
                Whose::Recipe,
                "what suits the data",
                "Units and settings from a table by kind of data, with λ below λ_c and β by the variance",
            ),
            (
                Whose::Kept,
                "keep my settings",
                "Units and settings of the run in progress",
            ),
        ];
        for (whose, text, hover) in choices {
            if option(ui, "Network and training", text, hover, settings.whose == whose, None) {
                changed = Some(settings.with(whose));
            }
        }
        // always there: nothing below may move when a value becomes one's own
        let own = settings.whose == Whose::Own;
        let how = (!own).then_some("Change a value below.");
        option(ui, "Network and training", "your own", "As set below", own, how);
    });
    let mut choices = settings.choices;
    fields(ui, &mut choices);
    if choices != settings.choices {
        changed = Some(settings.changed(choices));
    }
    changed
}

/// What the run will be, in a line; and what suits the data and why, the same whosever settings are taken.
pub fn reasons(ui: &mut Ui, settings: &ImportSettings) {
    let whose = match settings.whose {
        Whose::Recipe => "what suits the data",
        Whose::Kept => "the settings of the run in progress",
        Whose::Own => "your own settings",
    };
    let set = &settings.choices.hyperparameters;
    let of = |value: f64| numbers::short(numbers::round_significant(value, 2));
    let text = format!(
        "{} units · ρ {} · β {} · λ {}",
        settings.choices.hidden,
        of(set.sparsity_target),
        of(set.sparsity_weight),
        of(set.weight_decay),
    );
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 1.5 * theme::GRID;
        let strong = theme::Theme::of(ui).text_strong;
        ui.label(
            RichText::new(text)
                .font(theme::bold(theme::BODY))
                .color(strong),
        );
        ui.label(muted(ui, whose));
    });
    let Some(recipe) = settings.recipe() else {
        return;
    };
    // with other settings they are still the recipe's, not of those
    let (of, with) = match settings.whose {
        Whose::Recipe => ("", "Features"),
        Whose::Kept | Whose::Own => ("What suits the data: ", "With that, features"),
    };
    let epochs = format!(
        "{with} stand after about {} epochs.",
        numbers::thousands(recipe.epochs)
    );
    for (place, words) in recipe.reasons.iter().chain([&epochs]).enumerate() {
        let of = if place == 0 { of } else { "" };
        ui.add(Label::new(muted(ui, format!("{of}{words}"))).wrap());
    }
}

fn fields(ui: &mut Ui, choices: &mut Choices) {
    let set = &mut choices.hyperparameters;
    ui.horizontal_wrapped(|ui| {
        let hover = "How many features there are to learn";
        number(
            ui,
            "Hidden units",
            hover,
            &mut choices.hidden,
            1..=MOST_HIDDEN,
            0.25,
        );
    });
    ui.horizontal_wrapped(|ui| {
        let speed = |value: f64| 0.01 * value.max(1e-6);
        let hover = "Target activation: how rarely a unit is at work";
        let of = speed(set.sparsity_target);
        number(ui, "ρ", hover, &mut set.sparsity_target, 1e-3..=0.999, of);
        let hover = "Weight of the sparsity term";
        let of = speed(set.sparsity_weight.max(0.1));
        number(ui, "β", hover, &mut set.sparsity_weight, 0.0..=1e3, of);
        let hover = "Weight decay";
        let of = speed(set.weight_decay);
        number(ui, "λ", hover, &mut set.weight_decay, 0.0..=10.0, of);
    });
    ui.horizontal_wrapped(|ui| {
        for kind in OptimizerKind::ALL {
            let hover = "How the weights follow the gradient";
            let chosen = set.optimizer == kind;
            if option(ui, "Optimiser", kind.name(), hover, chosen, None) {
                set.optimizer = kind;
            }
        }
    });
    if set.optimizer == OptimizerKind::Lbfgs {
        return; // full batches, and a step of its own
    }
    ui.horizontal_wrapped(|ui| {
        let hover = "Learning rate";
        let of = 0.01 * set.learning_rate.max(1e-6);
        number(ui, "α", hover, &mut set.learning_rate, 1e-6..=10.0, of);
        match &mut set.batch {
            BatchSize::Samples(rows) => {
                let hover = "Samples an update";
                number(ui, "Batch", hover, rows, 1..=1_000_000, 0.5);
            }
            BatchSize::Full => {
                ui.label(muted(ui, "full batches"));
            }
        }
    });
}
