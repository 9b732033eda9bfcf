//! The gradient check, live: one button, the outcome block by block.

use egui::{ProgressBar, RichText, Ui, vec2};

use crate::lab::View;
use crate::lab::studies::{CheckedGradient, Study};
use crate::lab::{Action, UserCommand};
use crate::model::gradient_check::EXPECTED;
use crate::ui::numbers::thousands;
use crate::ui::theme::{BODY, GRID, SMALL, Theme};
use crate::ui::widgets::{self, command_button, muted};

pub(super) fn ui(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    widgets::title(ui, "Gradient check");
    ui.spacing_mut().item_spacing.y = GRID;
    let command = UserCommand::CheckGradient;
    let again = view.run.gradient_check.result().is_some();
    ui.add_enabled_ui(view.can(command).is_ok(), |ui| {
        let text = if again {
            "Check again"
        } else {
            "Check the gradient"
        };
        let response = command_button(ui, command, text, 152.0);
        if response.accessible_name("Check the gradient").clicked() {
            actions.push(command.into());
        }
    });
    match &view.run.gradient_check {
        Study::Idle => {
            let text = "Compares ∇J as the run computes it with central differences of J itself: at the present weights \
                        and settings, on a sample of the data, in f64. Training goes on meanwhile.";
            ui.label(muted(ui, text));
        }
        Study::Running(progress) => {
            let part = progress.map_or(0.0, |progress| {
                progress.done as f32 / progress.in_all.max(1) as f32
            });
            ui.add(ProgressBar::new(part).desired_height(6.0));
            let text = progress.map_or_else(
                || "beginning".to_owned(),
                |progress| format!("comparing {}", progress.so_far.name),
            );
            ui.label(muted(ui, text));
        }
        Study::Failed(message) => {
            ui.label(RichText::new(message).color(Theme::of(ui).notice));
        }
        Study::Done(checked) => outcome(ui, view, checked),
    }
}

fn outcome(ui: &mut Ui, view: &View<'_>, checked: &CheckedGradient) {
    let theme = Theme::of(ui);
    let passes = checked.check.passes();
    let (mark, colour) = if passes {
        ("passes", theme.alive)
    } else {
        ("fails", theme.dead)
    };
    ui.horizontal(|ui| {
        ui.label(RichText::new(mark).size(BODY + 2.0).strong().color(colour));
        let stale = view
            .run
            .snapshot
            .as_deref()
            .is_none_or(|snapshot| snapshot.run != checked.run);
        let when = if stale {
            "of an earlier run".to_owned()
        } else {
            format!("at epoch {}", thousands(checked.epoch))
        };
        ui.label(muted(ui, when));
    });
    ui.label(
        RichText::new(checked.check.sentence(&checked.objective))
            .size(SMALL + 1.0)
            .color(theme.text),
    );
    egui::Grid::new("gradient check")
        .num_columns(3)
        .spacing(vec2(2.0 * GRID, 4.0))
        .show(ui, |ui| {
            for head in ["block", "compared", "relative error"] {
                ui.label(muted(ui, head));
            }
            ui.end_row();
            for block in &checked.check.blocks {
                let wrong = block.relative_error >= crate::model::gradient_check::WRONG;
                ui.label(RichText::new(block.name).size(SMALL + 1.0));
                let of = format!(
                    "{} of {}",
                    thousands(block.checked as u64),
                    thousands(block.total as u64)
                );
                ui.label(muted(ui, of));
                ui.label(
                    RichText::new(format!("{:.1e}", block.relative_error))
                        .size(SMALL + 1.0)
                        .color(if wrong { theme.dead } else { theme.text }),
                );
                ui.end_row();
            }
        });
    let sample = checked.live.sample;
    let text = format!(
        "over {} samples, in f64; at most {EXPECTED:.0e} is expected of the exact gradient",
        thousands(sample.count as u64)
    );
    ui.label(muted(ui, text));
}
