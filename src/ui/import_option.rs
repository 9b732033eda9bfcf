//! A choice on the import sheet.

use egui::{Button, Label, RichText, Ui, vec2};

use super::help::Help as _;
use super::number_field::{self, NumberField};
use super::theme::{BODY, GRID, Theme};
use super::widgets::muted;

pub fn title(ui: &mut Ui, text: &str) {
    ui.add_space(GRID / 2.0);
    ui.label(
        RichText::new(text)
            .size(BODY)
            .color(Theme::of(ui).text_muted),
    );
}

/// One choice of a row; `refused` says why it can't be chosen. Whether it was.
pub fn option(
    ui: &mut Ui,
    row: &str,
    text: &str,
    hover: &str,
    chosen: bool,
    refused: Option<&str>,
) -> bool {
    let button =
        Button::selectable(chosen, RichText::new(text).size(BODY)).frame_when_inactive(true);
    // what is chosen already stays readable, even where it can't be chosen any more
    let response = ui.add_enabled(
        refused.is_none() || chosen,
        button.min_size(vec2(0.0, 24.0)),
    );
    let response = match refused {
        Some(reason) => response.why_not(reason).help(reason),
        None => response.help(hover),
    };
    response.accessible_name(format!("{row}: {text}")).clicked() && !chosen
}

/// A number with its name before it.
pub fn number<N: egui::emath::Numeric>(
    ui: &mut Ui,
    name: &str,
    hover: &str,
    value: &mut N,
    range: std::ops::RangeInclusive<N>,
    speed: f64,
) {
    ui.add(Label::new(muted(ui, name)));
    let before = value.to_f64();
    NumberField::new(name, value, range)
        .speed(speed)
        .show(ui)
        .help(format!("{hover}. Drag, or click to type"));
    number_field::complaint(ui, name, before);
}
