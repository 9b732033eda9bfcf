//! What the run is compared with, for how many epochs, and how far that is.

use egui::{Checkbox, Label, ProgressBar, RadioButton, RichText, Ui};

use crate::lab::View;
use crate::lab::compare::{Choice, MOST_EPOCHS, RUNS, Second, epochs};
use crate::lab::studies::Study;
use crate::lab::{Action, UserCommand};
use crate::ui::dialogs::primary;
use crate::ui::help::Help as _;
use crate::ui::keymap;
use crate::ui::number_field::{self, NumberField};
use crate::ui::numbers::thousands;
use crate::ui::theme::{GRID, SMALL, Theme};
use crate::ui::widgets::{self, command_button, muted};

pub(super) fn ui(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let theme = Theme::of(ui);
    widgets::title(ui, "Data against data");
    let text = "Trains on a second data set in the background, from other initial weights, and matches the features \
                with those of this run. Runs on this run's data from other seeds, and on Gaussian noise with their \
                covariance, then tell what the likeness is worth.";
    ui.label(muted(ui, text));
    let Some(snapshot) = view.run.snapshot.as_deref() else {
        return;
    };
    let running = view.run.compared.is_running();
    let mut choice = view.run.compare;
    ui.spacing_mut().item_spacing.y = 2.0;
    ui.add_space(GRID / 2.0);
    for second in Second::all() {
        let possible = second.spec(&snapshot.data);
        let chosen = choice.second == second;
        ui.horizontal(|ui| {
            widgets::edged(ui);
            let title = second.title();
            ui.add_enabled_ui(possible.is_ok() && !running, |ui| {
                let button = RadioButton::new(chosen && possible.is_ok(), title.clone());
                if ui.add(button).clicked() {
                    choice.second = second;
                }
            });
            if let Err(why) = &possible {
                let words = Label::new(muted(ui, why)).wrap();
                ui.add(words).help(format!(
                    "{title}: {why}. The second data set is another one, with as many values in a sample"
                ));
            }
        });
    }
    ui.add_space(GRID);
    ui.spacing_mut().item_spacing.y = 0.75 * GRID;
    ui.spacing_mut().interact_size.y = 28.0;
    count(ui, snapshot.epoch, running, &mut choice);
    let command = UserCommand::CompareRuns;
    ui.horizontal(|ui| {
        if running {
            let cancel = UserCommand::CancelComparison;
            if command_button(ui, cancel, cancel.text(), 88.0)
                .accessible_name("Cancel the comparison")
                .clicked()
            {
                actions.push(cancel.into());
            }
        } else {
            let button = ui
                .add_enabled(view.can(command).is_ok(), primary(theme, command.text()))
                .help(keymap::hover_text(ui.ctx(), command))
                .accessible_name("Compare the runs");
            if button.clicked() {
                actions.push(command.into());
            }
        }
        if !running {
            let epochs = epochs(&choice, snapshot);
            let plural = if epochs == 1 { "" } else { "s" };
            let text = format!("{RUNS} runs of {} epoch{plural}", thousands(epochs));
            ui.label(muted(ui, text));
        }
    });
    match &view.run.compared {
        Study::Running(progress) => {
            let part = progress.as_ref().map_or(0.0, |progress| progress.part);
            ui.add(ProgressBar::new(part).desired_height(6.0))
                .accessible_name("Progress of the comparison");
            let what = progress.as_ref().map(|progress| progress.what.clone());
            ui.label(muted(ui, what.unwrap_or_else(|| "beginning".into())));
            if view.run.playing {
                ui.label(muted(
                    ui,
                    "It gives way to this run: pause, and it is done sooner.",
                ));
            }
        }
        Study::Failed(why) => {
            ui.label(RichText::new(why).size(SMALL).color(theme.dead));
        }
        Study::Idle | Study::Done(_) => {}
    }
    if choice != view.run.compare {
        actions.push(Action::SetComparison(choice));
    }
}

/// As many epochs as the run has, or a number of one's own.
fn count(ui: &mut Ui, epoch: u64, running: bool, choice: &mut Choice) {
    ui.add_enabled_ui(!running, |ui| {
        ui.horizontal(|ui| {
            let mut same = choice.epochs.is_none();
            let box_ = Checkbox::new(&mut same, "as many epochs as this run");
            let ticked = ui.scope(|ui| {
                widgets::edged(ui);
                ui.add(box_).changed()
            });
            if ticked.inner {
                choice.epochs = (!same).then(|| epoch.clamp(1, MOST_EPOCHS));
            }
            if let Some(epochs) = &mut choice.epochs {
                let before = *epochs;
                NumberField::new("Epochs", epochs, 1..=MOST_EPOCHS)
                    .suffix(" epochs")
                    .show(ui);
                number_field::complaint(ui, "Epochs", before as f64);
            }
        });
    });
}
