//! The small windows that ask for one value: the setting that differs, the epoch to pause at, the file to write. They do
//! not stop the trainer.

use egui::{Button, ComboBox, Id, InputState, Key, Modal, RichText, TextEdit, Ui, vec2};

use super::dialogs::{frame, primary};
use super::keymap;
use super::numbers::thousands;
use super::theme::{self, BODY, GRID, Theme};
use super::widgets::{at_right, command_button, muted};
use crate::lab::beside::Question;
use crate::lab::state::{KeptAction, PairAction};
use crate::lab::{Action, UserCommand, View};
use crate::training::{Setting, Share, Value};

const WIDTH: f32 = 340.0;
/// Those that are numbers.
const SETTINGS: [Setting; 5] = [
    Setting::SparsityWeight,
    Setting::SparsityTarget,
    Setting::LearningRate,
    Setting::WeightDecay,
    Setting::Momentum,
];

#[derive(Debug, Default)]
pub struct AskPanel {
    /// What is being asked, while it is.
    open: Option<Question>,
    setting: usize,
    text: String,
}

impl AskPanel {
    pub fn ui(&mut self, ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
        let Some(question) = view.shared.question else {
            self.open = None;
            return;
        };
        let first = self.open.replace(question) != Some(question);
        let own = match question {
            Question::OneSetting => UserCommand::CopyBesideWith,
            Question::PauseAt => UserCommand::PauseAtEpoch,
            Question::ShareLine => UserCommand::PasteShareLine,
            Question::Notes => UserCommand::EditNotes,
            Question::Export(what) => UserCommand::Export(what),
        };
        // its own key once more: from the beginning
        let again = !first && keymap::take(ui.ctx(), own);
        if first || again {
            self.text = proposal(question, view);
        }
        let response = Modal::new(Id::unique("question")).frame(frame(ui)).show(ui.ctx(), |ui| {
            ui.set_width(WIDTH);
            ui.spacing_mut().item_spacing.y = GRID;
            let theme = Theme::of(ui);
            let (title, about, hint) = match question {
                Question::OneSetting => (
                    "A copy with one setting different",
                    "It goes on from the epoch that is shown, as B, in step with the run shown.",
                    "its value in B",
                ),
                Question::PauseAt => (
                    "Pause at an epoch",
                    "The run trains up to the end of that epoch; a run beside it pauses there too.",
                    "epoch",
                ),
                Question::ShareLine => (
                    "Paste a share line",
                    "The run that it tells is trained again, with every change at its epoch; the one shown stays among the \
                     runs.",
                    "sae-lab:1/…",
                ),
                Question::Notes => (
                    "Notes on this run",
                    "They stand with the run among the runs, and go into its file and its report.",
                    "what it shows, what to try next",
                ),
                Question::Export(what) => (what.title(), what.tooltip(), "path of the file"),
            };
            ui.label(RichText::new(title).heading().color(theme.text_strong));
            ui.label(muted(ui, about));
            if question == Question::OneSetting {
                let named = |setting: Setting| {
                    let now = setting.format(setting.get(view.run.hyperparameters()));
                    format!("{} is {now} in A", setting.symbol())
                };
                let button = ComboBox::from_id_salt("setting").selected_text(named(SETTINGS[self.setting]));
                let response = button.show_ui(ui, |ui| {
                    for (place, setting) in SETTINGS.into_iter().enumerate() {
                        ui.selectable_value(&mut self.setting, place, named(setting));
                    }
                });
                response.response.accessible_name("Setting");
            }
            let lines = question == Question::Notes;
            let field = match lines {
                true => TextEdit::multiline(&mut self.text).desired_rows(6),
                false => TextEdit::singleline(&mut self.text),
            };
            let field = field.desired_width(f32::INFINITY).hint_text(hint);
            let field = ui.add(field).accessible_name("Value");
            if first || again {
                field.request_focus();
            }
            if let (Question::PauseAt, Some(epoch)) = (question, view.run.pause_at) {
                ui.horizontal(|ui| {
                    ui.label(muted(ui, format!("It is to pause at epoch {}.", thousands(epoch))));
                    let button = Button::new(RichText::new("Don't pause").size(BODY));
                    if ui.add(button.min_size(vec2(72.0, 28.0))).clicked() {
                        actions.push(Action::PauseAt(None));
                    }
                });
            }
            if let (Question::Export(_), Some(path)) = (question, &view.shared.replaces) {
                let words = format!(
                    "{} is there already: choose another name, or press Save again to replace it.",
                    path.display()
                );
                ui.label(RichText::new(words).size(theme::SMALL).color(theme.notice));
            }
            let answer = self.answer(question, view);
            if let (Err(why), false) = (&answer, self.text.trim().is_empty()) {
                ui.label(RichText::new(why).size(theme::SMALL).color(theme.dead));
            }
            let word = match question {
                Question::Export(_) | Question::Notes => "Save",
                Question::ShareLine => "Open",
                Question::OneSetting | Question::PauseAt => "Start",
            };
            // in several lines it begins the next
            let enter = |input: &InputState| {
                input.key_pressed(Key::Enter) && (!lines || input.modifiers.command)
            };
            let entered = (field.lost_focus() || lines) && ui.input(enter);
            ui.horizontal(|ui| {
                if let Question::Export(what) = question {
                    for (command, word) in [
                        (Some(UserCommand::BrowseExport), "Browse…"),
                        (UserCommand::copying(what), "Copy"),
                    ] {
                        let Some(command) = command else { continue };
                        if command_button(ui, command, word, 72.0).clicked() {
                            actions.push(command.into());
                        }
                    }
                }
                at_right(ui, "answers", |ui| {
                    let cancel = Button::new(RichText::new("Cancel").size(BODY));
                    if ui.add(cancel.min_size(vec2(72.0, 28.0))).clicked() {
                        actions.push(Action::CloseDialog);
                    }
                    let clicked = ui.add_enabled(answer.is_ok(), primary(theme, word)).clicked();
                    if (clicked || entered)
                        && let Ok(action) = answer
                    {
                        actions.push(action);
                        if matches!(question, Question::Export(_)) {
                            field.request_focus(); // it may be asked once more
                        }
                    } else if entered {
                        field.request_focus(); // the text stays, to be mended
                    }
                });
            });
        });
        if response.should_close() {
            actions.push(Action::CloseDialog);
        }
    }

    /// What was typed, as what it asks for; or what is wanted.
    fn answer(&self, question: Question, view: &View<'_>) -> Result<Action, String> {
        let text = self.text.trim().replace(',', ".");
        match question {
            Question::OneSetting => {
                let number: f64 = text
                    .parse()
                    .map_err(|_| format!("{text:?} is no number: type one like 0.5 or 1e-4"))?;
                let (setting, value) = (SETTINGS[self.setting], Value::Number(number));
                let now = view.run.hyperparameters();
                if setting.get(now) == value {
                    return Err("That is its value in A: type another".to_owned());
                }
                let mut settings = *view.run.hyperparameters();
                let set = setting
                    .set(&mut settings, value)
                    .map_err(|error| error.to_string());
                set.and_then(|()| {
                    settings
                        .check()
                        .map(drop)
                        .map_err(|error| error.to_string())
                })?;
                Ok(Action::Pair(PairAction::FromHere(vec![(setting, value)])))
            }
            Question::PauseAt => {
                let epoch: u64 = self
                    .text
                    .replace([',', ' '], "")
                    .parse()
                    .map_err(|_| format!("{text:?} is no epoch: type a whole number"))?;
                let now = view.run.now();
                if epoch <= now {
                    let now = thousands(now);
                    return Err(format!("The run stands at epoch {now}: type a later one"));
                }
                Ok(Action::PauseAt(Some(epoch)))
            }
            Question::ShareLine => match Share::from_line(&self.text) {
                Ok(_) => Ok(Action::OpenShare(self.text.clone())),
                Err(error) => Err(error.to_string()),
            },
            Question::Notes => {
                let note = KeptAction::Note(self.text.clone());
                Ok(Action::Kept(view.run.id, note))
            }
            Question::Export(what) => match self.text.trim() {
                "" => Err("Type the path of the file".to_owned()),
                path => Ok(Action::Export(what, path.into())),
            },
        }
    }
}

/// What stands in the field before anything is typed.
fn proposal(question: Question, view: &View<'_>) -> String {
    match question {
        Question::OneSetting | Question::PauseAt | Question::ShareLine => String::new(),
        Question::Notes => view.run.notes.clone(),
        Question::Export(what) => {
            let name = what.name();
            std::path::absolute(&name).map_or(name, |path| path.display().to_string())
        }
    }
}
