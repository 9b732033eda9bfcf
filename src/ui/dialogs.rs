//! The small window for a path. It does not stop the trainer.

use egui::{Button, Id, Key, Modal, RichText, TextEdit, Ui, vec2};

use super::numbers::thousands;
use super::progress;
use super::theme::{self, BODY, GRID, Theme};
use super::widgets::{at_right, command_button, muted};
use crate::lab::View;
use crate::lab::state::{OpenDialog, Typed};
use crate::lab::{Action, UserCommand};

const WIDTH: f32 = 400.0;

#[derive(Debug, Default)]
pub struct Dialogs {
    /// What is being typed; `None` while the window is closed.
    path: Option<String>,
    /// Which tensor is which, as it is typed.
    map: String,
    /// The path that the lab gave.
    given: Option<String>,
    /// The second one.
    other: String,
    /// Whether the path was refused when it was last drawn.
    refused: bool,
}

impl Dialogs {
    pub fn ui(&mut self, ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
        if let Some(dialog) = &view.shared.open_dialog {
            self.open_file(ui, view, dialog, actions);
            return;
        }
        (self.path, self.given) = (None, None);
        self.map.clear();
    }

    fn open_file(
        &mut self,
        ui: &mut Ui,
        view: &View<'_>,
        dialog: &OpenDialog,
        actions: &mut Vec<Action>,
    ) {
        let first = self.path.is_none();
        if first {
            self.other.clone_from(&dialog.other);
        }
        // one that was picked takes the place of what was typed
        if self.given.replace(dialog.path.clone()).as_ref() != Some(&dialog.path) {
            self.path = None;
        }
        let path = self.path.get_or_insert_with(|| dialog.path.clone());
        let other = &mut self.other;
        let refused = dialog.error.is_some() && !self.refused;
        self.refused = dialog.error.is_some();
        let map = &mut self.map;
        let response = Modal::new(Id::unique("open file"))
            .frame(frame(ui))
            .show(ui.ctx(), |ui| {
                ui.set_width(WIDTH);
                ui.spacing_mut().item_spacing.y = GRID;
                let theme = Theme::of(ui);
                let words = words(dialog.what);
                ui.label(
                    RichText::new(words.heading)
                        .heading()
                        .color(theme.text_strong),
                );
                ui.label(muted(ui, words.about));
                let field = TextEdit::singleline(path)
                    .desired_width(f32::INFINITY)
                    .hint_text(words.hint);
                let field = ui.add(field).accessible_name("Path");
                if first || refused {
                    field.request_focus(); // the text stays, to be mended
                }
                let follows = dialog.what == Typed::Checkpoints;
                let mut entered =
                    field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
                if follows {
                    let field = TextEdit::singleline(map)
                        .desired_width(f32::INFINITY)
                        .hint_text("Tensors, if they can't be told: W1=encoder.weight,b1=…");
                    let field = ui.add(field).accessible_name("Tensors");
                    entered |=
                        field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
                    ui.label(muted(ui, measured_on(view)));
                }
                if dialog.what == Typed::MyGradient {
                    let second = TextEdit::singleline(other)
                        .desired_width(f32::INFINITY)
                        .hint_text("Path of the gradient, where it is in another file");
                    let second = ui.add(second).accessible_name("Path of the gradient");
                    entered |=
                        second.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
                }
                for (words, colour) in [(&dialog.error, theme.dead), (&dialog.hint, theme.notice)] {
                    if let Some(words) = words {
                        ui.label(RichText::new(words).size(theme::SMALL).color(colour));
                    }
                }
                if view.shared.opening.is_some() {
                    progress::bar(ui, view, ui.available_width());
                }
                ui.horizontal(|ui| {
                    let browse = [UserCommand::BrowseFiles, UserCommand::BrowseFolder];
                    let folder = |command| command == UserCommand::BrowseFolder;
                    let kinds = matches!(dialog.what, Typed::Open | Typed::DataOfRun);
                    let browse = browse
                        .into_iter()
                        .filter(|command| kinds || folder(*command) == follows);
                    for command in browse {
                        if command_button(ui, command, command.text(), 80.0).clicked() {
                            actions.push(command.into());
                        }
                    }
                    at_right(ui, "answers", |ui| {
                        if ui
                            .add(Button::new("Cancel").min_size(vec2(72.0, 28.0)))
                            .clicked()
                        {
                            actions.push(Action::CloseDialog);
                        }
                        let typed = !path.trim().is_empty() && view.shared.opening.is_none();
                        if (ui
                            .add_enabled(typed, primary(theme, words.button))
                            .clicked()
                            || entered)
                            && typed
                        {
                            let path = path.trim().into();
                            let second = other.trim();
                            let second = (dialog.what == Typed::MyGradient && !second.is_empty())
                                .then(|| second.into());
                            actions.push(match follows {
                                true => Action::Follow {
                                    folder: path,
                                    map: map.clone(),
                                },
                                false => {
                                    Action::Typed(std::iter::once(path).chain(second).collect())
                                }
                            });
                        }
                    });
                });
            });
        if response.should_close() {
            actions.push(Action::CloseDialog);
        }
    }
}

/// What the checkpoints are measured on.
fn measured_on(view: &View<'_>) -> String {
    match view.run.data() {
        Some(data) => format!(
            "They are measured on the data that are open now: {}, {} samples of {} values, prepared as these are.",
            data.name,
            thousands(data.len() as u64),
            thousands(data.inputs() as u64)
        ),
        None => "There are no data yet to measure them on.".to_owned(),
    }
}

struct Words {
    heading: &'static str,
    about: &'static str,
    hint: &'static str,
    button: &'static str,
}

fn words(what: Typed) -> Words {
    let (heading, about, hint, button) = match what {
        Typed::Open => (
            "Open data or a run",
            "Photographs (PNG, JPEG, BMP, TIFF, WebP) and folders of them, IDX, CIFAR, .npy, .npz, .mat, .safetensors, and \
             tables (.csv, .tsv): what was found is shown before anything is trained on it. Or a run that was saved \
             (.saelab). You can also drop files on the window.",
            "Path of a file or folder",
            "Open",
        ),
        Typed::SaveRun => (
            "Save the run",
            "In one file, to go on with it later, bit for bit: weights, settings, curves, and kept moments of its past.",
            "Path of the file",
            "Save",
        ),
        Typed::SaveFolder => (
            "Save all runs",
            "Each run that has no file yet gets one in this folder, named as the run is; the others are saved to their own files.",
            "Path of the folder",
            "Save",
        ),
        Typed::MyGradient => (
            "Check my gradient",
            "Weights, and the gradient that your program computed at them over all samples of the data shown: .npz or .mat, \
             W1 b1 W2 b2 and W1grad …, or UFLDL's theta and grad, in one file or two. You can also drop them on the page of \
             formulas.",
            "Path of the weights, or of both",
            "Check",
        ),
        Typed::DataOfRun => (
            "The data of the run",
            "Where the data are now on which the run was trained. They must be the same ones.",
            "Path of a file or folder",
            "Open",
        ),
        Typed::Checkpoints => (
            "Follow a folder of checkpoints",
            "A training elsewhere, live: each .safetensors or .npz that appears in the folder becomes a moment of a run. \
             Which tensor is which is found out by shapes and names, and shown.",
            "Path of the folder",
            "Follow",
        ),
    };
    Words {
        heading,
        about,
        hint,
        button,
    }
}

/// The dialogs' frame.
pub(super) fn frame(ui: &Ui) -> egui::Frame {
    egui::Frame::window(ui.style()).inner_margin(egui::Margin::same(16))
}

pub(super) fn primary(theme: &Theme, text: &str) -> Button<'static> {
    let text = RichText::new(text)
        .font(theme::bold(BODY))
        .color(theme.on_accent);
    Button::new(text)
        .fill(theme.accent)
        .min_size(vec2(72.0, 28.0))
}
