//! The sheet between opening data and training on them: what was found, what would become of it, and the choices.

use egui::{Button, Id, Key, Layout, Modal, Rect, RichText, ScrollArea, Ui, UiBuilder, Vec2, vec2};

use super::dialogs::{frame, primary};
use super::help::Help as _;
use super::import_choices::choices;
use super::import_samples::SamplesView;
use super::import_settings;
use super::numbers;
use super::numbers::thousands;
use super::progress;
use super::theme::{self, BODY, GRID, SMALL, Theme};
use super::widgets::{self, at_right, muted};
use crate::lab::View;
use crate::lab::import::Import;
use crate::lab::preview::Preview;
use crate::lab::{Action, UserCommand};
use crate::model::OutputActivation;

/// In points; less where the window is smaller.
const SIZE: Vec2 = vec2(1000.0, 620.0);
/// Around the sheet.
const MARGIN: f32 = 16.0;
const HEADER: f32 = 44.0;
const FOOTER: f32 = 40.0;
const CHOICES: f32 = 308.0;
/// Below this width, in points, the samples stand below the choices.
const TWO_COLUMNS: f32 = 640.0;
/// Of the bar while there is nothing to show yet.
const LOOK: f32 = 280.0;
/// Of the words below the samples.
const RESULT: f32 = 232.0;
const LEAST_SAMPLES: f32 = 168.0;

#[derive(Default)]
pub struct ImportSheet {
    samples: SamplesView,
    /// Whether a field was being typed in at the end of the last frame: Enter and Escape belong to it.
    typing: bool,
}

impl ImportSheet {
    pub fn ui(&mut self, ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
        let Some(import) = &view.shared.import else {
            self.samples.clear();
            self.typing = false;
            return;
        };
        let foremost = view.shared.open_dialog.is_none();
        let enter = foremost
            && !self.typing
            && view.shared.opening.is_none() // the sheet of what was opened last is yet to come
            && !egui::Popup::is_any_open(ui.ctx())
            && !ui.ctx().egui_wants_keyboard_input()
            && ui.input(|input| input.key_pressed(Key::Enter));
        let room = ui.ctx().content_rect().size() - 2.0 * Vec2::splat(MARGIN);
        let frame = frame(ui).inner_margin(egui::Margin::same(MARGIN as i8));
        let size = SIZE.min(room) - 2.0 * Vec2::splat(MARGIN);
        let modal = Modal::new(Id::unique("import"))
            .frame(frame)
            .show(ui.ctx(), |ui| {
                let (rect, _) = ui.allocate_exact_size(size, egui::Sense::hover());
                header(ui, rect.with_max_y(rect.top() + HEADER), import);
                let body = Rect::from_min_max(
                    rect.left_top() + vec2(0.0, HEADER),
                    rect.right_bottom() - vec2(0.0, FOOTER),
                );
                self.body(ui, body, import, actions);
                footer(
                    ui,
                    rect.with_min_y(rect.bottom() - FOOTER + GRID),
                    (view, import),
                    actions,
                );
            });
        if enter && import.is_ready() {
            actions.push(UserCommand::TrainOnImport.into());
        }
        if foremost && !self.typing && modal.should_close() {
            // the sheet holds choices: a click beside it does not throw them away
            let outside = modal.backdrop_response.clicked();
            if !outside {
                actions.push(Action::CloseDialog);
            }
        }
        self.typing = ui.ctx().text_edit_focused();
    }

    fn body(&mut self, ui: &mut Ui, rect: Rect, import: &Import, actions: &mut Vec<Action>) {
        if rect.width() >= TWO_COLUMNS {
            let left = rect.with_max_x(rect.left() + CHOICES);
            column(ui, left, "choices", |ui| {
                found(ui, import);
                choices(ui, import, actions);
            });
            let right = rect.with_min_x(left.right() + 2.0 * GRID);
            column(ui, right, "samples", |ui| {
                self.result(ui, right.height(), import)
            });
        } else {
            column(ui, rect, "all", |ui| {
                found(ui, import);
                choices(ui, import, actions);
                ui.add_space(GRID);
                self.result(ui, 0.0, import);
            });
        }
    }

    fn result(&mut self, ui: &mut Ui, height: f32, import: &Import) {
        let theme = Theme::of(ui);
        let samples = (height - RESULT).max(LEAST_SAMPLES);
        let size = vec2(ui.available_width(), samples);
        let (rect, _) = ui.allocate_exact_size(size, egui::Sense::hover());
        if let Some(preview) = &import.preview {
            self.samples.ui(ui, rect, preview, import.error.is_some());
        }
        ui.add_space(GRID);
        ui.spacing_mut().item_spacing.y = 3.0;
        if let Some(error) = &import.error {
            ui.label(RichText::new(error).color(theme.dead));
            return;
        }
        let Some(preview) = &import.preview else {
            progress::first_look(ui, import, ui.available_width().min(LOOK));
            return;
        };
        matrix(ui, import, preview);
        output(ui, preview);
        if preview
            .preparation
            .iter()
            .all(|sentence| import.found().notes.contains(sentence))
        {
            ui.label(muted(
                ui,
                "The values as they stand: nothing is done to them.",
            ));
        }
        // what reading did stands beside the file's name
        let read = &import.found().notes;
        let done = preview.preparation.iter();
        for sentence in done.filter(|sentence| !read.contains(sentence)) {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = 6.0;
                ui.label(muted(ui, "·"));
                ui.add(egui::Label::new(muted(ui, sentence)).wrap());
            });
        }
        ui.add_space(GRID);
        import_settings::reasons(ui, &import.settings);
    }
}

/// A column at `rect` that scrolls where it has to.
fn column(ui: &mut Ui, rect: Rect, id: &str, content: impl FnOnce(&mut Ui)) {
    let mut child = ui.new_child(UiBuilder::new().id_salt(id).max_rect(rect));
    child.set_clip_rect(rect.expand(2.0).intersect(ui.clip_rect()));
    let area = ScrollArea::vertical().id_salt(id).auto_shrink(false);
    widgets::whole_lines(&mut child, |ui| {
        let output = area.show(ui, |ui| {
            ui.set_width(rect.width() - GRID); // beside the scroll bar
            content(ui);
            super::focus::into_view(ui);
        });
        output.inner_rect
    });
}

fn header(ui: &mut Ui, rect: Rect, import: &Import) {
    let theme = Theme::of(ui);
    let mut child = ui.new_child(UiBuilder::new().id_salt("header").max_rect(rect));
    child.spacing_mut().item_spacing.y = 2.0;
    let title = format!("Prepare {}", import.found().name);
    let title = RichText::new(title).heading().color(theme.text_strong);
    child.add(egui::Label::new(title).truncate());
    let words = [
        "What was found, and what it becomes. The run in progress goes on until you train on this.",
        "The run in progress goes on until you train on this.",
    ];
    if let Some(words) = words.into_iter().find(|words| widgets::fits(&child, words)) {
        child.label(muted(&child, words));
    }
}

/// What the source holds.
fn found(ui: &mut Ui, import: &Import) {
    let theme = Theme::of(ui);
    ui.spacing_mut().item_spacing.y = 3.0;
    let found = import.found();
    ui.label(
        RichText::new(found.summary())
            .font(theme::bold(BODY))
            .color(theme.text_strong),
    );
    let (low, high) = import.opened.range;
    let mut lines = vec![
        found.encoding.clone(),
        format!("values from {} to {}", value(low), value(high)),
    ];
    if let Some(classes) = found.classes() {
        lines.push(labels(classes, &found.class_names));
    }
    lines.extend(found.notes.iter().cloned());
    for line in lines.into_iter().filter(|line| !line.is_empty()) {
        ui.add(egui::Label::new(muted(ui, line)).wrap());
    }
    ui.add_space(GRID);
}

/// "labels: 3 classes: setosa, versicolor and virginica"
fn labels(classes: usize, names: &[String]) -> String {
    const MOST: usize = 6;
    let words = format!("labels: {classes} classes");
    match names {
        [] => words,
        [one] => format!("{words}: {one}"),
        [first @ .., last] if names.len() <= MOST => {
            format!("{words}: {} and {last}", first.join(", "))
        }
        names => {
            let (shown, more) = (names[..MOST].join(", "), names.len() - MOST);
            format!("{words}: {shown} and {more} more")
        }
    }
}

/// A value of the data, in four significant digits at most.
fn value(value: f64) -> String {
    let text = numbers::short(numbers::round_significant(value, 4));
    match text.strip_prefix('-') {
        Some(size) => format!("−{size}"),
        None => text,
    }
}

/// "10,000 × 192 · 8×8×3 · 0.1 to 0.9", and of what it is a preview.
fn matrix(ui: &mut Ui, import: &Import, preview: &Preview) {
    let theme = Theme::of(ui);
    let (samples, inputs) = preview.dim;
    let (low, high) = preview.range;
    let text = format!(
        "{} × {} · {} · {} to {}",
        thousands(samples as u64),
        thousands(inputs as u64),
        preview.prepared.shape,
        value(low),
        value(high)
    );
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 1.5 * GRID;
        ui.label(
            RichText::new(text)
                .font(theme::bold(BODY))
                .color(theme.text_strong),
        );
        let mut words = match &preview.part {
            Some(part) => format!("preview of {part}"),
            None => "preview of all of it".to_owned(),
        };
        let seconds = preview.took.as_secs_f64();
        if seconds >= 1.0 {
            words.push_str(&format!(", in {seconds:.1} s"));
        }
        if !import.is_shown() {
            words.push_str(" …");
        }
        let took = format!("The preview took {:.0} ms", 1e3 * seconds);
        ui.label(muted(ui, words)).help(took);
    });
}

fn output(ui: &mut Ui, preview: &Preview) {
    let theme = Theme::of(ui);
    let (low, high) = preview.range;
    let reach = preview.output.reach();
    if reach.is_some_and(|(least, most)| low < least || high > most) {
        let text = format!(
            "The {} output only reaches 0 to 1: choose a scaling, or the linear output afterwards.",
            preview.output.name()
        );
        ui.label(RichText::new(text).size(SMALL).color(theme.notice));
        return;
    }
    let why = match preview.output {
        OutputActivation::Linear => "for values without bounds",
        _ => "for values between 0 and 1",
    };
    ui.label(muted(
        ui,
        format!("output activation {}, {why}", preview.output.name()),
    ));
}

fn footer(
    ui: &mut Ui,
    rect: Rect,
    (view, import): (&View<'_>, &Import),
    actions: &mut Vec<Action>,
) {
    let builder = UiBuilder::new()
        .id_salt("footer")
        .max_rect(rect)
        .layout(Layout::left_to_right(egui::Align::Center));
    let mut row = ui.new_child(builder);
    let theme = Theme::of(ui);
    let command = UserCommand::SuggestImport;
    let button = Button::new(command.text()).min_size(vec2(88.0, 28.0));
    let response = row
        .add_enabled(!import.is_as_suggested(), button)
        .help(command.tooltip())
        .why_not("These are the suggested choices");
    if response.clicked() {
        actions.push(command.into());
    }
    if view.shared.opening.is_some() {
        progress::strip(&mut row, view, actions);
    }
    at_right(&mut row, "answers", |ui| {
        let cancel = Button::new("Cancel").min_size(vec2(72.0, 28.0));
        let hover = "Back to the run in progress, which is unchanged  (Esc)";
        if ui.add(cancel).help(hover).clicked() {
            actions.push(Action::CloseDialog);
        }
        let command = UserCommand::TrainOnImport;
        let response = ui
            .add_enabled(import.is_ready(), primary(theme, command.text()))
            .help(format!("{}  (Enter)", command.tooltip()))
            .why_not("The choices can't be followed: the sentence above says why");
        if response.clicked() {
            actions.push(command.into());
        }
    });
}
