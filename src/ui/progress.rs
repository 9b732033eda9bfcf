//! How far reading or preparing data is, and the way to stop it.

use egui::{Button, Rect, RichText, Sense, Ui, WidgetInfo, vec2};

use super::help::Help as _;
use super::theme::{SMALL, Theme};
use super::widgets;
use crate::data::Progress;
use crate::lab::View;
use crate::lab::export::Exporting;
use crate::lab::import::Import;
use crate::lab::{Action, UserCommand};

const HEIGHT: f32 = 4.0;
const WIDTH: f32 = 96.0;
/// Of the words beside it, and of the button after them.
const WORDS: f32 = 280.0;
const CANCEL: f32 = 56.0;

/// What is being done, e.g. "holiday.jpg: cutting patches 34 %".
pub fn words(view: &View<'_>) -> Option<String> {
    let name = match (&view.shared.opening, &view.shared.loading) {
        (Some(spec), _) => spec.source.title(),
        (None, Some(name)) => name.clone(),
        (None, None) => return None,
    };
    Some(said(&name, view.shared.progress))
}

fn said(name: &str, progress: Option<Progress>) -> String {
    match progress {
        Some(progress) => format!(
            "{} {name} {:.0} %",
            progress.stage.title(),
            100.0 * progress.fraction()
        ),
        None => format!("loading {name} …"),
    }
}

/// How far the import sheet's first look at the data is, `width` points wide.
pub fn first_look(ui: &mut Ui, import: &Import, width: f32) {
    rail(ui, import.progress, width);
    let name = &import.found().name;
    ui.label(widgets::muted(ui, said(name, import.progress)));
}

/// A bar of `width` points, with the words below it.
pub fn bar(ui: &mut Ui, view: &View<'_>, width: f32) {
    let Some(words) = words(view) else { return };
    rail(ui, view.shared.progress, width);
    ui.label(widgets::muted(ui, words));
}

fn rail(ui: &mut Ui, progress: Option<Progress>, width: f32) {
    let fraction = progress.map_or(0.0, |progress| progress.fraction());
    part(ui, "Loading", fraction, width);
}

/// A bar that is filled up to `fraction` in [0, 1].
fn part(ui: &mut Ui, label: &str, fraction: f32, width: f32) {
    let theme = Theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, HEIGHT), Sense::hover());
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(egui::Role::ProgressIndicator, true, label);
        info.value = Some(f64::from(fraction));
        info
    });
    ui.painter().rect_filled(rect, 2.0, theme.rail);
    let done = Rect::from_min_size(rect.min, vec2(width * fraction, HEIGHT));
    ui.painter().rect_filled(done, 2.0, theme.accent);
}

/// Bar, words and Cancel in one row, while something is being loaded.
pub fn strip(row: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let Some(words) = words(view) else { return };
    let theme = Theme::of(row);
    rail(row, view.shared.progress, WIDTH);
    row.add_space(8.0);
    let words = RichText::new(words).size(SMALL).color(theme.notice);
    let most = (row.available_width() - CANCEL - 16.0).clamp(0.0, WORDS);
    row.scope(|ui| {
        ui.set_max_width(most);
        ui.add(egui::Label::new(words).truncate());
    });
    row.add_space(8.0);
    let command = UserCommand::CancelLoading;
    let text = RichText::new("Cancel").size(SMALL).color(theme.text);
    let button = Button::new(text).min_size(vec2(CANCEL, widgets::TARGET));
    let response = row.add(button).help(command.tooltip());
    if response.accessible_name(command.text()).clicked() {
        actions.push(command.into());
    }
    row.label(RichText::new("   │   ").size(SMALL).color(theme.rail));
}

/// Bar and words, while a file is written that takes its time.
pub fn exporting(row: &mut Ui, view: &View<'_>) {
    let Some(Exporting {
        path,
        part: Some(done),
    }) = &view.shared.exporting
    else {
        return;
    };
    let theme = Theme::of(row);
    part(row, "Writing", *done as f32, WIDTH);
    row.add_space(8.0);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let words = format!("writing {name} {:.0} %", 100.0 * done);
    row.label(RichText::new(words).size(SMALL).color(theme.notice));
    row.label(RichText::new("   │   ").size(SMALL).color(theme.rail));
}
