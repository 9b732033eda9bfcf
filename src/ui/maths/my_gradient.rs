//! The gradient of a student's own program: which mistakes it has, and the formula as it should be.

use egui::{RichText, Ui, vec2};

use crate::lab::studies::{Examined, Study};
use crate::lab::{Action, UserCommand, View};
use crate::model::doctor::{BLOCKS, Mistake, Verdict};
use crate::ui::numbers::{self, thousands};
use crate::ui::theme::{BODY, GRID, SMALL, Theme};
use crate::ui::widgets::{self, command_button, muted};

pub(super) fn ui(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    widgets::title(ui, "A gradient of your own");
    let shown = !matches!(view.run.my_gradient, Study::Idle);
    ui.horizontal_wrapped(|ui| {
        let mut button = |command: UserCommand| {
            ui.add_enabled_ui(view.can(command).is_ok(), |ui| {
                if command_button(ui, command, command.text(), 152.0).clicked() {
                    actions.push(command.into());
                }
            });
        };
        button(UserCommand::CheckMyGradient);
        if shown {
            button(UserCommand::CloseMyGradient);
        }
    });
    match &view.run.my_gradient {
        Study::Idle => {
            let text = "Takes the weights and the gradient of your own program, on the data and with the settings shown, and \
                        says which of the common mistakes, or which two, it has.";
            ui.label(muted(ui, text));
        }
        Study::Running(_) => {
            ui.horizontal(|ui| {
                ui.spinner();
                ui.label(muted(ui, "trying every mistake and every two"));
            });
        }
        Study::Failed(message) => {
            ui.label(RichText::new(message).color(Theme::of(ui).notice));
        }
        Study::Done(examined) => outcome(ui, examined),
    }
}

fn outcome(ui: &mut Ui, examined: &Examined) {
    let theme = Theme::of(ui);
    let found = &examined.findings.diagnosis;
    let correct = found.verdict == Verdict::Correct;
    let (mark, colour) = match &found.verdict {
        Verdict::Correct => ("correct", theme.alive),
        Verdict::Mistakes { mistakes, .. } if mistakes.len() == 1 => ("one mistake", theme.dead),
        Verdict::Mistakes { .. } => ("two mistakes", theme.dead),
        Verdict::Unknown => ("wrong, and no mistake known here", theme.dead),
    };
    ui.label(RichText::new(mark).size(BODY + 2.0).strong().color(colour));
    let sentence = format!("{}.", capital(&found.sentence()));
    ui.label(RichText::new(sentence).size(SMALL + 1.0).color(theme.text));
    if let Verdict::Mistakes {
        mistakes,
        alternatives,
    } = &found.verdict
    {
        explain(ui, mistakes);
        if !alternatives.is_empty() {
            ui.label(muted(ui, "These data cannot tell it from"));
        }
        for other in alternatives {
            explain(ui, other);
        }
    }
    if correct && !found.not_shown.is_empty() {
        let names: Vec<&str> = found.not_shown.iter().map(|one| one.name()).collect();
        let text = format!(
            "With these data, settings and precision it could not show: {}.",
            names.join(", ")
        );
        ui.label(muted(ui, text));
    }
    blocks(ui, examined);
    for note in &examined.findings.notes {
        ui.label(muted(ui, note.clone()));
    }
    let objective = &examined.objective;
    let (name, samples) = &examined.data;
    let text = format!(
        "of {name}, {} samples, with ρ {}, β {}, λ {}, {} hidden units and {} output",
        thousands(*samples as u64),
        numbers::short(objective.sparsity_target),
        numbers::short(objective.sparsity_weight),
        numbers::short(objective.weight_decay),
        examined.hidden_activation.name(),
        examined.output_activation.name()
    );
    ui.label(muted(ui, text));
}

fn blocks(ui: &mut Ui, examined: &Examined) {
    let theme = Theme::of(ui);
    let found = &examined.findings.diagnosis;
    egui::Grid::new("my gradient")
        .num_columns(3)
        .spacing(vec2(2.0 * GRID, 4.0))
        .show(ui, |ui| {
            for head in ["block", "relative error", ""] {
                ui.label(muted(ui, head));
            }
            ui.end_row();
            let errors = found.correct_errors.into_iter().zip(found.correct_blocks);
            for (name, (error, is_correct)) in BLOCKS.into_iter().zip(errors) {
                let (word, colour) = match is_correct {
                    true => ("correct", theme.text),
                    false => ("wrong", theme.dead),
                };
                for text in [name, &format!("{error:.1e}"), word] {
                    ui.label(RichText::new(text).size(SMALL + 1.0).color(colour));
                }
                ui.end_row();
            }
        });
}

/// What was done, and the line as it should be.
fn explain(ui: &mut Ui, mistakes: &[Mistake]) {
    let theme = Theme::of(ui);
    for mistake in mistakes {
        let wrong = format!("{}.", capital(mistake.wrong()));
        ui.label(
            RichText::new(wrong)
                .size(SMALL + 1.0)
                .color(theme.text_strong),
        );
        ui.label(muted(ui, format!("Right: {}", mistake.right())));
    }
}

/// A sentence's beginning; a symbol of the formula stays as it is.
fn capital(words: &str) -> String {
    let plain = words.split(' ').next().is_some_and(|word| {
        word.chars().all(|letter| letter.is_ascii_lowercase()) && (word.len() > 1 || word == "a")
    });
    let mut letters = words.chars();
    match letters.next() {
        Some(first) if plain => first.to_uppercase().chain(letters).collect(),
        _ => words.to_owned(),
    }
}
